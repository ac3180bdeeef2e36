"""In what two versions of a table differ: columns, and rows counted and shown."""

from __future__ import annotations

from collections.abc import Sequence

from pydantic import BaseModel, Field

from datacraft.contracts.answer import Cell
from datacraft.ingest.store.catalogue import Version
from datacraft.ingest.store.reading import Store
from datacraft.ingest.store.relations import rows_sql
from datacraft.warehouse.loading.quoting import identifier
from datacraft.warehouse.native import contract_rows

_SHOWN = 5


class Difference(BaseModel):
    """From one version of a table to another. A row whose values changed is one removed and one added."""

    table: str
    from_load: int
    to_load: int
    rows_before: int
    rows_after: int
    added_columns: list[str] = Field(default_factory=list)
    removed_columns: list[str] = Field(default_factory=list)
    retyped_columns: list[str] = Field(default_factory=list, description='"sales: BIGINT -> DOUBLE"')
    added_rows: int = 0
    removed_rows: int = 0
    added_examples: list[list[Cell]] = Field(default_factory=list, description="Of the common columns.")
    removed_examples: list[list[Cell]] = Field(default_factory=list)
    columns: list[str] = Field(default_factory=list, description="By which rows were compared.")


def difference_between(store: Store, first: Version, second: Version) -> Difference:
    """Compare two versions of a table; rows by the columns that both have, as text where types differ."""
    before = {column.name: column.native_type for column in first.columns}
    after = {column.name: column.native_type for column in second.columns}
    common = [name for name in after if name in before]
    found = Difference(
        table=second.table,
        from_load=first.load_id,
        to_load=second.load_id,
        rows_before=first.row_count,
        rows_after=second.row_count,
        added_columns=[name for name in after if name not in before],
        removed_columns=[name for name in before if name not in after],
        retyped_columns=[f"{n}: {before[n]} -> {after[n]}" for n in common if before[n] != after[n]],
        columns=common,
    )
    if not common:
        return found
    retyped = {name for name in common if before[name] != after[name]}
    old, new = _chosen(store, first, common, retyped), _chosen(store, second, common, retyped)
    found.added_rows, found.added_examples = _only_in(store, new, old)
    found.removed_rows, found.removed_examples = _only_in(store, old, new)
    return found


def _chosen(store: Store, version: Version, columns: Sequence[str], as_text: set[str]) -> str:
    shown = ", ".join(
        f"CAST({identifier(c)} AS VARCHAR) AS {identifier(c)}" if c in as_text else identifier(c)
        for c in columns
    )
    return f"SELECT {shown} FROM ({rows_sql(version, store.parts(version.parts))})"


def _only_in(store: Store, these: str, those: str) -> tuple[int, list[list[Cell]]]:
    query = f"SELECT * FROM ({these}) EXCEPT ALL SELECT * FROM ({those})"
    counted = store.connection.execute(f"SELECT count(*) FROM ({query})").fetchone()
    count = int(counted[0]) if counted else 0
    if not count:
        return 0, []
    cursor = store.connection.execute(f"SELECT * FROM ({query}) ORDER BY ALL LIMIT {_SHOWN}")
    natives = [str(column[1]) for column in cursor.description or []]
    return count, contract_rows(cursor.fetchall(), natives)
