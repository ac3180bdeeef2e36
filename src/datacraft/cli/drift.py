"""`datacraft drift`: what is different between the data and a baseline."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from datacraft.cli.start import settings_for


def drift(
    context: typer.Context,
    baseline: Annotated[
        str,
        typer.Argument(
            help="What the data are held against: a profile (.json), a release, `production` for the one that serves, "
            "or data.",
            show_default=False,
        ),
    ],
    data: Annotated[
        list[Path] | None,
        typer.Argument(help="A file, folder or database.", show_default="data.paths of the settings"),
    ] = None,
    report: Annotated[
        list[Path] | None,
        typer.Option(
            "--report",
            "-r",
            metavar="FILE",
            help="Write the report: .html for people, .json, or .md; may be given several times.",
        ),
    ] = None,
    alpha: Annotated[
        float,
        typer.Option(
            min=0.000001, max=0.5, help="Chance of a false alarm, over all columns, where nothing changed."
        ),
    ] = 0.01,
) -> None:
    """Say what is different between the data and a baseline, column by column, and whether it could be chance.

    The verdict and the columns that moved go to stdout. A baseline's own data are not needed: its profile suffices,
    and every release holds one.

    \b
    Examples:
      datacraft drift production sales.csv
      datacraft drift sales_2023.csv sales_2024.csv --report drift.html
      datacraft drift .datacraft/data_profile.json sales.csv --report drift.json --report drift.md

    Exit codes: 0 no drift; 2 wrong usage or input; 3 there is nothing to compare; 11 the data have drifted.
    """
    from datacraft.cli.drifting import compare_data

    settings = settings_for(context, data)
    raise typer.Exit(compare_data(settings, baseline, tuple(report or ()), alpha))
