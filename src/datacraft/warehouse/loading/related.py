"""Lists inside records as tables of their own, each row with the key of the record that it belongs to."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from datacraft.warehouse.loading.nested import flat_columns
from datacraft.warehouse.loading.quoting import identifier
from datacraft.warehouse.loading.staged import LineMap, RawColumn, StagedTable, Staging
from datacraft.warehouse.model import ForeignKey
from datacraft.warehouse.report import Example, Finding

_MAX_DEPTH = 4
_POSITION = "position"


@dataclass(frozen=True)
class _Key:
    """What identifies a row of a table: a column of it, or its number."""

    header: str
    expression: str
    native: str


def with_related(staged: StagedTable, staging: Staging, depth: int = 1) -> Iterator[StagedTable]:
    """Yield a table of records without its lists, then a table for each list.

    The relation is a staging table whose columns may be structs and lists of any depth.
    """
    lists = _list_columns(staged, staging)
    if not lists or depth > _MAX_DEPTH:
        yield staged
        return
    key, made = _key(staged, staging, {column.header for column in lists})
    inside = {column.header for column in lists}
    columns = [column for column in staged.columns if column.header not in inside]
    if made:
        columns.insert(0, RawColumn(key.header, key.expression, key.native))
    shown = [Example(text=f"{staged.name}_{column.header}") for column in lists]
    message = (
        f"{len(lists)} lists inside the records became tables of their own; {key.header} says which record a row "
        "belongs to."
    )
    finding = Finding(
        code="related_tables", severity="info", message=message, count=len(lists), examples=shown
    )
    parent = replace(staged, columns=columns, findings=[*staged.findings, finding], primary_key=[key.header])
    children = [_child(parent, column, key, staging) for column in lists]
    yield parent
    for child in children:
        yield from with_related(child, staging, depth + 1)


def _list_columns(staged: StagedTable, staging: Staging) -> list[RawColumn]:
    """Return the columns that are lists, by their own SQL; `flat_columns` shows them as JSON text."""
    found: list[RawColumn] = []
    for column in staged.columns:
        inner = column.expression.removeprefix("CAST(to_json(").removesuffix(") AS VARCHAR)")
        if inner == column.expression:
            continue
        described = staging.connection.execute(
            f"DESCRIBE SELECT {inner} AS x FROM {staged.relation}"
        ).fetchone()
        if described and str(described[1]).endswith("]"):
            found.append(RawColumn(column.header, inner, str(described[1])))
    return found


def _key(staged: StagedTable, staging: Staging, lists: set[str]) -> tuple[_Key, bool]:
    """Return the column that identifies a record, or its number; and whether it had to be made."""
    plain = [column for column in staged.columns if column.header not in lists]
    named = [
        column
        for column in plain
        if column.header.lower()
        in {"id", "_id", "key", "uuid", f"{staged.name.lower().removesuffix('s')}_id"}
        or column.header.lower().endswith(("_id", "id", "number", "_no", "code", "key", "sku"))
    ]
    for column in named:
        row = staging.connection.execute(
            f"SELECT count(*), count(DISTINCT {column.expression}) FROM {staged.relation}"
        ).fetchone()
        if row and row[0] == row[1]:
            return _Key(column.header, column.expression, column.native), False
    header = f"{staged.name}_no"
    return _Key(header, "rowid + 1", "BIGINT"), True


def _child(parent: StagedTable, column: RawColumn, key: _Key, staging: Staging) -> StagedTable:
    table = staging.new_table()
    reference = (
        key.header if key.header.lower() not in {"id", "_id", "key"} else f"{parent.name}_{key.header}"
    )
    items = "items"
    staging.connection.execute(
        f"CREATE TABLE {table} AS SELECT {key.expression} AS {identifier(reference)}, parent_row, "
        f"unnest(range(1, len({items}) + 1)) AS {_POSITION}, unnest({items}) AS item "
        f"FROM (SELECT *, rowid, rowid AS parent_row, {column.expression} AS {items} FROM {parent.relation}) "
        f"WHERE {items} IS NOT NULL"
    )
    columns: list[RawColumn] = []
    for inner in flat_columns(staging.connection, table):
        if inner.header == "parent_row":
            continue
        header = inner.header.removeprefix("item_") if inner.header != "item" else "value"
        columns.append(RawColumn(header, inner.expression, inner.native))
    rows = staging.connection.execute(f"SELECT parent_row FROM {table} ORDER BY rowid").fetchall()
    lines = [parent.lines.line(row + 1) for (row,) in rows]
    known = [line for line in lines if line is not None]
    return StagedTable(
        name=f"{parent.name}_{column.header}",
        source=f"{parent.source}, list {column.header}",
        relation=table,
        columns=columns,
        typing=parent.typing,
        lines=LineMap(lines=known) if known and len(known) == len(lines) else LineMap(),
        foreign_keys=[ForeignKey(columns=[reference], table=parent.name, referenced=[key.header])],
    )
