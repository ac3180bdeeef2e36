"""Two columns' counts over the same cells: bins, values or only null and not null."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from datacraft.contracts.profile import ColumnKind, ColumnProfile
from datacraft.profiles.drift.distances import Counts
from datacraft.profiles.measuring.sketches import SAMPLED_VALUES, rebinned

NULL = "(null)"
NOT_FINITE = "(not a finite number)"
REST = "(all other values)"
_SMALL, _FINE, _COARSE = 1_000, 20, 10
_SAMPLED_LEAST = 30
_FEW = 5.0


@dataclass(frozen=True, slots=True)
class Cells:
    """Counts of rows in the same cells.

    Attributes:
        labels: of the cells; bins have none.
        old: counts of the baseline.
        new: counts of the current data.
        edges: of the bins, which come first.
    """

    labels: tuple[str, ...]
    old: Counts
    new: Counts
    edges: Counts = field(default_factory=lambda: np.zeros(0))

    @property
    def bins(self) -> int:
        """How many of the cells are bins."""
        return max(0, len(self.edges) - 1)

    def pooled(self, rows_per_case: float = 1.0) -> tuple[Counts, Counts]:
        """Return counts over fewer cells: about 20, or 10 where a side has few rows.

        Neighbouring bins are joined to groups of about equal share. Of values, those are joined that are rare, or of
        which the smaller side has too few to tell: which of many values a small sample holds is chance, and picking
        the ones that it holds would make a difference of it. Both sides decide alike: distances stay symmetric.

        Args:
            rows_per_case: how many rows tell as much as an independent one.
        """
        sides = np.stack((self.old, self.new)) / rows_per_case
        total = np.maximum(1e-9, sides.sum(axis=1, keepdims=True))
        groups = _COARSE if total.min() * rows_per_case < _SMALL else _FINE
        share = (sides / total).mean(axis=0)
        place = np.arange(len(share)) + groups + 1
        binned = share[: self.bins]
        if self.bins and binned.sum():
            middle = (np.cumsum(binned) - binned / 2) / binned.sum()
            place[: self.bins] = np.minimum((middle * groups).astype(np.int64), groups - 1)
        else:
            least = 1 / (5 * groups)
            smaller = int(total.argmin())
            known = ((sides / total)[1 - smaller] >= least) | (sides[smaller] >= _FEW)
            place[(share < least) | ~known | (np.array(self.labels) == REST)] = groups
        _, joined = np.unique(place, return_inverse=True)
        old, new = (np.bincount(joined, weights=side).astype(np.float64) for side in (self.old, self.new))
        return old, new


def aligned(old: ColumnProfile, new: ColumnProfile, kind: ColumnKind) -> Cells:
    """Return the counts of two profiles of a column over the same cells."""
    if kind is ColumnKind.CATEGORY:
        return _of_values(old, new)
    if kind is ColumnKind.NUMBER or (kind is ColumnKind.ID and _is_text(old)):
        return _of_bins(old, new)
    return _of_nulls(old, new)


def _is_text(profile: ColumnProfile) -> bool:
    return profile.type.upper().startswith(("VARCHAR", "TEXT", "UUID", "ENUM"))


def _of_nulls(old: ColumnProfile, new: ColumnProfile) -> Cells:
    counts = [np.array([float(one.rows - one.nulls), float(one.nulls)]) for one in (old, new)]
    return Cells(("(any value)", NULL), *counts)


def _of_bins(old: ColumnProfile, new: ColumnProfile) -> Cells:
    """Bins of the baseline, with one more at each end for what lies outside of them, null and not finite."""
    edges = list(old.bin_edges or new.bin_edges)
    if not edges:
        return _of_nulls(old, new)
    for end in (old, new):
        if end.bin_edges and end.bin_edges[0] < edges[0]:
            edges.insert(0, end.bin_edges[0])
        if end.bin_edges and end.bin_edges[-1] > edges[-1]:
            edges.append(end.bin_edges[-1])
    counts = [
        np.append(
            rebinned(one.bin_edges, one.bin_counts, edges) if one.bin_edges else np.zeros(len(edges) - 1),
            [float(one.nulls), float(one.not_finite)],
        )
        for one in (old, new)
    ]
    labels = (*[""] * (len(edges) - 1), NULL, NOT_FINITE)
    return Cells(labels, counts[0], counts[1], np.asarray(edges))


def _of_values(old: ColumnProfile, new: ColumnProfile) -> Cells:
    named = list({**old.top_values, **new.top_values})
    sides = []
    for one, other in ((old, new), (new, old)):
        values, rest = _counted(one, other, named)
        sides.append(np.array([*values, *rest, float(one.nulls)]))
    rests = len(sides[0]) - len(named) - 1
    labels = [
        *named,
        *([REST] if rests == 1 else [f"{REST[:-1]}, part {n + 1})" for n in range(rests)]),
        NULL,
    ]
    return Cells(tuple(labels), *sides)


def _counted(one: ColumnProfile, other: ColumnProfile, named: list[str]) -> tuple[list[float], list[float]]:
    """Return the counts of the named values and of the rest, in buckets where both sides have them.

    A value that only the other side names may be among the rest here, at most as often as the least frequent that
    is named here. It is taken to be as frequent as there, within that bound: no difference is made up.
    """
    filled = one.rows - one.nulls, max(1, other.rows - other.nulls)
    left = float(filled[0] - sum(one.top_values.values()))
    often = 3 * filled[0] / max(1, one.distinct)  # where no value was counted, since hardly any repeats
    bound = float(min(one.top_values.values(), default=often))
    values = []
    for value in named:
        if value in one.top_values:
            values.append(float(one.top_values[value]))
            continue
        alike = other.top_values[value] / filled[1] * filled[0]
        values.append(min(alike, bound, left))
        left -= values[-1]
    if one.other_buckets and len(one.other_buckets) == len(other.other_buckets):
        return values, [float(count) for count in one.other_buckets]
    return values, [left]


def sampled(old: ColumnProfile, new: ColumnProfile) -> tuple[Counts, Counts] | None:
    """Return the counts of the values that both samples of values are complete for; None without samples.

    Each holds the values of the lowest hashes, so that up to the lower of their last hashes none is missing.
    """
    if len(old.value_sample) < _SAMPLED_LEAST or len(new.value_sample) < _SAMPLED_LEAST:
        return None
    sides = [{int(key): count for key, count in one.value_sample.items()} for one in (old, new)]
    last = min((max(side) for side in sides if len(side) >= SAMPLED_VALUES), default=None)
    hashes = sorted({key for side in sides for key in side if last is None or key <= last})
    old_counts, new_counts = (np.array([float(side.get(key, 0)) for key in hashes]) for side in sides)
    return old_counts, new_counts


def unseen(old: ColumnProfile, new: ColumnProfile, counted: tuple[Counts, Counts] | None) -> float | None:
    """Return the share of rows whose value the baseline does not have; None where that can't be told."""
    filled = new.rows - new.nulls
    if not filled or old.sensitive:
        return None
    if old.top_values and not old.other_count:
        return 1 - sum(count for value, count in new.top_values.items() if value in old.top_values) / filled
    if counted is None or not counted[1].sum():
        return None
    return float(counted[1][counted[0] == 0].sum() / counted[1].sum())
