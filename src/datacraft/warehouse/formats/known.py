"""All the formats that the values of a column suggest."""

from __future__ import annotations

from collections.abc import Collection

from datacraft.contracts.semantic import ColumnType
from datacraft.warehouse.formats.booleans import boolean_formats
from datacraft.warehouse.formats.dates import date_formats
from datacraft.warehouse.formats.format import Format
from datacraft.warehouse.formats.numbers import number_formats


def candidate_formats(values: Collection[str], header: str, *, dates_only: bool) -> list[Format]:
    """Return the formats to try on a column, the more particular first; `dates_only`: of whole dates."""
    dates = date_formats(values, header)
    if dates_only:
        return [format_ for format_ in dates if format_.type is ColumnType.TIMESTAMP]
    return boolean_formats(values) + dates + number_formats(values)
