"""`datacraft sample`: a shop's orders, made up."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer


def sample(
    out: Annotated[Path, typer.Option(metavar="FILE", help="Where to write it: .parquet or .csv.")] = Path(
        "orders_processed.parquet"
    ),
    rows: Annotated[int, typer.Option(min=1, help="How many order lines.")] = 51_290,
    seed: Annotated[int, typer.Option(min=0, help="The same seed gives the same rows.")] = 20_200_101,
    drifted: Annotated[
        bool, typer.Option("--drifted", help="The same shop later on, with other products and prices.")
    ] = False,
) -> None:
    """Make a sample to ask about: orders of a shop, with customers, places, products, sales and profit.

    \b
    Examples:
      datacraft sample
      datacraft sample --rows 1000000 --out big.parquet
      datacraft sample --drifted --out later.csv
    """
    from datacraft.warehouse.sample import make_orders

    typer.echo(make_orders(out, rows=rows, seed=seed, drifted=drifted))
