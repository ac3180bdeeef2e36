"""`Store`: what the catalogue says, read from an attached warehouse file."""

from __future__ import annotations

import difflib
from collections.abc import Sequence

import duckdb
from pydantic import TypeAdapter

from datacraft.contracts.errors import InputError
from datacraft.ingest.store.catalogue import LoadRecord, Part, SourceRecord, Version, catalogue
from datacraft.warehouse.model import ColumnInfo

_COLUMNS = TypeAdapter(tuple[ColumnInfo, ...])


def columns_as_json(columns: Sequence[ColumnInfo]) -> str:
    """Return columns as the catalogue keeps them."""
    return _COLUMNS.dump_json(tuple(columns)).decode()


class Store:
    """The catalogue of the warehouse file that is attached to a connection."""

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        self.connection = connection

    def tables(self) -> list[Version]:
        """Return the newest version of every table, by name."""
        return self._versions(
            "version_id IN (SELECT max(version_id) FROM {versions} GROUP BY table_name) ORDER BY table_name",
            [],
        )

    def current(self, table: str) -> Version | None:
        """Return the newest version of a table; None where there is no such table."""
        found = self._versions("table_name = ? ORDER BY version_id DESC LIMIT 1", [table])
        return found[0] if found else None

    def require(self, table: str) -> Version:
        """Return the newest version of a table.

        Raises:
            InputError: there is none.
        """
        found = self.current(table)
        if found is not None:
            return found
        names = [version.table for version in self.tables()]
        near = difflib.get_close_matches(table, names, n=3) or names[:5]
        known = f"There are {', '.join(near)}." if near else "There is no table yet."
        raise InputError(f"There is no table {table} in the warehouse.", hint=known)

    def version_of_load(self, table: str, load_id: int) -> Version:
        """Return what a table was after a load.

        Raises:
            InputError: there is no such table, or it was not there yet.
        """
        self.require(table)
        found = self._versions(
            "table_name = ? AND load_id <= ? ORDER BY version_id DESC LIMIT 1", [table, load_id]
        )
        if not found:
            first = self.history(table)[0]
            raise InputError(
                f"{table} was not there yet after load {load_id}.", hint=f"Load {first.load_id} brought it."
            )
        return found[0]

    def history(self, table: str) -> list[Version]:
        """Return every version of a table, the oldest first."""
        return self._versions("table_name = ? ORDER BY version_id", [table])

    def parts(self, ids: Sequence[int]) -> list[Part]:
        """Return parts by their ids, in this order."""
        rows = self.connection.execute(
            "SELECT part_id, load_id, source_id, table_name, row_count, line_offset, has_lines, contract_sha256, "
            f"columns FROM {catalogue('parts')} WHERE part_id IN (SELECT unnest(?::BIGINT[]))",
            [list(ids)],
        ).fetchall()
        found = {
            part_id: Part(
                part_id,
                load_id,
                source_id,
                table,
                count,
                offset,
                lines,
                contract,
                _COLUMNS.validate_json(columns),
            )
            for part_id, load_id, source_id, table, count, offset, lines, contract, columns in rows
        }
        return [found[part_id] for part_id in ids]

    def sources(self, ids: Sequence[int]) -> dict[int, SourceRecord]:
        """Return sources by their ids."""
        rows = self.connection.execute(
            f"SELECT source_id, load_id, path, place, sha256, size_bytes FROM {catalogue('sources')} "
            "WHERE source_id IN (SELECT unnest(?::BIGINT[]))",
            [list(ids)],
        ).fetchall()
        return {row[0]: SourceRecord(*row) for row in rows}

    def loads(self) -> list[LoadRecord]:
        """Return every load, the oldest first."""
        rows = self.connection.execute(
            "SELECT load_id, started_at, finished_at, code_version, reader_version, request_sha256, report "
            f"FROM {catalogue('loads')} ORDER BY load_id"
        ).fetchall()
        return [LoadRecord(*row) for row in rows]

    def load_of_request(self, request_sha256: str) -> int | None:
        """Return the last load of exactly these files under these conditions; None where there is none."""
        row = self.connection.execute(
            f"SELECT max(load_id) FROM {catalogue('loads')} WHERE request_sha256 = ?", [request_sha256]
        ).fetchone()
        return row[0] if row else None

    def versions_of_load(self, load_id: int) -> list[Version]:
        """Return the versions that a load made."""
        return self._versions("load_id = ? ORDER BY version_id", [load_id])

    def part_ids(self, load_id: int, table: str) -> list[int]:
        """Return the parts of a table that a load brought."""
        rows = self.connection.execute(
            f"SELECT part_id FROM {catalogue('parts')} WHERE load_id = ? AND table_name = ?", [load_id, table]
        ).fetchall()
        return [row[0] for row in rows]

    def set_aside(self, table: str, *, most: int) -> list[tuple[int, str, int | None, str, str]]:
        """Return rows that were kept out of a table: load, source, line, reason, and the row as JSON."""
        return self.connection.execute(
            f"SELECT a.load_id, concat_ws(', ', s.path, nullif(s.place, '')), a.line, a.reason, a.content "
            f"FROM {catalogue('set_aside')} a JOIN {catalogue('sources')} s USING (source_id) "
            "WHERE a.table_name = ? ORDER BY a.load_id DESC, a.source_id, a.line LIMIT ?",
            [table, most],
        ).fetchall()

    def next_id(self, table: str, column: str) -> int:
        """Return the next free number of one of the catalogue's tables."""
        row = self.connection.execute(
            f"SELECT coalesce(max({column}), 0) + 1 FROM {catalogue(table)}"
        ).fetchone()
        return int(row[0]) if row else 1

    def _versions(self, condition: str, parameters: Sequence[object]) -> list[Version]:
        rows = self.connection.execute(
            "SELECT version_id, load_id, table_name, kind, created_at, parts, hides, row_count, columns, restores "
            f"FROM {catalogue('versions')} WHERE {condition.format(versions=catalogue('versions'))}",
            list(parameters),
        ).fetchall()
        return [
            Version(
                version_id,
                load_id,
                table,
                kind,
                created_at,
                tuple(parts),
                tuple(hides),
                row_count,
                _COLUMNS.validate_json(columns),
                restores,
            )
            for version_id, load_id, table, kind, created_at, parts, hides, row_count, columns, restores in rows
        ]
