"""Less of the same data: a share of the rows, with what they mean concluded anew from them."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path

import duckdb
from sqlglot import exp

from datacraft.contracts.errors import InputError
from datacraft.evaluation.data import LoadedData, content_of
from datacraft.evaluation.judging.variants import rows_of
from datacraft.serving.meaning import load_meaning
from datacraft.warehouse import DuckDBWarehouse, open_data

_PARTS = 1_000


@contextmanager
def subsampled(data: LoadedData, share: float, *, seed: int = 0) -> Iterator[LoadedData]:
    """Lend the data with a share of its rows; tables that others refer to stay whole.

    The same seed gives the same rows, and a smaller share some of those of a larger one. A semantic file that
    people keep stays in force.

    Raises:
        InputError: the data is in a warehouse of others, or too small for such a share.
    """
    source = data.warehouse
    if not isinstance(source, DuckDBWarehouse):
        raise InputError(
            "Samples are only drawn of files that DataCraft has read itself.",
            hint="Leave the size of the data out.",
        )
    with ExitStack() as resources:
        folder = Path(resources.enter_context(tempfile.TemporaryDirectory(prefix="datacraft-sample-")))
        _write(data, source, folder / "sample.duckdb", share, seed)
        warehouse = resources.enter_context(open_data([folder / "sample.duckdb"]))
        meaning = load_meaning(warehouse, semantic=data.meaning.source, cache_dir=folder)
        resources.callback(meaning.values.close)
        yield LoadedData(warehouse, meaning, content_of(warehouse), (), ExitStack())


def _write(data: LoadedData, source: DuckDBWarehouse, path: Path, share: float, seed: int) -> None:
    referred = {join.right for join in data.model.joins if join.cardinality != "many_to_many"}
    with closing(duckdb.connect(str(path))) as sample:
        for table in data.model.tables:
            rows = rows_of(source, table.name)
            sample.register("source", rows)
            query = exp.select("*").from_("source")
            if table.name not in referred:
                query = _thinned(share, seed)
            name = exp.to_identifier(table.name).sql("duckdb")
            (count,) = sample.execute(f"CREATE TABLE {name} AS {query.sql('duckdb')}").fetchone() or (0,)
            sample.unregister("source")
            if count == 0:
                raise InputError(
                    f"{share:.0%} of the table {table.name} are no rows.", hint="Take a larger share."
                )


def _thinned(share: float, seed: int) -> exp.Select:
    """Return the SELECT of the share of the rows in `source`, by a number that depends on place and seed."""
    drawn = exp.Mod(
        this=exp.Anonymous(this="hash", expressions=[exp.column("row_of_source"), exp.Literal.number(seed)]),
        expression=exp.Literal.number(_PARTS),
    )
    numbered = exp.select("*", exp.alias_("row_number() OVER ()", "row_of_source")).from_("source")
    return (
        exp.select(exp.Star(**{"except_": [exp.to_identifier("row_of_source")]}))
        .from_(numbered.subquery("numbered"))
        .where(exp.LT(this=drawn, expression=exp.Literal.number(round(share * _PARTS))))
    )
