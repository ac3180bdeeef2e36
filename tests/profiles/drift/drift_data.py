"""Data to compare, made in DuckDB from numpy arrays."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence

import duckdb
import numpy as np
import pyarrow as pa

from datacraft.contracts.drift import ColumnDrift, DriftReport
from datacraft.contracts.profile import DataProfile
from datacraft.contracts.semantic import SemanticModel
from datacraft.profiles import profile_data
from datacraft.profiles.drift import compare_profiles

NOW = dt.datetime(2024, 1, 2, tzinfo=dt.UTC)

Columns = Mapping[str, np.ndarray | Sequence[object]]


def profiled(
    columns: Columns, *, like: DataProfile | None = None, table: str = "t", model: SemanticModel | None = None
) -> DataProfile:
    """Profile one table of these columns."""
    with duckdb.connect() as connection:
        given = pa.table({name: pa.array(values) for name, values in columns.items()})  # noqa: F841 - DuckDB reads it
        connection.execute(f'CREATE TABLE "{table}" AS FROM given')
        return profile_data(connection, NOW, model=model, like=like)


def compared(old: Columns, new: Columns, **options: float) -> DriftReport:
    """Profile two tables, the second like the first, and compare them."""
    baseline = profiled(old)
    return compare_profiles(baseline, profiled(new, like=baseline), now=NOW, **options)


def drift_of(report: DriftReport, column: str) -> ColumnDrift:
    """Return one column of a report."""
    return next(found for found in report.columns if found.column == column)
