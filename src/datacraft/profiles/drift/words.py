"""What changed, in a few words that a person can check."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

import numpy as np

from datacraft.contracts.drift import Band, Cell, ColumnDrift
from datacraft.contracts.profile import ColumnKind, ColumnProfile

_WORTH_SAYING = 0.02
_MOST = 3


def percent(share: float) -> str:
    """Return a share as people write it: no digit more than tells it, and never 0 for something."""
    if 0 < share < 0.0005:
        return "< 0.1\N{NO-BREAK SPACE}%"
    digits = 1 if 0 < share < 0.0995 else 0
    return f"{100 * share:.{digits}f}".removesuffix(".0") + "\N{NO-BREAK SPACE}%"


def number(value: float) -> str:
    """Return a number in about three digits."""
    if value == 0 or 0.001 <= abs(value) < 1_000:
        return f"{value:.3g}"
    return f"{value:,.0f}" if abs(value) < 1e12 and abs(value) >= 1 else f"{value:.3g}"


def change_in_words(drift: ColumnDrift, old: ColumnProfile, new: ColumnProfile) -> str:
    """Return what changed about a column; of one that is steady, that it did not."""
    if drift.band is Band.UNKNOWN:
        return "nothing to compare: there are no rows " + ("before" if not old.rows else "now")
    said = list(_nulls(drift))
    if drift.kind is ColumnKind.TIME:
        said += _period(old, new)
    elif drift.kind is ColumnKind.CATEGORY:
        said += _values(drift.cells, old) or _rare_values(drift)
    elif drift.kind is ColumnKind.NUMBER:
        said += _numbers(drift, old, new)
    elif drift.kind is ColumnKind.ID and drift.cells and drift.cells[0].high is not None:
        said += _lengths(drift.cells)
    return "; ".join(said[:_MOST]) or "as before"


def expected_of(old: ColumnProfile, new: ColumnProfile, kind: ColumnKind) -> str | None:
    """Return why a column's values are not scored; None where they are."""
    if kind is ColumnKind.TIME:
        return "Time goes on: only its nulls are compared."
    if kind is ColumnKind.ID:
        text = not isinstance(old.minimum, float) and (old.bin_edges or new.bin_edges)
        return "New rows bring new values: " + (
            "only lengths and nulls are compared." if text else "only nulls are compared."
        )
    return "Values of this type are not compared, only nulls." if kind is ColumnKind.OTHER else None


def _nulls(drift: ColumnDrift) -> list[str]:
    before, now = drift.nulls
    if abs(before - now) < _WORTH_SAYING:
        return []
    return [f"empty {percent(before)} → {percent(now)}"]


def _values(cells: Sequence[Cell], old: ColumnProfile) -> list[str]:
    named = [cell for cell in cells if not cell.label.startswith("(")]
    told = sorted(named, key=lambda cell: -abs(cell.current - cell.baseline))
    said = []
    for cell in told:
        if abs(cell.current - cell.baseline) < _WORTH_SAYING:
            break
        new = cell.baseline == 0 and old.other_count == 0
        shown = "(blank)" if not cell.label.strip() else cell.label
        said.append(
            f"new: {shown} ({percent(cell.current)})" if new
            else f"share of {shown} {percent(cell.baseline)} → {percent(cell.current)}"
        )  # fmt: skip
    return said


def _rare_values(drift: ColumnDrift) -> list[str]:
    """What is said where no frequent value moved."""
    rest = [cell for cell in drift.cells if cell.label.startswith("(all other")]
    before, now = (sum(getattr(cell, side) for cell in rest) for side in ("baseline", "current"))
    said = []
    if drift.unseen is not None and drift.unseen >= _WORTH_SAYING and drift.band is not Band.STEADY:
        said.append(f"about {percent(drift.unseen)} of the rows have values that were not there before")
    elif abs(now - before) >= _WORTH_SAYING:
        said.append(
            f"share of values that are not among the most frequent {percent(before)} → {percent(now)}"
        )
    elif drift.band is not Band.STEADY:
        said.append("many values became more or less frequent, each by a little")
    return said


def middle(profile: ColumnProfile, share: float = 0.5) -> float | None:
    """Return a quantile from the bins; of few values, one of them."""
    total = sum(profile.bin_counts)
    if not total:
        return None
    below = np.cumsum(profile.bin_counts) / total
    place = min(int(np.searchsorted(below, share - 1e-12)), len(below) - 1)
    if profile.distinct <= len(profile.bin_counts) or place == 0:
        return profile.bin_edges[place + 1]
    return float(np.interp(share, np.concatenate(([0.0], below)), profile.bin_edges))


def _numbers(drift: ColumnDrift, old: ColumnProfile, new: ColumnProfile) -> list[str]:
    if drift.effect < 0.05:
        return []
    if old.distinct <= len(old.bin_counts) and new.distinct <= len(new.bin_counts):
        return _few_numbers(drift.cells)
    said = []
    for share, name in (
        (0.5, "median"),
        (0.9, "the highest tenth begins at"),
        (0.1, "the lowest tenth ends at"),
    ):
        before, now = middle(old, share), middle(new, share)
        if before is not None and now is not None and number(before) != number(now):
            said.append(f"{name} {number(before)} → {number(now)}")
    above = sum(cell.current for cell in drift.cells if _outside(cell, old, above=True))
    below = sum(cell.current for cell in drift.cells if _outside(cell, old, above=False))
    for share, where in ((above, "above the highest"), (below, "below the lowest")):
        if share >= 0.005:
            said.insert(0, f"{percent(share)} are {where} seen before")
    return said


def _few_numbers(cells: Sequence[Cell]) -> list[str]:
    bins = [cell for cell in cells if cell.high is not None]
    bins.sort(key=lambda cell: -abs(cell.current - cell.baseline))
    return [
        f"share of {number(cell.high or 0.0)} {percent(cell.baseline)} → {percent(cell.current)}"
        for cell in bins
        if abs(cell.current - cell.baseline) >= _WORTH_SAYING
    ]


def _outside(cell: Cell, old: ColumnProfile, *, above: bool) -> bool:
    if cell.low is None or cell.high is None or not old.bin_edges:
        return False
    return cell.low >= old.bin_edges[-1] if above else cell.high <= old.bin_edges[0]


def _lengths(cells: Sequence[Cell]) -> list[str]:
    bins = [cell for cell in cells if cell.high is not None]
    most = [max(bins, key=lambda cell: cell.baseline), max(bins, key=lambda cell: cell.current)]
    if most[0] is most[1]:
        return []
    before, now = (number(cell.high or 0.0) for cell in most)
    return [f"texts are mostly {before} → {now} characters long"]


def _period(old: ColumnProfile, new: ColumnProfile) -> list[str]:
    ends = [end for one in (old, new) for end in (one.minimum, one.maximum)]
    if any(end is None for end in ends):
        return []
    before, until, now, today = (_day(end) for end in ends)
    if (before, until) == (now, today):
        return []
    return [f"{before} to {until} → {now} to {today}"]


def _day(end: object) -> str:
    if isinstance(end, float):
        return f"{end:.0f}"
    try:
        return dt.datetime.fromisoformat(str(end)).date().isoformat()
    except ValueError:  # 'infinity', or a year that no calendar has
        return str(end)
