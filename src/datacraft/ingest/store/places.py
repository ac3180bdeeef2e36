"""Where in a document each cell of a part stands, how certain it is, and which ones wait for a person."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import duckdb

from datacraft.ingest.store.catalogue import SCHEMA, STORE, Part, catalogue
from datacraft.ingest.store.reading import Store
from datacraft.warehouse.arrow import number_array, text_array
from datacraft.warehouse.loading.quoting import identifier
from datacraft.warehouse.loading.staged import CellPlace

_INCOMING = "incoming_places"
_COLUMNS = "part_id, row_id, column_name, page, left_pt, top_pt, right_pt, bottom_pt, confidence, seen, doubt, item_id, decision"


@dataclass(frozen=True)
class UncertainCell:
    """A cell that is empty in its table until a person has decided.

    Attributes:
        item_id: what it is called when it is decided on.
        row_id: its row in the part, from 0.
        box: left, top, right, bottom in points from the upper left corner; None where that is not known.
        seen: what was read.
        doubt: why that is not believed.
        path, sha256: of the file.
    """

    item_id: int
    table: str
    part_id: int
    row_id: int
    column: str
    page: int | None
    box: tuple[float, float, float, float] | None
    confidence: float
    seen: str
    doubt: str
    path: str
    sha256: str


def write_places(
    store: Store,
    part: Part,
    columns: Sequence[str],
    places: Sequence[Sequence[CellPlace]],
    left_out: frozenset[int],
) -> int:
    """Write where the cells of a part stand; return how many of them are uncertain.

    Args:
        store: with the part in it.
        part: whose cells they are.
        columns: of the table that was read, in order.
        places: of each of its rows.
        left_out: its rows (from 0) that are not in the part.
    """
    import numpy as np
    import pyarrow as pa  # type: ignore[import-untyped]

    held = {column.name for column in part.columns}
    rows = [row for number, row in enumerate(places) if number not in left_out]
    cells = [
        (number, name, place)
        for number, row in enumerate(rows)
        for name, place in zip(columns, row, strict=True)
        if name in held
    ]
    if not cells:
        return 0
    boxes = [place.box or (0.0, 0.0, 0.0, 0.0) for _, _, place in cells]
    boxed = np.array([place.box is not None for _, _, place in cells], dtype=bool)
    paged = np.array([place.page is not None for _, _, place in cells], dtype=bool)
    corners = [number_array(np.array([box[i] for box in boxes], dtype="f8"), boxed) for i in range(4)]
    table = pa.table(
        [
            number_array(np.array([number for number, _, _ in cells], dtype="i8")),
            text_array([name for _, name, _ in cells]),
            number_array(np.array([place.page or 0 for _, _, place in cells], dtype="i8"), paged),
            *corners,
            number_array(np.array([place.confidence for _, _, place in cells], dtype="f8")),
            text_array([place.seen for _, _, place in cells]),
            text_array([place.doubt for _, _, place in cells]),
        ],
        names=["row_id", "column_name", "page", "l", "t", "r", "b", "confidence", "seen", "doubt"],
    )
    row = store.connection.execute(f"SELECT coalesce(max(item_id), 0) FROM {catalogue('places')}").fetchall()
    before = row[0][0]
    store.connection.register(_INCOMING, table)
    try:
        store.connection.execute(
            f"INSERT INTO {catalogue('places')} ({_COLUMNS}) "
            f"SELECT {part.part_id}, row_id, column_name, page, l, t, r, b, confidence, seen, doubt, "
            f"CASE WHEN doubt <> '' THEN {before} + row_number() OVER "
            "(PARTITION BY doubt <> '' ORDER BY row_id, column_name) END, NULL "
            f"FROM {_INCOMING} ORDER BY row_id"
        )
    finally:
        store.connection.unregister(_INCOMING)
    return sum(1 for _, _, place in cells if place.doubt)


def has_places(connection: duckdb.DuckDBPyConnection) -> bool:
    """Whether the warehouse file was written by a version that keeps places."""
    found = connection.execute(
        "SELECT 1 FROM duckdb_tables() WHERE database_name = ? AND schema_name = ? AND table_name = 'places'",
        [STORE, SCHEMA],
    ).fetchone()
    return found is not None


def paged_parts(store: Store, parts: Sequence[Part]) -> frozenset[int]:
    """Return those of the parts whose rows are on pages rather than lines."""
    if not has_places(store.connection):
        return frozenset()
    rows = store.connection.execute(
        f"SELECT DISTINCT part_id FROM {catalogue('places')} WHERE page IS NOT NULL AND part_id IN "
        "(SELECT unnest(?::BIGINT[]))",
        [[part.part_id for part in parts]],
    ).fetchall()
    return frozenset(part_id for (part_id,) in rows)


def uncertain_cells(store: Store, table: str | None = None) -> list[UncertainCell]:
    """Return the cells that wait for a person, of the newest version of one table, or of all."""
    if not has_places(store.connection):
        return []
    versions = [store.require(table)] if table is not None else store.tables()
    parts = [part_id for version in versions for part_id in version.parts]
    rows = store.connection.execute(
        "SELECT p.item_id, r.table_name, p.part_id, p.row_id, p.column_name, p.page, p.left_pt, p.top_pt, p.right_pt, "
        f"p.bottom_pt, p.confidence, p.seen, p.doubt, s.path, s.sha256 FROM {catalogue('places')} p "
        f"JOIN {catalogue('parts')} r USING (part_id) JOIN {catalogue('sources')} s USING (source_id) "
        "WHERE p.item_id IS NOT NULL AND p.decision IS NULL AND p.part_id IN (SELECT unnest(?::BIGINT[])) "
        "ORDER BY p.item_id",
        [parts],
    ).fetchall()
    return [
        UncertainCell(
            item, name, part, row, column, page, None if left is None else (left, top, right, bottom), confidence,
            seen or "", doubt, path, sha256,
        )
        for item, name, part, row, column, page, left, top, right, bottom, confidence, seen, doubt, path, sha256 in rows
    ]  # fmt: skip


def take_over_places(store: Store, old: Part, new: Part, decisions: Mapping[int, str]) -> None:
    """Give a part that takes another one's place its places, with decisions by item; hidden rows stay hidden."""
    names = _COLUMNS.split(", ")
    shown = ", ".join(str(new.part_id) if name == "part_id" else name for name in names)
    store.connection.execute(
        f"INSERT INTO {catalogue('places')} SELECT {shown} FROM {catalogue('places')} WHERE part_id = {old.part_id}"
    )
    for item, decision in decisions.items():
        store.connection.execute(
            f"UPDATE {catalogue('places')} SET decision = ? WHERE part_id = ? AND item_id = ?",
            [decision, new.part_id, item],
        )
    store.connection.execute(
        f"INSERT INTO {catalogue('hidden')} SELECT hide_id, {new.part_id}, row_id FROM {catalogue('hidden')} "
        f"WHERE part_id = {old.part_id}"
    )
    store.connection.execute(
        f"INSERT INTO {catalogue('reviewed')} VALUES (?, ?)", [new.part_id, _original(store, old.part_id)]
    )


