"""`datacraft data`: what the warehouse holds, where it came from, and how to go back."""

from __future__ import annotations

from typing import Annotated

import typer

from datacraft.cli.ingest import IntoOption
from datacraft.cli.review import review
from datacraft.cli.start import settings_for

data = typer.Typer(
    no_args_is_help=True,
    rich_markup_mode=None,
    help="Tables that `datacraft ingest` loaded.\n\n\b\nExample:\n  datacraft data list",
)

data.add_typer(review, name="review")

TableArgument = Annotated[str, typer.Argument(metavar="TABLE", help="A table of the warehouse.")]


@data.command("list")
def list_(context: typer.Context, into: IntoOption = None) -> None:
    """List the tables: rows, columns, and the load that they are from.

    \b
    Example:
      datacraft data list
    """
    from datacraft.cli.ingested import show_tables

    show_tables(settings_for(context), into)


@data.command()
def show(
    context: typer.Context,
    table: TableArgument,
    into: IntoOption = None,
    rows: Annotated[int, typer.Option(min=0, help="Rows to show, each with its load, file and line.")] = 0,
    where: Annotated[
        str | None, typer.Option(metavar="CONDITION", help="Which rows, as a condition in SQL.")
    ] = None,
    set_aside: Annotated[
        bool, typer.Option("--set-aside", help="Show the rows that were kept out of the table, with reasons.")
    ] = False,
) -> None:
    """Show a table's columns and sources; with --rows, where rows come from.

    \b
    Examples:
      datacraft data show orders
      datacraft data show orders --rows 5 --where "order_id = 'CA-1'"
      datacraft data show orders --set-aside
    """
    from datacraft.cli.ingested import show_rows, show_set_aside, show_table

    settings = settings_for(context)
    if set_aside:
        show_set_aside(settings, into, table, rows or 100)
    elif rows or where:
        show_rows(settings, into, table, rows or 10, where)
    else:
        show_table(settings, into, table)


@data.command()
def history(context: typer.Context, table: TableArgument, into: IntoOption = None) -> None:
    """Show every load of a table: when, how, rows, files and their hashes.

    \b
    Example:
      datacraft data history orders
    """
    from datacraft.cli.ingested import show_history

    show_history(settings_for(context), into, table)


@data.command()
def diff(
    context: typer.Context,
    table: TableArgument,
    first: Annotated[
        int | None,
        typer.Argument(metavar="[LOAD]", help="The earlier load.", show_default="the last but one"),
    ] = None,
    second: Annotated[
        int | None, typer.Argument(metavar="[LOAD]", help="The later load.", show_default="the last")
    ] = None,
    into: IntoOption = None,
) -> None:
    """Show in what two loads of a table differ, as JSON: columns, and rows with examples.

    \b
    Example:
      datacraft data diff orders 3 4
    """
    from datacraft.cli.ingested import show_difference

    show_difference(settings_for(context), into, table, first, second)


@data.command()
def rollback(
    context: typer.Context,
    table: TableArgument,
    to: Annotated[
        int | None, typer.Option(metavar="LOAD", help="Go back to it.", show_default="the last but one")
    ] = None,
    into: IntoOption = None,
) -> None:
    """Bring back what a table was after an earlier load. Nothing is deleted: the history gets one more entry.

    \b
    Example:
      datacraft data rollback orders --to 3
    """
    from datacraft.cli.ingested import roll_table_back

    roll_table_back(settings_for(context), into, table, to)
