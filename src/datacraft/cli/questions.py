"""`datacraft questions`: the sets of questions that candidates are judged on."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from datacraft.cli.options import DataOption
from datacraft.cli.start import settings_for

questions = typer.Typer(
    no_args_is_help=True,
    rich_markup_mode=None,
    help="Question sets: cases with gold SQL that candidates are judged on.\n\n\b\nExample:\n"
    "  datacraft questions check retail",
)

SetArgument = Annotated[
    str, typer.Argument(metavar="SET", help="A .yaml or .jsonl file, or a set that comes along: retail.")
]
PartOption = Annotated[
    str | None, typer.Option("--part", metavar="PART", help="Only one part: tune, select or holdout.")
]


@questions.command()
def check(
    context: typer.Context,
    question_set: SetArgument,
    data: DataOption = None,
    deep: Annotated[
        bool, typer.Option("--deep", help="Also look for gold SQL that a lesser query would satisfy.")
    ] = False,
) -> None:
    """Run every gold SQL on the data and say what is wrong with the set, or doubtful.

    \b
    Examples:
      datacraft questions check retail
      datacraft questions check shop.yaml --data sales.csv --deep

    Exit codes: 0 no error; 2 the set has errors, or can't be read.
    """
    from datacraft.cli.question_sets import check_set

    raise typer.Exit(check_set(settings_for(context, data), question_set, deep=deep))


@questions.command()
def new(
    context: typer.Context,
    out: Annotated[Path, typer.Argument(metavar="FILE", help="The .yaml or .jsonl file to write.")],
    data: DataOption = None,
    count: Annotated[int, typer.Option(min=1, help="How many cases to propose.")] = 50,
    seed: Annotated[int, typer.Option(min=0, help="The same seed proposes the same cases.")] = 0,
) -> None:
    """Propose cases from what the data means, for you to review: question, gold SQL and paraphrases.

    \b
    Examples:
      datacraft questions new shop.yaml --data sales.csv
      datacraft questions new more.yaml --data sales.csv --count 200 --seed 1
    """
    from datacraft.cli.question_sets import propose_set

    typer.echo(propose_set(settings_for(context, data), out, count=count, seed=seed))


@questions.command()
def add(
    context: typer.Context,
    question_set: Annotated[Path, typer.Argument(metavar="FILE", help="The set to add to.")],
    from_log: Annotated[
        bool,
        typer.Option("--from-log", help="Add what people gave a thumbs-down for, from the state folder."),
    ] = False,
) -> None:
    """Add draft cases to a set: each question that got a thumbs-down, for you to write the right SQL.

    \b
    Example:
      datacraft questions add shop.yaml --from-log
    """
    from datacraft.cli.question_sets import add_disliked
    from datacraft.contracts.errors import InputError

    if not from_log:
        raise InputError("Nothing says where new cases come from.", hint="Use --from-log.")
    add_disliked(settings_for(context), question_set)


@questions.command()
def split(question_set: SetArgument, part: PartOption = None) -> None:
    """Show which part each case belongs to; it follows from the id, so that nobody picks.

    \b
    Examples:
      datacraft questions split retail
      datacraft questions split retail --part tune
    """
    from datacraft.cli.question_sets import show_split

    show_split(question_set, part)


@questions.command()
def stats(question_set: SetArgument) -> None:
    """Count the cases by part and by slice.

    \b
    Example:
      datacraft questions stats retail
    """
    from datacraft.cli.question_sets import show_stats

    show_stats(question_set)