def as_loaded(store: Store, part_ids: Sequence[int]) -> tuple[int, ...]:
    """Return the parts as a load wrote them: those that a review has filled in are the ones they were made of."""
    if not has_places(store.connection):
        return tuple(part_ids)
    return tuple(_original(store, part_id) for part_id in part_ids)


def _original(store: Store, part_id: int) -> int:
    row = store.connection.execute(
        f"SELECT of_part_id FROM {catalogue('reviewed')} WHERE part_id = ?", [part_id]
    ).fetchone()
    return int(row[0]) if row else part_id


def part_with_values(part: Part, values: Mapping[str, Mapping[int, str]]) -> str:
    """Return the SELECT of a part's rows with some cells filled in.

    Args:
        part: that is written already.
        values: by column and row (from 0), SQL of what its cell is to be.
    """
    shown: list[str] = []
    for column in part.columns:
        name = identifier(column.name)
        filled = values.get(column.name)
        if filled:
            cases = " ".join(
                f"WHEN {row} THEN CAST({value} AS {column.native_type})" for row, value in filled.items()
            )
            shown.append(f"CASE p.rowid {cases} ELSE p.{name} END AS {name}")
        else:
            shown.append(f"p.{name}")
    line = ", p._line" if part.has_lines else ""
    return f"SELECT {', '.join(shown)}{line} FROM {part.name} AS p ORDER BY p.rowid"
