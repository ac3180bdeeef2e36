"""Where a chat's questions come from: a prompt with history and completion, or lines of a pipe."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datacraft.contracts.semantic import SemanticModel

_MOST_VALUES = 5_000


def questions_from(history: Path, model: SemanticModel) -> Iterator[str]:
    """Yield what is typed, line by line, until the end of the input.

    On a terminal there are a history, kept in the file `history`, and completion over the words of the data.
    Ctrl-C drops the line that is being typed.
    """
    if not (sys.stdin.isatty() and sys.stderr.isatty()):
        yield from sys.stdin
        return
    from prompt_toolkit import PromptSession
    from prompt_toolkit.completion import WordCompleter
    from prompt_toolkit.history import FileHistory
    from prompt_toolkit.output import create_output

    history.parent.mkdir(parents=True, exist_ok=True)
    session: PromptSession[str] = PromptSession(
        history=FileHistory(str(history)),
        completer=WordCompleter(data_words(model), ignore_case=True),
        complete_while_typing=False,
        output=create_output(stdout=sys.stderr),  # the prompt is talk; only results are for stdout
    )
    while True:
        try:
            yield session.prompt("? ")
        except KeyboardInterrupt:
            continue
        except EOFError:
            return


def data_words(model: SemanticModel) -> list[str]:
    """Return what can be completed: names of tables, columns and measures, their synonyms, and values."""
    words: dict[str, None] = {}
    for table in model.tables:
        words |= dict.fromkeys([_spoken(table.name), *table.synonyms])
        for column in table.columns:
            words |= dict.fromkeys([_spoken(column.name), *column.synonyms])
    for measure in model.measures:
        words |= dict.fromkeys([measure.name, *measure.synonyms])
    for condition in model.filters:
        words |= dict.fromkeys([condition.name, *condition.synonyms])
    values = (
        value
        for table in model.tables
        for column in table.columns
        if not column.sensitive
        for value in column.values
        if isinstance(value, str)
    )
    for value, _ in zip(values, range(_MOST_VALUES), strict=False):
        words[value] = None
    return sorted(word for word in words if word)


def _spoken(name: str) -> str:
    return name.replace("_", " ").lower()
