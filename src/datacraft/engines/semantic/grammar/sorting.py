"""Sort orders, chart wishes and trends."""

from __future__ import annotations

from datacraft.contracts.plan import TimeUnit
from datacraft.engines.semantic.cursor import Cursor, K
from datacraft.engines.semantic.frame import (
    Asked,
    Grain,
    OrderSpec,
)


def read_order(cursor: Cursor) -> bool:
    """`sorted by`, `descending`, `alphabetically`."""
    found = cursor.op(K.ORDER)
    if found is None:
        return False
    cursor.take()
    frame = cursor.frame
    if found == "by":
        cursor.slot = "order"
        cursor.pass_stops(K.PREPOSITION)
        if (
            cursor.item is not None
            and cursor.item.adjective is not None
            and cursor.item.adjective.form == "superlative"
        ):
            way = cursor.take().adjective
            descending = way is not None and (way.generic or "up") == "up"
            frame.orders.append(OrderSpec(descending=descending))
            cursor.pass_stops()
        return True
    if found in ("alphabetical", "reverse_alphabetical"):
        frame.orders.append(OrderSpec(descending=found != "alphabetical", alphabetical=True))
    elif found in ("oldest_first", "newest_first"):
        frame.orders.append(OrderSpec(descending=found == "newest_first", time_order=True))
    elif frame.orders:
        frame.orders[-1].descending = found == "desc"
    else:
        frame.orders.append(OrderSpec(descending=found == "desc"))
        cursor.slot = "order"
    return True


def read_distribution(cursor: Cursor) -> bool:
    """`distribution of`, `trend of`, `as a bar chart`."""
    item = cursor.item
    if item is None or item.nouns:
        return False
    if item.operator(K.DISTRIBUTION) is not None:
        cursor.frame.distribution = True
        if item.operator(K.CHART) == "histogram":
            cursor.frame.chart = "histogram"
        cursor.take()
        return True
    if item.operator(K.TREND) is not None:
        cursor.frame.trend = True
        unit = cursor.lexicon.time.units.get(item.words[0]) or cursor.lexicon.time.units.get(item.words[-1])
        if unit in tuple(TimeUnit) and len(item.words) > 2:
            cursor.frame.groups.append(Asked(grain=Grain(unit=TimeUnit(unit), item=item)))
        cursor.take()
        cursor.pass_stops(K.PREPOSITION)
        return True
    chart = item.operator(K.CHART)
    if chart is not None and not item.values:
        cursor.frame.chart = chart
        cursor.take()
        return True
    return False


def order_word(cursor: Cursor) -> bool:
    """`most common first`, `the largest total on top`: how to sort, not what to keep."""
    item = cursor.item
    frame = cursor.frame
    if (
        item is None
        or not (frame.asked or frame.groups)
        or not (item.adjective is not None or item.operator(K.SUPERLATIVE_COUNT))
    ):
        return False
    for count in range(1, 4):
        following = cursor.ahead(count)
        if following is None:
            return False
        top = following.words in (("first",), ("on", "top"), ("top",))
        if top and (cursor.ahead(count + 1) is None or cursor.op(K.CONJUNCTION, count + 1)):
            way = item.adjective.generic if item.adjective is not None else None
            down = way == "down" or item.operator(K.SUPERLATIVE_COUNT) == "min"
            for _ in range(count + 1):
                cursor.take()
            frame.orders.append(OrderSpec(descending=not down))
            return True
        if following.operator(K.GROUP) or following.values or following.time:
            return False
    return False


def direction(cursor: Cursor, order: OrderSpec) -> OrderSpec:
    """Give an order the direction that was said before its noun."""
    pending = cursor.frame.orders
    if (
        pending
        and pending[-1].noun is None
        and pending[-1].measure is None
        and not pending[-1].alphabetical
        and not pending[-1].time_order
    ):
        order.descending = pending.pop().descending
    return order
