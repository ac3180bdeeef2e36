"""Figures that are more than one aggregate: shares, ratios, differences, correlations, windows."""

from __future__ import annotations

from datacraft.contracts.plan import TimeUnit
from datacraft.engines.semantic.frame import Asked, Condition, Measure, OrderSpec
from datacraft.engines.semantic.reading.state import State
from datacraft.engines.semantic.reading.units import Mark, Phrase
from datacraft.engines.semantic.vocabulary import Duration


def measure_of(state: State, phrase: Phrase) -> Measure:
    """Return the measure that a phrase names; a thing without a function is counted."""
    measure = Measure(list(phrase.functions), distinct=phrase.distinct, fraction=phrase.fraction)
    if phrase.head is not None and not phrase.named:
        measure.noun = state.noun(phrase)
        if (
            not measure.functions
            and state.senses.is_thing(phrase.head)
            and not state.senses.is_measure(phrase.head)
        ):
            measure.functions = ["count"]
    if phrase.rank is not None and phrase.rank.adjective is not None and phrase.rank.adjective.generic:
        measure.functions = ["max" if phrase.rank.descending else "min", *measure.functions]
        measure.adjective = phrase.rank.adjective
    if (
        phrase.rhythm is not None
        and phrase.functions
        and phrase.functions[0] in ("avg", "max", "min", "median")
    ):
        measure.per_unit = phrase.rhythm
    return measure


def put_window(state: State, measure: Measure) -> None:
    """Let a measure run over time as the window says that was read before."""
    mark = state.window
    if mark is None:
        return
    kind, _, unit = mark.value.partition(".")
    measure.window = kind
    measure.window_unit = TimeUnit(unit) if unit else measure.window_unit
    measure.window_size = mark.extra if isinstance(mark.extra, int) else measure.window_size
    state.window = None


def read_window(state: State, mark: Mark) -> None:
    """`running total of sales`, `sales growth month over month`: what runs may stand before or behind."""
    kind, _, unit = mark.value.partition(".")
    if kind == "rank":
        state.frame.ranking = True
        if mark.item.words[-1] == "by":
            state.frame.orders.append(OrderSpec(descending=True))
            state.slot = "order"
        return
    if state.window is not None:  # "month over month" + "growth rate"
        before = state.window.value.partition(".")
        kind = "growth" if "growth" in (before[0], kind) and before[0] != "change" else before[0]
        state.window = Mark(
            "window", f"{kind}.{unit or before[2]}" if unit or before[2] else kind, mark.item, mark.extra
        )
        return
    last = state.last_asked
    follows = state.ahead()
    figure_next = isinstance(follows, Phrase) or state.mark(1, "preposition") in ("of", "in", "for")
    if last is not None and last.noun is not None and state.senses.is_measure(last.noun.item):
        last.measure, last.noun = Measure([], last.noun), None
    if (
        last is not None
        and last.measure is not None
        and not last.measure.window
        and not (figure_next and state.slot == "target")
    ):
        state.window = mark
        put_window(state, last.measure)
        return
    state.window = mark


def read_share(state: State, mark: Mark) -> None:
    """`percentage of sales`, `share of each region`, `as a share of the total`, `what proportion are`."""
    last = state.last_asked
    behind = mark.item.words[0] in ("as", "of", "in") or mark.item.words[0].startswith(
        ("account", "make", "made", "contribut")
    )
    if last is not None and last.noun is not None and state.senses.is_measure(last.noun.item) and behind:
        last.measure, last.noun = Measure([], last.noun), None
    if last is not None and last.measure is not None and (behind or state.slot != "target"):
        follows = state.ahead()
        if isinstance(follows, Phrase) and state.senses.is_measure(follows.head) and not follows.functions:
            own = last.measure.noun.item.words if last.measure.noun is not None else ()
            if follows.head is not None and follows.head.words != own:
                last.measure.operator, last.measure.denominator = "ratio", measure_of(state, follows)
                state.k += 1
                return
        last.measure.share = True
        return
    state.share = mark.item
    if state.begun and last is None and state.frame.root.thing is not None and state.slot != "target":
        state.slot = "target"


