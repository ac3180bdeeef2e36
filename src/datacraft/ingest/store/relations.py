"""SQL of a version: its parts one after the other, each row's column in the version's type."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from datacraft.contracts.semantic import ColumnType
from datacraft.ingest.store.catalogue import LINE, SCHEMA, Part, Version, catalogue
from datacraft.warehouse.loading.quoting import identifier
from datacraft.warehouse.model import ColumnInfo
from datacraft.warehouse.native import contract_type

LINEAGE = ("_load", "_source", "_place", "_line")
"""The columns that tell where a row comes from, in front of the table's own."""


def united_columns(parts: Iterable[Sequence[ColumnInfo]]) -> tuple[ColumnInfo, ...]:
    """Return the columns of all parts by name, each in a type that holds the values of every part."""
    found: dict[str, ColumnInfo] = {}
    for columns in parts:
        for column in columns:
            known = found.get(column.name)
            if known is None:
                found[column.name] = column
            elif known.native_type != column.native_type:
                native = _wider(known.native_type, column.native_type)
                found[column.name] = known.model_copy(
                    update={"native_type": native, "type": contract_type(native)}
                )
    return tuple(found.values())


def _wider(first: str, second: str) -> str:
    """Return a type that holds the values of both."""
    kinds = {contract_type(first), contract_type(second)}
    if kinds == {ColumnType.INTEGER}:
        return "HUGEINT" if "HUGEINT" in {first, second} else "BIGINT"
    if kinds <= {ColumnType.INTEGER, ColumnType.NUMBER}:
        return "DOUBLE"
    if kinds <= {ColumnType.DATE, ColumnType.TIMESTAMP}:
        return "TIMESTAMP"
    return "VARCHAR"


def rows_sql(version: Version, parts: Sequence[Part], *, local: bool = False) -> str:
    """Return the SELECT of a version's rows.

    Args:
        version: whose rows.
        parts: those that it is made of.
        local: names are as the file itself knows them, for a view inside it.
    """
    selects = [
        f"SELECT {', '.join(_columns(version, part))} FROM {_table(part, local)} AS p{_shown(version, part, local)}"
        for part in parts
    ]
    return " UNION ALL ".join(selects) if selects else _no_rows(version)


def lineage_sql(version: Version, parts: Sequence[Part], paged: frozenset[int] = frozenset()) -> str:
    """Return the SELECT of a version's rows with the load, source and line of each in front.

    Of the parts in `paged` what is kept as a line is a page of a document; it is told as the place.
    """
    selects: list[str] = []
    for part in parts:
        line = f"p.{LINE}" if part.has_lines else f"p.rowid + 1 + {part.line_offset or 0}"
        source = f"(SELECT path FROM {catalogue('sources')} WHERE source_id = {part.source_id})"
        place = f"(SELECT place FROM {catalogue('sources')} WHERE source_id = {part.source_id})"
        if part.part_id in paged:
            place, line = f"'page ' || {line}", "CAST(NULL AS BIGINT)"
        lineage = [str(part.load_id), source, place, line]
        named = [f"{sql} AS {name}" for sql, name in zip(lineage, LINEAGE, strict=True)]
        shown = ", ".join(named + _columns(version, part))
        selects.append(f"SELECT {shown} FROM {part.name} AS p{_shown(version, part, False)}")
    return " UNION ALL ".join(selects) if selects else _no_rows(version)


def shown_condition(hides: Sequence[int], part_id: int, *, local: bool = False) -> str:
    """Return the condition under which a row of a part (named p) is not hidden; empty without hide sets."""
    if not hides:
        return ""
    hidden = identifier(SCHEMA, "hidden") if local else catalogue("hidden")
    chosen = ", ".join(map(str, hides))
    return f"p.rowid NOT IN (SELECT row_id FROM {hidden} WHERE part_id = {part_id} AND hide_id IN ({chosen}))"


def _shown(version: Version, part: Part, local: bool) -> str:
    condition = shown_condition(version.hides, part.part_id, local=local)
    return f" WHERE {condition}" if condition else ""


def _table(part: Part, local: bool) -> str:
    return identifier(SCHEMA, f"part_{part.part_id}") if local else part.name


def _columns(version: Version, part: Part) -> list[str]:
    held = {column.name: column.native_type for column in part.columns}
    shown: list[str] = []
    for column in version.columns:
        name = identifier(column.name)
        if column.name not in held:
            shown.append(f"CAST(NULL AS {column.native_type}) AS {name}")
        elif held[column.name] != column.native_type:
            shown.append(f"CAST(p.{name} AS {column.native_type}) AS {name}")
        else:
            shown.append(f"p.{name}")
    return shown


def _no_rows(version: Version) -> str:
    nothing = ", ".join(
        f"CAST(NULL AS {column.native_type}) AS {identifier(column.name)}" for column in version.columns
    )
    return f"SELECT {nothing} WHERE false"


def view_sql(version: Version, parts: Sequence[Part]) -> str:
    """Return the statement that makes the version what its table's name means.

    It is run with the warehouse file as the default database, so that the names in it are the file's own.
    """
    name = identifier("main", version.table)
    return f"CREATE OR REPLACE VIEW {name} AS {rows_sql(version, parts, local=True)}"
