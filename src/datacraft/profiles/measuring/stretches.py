"""How much a column moves by itself: stretches of time of a sample, each against the rest."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from datacraft.contracts.profile import ColumnKind
from datacraft.contracts.semantic import ColumnType
from datacraft.profiles.drift.chance import beyond_chance
from datacraft.profiles.measuring.planning import LARGEST, Plan

KEPT_ROWS = 500
STRETCHES = 10
_ROWS_PER_STRETCH = 200
_CELLS = 10
_MOST_MISSING = 0.05
_CHANCE = 3.0
"""Standard errors beyond which the distances of all stretches together are no chance."""


def time_column_of(plans: Sequence[Plan], sample: Mapping[str, Any], preferred: str | None) -> str | None:
    """Return the column that puts the rows into time: the preferred one, else the first that is nearly always known."""
    for plan in sorted(plans, key=lambda plan: plan.name != preferred):
        if plan.type not in {ColumnType.DATE, ColumnType.TIMESTAMP}:
            continue
        values = sample[plan.name]
        if len(values) and np.ma.getmaskarray(values).mean() <= _MOST_MISSING:
            return plan.name
    return None


def spreads(plans: Sequence[Plan], sample: Mapping[str, Any], by_time: str | None) -> dict[str, float]:
    """Return by column how different the most different stretch of time is from the rest, beyond chance."""
    if by_time is None:
        return {}
    times = sample[by_time]
    count = min(STRETCHES, len(times) // _ROWS_PER_STRETCH)
    if count < 2:
        return {}
    order = np.argsort(np.ma.filled(times, -np.inf), kind="stable")
    stretch = np.empty(len(times), dtype=np.int64)
    stretch[order] = np.arange(len(times)) * count // len(times)
    found = {}
    for plan in plans:
        if plan.kind in {ColumnKind.NUMBER, ColumnKind.CATEGORY}:
            found[plan.name] = _spread(_cells(plan, sample[plan.name]), stretch, count)
    return found


def _cells(plan: Plan, values: Any) -> NDArray[np.int64]:
    """Return a cell for each row: tenths of numbers, the most frequent values, null."""
    missing = np.ma.getmaskarray(values)
    cells = np.full(len(values), _CELLS + 1, dtype=np.int64)
    known = values.compressed()
    if plan.kind is ColumnKind.NUMBER:
        finite = known[np.abs(known) < LARGEST]
        marks = np.linspace(0, 1, _CELLS + 1)[1:-1]
        edges = np.unique(np.quantile(finite, marks, method="inverted_cdf")) if len(finite) else finite
        cells[~missing] = np.searchsorted(edges, known, side="left")
        return cells
    names, places, counts = np.unique(known.astype(str), return_inverse=True, return_counts=True)
    rank = np.empty(len(names), dtype=np.int64)
    rank[np.argsort(-counts, kind="stable")] = np.arange(len(names))
    cells[~missing] = np.minimum(rank[places], _CELLS)
    return cells


def _spread(cells: NDArray[np.int64], stretch: NDArray[np.int64], count: int) -> float:
    table = np.zeros((count, _CELLS + 2))
    np.add.at(table, (stretch, cells), 1)
    table = table[:, table.sum(axis=0) > 0]
    inside, share = table.sum(axis=1, keepdims=True), table.sum(axis=0) / table.sum()
    square = ((table - inside * share) ** 2 / (inside * share)).sum()
    freedom = (count - 1) * (table.shape[1] - 1)
    if square <= freedom + _CHANCE * np.sqrt(2 * freedom):
        return 0.0
    return max(beyond_chance(one, table.sum(axis=0) - one) for one in table)


def kept_sample(plans: Sequence[Plan], sample: Mapping[str, Any]) -> dict[str, list[float | None]]:
    """Return the numbers of some rows, spread over the sample."""
    kept = {}
    for plan in plans:
        if plan.kind is ColumnKind.NUMBER and not plan.sensitive:
            values = sample[plan.name]
            chosen = (
                values[np.linspace(0, len(values) - 1, min(KEPT_ROWS, len(values)), dtype=np.int64)]
                if len(values)
                else values
            )
            kept[plan.name] = [
                None if value is np.ma.masked or not abs(value) < LARGEST else float(value)
                for value in chosen
            ]
    return kept