def read_correlation(state: State) -> None:
    """`correlation between A and B`, `do A and B correlate`."""
    sides: list[Phrase] = []
    at = 1
    while (unit := state.ahead(at)) is not None and at < 7 and len(sides) < 2:
        if isinstance(unit, Phrase) and unit.head is not None:
            sides.append(unit)
        elif not (isinstance(unit, Mark) and unit.kind in ("conjunction", "preposition", "correlation")):
            break
        at += 1
    asked = state.frame.asked
    if len(asked) >= 2 and all(
        a.noun is not None and state.senses.is_measure(a.noun.item) for a in asked[-2:]
    ):
        sides = []  # "do quantity and sales correlate": both stand before
    if len(sides) == 2:
        first, second = (measure_of(state, side) for side in sides)
        state.k += at - 1
    elif len(sides) == 1 and asked:
        popped = asked.pop()
        first, second = measure_of(state, sides[0]), popped.measure or Measure([], popped.noun)
        state.k += at - 1
    elif len(asked) >= 2:
        right, left = asked.pop(), asked.pop()
        first, second = left.measure or Measure([], left.noun), right.measure or Measure([], right.noun)
    else:
        state.frame.lost.append("correlation")
        return
    first.functions = []
    first.operator, first.second = "correlation", second.noun
    asked.append(Asked(measure=first))
    state.slot = "modifier"


def read_difference(state: State) -> None:
    """`the difference between A and B`: of two measures, or of one measure on two sides."""
    frame = state.frame
    at = 1
    while state.mark(at, "preposition") or state.mark(at, "determiner"):
        at += 1
    first = state.ahead(at)
    joined = state.mark(at + 1, "conjunction") == "and" or state.mark(at + 1, "preposition") == "to"
    second = state.ahead(at + 2)
    frame.difference = True
    if not isinstance(first, Phrase) or first.bare_value or first.named:
        frame.compare = True
        return
    measure = measure_of(state, first)
    state.modifiers(first)
    if joined and isinstance(second, Phrase) and second.head is not None and not second.named:
        other = measure_of(state, second)
        if (
            first.rank is not None
            and second.rank is not None
            and first.head is None
            and second.head is not None
        ):
            measure.noun = other.noun
        frame.difference = False
        measure.operator, measure.denominator = "difference", other
        state.k += at + 2
    elif joined and isinstance(second, Phrase) and first.rank is not None and second.rank is not None:
        frame.difference = False
        measure.operator, measure.denominator = "difference", measure_of(state, second)
        state.k += at + 2
    else:
        frame.compare = True
        state.k += at
    frame.asked.append(Asked(measure=measure))
    state.slot = "modifier"


def summed_up_late(state: State, function: str) -> bool:
    """`discounts on average`, `sold over 500 in total`: the function comes after what it is said of."""
    frame, last = state.frame, state.last_asked
    ranked = frame.rank.measure if frame.rank is not None else None
    if ranked is not None and not ranked.functions:
        ranked.functions = [function]
        return True
    if last is not None and last.measure is not None:
        per = frame.groups[-1].noun if frame.groups else None
        named = last.measure.noun.candidates[:1] if last.measure.noun is not None else []
        if last.measure.functions == ["count"] and named and isinstance(named[0][0], Duration):
            last.measure.functions = [function]  # "how many nights did they stay on average"
        elif last.measure.functions == ["count"] and per is not None and function == "avg":
            frame.groups.pop()  # "how many visits per patient on average"
            last.measure.functions, last.measure.per = [function, "count"], per
        elif not last.measure.functions:
            last.measure.functions = [function]
        elif last.measure.functions[0] in ("max", "min") and function != "sum":
            last.measure.functions = [last.measure.functions[0], function]
        elif function == "avg" and last.measure.functions == ["count"]:
            frame.average_of_counts = True
        return True
    if last is not None and last.noun is not None and state.senses.is_measure(last.noun.item):
        last.measure, last.noun = Measure([function], last.noun), None
        return True
    compared = next((c for c in reversed(frame.conditions) if c.kind == "compare"), None)
    if compared is not None and compared.measure is None and compared.number is not None:
        compared.measure = Measure([function], compared.noun)
        return True
    return False


def ratio_conditions(state: State, start: int) -> list[Condition]:
    """Take the conditions that were added since there were `start` of them out of the frame."""
    own = state.frame.conditions[start:]
    del state.frame.conditions[start:]
    return own
