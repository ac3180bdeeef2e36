"""What a load writes, inside its transaction: sources, parts, versions, rows set aside, its own record."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import duckdb

from datacraft.contracts.errors import InputError
from datacraft.ingest.store.catalogue import STORE, Mode, Part, Version, VersionKind, catalogue
from datacraft.ingest.store.reading import Store, columns_as_json
from datacraft.ingest.store.relations import shown_condition, united_columns, view_sql
from datacraft.warehouse.loading.quoting import identifier
from datacraft.warehouse.model import ColumnInfo


@dataclass(frozen=True)
class NewPart:
    """Rows to be written as a part.

    Attributes:
        table: which they belong to.
        source_id: where they come from.
        query: SELECT of the columns; of the lines too, last and named `_line`, where `has_lines`.
    """

    table: str
    source_id: int
    query: str
    columns: tuple[ColumnInfo, ...]
    line_offset: int | None
    has_lines: bool
    contract_sha256: str = ""


class LoadWriter:
    """Writes one load into an attached warehouse file. Nothing holds before the transaction ends."""

    def __init__(self, store: Store, started_at: dt.datetime, clock: Callable[[], dt.datetime]) -> None:
        self.store = store
        self.connection = store.connection
        self.load_id = store.next_id("loads", "load_id")
        self.started_at = started_at
        self.clock = clock

    def add_source(self, path: str, place: str, sha256: str, size_bytes: int) -> int:
        """Record where rows come from; return its id."""
        source_id = self.store.next_id("sources", "source_id")
        self.connection.execute(
            f"INSERT INTO {catalogue('sources')} VALUES (?, ?, ?, ?, ?, ?)",
            [source_id, self.load_id, path, place, sha256, size_bytes],
        )
        return source_id

    def add_part(self, new: NewPart) -> Part:
        """Write rows as a part."""
        part_id = self.store.next_id("parts", "part_id")
        part = Part(part_id, self.load_id, new.source_id, new.table, 0, new.line_offset, new.has_lines,
                    new.contract_sha256, new.columns)  # fmt: skip
        self.connection.execute(f"CREATE TABLE {part.name} AS {new.query}")
        part = replace(part, row_count=_count(self.connection, f"SELECT count(*) FROM {part.name}"))
        self.connection.execute(
            f"INSERT INTO {catalogue('parts')} VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            [part_id, self.load_id, new.source_id, new.table, part.row_count, new.line_offset, new.has_lines,
             new.contract_sha256, columns_as_json(new.columns)],
        )  # fmt: skip
        return part

    def add_set_aside(self, table: str, source_id: int, query: str) -> None:
        """Keep rows that were kept out of a table: `query` gives line, reason and the row as JSON."""
        self.connection.execute(
            f"INSERT INTO {catalogue('set_aside')} SELECT {self.load_id}, {source_id}, ?, * FROM ({query})",
            [table],
        )

    def add_version(self, table: str, mode: Mode, new: Sequence[Part], key: Sequence[str]) -> Version:
        """Make the new parts, together with what the mode keeps of the old ones, what the table is now.

        Raises:
            InputError: a key column is missing.
        """
        before = self.store.current(table)
        kept = [] if before is None or mode == "replace" else self.store.parts(before.parts)
        # A file that was loaded before under other rules takes the place of what it brought then.
        again = {part.source_id for part in kept} & self._same_content(kept, new)
        kept = [part for part in kept if part.source_id not in again]
        parts = [*kept, *new]
        hides = [] if before is None or mode == "replace" else list(before.hides)
        if mode == "upsert":
            hides.append(self._hide(table, kept, new, hides, key))
        return self._write_version(table, mode, parts, hides, united_columns(p.columns for p in parts))

    def restore(self, version: Version) -> Version:
        """Bring an earlier version of a table back."""
        parts = self.store.parts(version.parts)
        return self._write_version(
            version.table, "rollback", parts, version.hides, version.columns, version.load_id
        )

    def add_reviewed_version(self, version: Version, parts: Sequence[Part]) -> Version:
        """Make a version with parts in which a person has filled in cells what its table is now."""
        return self._write_version(version.table, "review", parts, version.hides, version.columns)

    def finish(self, code_version: str, reader_version: int, request_sha256: str, report: str) -> None:
        """Record the load."""
        self.connection.execute(
            f"INSERT INTO {catalogue('loads')} VALUES (?, ?, ?, ?, ?, ?, ?)",
            [self.load_id, _naive(self.started_at), _naive(self.clock()), code_version, reader_version,
             request_sha256, report],
        )  # fmt: skip

    def _same_content(self, kept: Sequence[Part], new: Sequence[Part]) -> set[int]:
        """Return the sources of kept parts whose place and content a new part has as well."""
        sources = self.store.sources([part.source_id for part in (*kept, *new)])
        fresh = {(sources[part.source_id].sha256, sources[part.source_id].place) for part in new}
        return {i for i, source in sources.items() if (source.sha256, source.place) in fresh}

    def _hide(
        self, table: str, kept: Sequence[Part], new: Sequence[Part], hides: Sequence[int], key: Sequence[str]
    ) -> int:
        """Hide the rows whose key a new row has; of several new rows with one key the last one stays."""
        for part in (*kept, *new):
            held = {column.name for column in part.columns}
            missing = [column for column in key if column not in held]
            if missing:
                raise InputError(
                    f"{table} can't be updated by key: rows have no column {missing[0]}.",
                    hint=f"The columns are {', '.join(sorted(held)[:12])}; --key names the key.",
                )
        hide_id = self.store.next_id("hidden", "hide_id")
        for number, part in enumerate(new):
            same = " AND ".join(f"o.{identifier(c)} IS NOT DISTINCT FROM p.{identifier(c)}" for c in key)
            for older in (*kept, *new[:number]):
                shown = shown_condition(hides, older.part_id)
                self.connection.execute(
                    f"INSERT INTO {catalogue('hidden')} SELECT {hide_id}, {older.part_id}, p.rowid - {_first(older)} "
                    f"FROM {older.name} AS p WHERE EXISTS (SELECT 1 FROM {part.name} AS o WHERE {same})"
                    + (f" AND {shown}" if shown else "")
                )
            grouped = ", ".join(identifier(c) for c in key)
            self.connection.execute(
                f"INSERT INTO {catalogue('hidden')} SELECT {hide_id}, {part.part_id}, rowid - {_first(part)} "
                f"FROM {part.name} "
                f"QUALIFY row_number() OVER (PARTITION BY {grouped} ORDER BY rowid DESC) > 1"
            )
        return hide_id

    def _hidden_rows(self, version: Version) -> int:
        row = self.connection.execute(
            f"SELECT count(*) FROM (SELECT DISTINCT part_id, row_id FROM {catalogue('hidden')} WHERE hide_id IN "
            "(SELECT unnest(?::BIGINT[])) AND part_id IN (SELECT unnest(?::BIGINT[])))",
            [list(version.hides), list(version.parts)],
        ).fetchone()
        return int(row[0]) if row else 0

    def _write_version(
        self,
        table: str,
        kind: VersionKind,
        parts: Sequence[Part],
        hides: Sequence[int],
        columns: tuple[ColumnInfo, ...],
        restores: int | None = None,
    ) -> Version:
        version = Version(
            self.store.next_id("versions", "version_id"), self.load_id, table, kind, self.clock(),
            tuple(part.part_id for part in parts), tuple(hides), 0, columns, restores,
        )  # fmt: skip
        rows = sum(part.row_count for part in parts) - self._hidden_rows(version)
        version = replace(version, row_count=rows)
        self.connection.execute(
            f"INSERT INTO {catalogue('versions')} VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            [version.version_id, self.load_id, table, kind, _naive(version.created_at), list(version.parts),
             list(version.hides), rows, columns_as_json(columns), restores],
        )  # fmt: skip
        self.connection.execute(f"USE {STORE}")
        try:
            self.connection.execute(view_sql(version, parts))
        finally:
            self.connection.execute("USE memory")
        return version


def _first(part: Part) -> str:
    """Return SQL of a part's first row id, which is 0 once committed; before, DuckDB counts from far above."""
    return f"(SELECT min(rowid) FROM {part.name})"


def _count(connection: duckdb.DuckDBPyConnection, query: str) -> int:
    row = connection.execute(query).fetchone()
    return int(row[0]) if row else 0


def _naive(moment: dt.datetime) -> dt.datetime:
    return moment.astimezone(dt.UTC).replace(tzinfo=None)
