"""DuckDB's types and values against the contract's."""

from __future__ import annotations

import datetime as dt
import json
import math
from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Any

from datacraft.contracts.answer import Cell
from datacraft.contracts.semantic import ColumnType

_INTEGERS = {
    "TINYINT", "SMALLINT", "INTEGER", "BIGINT", "HUGEINT", "UTINYINT", "USMALLINT", "UINTEGER", "UBIGINT", "UHUGEINT",
}  # fmt: skip
_CONTRACT = {
    **dict.fromkeys(_INTEGERS, ColumnType.INTEGER),
    "FLOAT": ColumnType.NUMBER,
    "DOUBLE": ColumnType.NUMBER,
    "VARCHAR": ColumnType.TEXT,
    "UUID": ColumnType.TEXT,
    "BOOLEAN": ColumnType.BOOLEAN,
    "DATE": ColumnType.DATE,
    "TIME": ColumnType.TIME,
    '"NULL"': ColumnType.TEXT,
}
_AS_IS = {
    *_INTEGERS,
    "VARCHAR",
    "BOOLEAN",
    "DATE",
    "TIME",
    "TIMESTAMP",
    "TIMESTAMP_S",
    "TIMESTAMP_MS",
    '"NULL"',
}


def contract_type(native: str) -> ColumnType:
    """Return the contract's type for one of DuckDB's, given by name."""
    name = native.upper()
    if name in _CONTRACT:
        return _CONTRACT[name]
    if name.startswith("DECIMAL"):
        return ColumnType.NUMBER
    if name.startswith("TIMESTAMP"):
        return ColumnType.TIMESTAMP
    if name.startswith("ENUM"):
        return ColumnType.TEXT
    return ColumnType.OTHER


def contract_rows(rows: Sequence[Sequence[Any]], natives: Sequence[str]) -> list[list[Cell]]:
    """Return fetched rows as the contract's cells; only columns whose type needs it are converted."""
    converters = {
        i: _converter(native.upper()) for i, native in enumerate(natives) if native.upper() not in _AS_IS
    }
    result: list[list[Cell]] = [list(row) for row in rows]
    for i, convert in converters.items():
        for row in result:
            if row[i] is not None:
                row[i] = convert(row[i])
    return result


def _converter(native: str) -> Callable[[Any], Cell]:
    if native in {"DOUBLE", "FLOAT"}:
        return _finite
    if native.startswith("DECIMAL"):
        return float
    if native.startswith("TIMESTAMP"):
        return _utc
    return _text


def _finite(value: float) -> float | None:
    """JSON has no infinity and no NaN; both mean that there is no value (a division by zero)."""
    return value if math.isfinite(value) else None


def _utc(value: dt.datetime) -> dt.datetime:
    return value.astimezone(dt.UTC).replace(tzinfo=None) if value.tzinfo else value


def _text(value: object) -> str:
    """Lists, structs, intervals, blobs: as text that a person can read."""
    if isinstance(value, bytes):
        return value.hex()
    if isinstance(value, list | dict | tuple):
        return json.dumps(
            value, default=lambda v: float(v) if isinstance(v, Decimal) else str(v), ensure_ascii=False
        )
    return str(value)
