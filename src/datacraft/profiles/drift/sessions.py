"""Questions come in conversations: what one person asks in a row says less than as many people do."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Codes = NDArray[np.int64]

_TENTHS = 10


def coded(keys: Sequence[str | None]) -> Codes:
    """Return a number for each key; what has none is alone."""
    return np.unique([f"={key}" if key is not None else f"#{place}" for place, key in enumerate(keys)], return_inverse=True)[1] \
        if keys else np.zeros(0, dtype=np.int64)  # fmt: skip


def questions_per_case(values: Sequence[str | float | None], sessions: Codes) -> float:
    """Return how many questions tell as much about a column as one that is independent of the others; at least 1.

    The variance of shares that whole conversations make (ultimate clusters, Hansen, Hurwitz & Madow 1953), over the
    one that independent questions would; of all values together, as Rao & Scott (1981) correct Pearson's test.

    Args:
        values: of the column, one for each question.
        sessions: in which it was asked.
    """
    cells, sessions = _cells(values), np.unique(sessions, return_inverse=True)[1]
    count, groups = len(cells), int(sessions.max(initial=-1)) + 1
    if groups < 2 or groups == count:
        return 1.0
    table = np.zeros((groups, int(cells.max(initial=0)) + 1))
    np.add.at(table, (sessions, cells), 1)
    share = table.sum(axis=0) / count
    independent = count * float(1 - (share**2).sum())
    if independent <= 0:
        return 1.0
    apart = table - table.sum(axis=1, keepdims=True) * share
    return max(1.0, float((apart**2).sum()) * groups / (groups - 1) / independent)


def _cells(values: Sequence[str | float | None]) -> Codes:
    """Return a cell for each value: of numbers, tenths."""
    numbers = [value for value in values if isinstance(value, int | float) and not isinstance(value, bool)]
    if not numbers:
        return coded([str(value) for value in values])
    edges = np.unique(np.quantile(numbers, np.linspace(0, 1, _TENTHS + 1)[1:-1], method="inverted_cdf"))
    return np.array(
        [
            0 if not isinstance(value, int | float) else 1 + int(np.searchsorted(edges, value))
            for value in values
        ],
        dtype=np.int64,
    )
