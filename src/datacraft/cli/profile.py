"""`datacraft profile`: what the data means, written down for people to edit."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from datacraft.cli.options import DataOption
from datacraft.cli.start import settings_for


def profile(
    context: typer.Context,
    data: DataOption = None,
    semantic: Annotated[
        Path | None,
        typer.Option(metavar="FILE.yaml", help="The file to write.", show_default="semantic.yaml"),
    ] = None,
) -> None:
    """Find out what the data means and write it to semantic.yaml, for people to edit.

    Running it again takes new data up and keeps what people have changed. It also writes the data's statistics
    to the state folder and makes later questions start faster.

    \b
    Examples:
      datacraft profile --data sales.csv
      datacraft profile --data sales.csv --data customers/ --semantic shop.yaml
    """
    from datacraft.cli.output.profile import say_profile
    from datacraft.cli.profiling import profile_data_of

    outcome = profile_data_of(settings_for(context, data, data__semantic=semantic))
    say_profile(outcome)
    typer.echo(outcome.semantic)
