"""One column compared with itself: figures, what chance explains of them, and a score."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from datacraft.contracts.drift import LINE, Band, Cell, ColumnDrift
from datacraft.contracts.profile import ColumnKind, ColumnProfile
from datacraft.profiles.drift import distances
from datacraft.profiles.drift.cells import Cells, aligned, sampled, unseen
from datacraft.profiles.drift.chance import (
    benjamini_hochberg,
    beyond_chance,
    beyond_chance_sampled,
    chance_of,
    expected_total_variation,
    expected_wasserstein,
    holm,
    without,
)
from datacraft.profiles.drift.words import change_in_words, expected_of

POSSIBLE = 0.1
UNPROVEN = 0.19
"""A difference that may be chance stays below the line, however large it looks."""
_POSSIBLE_Q = 0.05
_DRAWN = 24
_DEVIATIONS_AT_HALF = 2.0
"""Values that moved by two standard deviations have an effect of 0.5, by half a one 0.2: what the total variation of
two normal distributions that far apart rounds to at the line."""


@dataclass(frozen=True, slots=True)
class Compared:
    """A column before the others are known: what `ColumnDrift` needs but for the corrections for many columns."""

    table: str
    old: ColumnProfile
    new: ColumnProfile
    kind: ColumnKind
    cells: Cells
    p_value: float
    total_variation: float
    by_chance: float
    wasserstein: float | None
    unseen: float | None
    effect: float


def compare_column(
    table: str, old: ColumnProfile, new: ColumnProfile, kind: ColumnKind, *, same_hash: bool = True
) -> Compared:
    """Compare two profiles of a column that are described in the same way.

    Args:
        table: whose column it is.
        old: of the baseline.
        new: of the current data.
        kind: how both are described.
        same_hash: one function hashed the values of both.
    """
    cells = aligned(old, new, kind)
    pooled = cells.pooled(old.rows_per_case)
    # So many independent rows would vary as these do.
    cases = pooled[0] / old.rows_per_case, pooled[1] / old.rows_per_case
    effects, p_value = [beyond_chance(*cases)], chance_of(*cases)
    moved = None
    if kind is ColumnKind.NUMBER and cells.old[: cells.bins].sum() and cells.new[: cells.bins].sum():
        moved, noise = _moved(cells, old.rows_per_case)
        distance = without(moved, noise)
        effects.append(distance / (distance + _DEVIATIONS_AT_HALF))
    counted = sampled(old, new) if kind is ColumnKind.CATEGORY and same_hash else None
    if counted is not None:
        counts = counted[0] / old.rows_per_case, counted[1] / old.rows_per_case
        rows = [(one.rows - one.nulls) / old.rows_per_case for one in (old, new)]
        effects.append(beyond_chance_sampled(*counts, (rows[0], rows[1])))
        p_value = min(1.0, 2 * min(p_value, chance_of(*counts)))  # two looks at one column
    return Compared(
        table, old, new, kind, cells, p_value, distances.total_variation(*pooled), expected_total_variation(*cases),
        moved, unseen(old, new, counted) if kind is ColumnKind.CATEGORY else None, without(max(effects), old.spread),
    )  # fmt: skip


def _moved(cells: Cells, rows_per_case: float) -> tuple[float, float]:
    """Return how far numbers moved and how far they would by chance, in the baseline's standard deviations."""
    old, new = cells.old[: cells.bins], cells.new[: cells.bins]
    unit = distances.scale(cells.edges, old) or 1.0
    return (
        distances.wasserstein(cells.edges, old, new) / unit,
        expected_wasserstein(cells.edges, old / rows_per_case, new / rows_per_case) / unit,
    )


def scored(columns: Sequence[Compared], alpha: float) -> list[ColumnDrift]:
    """Return the columns' drift, the largest score first.

    Args:
        columns: all that are compared at the same time.
        alpha: chance of any false alarm among them, where nothing changed.
    """
    p_values = [column.p_value for column in columns]
    adjusted, q_values = holm(p_values), benjamini_hochberg(p_values)
    found = [
        _scored(column, corrected, q_value, alpha)
        for column, corrected, q_value in zip(columns, adjusted, q_values, strict=True)
    ]
    return sorted(found, key=lambda drift: (-drift.score, -drift.effect, drift.table, drift.column))


def _scored(column: Compared, adjusted: float, q_value: float, alpha: float) -> ColumnDrift:
    old, new, pooled = column.old, column.new, column.cells.pooled(column.old.rows_per_case)
    score = column.effect if adjusted <= alpha else min(column.effect, UNPROVEN)
    drift = ColumnDrift(
        table=column.table, column=old.name, kind=column.kind, band=_band(score, q_value, old.rows, new.rows),
        score=score, effect=column.effect, total_variation=column.total_variation, by_chance=column.by_chance,
        spread=old.spread, psi=distances.stability_index(*pooled),
        jensen_shannon=distances.jensen_shannon(*pooled), wasserstein=column.wasserstein, unseen=column.unseen, p_value=column.p_value,
        adjusted_p=adjusted, q_value=q_value, rows=(old.rows, new.rows),
        nulls=(old.nulls / max(1, old.rows), new.nulls / max(1, new.rows)), distinct=(old.distinct, new.distinct),
        cells=drawn(column.cells), words="", expected=expected_of(old, new, column.kind),
    )  # fmt: skip
    return drift.model_copy(update={"words": change_in_words(drift, old, new)})


def _band(score: float, q_value: float, old_rows: int, new_rows: int) -> Band:
    if not old_rows or not new_rows:
        return Band.UNKNOWN
    if score >= LINE:
        return Band.DRIFTED
    return Band.POSSIBLE if score >= POSSIBLE and q_value <= _POSSIBLE_Q else Band.STEADY


def drawn(cells: Cells) -> tuple[Cell, ...]:
    """Return the cells to show: bins as they are, the most frequent values, the rest as one."""
    old, new = distances.shares(cells.old), distances.shares(cells.new)
    made = [
        Cell(
            label=label, baseline=float(old[place]), current=float(new[place]),
            low=float(cells.edges[place]) if place < cells.bins else None,
            high=float(cells.edges[place + 1]) if place < cells.bins else None,
        )
        for place, label in enumerate(cells.labels)
    ]  # fmt: skip
    if cells.bins:
        return tuple(cell for cell in made if cell.high is not None or cell.baseline or cell.current)
    named = [cell for cell in made if not cell.label.startswith("(all other")]
    rest = [cell for cell in made if cell.label.startswith("(all other")]
    named.sort(key=lambda cell: -max(cell.baseline, cell.current))
    rest += named[_DRAWN:]
    named = named[:_DRAWN]
    others = (sum(cell.baseline for cell in rest), sum(cell.current for cell in rest))
    if any(others):
        named.append(Cell(label="(all other values)", baseline=others[0], current=others[1]))
    return tuple(cell for cell in named if cell.baseline or cell.current)
