"""BigQuery's types and values against the contract's."""

from __future__ import annotations

import datetime as dt
import json
import math
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from datacraft.contracts.answer import Cell
from datacraft.contracts.semantic import ColumnType

_CONTRACT = {
    "INT64": ColumnType.INTEGER,
    "INTEGER": ColumnType.INTEGER,
    "FLOAT64": ColumnType.NUMBER,
    "FLOAT": ColumnType.NUMBER,
    "NUMERIC": ColumnType.NUMBER,
    "BIGNUMERIC": ColumnType.NUMBER,
    "STRING": ColumnType.TEXT,
    "BOOL": ColumnType.BOOLEAN,
    "BOOLEAN": ColumnType.BOOLEAN,
    "DATE": ColumnType.DATE,
    "DATETIME": ColumnType.TIMESTAMP,
    "TIMESTAMP": ColumnType.TIMESTAMP,
    "TIME": ColumnType.TIME,
}


def contract_type(native: str, mode: str = "NULLABLE") -> ColumnType:
    """Return the contract's type for one of BigQuery's, of the schema or of INFORMATION_SCHEMA."""
    if mode == "REPEATED":
        return ColumnType.OTHER
    return _CONTRACT.get(native.upper().split("(")[0].strip(), ColumnType.OTHER)


def cell_of(native: str, mode: str = "NULLABLE") -> Callable[[Any], Cell]:
    """Return what makes a cell of a value that is not null."""
    match contract_type(native, mode):
        case ColumnType.NUMBER:
            return _finite
        case ColumnType.TIMESTAMP:
            return _utc
        case ColumnType.OTHER:
            return _text
        case _:
            return _as_it_is


def _as_it_is(value: Any) -> Cell:
    cell: Cell = value
    return cell


def _finite(value: float | Decimal) -> float | None:
    """JSON has no infinity and no NaN; both mean that there is no value."""
    number = float(value)
    return number if math.isfinite(number) else None


def _utc(value: dt.datetime) -> dt.datetime:
    return value.astimezone(dt.UTC).replace(tzinfo=None) if value.tzinfo else value


def _text(value: object) -> str:
    """Lists, structs, intervals, bytes: as text that a person can read."""
    if isinstance(value, bytes):
        return value.hex()
    return (
        json.dumps(value, default=str, ensure_ascii=False) if isinstance(value, list | dict) else str(value)
    )
