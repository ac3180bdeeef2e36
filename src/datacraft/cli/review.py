"""`datacraft data review`: cells of documents that could not be read for certain, and what people say of them."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from datacraft.cli.ingest import IntoOption
from datacraft.cli.start import settings_for

review = typer.Typer(
    no_args_is_help=True,
    rich_markup_mode=None,
    help="Cells of documents that could not be read for certain: empty until you have looked at them.\n\n\b\n"
    "Example:\n  datacraft data review list",
)

ItemsArgument = Annotated[
    list[int] | None, typer.Argument(metavar="[CELL]...", help="Numbers of cells, as the list has them.")
]


ReasonOption = Annotated[
    str, typer.Option(help="Why; kept with your name in the table's history.", show_default=False)
]


@review.command("list")
def list_(
    context: typer.Context,
    table: Annotated[
        str | None, typer.Argument(metavar="[TABLE]", help="A table of the warehouse.", show_default="all")
    ] = None,
    into: IntoOption = None,
    pictures: Annotated[
        Path | None,
        typer.Option(metavar="FOLDER", help="Write there what the document shows at each cell, as CELL.png."),
    ] = None,
) -> None:
    """List the cells that wait for you, as JSON lines: number, table, column, file, page, what was read, why it is doubted.

    \b
    Examples:
      datacraft data review list
      datacraft data review list sales --pictures look/
    """
    from datacraft.cli.reviewing import show_waiting

    show_waiting(settings_for(context), into, table, pictures)


@review.command()
def accept(
    context: typer.Context,
    cells: ItemsArgument = None,
    all_of: Annotated[
        str | None, typer.Option("--all", metavar="TABLE", help="Accept every cell of this table that waits.")
    ] = None,
    into: IntoOption = None,
    reason: ReasonOption = "",
) -> None:
    """Take cells as they were read.

    \b
    Examples:
      datacraft data review accept 3 4
      datacraft data review accept --all sales
    """
    from datacraft.cli.reviewing import run_accept

    run_accept(settings_for(context), into, cells or [], all_of, reason)


@review.command()
def correct(
    context: typer.Context,
    cell: Annotated[int, typer.Argument(metavar="CELL", help="Number of the cell, as the list has it.")],
    value: Annotated[
        str, typer.Argument(metavar="VALUE", help="What stands there, written as in the document.")
    ],
    into: IntoOption = None,
    reason: ReasonOption = "",
) -> None:
    """Say what stands in a cell.

    \b
    Example:
      datacraft data review correct 3 "1,402.50"
    """
    from datacraft.cli.reviewing import run_correct

    run_correct(settings_for(context), into, cell, value, reason)


@review.command()
def dismiss(
    context: typer.Context,
    cells: ItemsArgument = None,
    into: IntoOption = None,
    reason: ReasonOption = "",
) -> None:
    """Leave cells empty, and take them off the list.

    \b
    Example:
      datacraft data review dismiss 3
    """
    from datacraft.cli.reviewing import run_dismiss

    run_dismiss(settings_for(context), into, cells or [], reason)
