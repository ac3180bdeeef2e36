"""Time on an axis: every period between the first and the last, so that a gap in the data is a gap in the chart."""

from __future__ import annotations

import datetime as dt

from datacraft.contracts.answer import Cell
from datacraft.contracts.plan import TimeUnit
from datacraft.serving.charts.style import GRID_COLOUR, Json, axis_title
from datacraft.serving.formats import PART_NAMES
from datacraft.serving.outputs import OutputFacts

_MOST_PERIODS = 2_000  # beyond, gaps are too small to be seen
_STEPS = {
    TimeUnit.SECOND: dt.timedelta(seconds=1),
    TimeUnit.MINUTE: dt.timedelta(minutes=1),
    TimeUnit.HOUR: dt.timedelta(hours=1),
    TimeUnit.DAY: dt.timedelta(days=1),
    TimeUnit.WEEK: dt.timedelta(weeks=1),
}
_MONTHS = {TimeUnit.MONTH: 1, TimeUnit.QUARTER: 3, TimeUnit.YEAR: 12}
_TICKS: dict[TimeUnit, Json] = {
    TimeUnit.YEAR: {"tickformat": "%Y", "hoverformat": "%Y"},
    TimeUnit.QUARTER: {"tickformat": "Q%q %Y", "hoverformat": "Q%q %Y"},
    TimeUnit.MONTH: {"tickformat": "%b %Y", "hoverformat": "%B %Y"},
    TimeUnit.WEEK: {"hoverformat": "week of %Y-%m-%d"},
    TimeUnit.DAY: {"hoverformat": "%Y-%m-%d"},
}


def periods(values: list[Cell], fact: OutputFacts) -> list[Cell]:
    """Return the distinct values in order, with those between first and last that are missing from the data.

    Moments that were cut to a calendar unit and numbers of years, months, ... are filled up; other values
    are only sorted. Nulls are left out.
    """
    if fact.part in PART_NAMES:
        return _named(values, PART_NAMES[fact.part])
    known: list[Cell] = sorted({value for value in values if value is not None}, key=_key)
    if len(known) < 2:
        return known
    if fact.part is not None and all(type(value) is int for value in known):
        low, high = known[0], known[-1]
        assert isinstance(low, int) and isinstance(high, int)  # just checked, for all of them
        return list(range(low, high + 1)) if high - low < _MOST_PERIODS else known
    if fact.grain is None or not all(isinstance(value, dt.date) for value in known):
        return known
    return _filled([value for value in known if isinstance(value, dt.date)], fact.grain)


def _named(values: list[Cell], names: tuple[str, ...]) -> list[Cell]:
    """Return names of months or weekdays from the first to the last that occurs, then whatever is no such name."""
    places = [names.index(value) for value in values if isinstance(value, str) and value in names]
    others = dict.fromkeys(value for value in values if value is not None and value not in names)
    return [*(names[min(places) : max(places) + 1] if places else ()), *others]


def _filled(known: list[dt.date], grain: TimeUnit) -> list[Cell]:
    present = set(known)
    filled: list[Cell] = []
    moment = known[0]
    while moment <= known[-1] and len(filled) < _MOST_PERIODS:
        filled.append(moment)
        present.discard(moment)
        try:
            moment = _next(moment, grain)
        except (OverflowError, ValueError):  # the calendar ends here
            break
    # Values off the grid would be lost: then the data's own values are all that is drawn.
    return list(known) if present else filled


def _next(moment: dt.date, grain: TimeUnit) -> dt.date:
    if grain in _STEPS:
        return moment + _STEPS[grain]
    months = moment.year * 12 + moment.month - 1 + _MONTHS[grain]
    return moment.replace(year=months // 12, month=months % 12 + 1)


def time_axis(fact: OutputFacts) -> Json:
    """Return an axis of moments, its ticks written as the grain asks."""
    ticks = _TICKS.get(fact.grain, {}) if fact.grain else {}
    return {"title": axis_title(fact.label, None), "type": "date", "gridcolor": GRID_COLOUR, **ticks}


def iso(value: Cell) -> Cell:
    """Return a moment as text for JSON; other values as they are."""
    return value.isoformat() if isinstance(value, dt.date | dt.time) else value


def _key(value: Cell) -> tuple[str, float | str]:
    """Return a key that sorts values of one column, whatever they are."""
    if isinstance(value, int | float):
        return ("", float(value))
    return ("~", str(value))
