"""Ask one question or a file of them, and show what came back."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from datacraft.cli.edge import EXIT_ANSWERED, EXIT_PARTLY, exit_code_of
from datacraft.cli.options import RowFormat
from datacraft.cli.output.talk import say, say_error, say_load_warnings, say_reading, say_sentence
from datacraft.cli.start import open_handler
from datacraft.contracts.errors import InputError

if TYPE_CHECKING:
    from datacraft.config import Settings
    from datacraft.contracts.answer import Answer


@dataclass(frozen=True, slots=True)
class Show:
    """What of an answer is shown, and how."""

    row_format: RowFormat = RowFormat.TABLE
    chart: Path | None = None
    explain: bool = False
    sql_only: bool = False


def answer_one(settings: Settings, question: str | None, show: Show) -> int:
    """Answer one question and return the command's exit code.

    Raises:
        InputError: there is no question, or the page can't be written.
        DataCraftError: the data can't be opened.
    """
    if question is None:
        raise InputError(
            "There is no question.",
            hint='For example: datacraft ask "total sales by region" --data sales.csv',
        )
    with open_handler(settings) as handler:
        say_load_warnings(handler.warehouse)
        answer = handler.ask(question)
    show_answer(answer, show)
    return exit_code_of(answer.error)


def show_answer(answer: Answer, show: Show) -> None:
    """Write an answer: the result to stdout, the rest to stderr.

    Raises:
        InputError: the page can't be written.
    """
    if show.sql_only:
        if answer.sql is not None:
            typer.echo(answer.sql)
    elif show.row_format is RowFormat.JSON:
        from datacraft.cli.output.record import answer_json

        typer.echo(answer_json(answer, indent=2))
    elif answer.error is None:
        from datacraft.cli.output.rows import write_rows

        write_rows(answer, show.row_format)
    if show.explain:
        say_reading(answer)
    if answer.error is not None:
        say_error(answer.error)
        return
    say_sentence(answer)
    if show.chart is not None:
        from datacraft.cli.output.page import write_page

        write_page(show.chart, [answer], title=answer.question)
        say(f"The page is {show.chart}.")


def answer_file(settings: Settings, question: str | None, questions: Path | None, out: Path | None) -> int:
    """Answer a file of questions and return the command's exit code.

    Raises:
        InputError: a file is missing, can't be read or written, or the two don't belong together.
        DataCraftError: the data can't be opened.
    """
    if questions is None or out is None or question is not None:
        raise InputError(
            "A file of questions needs both --questions and --out, and no question beside them.",
            hint="For example: datacraft ask --questions in.jsonl --out out.jsonl --data sales.csv",
        )
    from datacraft.cli.batch import answer_lines
    from datacraft.cli.question_file import read_questions

    asked = read_questions(questions)
    with open_handler(settings) as handler:
        say_load_warnings(handler.warehouse)
        unanswered = answer_lines(handler, asked, out)
    return EXIT_PARTLY if unanswered else EXIT_ANSWERED
