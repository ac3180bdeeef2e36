"""`datacraft ask`: one question, or a file of them."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from datacraft.cli.options import DataOption, ModelOption, RowFormat
from datacraft.cli.start import settings_for


def ask(
    context: typer.Context,
    question: Annotated[str | None, typer.Argument(help="In plain words, in quotes.")] = None,
    data: DataOption = None,
    model: ModelOption = None,
    row_format: Annotated[
        RowFormat, typer.Option("--format", "-f", help="How the rows are written to stdout.")
    ] = RowFormat.TABLE,
    chart: Annotated[
        Path | None,
        typer.Option(metavar="FILE.html", help="Write the answer with its chart as a page for any browser."),
    ] = None,
    explain: Annotated[
        bool,
        typer.Option("--explain", help="Also say how the question was read, the SQL and the time it took."),
    ] = False,
    sql_only: Annotated[bool, typer.Option("--sql-only", help="Write the SQL instead of the rows.")] = False,
    questions: Annotated[
        Path | None,
        typer.Option(metavar="FILE.jsonl", help='Ask every line of a file: {"question", "id"?, "session"?}.'),
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE.jsonl", help="Where the answers to --questions go; finished lines are kept."
        ),
    ] = None,
) -> None:
    """Answer a question about the data.

    Rows go to stdout; the sentence that says what was computed goes to stderr.

    \b
    Examples:
      datacraft ask "total sales by region" --data sales.csv
      datacraft ask "top 5 customers by profit in 2023" -d sales.csv --format csv > top.csv
      datacraft ask "monthly sales" -d sales.csv --chart sales.html --explain
      datacraft ask "sales by region" -d sales.csv --model gemini-flash
      datacraft ask --questions in.jsonl --out out.jsonl -d sales.csv -d customers/

    Exit codes: 0 answered; 2 wrong usage or input; 3 not answered; 4 some lines of a file not answered.
    """
    from datacraft.cli.asking import Show, answer_file, answer_one

    settings = settings_for(context, data, llm__answer_with=model)
    if questions is not None or out is not None:
        raise typer.Exit(answer_file(settings, question, questions, out))
    raise typer.Exit(answer_one(settings, question, Show(row_format, chart, explain, sql_only)))
