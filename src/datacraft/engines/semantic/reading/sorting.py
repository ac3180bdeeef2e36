"""Sort orders, chart wishes, distributions and trends."""

from __future__ import annotations

from datacraft.contracts.plan import TimeUnit
from datacraft.engines.semantic.frame import Asked, Grain, OrderSpec
from datacraft.engines.semantic.reading.state import State
from datacraft.engines.semantic.reading.units import Mark


def read_order(state: State, mark: Mark) -> None:
    """`sorted by`, `descending`, `alphabetically`."""
    frame = state.frame
    if mark.value == "by":
        state.slot = "order"
    elif mark.value in ("alphabetical", "reverse_alphabetical"):
        frame.orders.append(OrderSpec(descending=mark.value != "alphabetical", alphabetical=True))
    elif mark.value in ("oldest_first", "newest_first"):
        frame.orders.append(OrderSpec(descending=mark.value == "newest_first", time_order=True))
    elif frame.orders:
        frame.orders[-1].descending = mark.value == "desc"
    else:
        frame.orders.append(OrderSpec(descending=mark.value == "desc"))
        state.slot = "order"


def read_chart(state: State, mark: Mark) -> None:
    """`as a bar chart`; "ended in a draw" wishes for none."""
    before = state.ahead(-1)
    determined = isinstance(before, Mark) and before.kind == "determiner"
    if mark.value == "any" and len(mark.item.words) == 1 and determined:
        state.frame.unread.append(mark.item)
        return
    state.frame.chart = mark.value


def read_distribution(state: State, mark: Mark) -> None:
    """`the distribution of`, `a histogram of`."""
    state.frame.distribution = True
    if "histogram" in mark.item.words:
        state.frame.chart = "histogram"


def read_trend(state: State, mark: Mark) -> None:
    """`the trend of`, `month by month`."""
    frame, item = state.frame, mark.item
    frame.trend = True
    units = state.senses.lexicon.time.units
    unit = units.get(item.words[-1]) or units.get(item.words[0])
    if unit in tuple(TimeUnit) and len(item.words) > 2:
        frame.groups.append(Asked(grain=Grain(unit=TimeUnit(unit), item=item)))
