"""What is said on stderr: the sentence, notes, how a question was read, warnings and errors."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import typer

if TYPE_CHECKING:
    from datacraft.contracts.answer import Answer
    from datacraft.contracts.errors import ErrorInfo
    from datacraft.warehouse import Example, Finding, Warehouse

_MOST_WARNINGS = 5
_MOST_EXAMPLES = 3


def say(text: str = "") -> None:
    """Write a line of talk."""
    typer.echo(text, err=True)


def say_error(error: ErrorInfo) -> None:
    """Write what failed, what to do next, and what there is to choose from."""
    say(f"Error: {error.message}" if not error.choices else error.message)
    for number, choice in enumerate(error.choices, start=1):
        say(f"  {number}. {choice}")
    if error.hint:
        say(f"Hint: {error.hint}")


def say_sentence(answer: Answer) -> None:
    """Write what was computed, and what to bear in mind."""
    if answer.explanation:
        say(answer.explanation)
    if answer.fallback:
        say(f"Note: {answer.fallback}")
    for note in unsaid_notes(answer):
        say(f"Note: {note}")


def unsaid_notes(answer: Answer) -> list[str]:
    """Return the notes that the sentence does not hold already."""
    return [note for note in answer.notes if note not in answer.explanation]


def say_reading(answer: Answer) -> None:
    """Write how the question was read, the SQL, how sure the engine is and how long each step took."""
    for span in answer.reading:
        say(f"  {span.text!r}: {span.meaning}")
    if answer.sql is not None:
        say(answer.sql)
    if answer.confidence is not None:
        say(f"Confidence: {answer.confidence:.0%}")
    if answer.usage.attempts or answer.usage.cached:
        from datacraft.serving.provenance import model_facts

        say(f"Model: {', '.join(model_facts(answer))}")
    timings = answer.timings
    steps = {"reading": timings.propose_ms, "writing SQL": timings.render_ms, "checking": timings.guard_ms,
             "running": timings.execute_ms, "drawing": timings.present_ms}  # fmt: skip
    told = ", ".join(f"{step} {duration:.0f}" for step, duration in steps.items())
    say(f"Time: {timings.total_ms:.0f} ms ({told})")


def say_load_warnings(warehouse: Warehouse, most: int = _MOST_WARNINGS) -> None:
    """Write what of the data could not be read as it stands, with examples."""
    warnings = warehouse.report.warnings()
    for table, finding in warnings[:most]:
        say(f"Warning: {f'{table}: ' if table else ''}{finding_told(finding)}")
    if len(warnings) > most:
        say(f"Warning: {len(warnings) - most} more; `datacraft profile` shows them all.")


def finding_told(finding: Finding) -> str:
    """Return a finding with some of its examples."""
    shown = shown_examples(finding.examples)
    return f"{finding.message} For example{shown}." if shown else finding.message


def shown_examples(examples: Sequence[Example]) -> str:
    """Return some examples with their places, after a colon; nothing where there are none."""
    shown = []
    for example in examples[:_MOST_EXAMPLES]:
        place = example.place
        shown.append(f"{example.text!r}{place}")
    return f": {', '.join(shown)}" if shown else ""
