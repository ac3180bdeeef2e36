"""How numbers go together, before and now: rank correlations of the sampled rows."""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from datacraft.contracts.drift import Finding, SchemaFinding, Severity
from datacraft.contracts.profile import TableProfile
from datacraft.profiles.drift.chance import holm

Floats = NDArray[np.float64]

_LEAST_ROWS = 100
_WORTH_SAYING = 0.3
_RANKS = 1.06
"""The variance of Fisher's z of a rank correlation is about 1.06 / (n - 3) (Fieller, Hartley & Pearson 1957)."""


def relation_findings(old: TableProfile, new: TableProfile, alpha: float) -> list[SchemaFinding]:
    """Return the pairs of columns that go together differently: by 0.3 or more, and surely so for all pairs at once."""
    together = {column.name: column.rows_per_case for column in old.columns}
    names = [name for name in old.sample if name in new.sample]
    pairs = list(itertools.combinations(names, 2))
    seen = []
    for pair in pairs:
        before, now = (_correlation(table, pair) for table in (old, new))
        if before is None or now is None:
            continue
        bunch = max(together.get(name, 1.0) for name in pair)
        seen.append((pair, before[0], now[0], _chance(before, now, bunch)))
    adjusted = holm([chance for *_, chance in seen])
    return [
        SchemaFinding(
            finding=Finding.RELATION,
            severity=Severity.NOTE,
            table=old.name,
            column=pair[0],
            words=f"{old.name}.{pair[0]} and {pair[1]} go together differently: rank correlation {before:.2f} → {now:.2f}.",
        )
        for (pair, before, now, _), chance in zip(seen, adjusted, strict=True)
        if chance <= alpha and abs(before - now) >= _WORTH_SAYING
    ]


def _correlation(table: TableProfile, pair: Sequence[str]) -> tuple[float, int] | None:
    """Return the rank correlation of two columns and how many rows have both; None of too few or of one value."""
    first, second = (np.array(table.sample[name], dtype=np.float64) for name in pair)
    both = ~np.isnan(first) & ~np.isnan(second)
    if both.sum() < _LEAST_ROWS:
        return None
    one, other = _ranks(first[both]), _ranks(second[both])
    if not one.std() or not other.std():
        return None
    return float(np.corrcoef(one, other)[0, 1]), int(both.sum())


def _ranks(values: Floats) -> Floats:
    """Return ranks; equal values share the mean of theirs."""
    _, place, count = np.unique(values, return_inverse=True, return_counts=True)
    return (np.cumsum(count) - (count - 1) / 2)[place]


def _chance(before: tuple[float, int], now: tuple[float, int], bunch: float) -> float:
    """Return the p-value of Fisher's test that two correlations are equal."""
    apart = abs(
        sum(sign * math.atanh(max(-0.999, min(0.999, one[0]))) for sign, one in ((1, before), (-1, now)))
    )
    variance = sum(_RANKS / max(1.0, one[1] / bunch - 3) for one in (before, now))
    return math.erfc(apart / math.sqrt(2 * variance))
