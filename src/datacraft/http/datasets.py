"""`DataSet`: data that questions can be asked about: the one that is served, or a person's own upload."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from datacraft.config import Settings
from datacraft.contracts.proposal import Turn
from datacraft.contracts.semantic import SemanticModel
from datacraft.http.examples import verified_examples
from datacraft.serving import QueryHandler, build_handler
from datacraft.warehouse import LoadReport

Restore = Callable[[str], Sequence[Turn]]


class OpenData(Protocol):
    """What loads data: `open_data_set`, or what stands around it."""

    def __call__(self, settings: Settings, paths: Sequence[Path | str], *, restore: Restore) -> DataSet:
        """Load data and make it ready for questions."""
        ...


@dataclass(frozen=True, slots=True)
class DataSet:
    """Data, what it means, and who answers about it.

    Attributes:
        name: for a person: the file's or folder's name.
        handler: answers.
        report: how the data was read.
        examples: questions that this data answers.
    """

    name: str
    handler: QueryHandler
    report: LoadReport
    examples: tuple[str, ...]

    @property
    def model(self) -> SemanticModel:
        """What the data means."""
        return self.handler.model

    def close(self) -> None:
        """Let go of files and memory."""
        self.handler.close()


def open_data_set(
    settings: Settings,
    paths: Sequence[Path | str],
    *,
    restore: Restore,
    own: bool = False,
    name: str | None = None,
) -> DataSet:
    """Load data and make it ready for questions.

    Args:
        settings: that hold.
        paths: files, folders or databases.
        restore: gives the earlier turns of a conversation.
        own: a person's upload: nothing of it is kept in the cache, and the semantic file is not for it.
        name: for a person; None: after the paths.

    Raises:
        DataCraftError: see `build_handler`.
    """
    if own:
        data = settings.data.model_copy(update={"cache": False})
        settings = settings.model_copy(update={"data": data})
    handler = build_handler(settings, paths, semantic_file=not own, restore=restore, copied=not own)
    try:
        return DataSet(
            name or name_of([Path(path).name for path in paths]),
            handler,
            handler.warehouse.report,
            _examples(handler),
        )
    except BaseException:
        handler.close()
        raise


def _examples(handler: QueryHandler) -> tuple[str, ...]:
    # A handler without telemetry: trying examples is nobody's question.
    trial = QueryHandler(handler._engine, handler.warehouse, handler.model, limits=handler.limits)

    def answered(question: str) -> bool:
        answer = trial.ask(question)
        return answer.error is None and bool(answer.rows)

    return tuple(verified_examples(handler.model, answered))


def name_of(files: Sequence[str]) -> str:
    """Return what data of these files is called."""
    return files[0] if len(files) == 1 else f"{files[0]} and {len(files) - 1} more"
