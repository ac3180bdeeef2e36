"""How much a column moves by itself, from one stretch of time to another, and how many rows come as one.

Rows are rarely independent: the lines of an order share its customer, the orders of a day share its weather. Blocks
of rows that follow one another in time tell how much more their shares vary than those of as many independent rows
would: the design effect (Kish 1965). Long stretches tell how far a column moves over the time of the baseline.
"""

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
BLOCKS = 40
_ROWS_PER_STRETCH = 200
_TENTHS = 10
_MOST_MISSING = 0.05
_CHANCE = 3.0
"""Standard errors from which on what is seen in all stretches together is no chance."""
_COMPARED = {ColumnKind.NUMBER, ColumnKind.CATEGORY}

Blocks = NDArray[np.int64]


def time_column_of(plans: Sequence[Plan], sample: Mapping[str, Any], preferred: str | None) -> str | None:
    """Return the column that puts the rows into time: the preferred one, else the first that is nearly always known."""
    for plan in sorted(plans, key=lambda plan: plan.name != preferred):
        if plan.type not in {ColumnType.DATE, ColumnType.TIMESTAMP}:
            continue
        values = sample[plan.name]
        if len(values) and np.ma.getmaskarray(values).mean() <= _MOST_MISSING:
            return plan.name
    return None


def equal_blocks(times: Any, count: int) -> Blocks:
    """Return the block of each row: in the order of time, each has as many rows."""
    order = np.argsort(np.ma.filled(times, -np.inf), kind="stable")
    block = np.empty(len(times), dtype=np.int64)
    block[order] = np.arange(len(times)) * count // max(1, len(times))
    return block


def rows_per_case(plans: Sequence[Plan], rows: Mapping[str, Any], block: Blocks) -> dict[str, float]:
    """Return by column how many rows tell as much as one that is independent of the others; at least 1.

    Args:
        plans: of the columns.
        rows: those of all blocks, by column.
        block: the block of each row; 0 and 1 are neighbours in time, 2 and 3, and so on.
    """
    return {
        plan.name: _design_effect(_cells(plan, rows[plan.name]), block)
        for plan in plans
        if plan.kind in _COMPARED
    }


def _design_effect(cells: Blocks, block: Blocks) -> float:
    """Return how much more neighbouring blocks differ than chance makes them, all cells together.

    The squared distance of the shares of two blocks of n and m rows is (1 - sum p^2) (1/n + 1/m) on average, where
    rows are independent. Squares are not divided by p, so that rare values do no harm; neighbours are compared, so
    that what moves over months does not count.
    """
    pairs = (int(block.max(initial=0)) + 2) // 2
    counts = np.zeros((2 * pairs, int(cells.max(initial=0)) + 1))
    np.add.at(counts, (block, cells), 1)
    first, second = counts[::2], counts[1::2]
    n, m = first.sum(axis=1), second.sum(axis=1)
    both = (n > 0) & (m > 0)
    first, second, n, m = first[both], second[both], n[both], m[both]
    same = (((first + second) / (n + m)[:, None]) ** 2).sum(axis=1)
    expected = float(((1 - same) * (1 / n + 1 / m)).sum())
    if expected <= 0:
        return 1.0
    ratio = float(((first / n[:, None] - second / m[:, None]) ** 2).sum()) / expected
    freedom = float((1 / same - 1).sum())
    return ratio if ratio > 1 + 2 * np.sqrt(2 / freedom) else 1.0


def spreads(
    plans: Sequence[Plan], sample: Mapping[str, Any], by_time: str | None, together: Mapping[str, float]
) -> dict[str, float]:
    """Return by column how different the most different stretch of time is from the rest, beyond chance.

    Args:
        plans: of the columns.
        sample: rows by column.
        by_time: the column of the time.
        together: how many rows of the sample tell as much as one.
    """
    if by_time is None:
        return {}
    count = min(STRETCHES, len(sample[by_time]) // _ROWS_PER_STRETCH)
    if count < 2:
        return {}
    stretch = equal_blocks(sample[by_time], count)
    return {
        plan.name: _spread(_cells(plan, sample[plan.name]), stretch, count, together.get(plan.name, 1.0))
        for plan in plans
        if plan.kind in _COMPARED
    }


def _spread(cells: Blocks, stretch: Blocks, count: int, together: float) -> float:
    table = np.zeros((count, int(cells.max(initial=0)) + 1))
    np.add.at(table, (stretch, cells), 1)
    frequent = np.argsort(-table.sum(axis=0), kind="stable")
    kept, rest = frequent[: _TENTHS + 1], frequent[_TENTHS + 1 :]
    table = np.concatenate((table[:, kept], table[:, rest].sum(axis=1, keepdims=True)), axis=1) / together
    table = table[:, table.sum(axis=0) > 0]
    inside, share = table.sum(axis=1, keepdims=True), table.sum(axis=0) / table.sum()
    square = ((table - inside * share) ** 2 / (inside * share)).sum()
    freedom = (count - 1) * (table.shape[1] - 1)
    if square <= freedom + _CHANCE * np.sqrt(2 * freedom):
        return 0.0
    return max(beyond_chance(one, table.sum(axis=0) - one) for one in table)


def _cells(plan: Plan, values: Any) -> Blocks:
    """Return a cell for each row: tenths of numbers, values, and 0 for null."""
    missing = np.ma.getmaskarray(values)
    cells = np.zeros(len(values), dtype=np.int64)
    known = values.compressed()
    if plan.kind is ColumnKind.NUMBER:
        finite = known[np.abs(known) < LARGEST]
        marks = np.linspace(0, 1, _TENTHS + 1)[1:-1]
        edges = np.unique(np.quantile(finite, marks, method="inverted_cdf")) if len(finite) else finite
        cells[~missing] = 1 + np.searchsorted(edges, known, side="left")
    elif len(known):
        cells[~missing] = 1 + np.unique(known, return_inverse=True)[1]
    return cells


def kept_sample(plans: Sequence[Plan], sample: Mapping[str, Any]) -> dict[str, list[float | None]]:
    """Return the numbers of some rows, spread over the sample."""
    kept = {}
    for plan in plans:
        if plan.kind is ColumnKind.NUMBER and not plan.sensitive:
            values = sample[plan.name]
            places = np.linspace(0, max(0, len(values) - 1), min(KEPT_ROWS, len(values)), dtype=np.int64)
            kept[plan.name] = [
                None if value is np.ma.masked or not abs(value) < LARGEST else float(value)
                for value in values[places]
            ]
    return kept
