"""`datacraft demo`: from nothing to a chosen model and ten answers."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from datacraft.cli.start import settings_for


def demo(
    context: typer.Context,
    out: Annotated[Path, typer.Option(metavar="FOLDER", help="Where everything is written.")] = Path("demo"),
) -> None:
    """Make a sample, profile it, choose a model for it, ask ten questions and write a gallery with charts.

    The candidates are evaluated on the questions that come along, probed for bias and weighed; the winner is
    published to a registry inside the folder, and answers. Then a workbook, a PDF and, where tesseract is, a scan
    become tables, and one question goes across them.

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
            registry__url=(out / "state" / "registry").absolute().as_uri(),
        ),
        out,
    )
    typer.echo(gallery)
