"""`datacraft demo`: from nothing to ten answers."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from datacraft.cli.start import settings_for


def demo(
    context: typer.Context,
    out: Annotated[Path, typer.Option(metavar="FOLDER", help="Where everything is written.")] = Path("demo"),
) -> None:
    """Make a sample, profile it, ask ten questions and write the answers as a gallery with charts.

    \b
    Example:
      datacraft demo --out demo
    """
    from datacraft.cli.show_demo import run_demo

    gallery = run_demo(
        settings_for(
            context,
            [out / "orders_processed.parquet"],
            data__semantic=out / "semantic.yaml",
            state_dir=out / "state",
        ),
        out,
    )
    typer.echo(gallery)
