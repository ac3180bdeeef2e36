"""From the spans of a question to a `Frame`: a left-to-right reader with one place of look-ahead or a few.

The reader is always in one slot: what is asked for (`target`), what restricts it (`modifier`), what it is
grouped by (`group`) or sorted by (`order`). Each span is offered to the readers in turn; whatever none of
them takes is kept as unread, and a question with unread content words is not answered.
"""

from __future__ import annotations

from datacraft.contracts.plan import TimeUnit
from datacraft.engines.semantic import conditions, measures
from datacraft.engines.semantic.cursor import Cursor, K
from datacraft.engines.semantic.frame import (
    Asked,
    Condition,
    Frame,
    Grain,
    Measure,
    Noun,
    NounPhrase,
    OrderSpec,
)
from datacraft.engines.semantic.lattice import Item, NumberSense
from datacraft.engines.semantic.lexicon import Lexicon
from datacraft.engines.semantic.lexicon.model import STOP_KINDS
from datacraft.engines.semantic.vocabulary import ColumnId, Thing, Vocabulary

_OPENS_MODIFIER = ("in", "with", "for", "from", "to", "at", "on", "within", "by", "among", "about", "between", "during", "than", "against")  # fmt: skip
_NAMING_VERBS = frozenset({"name", "call", "title", "entitle", "label", "locate", "base", "situate"})


def parse(items: list[Item], vocabulary: Vocabulary, lexicon: Lexicon) -> Frame:
    """Read every span once; the frame tells what was asked and which spans were left unread."""
    cursor = Cursor(items, vocabulary, lexicon)
    while cursor.item is not None:
        before = cursor.i
        _step(cursor)
        if cursor.i == before:
            _leave_unread(cursor)
    cursor.frame.dangling = cursor.negated and cursor.frame.denied_verb is None
    _average_of_counts(cursor.frame)
    _give_number_to_rank(cursor.frame)
    _give_owner(cursor.frame)
    return cursor.frame


def _average_of_counts(frame: Frame) -> None:
    """`on average, how many lines are there on an order`: one count for each order, then their average."""
    averages = [
        a
        for a in frame.asked
        if a.measure is not None and a.measure.functions == ["avg"] and a.measure.noun is None
    ]
    counts = [
        a
        for a in frame.asked
        if a.measure is not None and a.measure.functions == ["count"] and a.measure.noun is not None
    ]
    if len(averages) != 1 or len(counts) != 1 or averages[0].measure is None or counts[0].measure is None:
        return
    phrase = next((p for p in frame.phrases if p.thing is not None), None)
    per = phrase.thing if phrase is not None else frame.root.thing
    if per is None or per is counts[0].measure.noun:
        return
    frame.asked.remove(averages[0])
    counts[0].measure.functions = ["avg", "count"]
    counts[0].measure.per = per
    frame.conditions = [c for c in frame.conditions if c.phrase is not phrase or phrase is None]
    frame.phrases = [p for p in frame.phrases if p is not phrase]


def _give_owner(frame: Frame) -> None:
    """`titles of the three longest films`: said of the root, wherever in the phrase it stood."""
    for asked in frame.asked:
        noun = asked.noun
        if noun is None or noun.owner is not None or frame.root.thing is None or noun is frame.root.thing:
            continue
        following = next((item for item in frame.items if item.start == noun.item.end), None)
        if following is not None and following.operator(K.PREPOSITION) == "of":
            noun.owner = frame.root.thing


def _give_number_to_rank(frame: Frame) -> None:
    """`which three customers ... the most profit`: the number before the thing cuts the ranking."""
    if frame.rank is None or frame.rank.limit is not None:
        return
    for item in frame.soft_unread:
        if item.number is not None and not item.number.unit and not item.used:
            frame.rank.limit = int(item.number.value)
            item.used = True
            return


_SOFT = frozenset(
    [
        "money",
        "down",
        "out",
        "up",
        "off",
        "away",
        "everywhere",
        "anything",
        "everything",
        "something",
        "strongly",
        "us",
        "here",
        "total",
        "overall",
        "altogether",
        "new",
        "exact",
        "full",
        "complete",
        "whole",
        "entire",
        "typically",
        "currently",
        "still",
        "now",
        "also",
        "too",
    ]
)


_WHOLES = frozenset(
    [
        "hospital",
        "company",
        "fleet",
        "bank",
        "school",
        "university",
        "organisation",
        "organization",
        "firm",
        "business",
        "shop",
        "store",
        "chain",
        "network",
        "system",
        "database",
        "dataset",
        "portfolio",
        "catalogue",
        "catalog",
        "inventory",
        "institution",
        "enterprise",
        "data",
        "table",
        "file",
        "list",
    ]
)


def _leave_unread(cursor: Cursor) -> None:
    item = cursor.items[cursor.i]
    cursor.i += 1
    if (item.words[0] in _SOFT and len(item.words) == 1) or item.operator(K.PRONOUN):
        return
    before = cursor.items[cursor.i - 2] if cursor.i > 1 else None
    if (
        item.words[-1] in _WHOLES
        and before is not None
        and before.words[-1] in ("the", "our", "this", "your", "in")
    ):
        return  # "in the hospital": everything there is
    if item.number is not None and not item.nouns and not item.values:
        cursor.frame.soft_unread.append(item)  # a superlative may still claim it: "5 least sold ..."
    elif not item.operators or item.nouns or item.values:
        cursor.frame.unread.append(item)


def _step(cursor: Cursor) -> None:
    for reader in (
        _read_why_not,
        _read_unit_of_time,
        _read_more_than,
        _read_capital_value,
        _read_ordinal,
        _read_date_difference,
        _read_once,
        _read_lead,
        _read_question_word,
        _read_order,
        _read_compare,
        _read_ratio,
        measures.read_share,
        _read_correlation,
        _read_distribution,
        _read_window_phrase,
        _read_average_comparison,
        _read_superlative_phrase,
        _read_limit_phrase,
        _read_period,
        _read_group,
        _read_grain_phrase,
        _read_named_value,
        _read_null_phrase,
        _read_measure_phrase,
        _read_count_comparison,
        _read_text_phrase,
        _read_nobody,
        conditions.read_negation,
        _read_noun_phrase,
        _read_value_phrase,
        _read_comparative,
        _read_undone,
        _read_verb,
        _read_small_word,
    ):
        if reader(cursor):
            return


def _read_why_not(cursor: Cursor) -> bool:
    """`why not Canada`: said after an answer, it leaves something out."""
    item = cursor.item
    if item is None or item.words not in (("why",), ("why", "not")) or cursor.i > 0:
        return False
    cursor.take()
    if item.words == ("why", "not"):
        cursor.negated = True
    return True


def _read_unit_of_time(cursor: Cursor) -> bool:
    """`the average stay in days`: the unit in which a length of time is told."""
    item, unit = cursor.item, cursor.ahead()
    if (
        item is None
        or item.words != ("in",)
        or unit is None
        or unit.grain not in ("hour", "day", "week", "month", "year")
        or not unit.words[0].endswith("s")
    ):
        return False
    cursor.take()
    cursor.take()
    for asked in cursor.frame.asked:
        if asked.measure is not None:
            asked.measure.window_unit = asked.measure.window_unit or TimeUnit(unit.grain)
    return True


def _read_more_than(cursor: Cursor) -> bool:
    """`more profit than the average sub-category`, `fewer orders than 10`."""
    found = cursor.op(K.COMPARATIVE_COUNT)
    noun_item, than = cursor.ahead(), cursor.ahead(2)
    if found is None or noun_item is None or than is None or not noun_item.nouns or than.words != ("than",):
        return False
    cursor.take()
    noun = cursor.noun_of(cursor.take())
    cursor.take()
    cursor.pass_stops()
    average = cursor.op(K.AGGREGATION)
    if average not in ("avg", "median"):
        return False
    cursor.take()
    cursor.pass_stops()
    other = cursor.noun_of(cursor.take()) if cursor.item is not None and cursor.item.nouns else None
    conditions.add(cursor, Condition("compare", noun=noun, operator=found, other=Measure([average], other)))
    return True


def _read_capital_value(cursor: Cursor) -> bool:
    """`the Growth plan`: written as a name, and followed by what it is the name of."""
    item, following = cursor.item, cursor.ahead()
    if (
        item is None
        or not item.values
        or item.values[0].score < 0.75
        or not (item.operators or item.grain or item.time)
    ):
        return False
    if (
        following is None
        or not following.nouns
        or not conditions.names_column_of(cursor, following, cursor.value_of(item))
    ):
        return False
    return conditions.read_values(cursor)


def _read_ordinal(cursor: Cursor) -> bool:
    """`second most valuable`: kept for the superlative that follows."""
    item, following = cursor.item, cursor.ahead()
    if (
        item is None
        or following is None
        or item.words[0] not in ("second", "third", "fourth", "fifth", "2nd", "3rd", "4th", "5th")
    ):
        return False
    if following.operator(K.SUPERLATIVE_COUNT) is None and not (
        following.adjective is not None and following.adjective.form == "superlative"
    ):
        return False
    cursor.take()
    return True


def _read_once(cursor: Cursor) -> bool:
    """`ordered only once`, `twice`: a number of events."""
    item = cursor.item
    if (
        item is None
        or item.words[-1] not in ("once", "twice")
        or item.operator(K.EXISTENCE)
        or item.operator(K.NEGATION)
    ):
        return False
    if not (cursor.frame.asked or cursor.frame.root.thing):
        return False
    taken = cursor.take()
    conditions.add(
        cursor, Condition("times", operator="eq", number=NumberSense(1 if taken.words[-1] == "once" else 2))
    )
    return True


def _read_date_difference(cursor: Cursor) -> bool:
    """`days between order date and ship date`, `time from admission to discharge`."""
    item = cursor.item
    if item is None or item.words[-1] not in ("between", "from"):
        return False
    first_at = 1 + (1 if cursor.op(K.DETERMINER, 1) and not (cursor.ahead() or item).nouns else 0)
    first = cursor.ahead(first_at)
    middle = cursor.ahead(first_at + 1)
    if first is None or middle is None or middle.words[-1] not in ("and", "to", "until"):
        return False
    second_at = (
        first_at
        + 2
        + (
            1
            if cursor.op(K.DETERMINER, first_at + 2) and not (cursor.ahead(first_at + 2) or item).nouns
            else 0
        )
    )
    second = cursor.ahead(second_at)
    if second is None or not (cursor.dates_of(first) and cursor.dates_of(second)):
        return False
    first.nouns = cursor.dates_of(first)
    second.nouns = tuple(
        h for h in cursor.dates_of(second) if h.target != first.nouns[0].target
    ) or cursor.dates_of(second)
    for _ in range(second_at + 1):
        cursor.take()
    frame = cursor.frame
    last = frame.asked[-1] if frame.asked else None
    measure = Measure(["avg"])
    if (
        last is not None
        and last.measure is not None
        and (last.measure.noun is None or not cursor.is_measure(last.measure.noun.item))
    ):
        measure = last.measure
    elif last is not None and last.noun is not None and len(frame.asked) == 1:
        frame.asked.clear()
        frame.asked.append(Asked(measure=measure))
    elif frame.rank is not None and frame.rank.measure is None and not frame.asked:
        measure.functions = ["max" if frame.rank.descending else "min"]
        frame.rank = None
        frame.asked.append(Asked(measure=measure))
    else:
        frame.asked.append(Asked(measure=measure))
    frame.groups = [g for g in frame.groups if g.grain is None or g.grain.unit is not TimeUnit.DAY]
    measure.operator, measure.noun, measure.second = "duration", cursor.noun_of(first), cursor.noun_of(second)
    cursor.slot = "modifier"
    return True


def _read_lead(cursor: Cursor) -> bool:
    item = cursor.item
    if item is None or item.operator(K.LEAD_IN) is None or item.nouns or item.values:
        return False
    if cursor.slot != "target" and cursor.op(K.CONJUNCTION, -1) is not None:
        cursor.slot = "target"
    cursor.take()
    return True


def _read_question_word(cursor: Cursor) -> bool:
    found = cursor.op(K.QUESTION_WORD)
    attribute = cursor.op(K.QUESTION_ATTRIBUTE)
    if found is None and attribute is None:
        return False
    if cursor.frame.asked or cursor.frame.root.thing is not None:
        if cursor.op(K.RELATIVE) is not None:
            return False
        cursor.slot = "target"
    item = cursor.item
    if item is not None and attribute is not None:
        hits = cursor.vocabulary.lookup((attribute,))
        if hits:
            taken = cursor.take()
            taken.nouns = hits
            cursor.frame.asked.append(Asked(noun=cursor.noun_of(taken)))
            cursor.slot = "modifier"
            return True
    if found is None:
        cursor.frame.lost.append(cursor.take().text)  # "how satisfied": nothing in the data tells
        return True
    cursor.take()
    if not cursor.frame.asked:
        cursor.frame.question_word = found
    return True


def _read_order(cursor: Cursor) -> bool:
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


def _read_compare(cursor: Cursor) -> bool:
    found = cursor.op(K.COMPARE)
    if found is None:
        return False
    if found == "difference" and not (cursor.item is not None and cursor.item.nouns):
        return _read_difference(cursor)
    cursor.take()
    cursor.frame.compare = True
    return True


def _read_difference(cursor: Cursor) -> bool:
    cursor.take()
    cursor.pass_stops(K.PREPOSITION)
    first = _measure_or_noun(cursor)
    cursor.frame.difference = True
    if first is None:
        cursor.frame.compare = True
        return True
    cursor.pass_stops(K.CONJUNCTION, K.PREPOSITION)
    second = _measure_or_noun(cursor)
    if second is None:
        cursor.frame.asked.append(Asked(measure=first))
        cursor.frame.compare = True
        return True
    cursor.frame.difference = False
    first.operator, first.denominator = "difference", second
    cursor.frame.asked.append(Asked(measure=first))
    return True


def _measure_or_noun(cursor: Cursor) -> Measure | None:
    item = cursor.item
    if (
        item is not None
        and item.adjective is not None
        and item.adjective.form == "superlative"
        and item.adjective.generic
    ):
        up = item.adjective.generic == "up"
        cursor.take()
        cursor.pass_stops()
        inner = _measure_or_noun(cursor) or Measure()
        inner.functions = ["max" if up else "min", *inner.functions]
        return inner
    measure = measures.read_measure(cursor)
    if measure is None and item is not None and item.nouns:
        measure = Measure([], measures.read_noun(cursor))
    return measure


def _read_ratio(cursor: Cursor) -> bool:
    """`ratio of A to B`: what is said after A is A's alone; a group or a period after B is everybody's."""
    if cursor.op(K.RATIO) is None or (cursor.item is not None and cursor.item.nouns):
        return False
    cursor.take()
    cursor.pass_stops(K.PREPOSITION)
    first = _ratio_side(cursor)
    if first is None:
        return True
    own = len(cursor.frame.conditions)
    while cursor.item is not None and not (
        cursor.item.words[:1] in (("to",), ("and",), ("versus",), ("vs",))
        or cursor.item.words[:2] == ("out", "of")
        or cursor.op(K.COMPARE)
    ):
        before = cursor.i
        cursor.slot = "modifier"
        _step(cursor)
        if cursor.i == before:
            _leave_unread(cursor)
    first.conditions = cursor.frame.conditions[own:] + first.conditions
    del cursor.frame.conditions[own:]
    if cursor.item is None:  # "the ratio of Italian ones out of all": a share
        first.share = True
        cursor.frame.conditions.extend(first.conditions)
        first.conditions = []
        cursor.frame.asked.append(Asked(measure=first))
        return True
    cursor.take()
    cursor.pass_stops()
    _forget_inner(cursor)
    second = _ratio_side(cursor) or Measure(["count"], first.noun)
    first.operator, first.denominator = "ratio", second
    cursor.frame.asked.append(Asked(measure=first))
    second.conditions.extend(_own_conditions(cursor, first))
    cursor.slot = "modifier"
    return True


def _forget_inner(cursor: Cursor) -> None:
    del cursor.stack[1:]
    cursor.negated = False
    cursor.role = ""
    cursor.verb = None


def _ratio_side(cursor: Cursor) -> Measure | None:
    """A measure, or a thing that is counted, with the values that stand before it."""
    own = len(cursor.frame.conditions)
    measure = measures.read_measure(cursor)
    while measure is None and cursor.item is not None:
        item = cursor.item
        if (
            item.nouns
            and not (item.values and cursor.names_follow())
            and not item.flag_negated
            and not _is_flag(cursor, item)
        ):
            noun = measures.read_noun(cursor)
            measure = Measure([] if cursor.is_measure(item) else ["count"], noun)
        elif conditions.read_negation(cursor) or _read_flag(cursor) or conditions.read_values(cursor):
            continue
        else:
            break
    if measure is not None:
        measure.conditions = cursor.frame.conditions[own:]
        del cursor.frame.conditions[own:]
    return measure


def _values_ahead(cursor: Cursor) -> set[ColumnId]:
    for count in range(1, 5):
        item = cursor.ahead(count)
        if item is None or item.operator(K.GROUP):
            break
        if item.values:
            return {sense.column for sense in item.values}
    return set()


def _own_conditions(cursor: Cursor, first: Measure) -> list[Condition]:
    """Conditions right after the second side of a ratio, until a group, a place or a period starts."""
    own = len(cursor.frame.conditions)
    columns = {choice.column for c in first.conditions for value in c.values for choice in value.candidates}
    cursor.slot = "modifier"
    while (item := cursor.item) is not None:
        phrase = item.operator(K.PREPOSITION)
        if phrase is not None and _values_ahead(cursor) & columns:
            pass
        elif (
            item.time is not None
            or item.grain
            or (phrase in ("in", "within", "for", "by", "during", "at") and not item.nouns)
            or _starts_group(cursor)
            or item.operator(K.FILLER)
        ):
            break
        if phrase == "of" and cursor.op(K.QUANTIFIER, 1):
            break
        before = cursor.i
        _step(cursor)
        if cursor.i == before:
            _leave_unread(cursor)
    found = cursor.frame.conditions[own:]
    del cursor.frame.conditions[own:]
    return found


def _read_correlation(cursor: Cursor) -> bool:
    if cursor.op(K.CORRELATION) is None:
        return False
    cursor.take()
    cursor.pass_stops(K.PREPOSITION)
    first = _measure_or_noun(cursor)
    cursor.pass_stops(K.PREPOSITION, K.CONJUNCTION, K.CORRELATION)
    second = _measure_or_noun(cursor) if first is not None else None
    if first is None:
        asked = cursor.frame.asked
        if len(asked) >= 2 and all(a.noun is not None or a.measure is not None for a in asked[-2:]):
            right, left = asked.pop(), asked.pop()
            made = left.measure or Measure([], left.noun)
            made.operator, made.second = (
                "correlation",
                right.noun or (right.measure.noun if right.measure else None),
            )
            asked.append(Asked(measure=made))
        return True
    if second is None:
        if not cursor.frame.asked or (
            cursor.frame.asked[-1].measure is None and cursor.frame.asked[-1].noun is None
        ):
            cursor.frame.asked.append(Asked(measure=first))
            return True
        popped = cursor.frame.asked.pop()
        second = popped.measure or Measure([], popped.noun)
    first.operator, first.second = "correlation", second.noun
    cursor.frame.asked.append(Asked(measure=first))
    cursor.slot = "modifier"
    return True


def _read_distribution(cursor: Cursor) -> bool:
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


def _read_window_phrase(cursor: Cursor) -> bool:
    item = cursor.item
    size = cursor.ahead()
    if item is not None and item.number is not None and size is not None and size.grain in tuple(TimeUnit):
        after = cursor.ahead(2)
        if after is not None and after.operator(K.WINDOW) == "moving_average":
            count, unit = int(item.number.value), TimeUnit(size.grain)
            cursor.take()
            cursor.take()
            done = measures.read_window(cursor)
            measure = cursor.frame.asked[-1].measure if cursor.frame.asked else None
            if measure is not None:
                measure.window_size, measure.window_unit = count, unit
            return done
    if item is not None and item.nouns and item.nouns[0].score > 0.9:
        return False
    return measures.read_window(cursor)


def _read_average_comparison(cursor: Cursor) -> bool:
    return conditions.read_average_comparison(cursor, None)


def _read_superlative_phrase(cursor: Cursor) -> bool:
    item = cursor.item
    if item is not None and item.nouns and item.words in (("first",), ("last",)):
        return False  # "first and last name"
    if _order_word(cursor):
        return True
    if _both_extremes(cursor):
        return True
    if item is not None and cursor.slot == "order" and item.words in (("first",), ("last",)):
        cursor.take()  # "... by the highest rating first"
        return True
    if item is None or (item.nouns and item.nouns[0].score > 0.9 and len(item.words) > 1):
        return False
    return measures.read_superlative(cursor)


def _order_word(cursor: Cursor) -> bool:
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


def _both_extremes(cursor: Cursor) -> bool:
    """`the lowest and highest price`: two measures of one noun."""
    first, second = cursor.item, cursor.ahead(2)
    if first is None or second is None or cursor.op(K.CONJUNCTION, 1) != "and":
        return False
    ways = [_extreme(first), _extreme(second)]
    noun_item = cursor.ahead(3)
    if None in ways or noun_item is None or not noun_item.nouns:
        return False
    for _ in range(3):
        cursor.take()
    noun = measures.read_noun(cursor)
    cursor.frame.asked.extend(Asked(measure=Measure([way or "max"], noun)) for way in ways)
    return True


def _extreme(item: Item) -> str | None:
    if item.adjective is not None and item.adjective.form == "superlative" and item.adjective.generic:
        return "max" if item.adjective.generic == "up" else "min"
    found = item.operator(K.AGGREGATION)
    return found if found in ("max", "min", "avg", "median", "sum") else None


def _read_limit_phrase(cursor: Cursor) -> bool:
    item = cursor.item
    if item is None or item.nouns or item.time is not None:
        return False
    if cursor.op(K.LIMIT) is None and item.operator(K.GROUP) == "rate":
        cursor.take()
        return True
    return measures.read_limit(cursor)


def _read_period(cursor: Cursor) -> bool:
    item = cursor.item
    if item is None or item.time is None:
        return False
    if item.time.kind == "part" and (item.values or cursor.op(K.GROUP, -1)) and item.values:
        return False
    if (
        conditions.number_follows(cursor)
        and item.number is not None
        and item.values
        and cursor.slot == "target"
    ):
        return False
    cursor.take()
    conditions.add(cursor, Condition("time", span=item.time))
    if (
        item.time.unit is not None
        and cursor.op(K.CONJUNCTION) == "and"
        and (after := cursor.ahead()) is not None
        and after.time is not None
    ):
        cursor.take()
        cursor.or_next = True
    elif cursor.op(K.COMPARE) == "compare" or (cursor.op(K.PREPOSITION) == "to" and cursor.frame.compare):
        following = cursor.ahead(1)
        if following is not None and following.time is not None:
            cursor.take()
            cursor.frame.compare = True
            cursor.or_next = True
    if cursor.slot in ("group", "order"):
        cursor.slot = "modifier"
    return True


def _starts_group(cursor: Cursor) -> bool:
    if cursor.op(K.GROUP) is None:
        return False
    skipped = 1
    while (
        (item := cursor.ahead(skipped)) is not None
        and (item.operator(K.DETERMINER) or item.operator(K.GROUP) or item.operator(K.DISTINCT))
        and not item.nouns
    ):
        skipped += 1
    following = cursor.ahead(skipped + 1)
    starter = cursor.item
    each = starter is not None and starter.words[-1] in ("each", "every")
    if each and item is not None and item.values and following is not None and following.nouns:
        return True  # "in every APAC country"
    return item is not None and (
        bool(item.nouns)
        or bool(item.grain)
        or item.operator(K.AGGREGATION) is not None
        or item.adjective is not None
        or item.operator(K.SUPERLATIVE_COUNT) is not None
    )


def _read_group(cursor: Cursor) -> bool:
    item = cursor.item
    if item is None or not _starts_group(cursor) or item.nouns:
        return False
    rate = item.words == ("per",)
    by = (
        item.words[-1] == "by"
        or rate
        or item.words[-2:] in (("terms", "of"), ("based", "on"), ("according", "to"))
    )
    before = cursor.ahead(-1)
    if (
        item.words == ("by",)
        and before is not None
        and before.inflected
        and not _measuring(cursor)
        and cursor.best_is_thing(cursor.ahead() or item)
    ):
        return False  # "taken by students": who did it, not a group
    later = any(
        i.operator(K.GROUP) is not None and i.words[-1] in ("each", "every", "per")
        for i in cursor.items[cursor.i + 1 :]
    )
    if (
        item.words == ("by",)
        and before is not None
        and before.inflected
        and later
        and cursor.best_is_thing(cursor.ahead() or item)
    ):
        return False
    cursor.take()
    while cursor.op(K.DETERMINER) or cursor.op(K.GROUP) or cursor.op(K.DISTINCT):
        if cursor.item is not None and cursor.item.nouns:
            break
        cursor.take()
    cursor.slot = "group"
    if rate and (_per_thing(cursor) or _per_number(cursor)):
        cursor.slot = "modifier"
        return True
    if by and _by_measure(cursor):
        return True
    _read_group_member(cursor)
    return True


def _measuring(cursor: Cursor) -> bool:
    asked = cursor.frame.asked[-1] if cursor.frame.asked else None
    return asked is not None and (
        asked.measure is not None or (asked.noun is not None and cursor.is_measure(asked.noun.item))
    )


def _per_number(cursor: Cursor) -> bool:
    """`freight cost per kg`: one figure divided by another."""
    asked = cursor.frame.asked[-1] if cursor.frame.asked else None
    item = cursor.item
    if asked is None or item is None or not cursor.is_measure(item):
        return False
    if asked.measure is None:
        if asked.noun is None or not cursor.is_measure(asked.noun.item):
            return False
        asked.measure, asked.noun = Measure([], asked.noun), None
    asked.measure.operator = "ratio"
    asked.measure.denominator = Measure(["sum"], measures.read_noun(cursor))
    asked.measure.functions = ["sum"]
    return True


def _per_thing(cursor: Cursor) -> bool:
    """`average number of visits per patient`: two levels, not a list of customers."""
    measure = cursor.frame.asked[-1].measure if cursor.frame.asked else None
    item = cursor.item
    if measure is None or item is None or not cursor.best_is_thing(item):
        return False
    if (
        "avg" in measure.functions[:1]
        or "max" in measure.functions[:1]
        or "min" in measure.functions[:1]
        or "median" in measure.functions[:1]
    ):
        measure.per = measures.read_noun(cursor)
        return True
    return False


def _by_measure(cursor: Cursor) -> bool:
    """`top 5 products by total sales`, `regions by profit`: "by" names what to rank or to show."""
    item = cursor.item
    if item is None:
        return False
    frame = cursor.frame
    is_measure = (
        item.operator(K.AGGREGATION) is not None
        or cursor.is_measure(item)
        or (item.adjective is not None and not item.nouns)
        or item.operator(K.SUPERLATIVE_COUNT) is not None
    )
    if item.operator(K.AGGREGATION) is None and item.nouns and not cursor.is_measure(item):
        following = cursor.ahead()
        compound = (
            following is not None and following.nouns == () and following.operator(K.AGGREGATION) == "count"
        )
        is_measure = compound
    if item.words == ("value",) and not item.nouns and frame.rank is not None:
        cursor.take()
        cursor.slot = "modifier"
        return True
    if not is_measure:
        return False
    measure = _counted(cursor) or measures.read_measure(cursor)
    if measure is None and item.nouns:
        measure = Measure([], measures.read_noun(cursor))
    if measure is None:
        return False
    if frame.rank is not None and frame.rank.measure is None:
        frame.rank.measure = measure
    else:
        has_measure = any(asked.measure is not None for asked in frame.asked)
        if has_measure and frame.rank is None:
            frame.orders.append(OrderSpec(descending=True, measure=measure))
        else:
            frame.asked.append(Asked(measure=measure))
            frame.groups = frame.groups
    cursor.slot = "modifier"
    return True


def _counted(cursor: Cursor) -> Measure | None:
    """`order count`, `customer numbers`: a thing and then a word for counting."""
    item, following = cursor.item, cursor.ahead()
    if item is None or following is None or not item.nouns or item.operators or following.nouns:
        return None
    if following.operator(K.AGGREGATION) == "count" and following.words[-1] in (
        "count",
        "counts",
        "volume",
        "frequency",
        "number",
        "numbers",
    ):
        after = cursor.ahead(2)
        if after is not None and after.nouns and following.words[-1] in ("count", "number"):
            return None
        noun = cursor.noun_of(cursor.take())
        cursor.take()
        return Measure(["count"], noun)
    return None


def _read_group_member(cursor: Cursor) -> bool:
    cursor.pass_stops(K.PREPOSITION)
    item = cursor.item
    if item is not None and item.values and not item.nouns and cursor.names_follow():
        narrowed = cursor.value_of(cursor.take())
        conditions.add(cursor, Condition("value", values=[narrowed]))
        cursor.slot = "group"
        item = cursor.item
    if item is None:
        return False
    if item.nouns and not (item.grain and item.nouns[0].score < 0.9):
        noun = measures.read_noun(cursor)
        if cursor.item is not None and cursor.item.words == ("of",) and not cursor.has_thing(item):
            _read_owner(cursor, noun)
        cursor.frame.groups.append(
            Asked(
                noun=noun,
                rate=cursor.items[max(0, cursor.i - 2)].words == ("per",),
                within="within" in cursor.items[max(0, cursor.i - 2)].words,
            )
        )
        _end_group(cursor)
        return True
    grain = measures.read_grain(cursor)
    if grain is not None:
        cursor.frame.groups.append(Asked(grain=grain))
        _end_group(cursor)
        return True
    return False


def _end_group(cursor: Cursor) -> None:
    """Only "and", a comma or another group word goes on with a list of groups."""
    if cursor.op(K.CONJUNCTION) is None and cursor.op(K.GROUP) is None:
        cursor.slot = "modifier"


def _read_grain_phrase(cursor: Cursor) -> bool:
    """`monthly sales`, `by month`, `which month`: a calendar unit to group by."""
    item = cursor.item
    if item is None or not item.grain or (item.nouns and item.nouns[0].score >= 0.95 and not _adverb(item)):
        return False
    asks = cursor.frame.question_word == "thing" and not cursor.frame.asked and cursor.slot == "target"
    plain = len(item.words) == 1 and not _adverb(item)
    if plain and not asks and cursor.slot not in ("group", "target"):
        return False
    grain = measures.read_grain(cursor)
    if grain is None:
        return False
    if asks or (plain and cursor.slot == "target" and not cursor.frame.asked):
        cursor.frame.asked.append(Asked(grain=grain))
    else:
        cursor.frame.groups.append(Asked(grain=grain))
    return True


def _adverb(item: Item) -> bool:
    return item.words == ("annual",) or item.words[-1].endswith("ly") or len(item.words) > 1


def _read_named_value(cursor: Cursor) -> bool:
    """`category Technology`, `the state of Texas`, `customer named "John Smith"`, `status is not active`."""
    item = cursor.item
    if item is None or not item.nouns or item.flag_negated:
        return False
    at = 1
    negated = False
    while (following := cursor.ahead(at)) is not None and at < 5 and not following.values:
        if following.operator(K.NEGATION) is not None:
            negated = not negated
        elif not (
            following.words[-1:]
            in (
                ("of",),
                ("is",),
                ("=",),
                ("equal",),
                ("equals",),
                ("to",),
                ("named",),
                ("called",),
                ("titled",),
                ("are",),
                ("was",),
                ("were",),
                ("either",),
            )
            or following.symbol in ("=", "!=")
            or following.operator(K.COMPARISON) in ("eq", "ne")
            or following.operator(K.AUXILIARY) == "be"
            or (following.operator(K.DETERMINER) == "the")
            or (following.verb is not None and following.verb.base in _NAMING_VERBS)
        ):
            return False
        if following.symbol == "!=" or following.operator(K.COMPARISON) == "ne":
            negated = True
        at += 1
    if (
        following is None
        or not following.values
        or (following.nouns and not following.quoted and at == 1 and following.nouns[0].score > 0.9)
    ):
        return False
    mention = cursor.value_of(following)
    if not conditions.names_column_of(cursor, item, mention):
        return False
    thing = cursor.has_thing(item) and cursor.best_is_thing(item)
    if (
        thing
        and at > 1
        and cursor.slot == "target"
        and not cursor.frame.asked
        and cursor.frame.root.thing is None
        and following.quoted
    ):
        return False
    noun = cursor.noun_of(cursor.take())
    for _ in range(at - 1):
        cursor.take()
    cursor.negated = cursor.negated != negated
    conditions.read_values(cursor, hint=noun)
    if cursor.slot in ("group", "order"):
        cursor.slot = "modifier"
    return True


def _read_null_phrase(cursor: Cursor) -> bool:
    return conditions.read_null(cursor)


def _read_measure_phrase(cursor: Cursor) -> bool:
    item = cursor.item
    if item is None or (item.operator(K.AGGREGATION) is None and not (item.number and item.number.ordinal)):
        return False
    if item.nouns and item.nouns[0].score > 0.9 and not _noun_follows(cursor):
        return False
    if (
        cursor.slot == "modifier"
        and cursor.op(K.AGGREGATION) in ("max", "min")
        and conditions.number_follows(cursor, 1)
    ):
        return False
    measure = measures.read_measure(cursor)
    if measure is None:
        return False
    if _summed_up_late(cursor, measure):
        return True
    subject = _comparison_after(cursor, measure)
    if subject:
        return True
    if cursor.slot == "order":
        cursor.frame.orders.append(_direction(cursor, OrderSpec(measure=measure)))
        return True
    last = cursor.frame.asked[-1] if cursor.frame.asked else None
    if (
        last is not None
        and last.noun is not None
        and last.noun.item.operator(K.QUESTION_ATTRIBUTE) is not None
        and measure.noun is not None
    ):
        cursor.frame.asked.pop()  # "how long is the average stay"
    if (
        measure.functions == ["count"]
        and measure.noun is None
        and cursor.frame.asked
        and cursor.frame.asked[-1].noun is not None
        and cursor.slot == "target"
    ):
        asked = cursor.frame.asked[-1]
        measure.noun, asked.noun, asked.measure = asked.noun, None, measure
        return True
    cursor.frame.asked.append(Asked(measure=measure))
    cursor.slot = "target" if cursor.op(K.CONJUNCTION) else cursor.slot
    _after_target(cursor)
    return True


def _summed_up_late(cursor: Cursor, measure: Measure) -> bool:
    """`discounts on average`, `sold over 500 in total`: the function comes after what it is said of."""
    frame = cursor.frame
    if (
        measure.noun is not None
        or len(measure.functions) != 1
        or measure.functions[0] not in ("avg", "sum", "median")
    ):
        return False
    said = cursor.items[cursor.i - 1]
    if cursor.item is not None and said.words[0] not in (
        "on",
        "in",
        "altogether",
        "overall",
        "averaged",
        "combined",
        "summed",
    ):
        return False
    function = measure.functions[0]
    ranked = frame.rank.measure if frame.rank is not None else None
    if ranked is not None and not ranked.functions:
        ranked.functions = [function]
        return True
    last = frame.asked[-1] if frame.asked else None
    if (
        last is not None
        and last.measure is not None
        and last.measure.functions in ([], [function], ["max"], ["min"])
    ):
        if not last.measure.functions:
            last.measure.functions = [function]
        elif last.measure.functions != [function]:
            last.measure.functions = [last.measure.functions[0], function]
        return True
    if last is not None and last.noun is not None and cursor.is_measure(last.noun.item):
        last.measure, last.noun = Measure([function], last.noun), None
        return True
    compared = next((c for c in reversed(frame.conditions) if c.kind == "compare"), None)
    if compared is not None and compared.measure is None and compared.number is not None:
        compared.measure = Measure([function], compared.noun)
        return True
    return False


def _noun_follows(cursor: Cursor) -> bool:
    following = cursor.ahead()
    return following is not None and (bool(following.nouns) or following.operator(K.PREPOSITION) == "of")


def _comparison_after(cursor: Cursor, measure: Measure) -> bool:
    """`total sales above 1000`, `an average rating of at least 4`."""
    start = cursor.i
    while (
        cursor.item is not None
        and (cursor.op(K.AUXILIARY) == "be" or cursor.op(K.RELATIVE) or cursor.op(K.PREPOSITION) == "of")
        and cursor.item.words != ("in",)
    ):
        cursor.take()
    if conditions.compare_operator(cursor) is not None and conditions.read_comparison(cursor, None, measure):
        return True
    if cursor.op(K.COMPARISON_TO_AVERAGE) is not None:
        operator = cursor.op(K.COMPARISON_TO_AVERAGE) or "gt"
        cursor.take()
        conditions.add(
            cursor, Condition("compare", measure=measure, operator=operator, other=Measure(["avg"]))
        )
        return True
    for item in cursor.items[start : cursor.i]:
        item.used = False
    cursor.i = start
    return False


def _direction(cursor: Cursor, order: OrderSpec) -> OrderSpec:
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


def _read_nobody(cursor: Cursor) -> bool:
    """`nobody`, `anyone`: some person, whatever the data calls them."""
    item = cursor.item
    if (
        item is None
        or item.words[-1]
        not in ("nobody", "anyone", "anybody", "someone", "somebody", "one", "everyone", "everybody")
        or item.number is not None
    ):
        return False
    if item.words == ("one",):
        return False
    everyone = item.words[-1] in ("everyone", "everybody")
    hits = tuple(h for h in cursor.vocabulary.lookup(("person",)) if h.kind == "thing")
    if everyone and hits and cursor.frame.root.thing is None and not cursor.frame.asked:
        taken = cursor.take()
        taken.nouns = hits
        _place_target(cursor, cursor.noun_of(taken))
        return True
    if not hits or cursor.frame.root.thing is None or everyone:
        return False
    taken = cursor.take()
    taken.nouns = hits
    cursor.negated = cursor.negated or taken.words[-1] == "nobody"
    phrase = NounPhrase(cursor.noun_of(taken))
    cursor.push(phrase)
    measures.exists(cursor, phrase)
    cursor.slot = "modifier"
    return True


def _read_count_comparison(cursor: Cursor) -> bool:
    """`more than 10 orders`, `at least 3`, `older than 30`: a comparison with no subject before it."""
    if cursor.op(K.QUANTIFIER) == "only_one" and cursor.has_thing(cursor.ahead()):
        cursor.take()
        noun = cursor.noun_of(cursor.take())
        phrase = NounPhrase(noun, role=cursor.role)
        conditions.add(
            cursor, Condition("count", noun=noun, operator="eq", number=NumberSense(1), phrase=phrase)
        )
        cursor.push(phrase)
        return True
    if conditions.compare_operator(cursor) is None:
        return False
    item = cursor.item
    if item is not None and item.operator(K.COMPARISON) == "eq" and not conditions.number_follows(cursor, 1):
        cursor.take()
        return True
    subject = None
    frame = cursor.frame
    last = frame.asked[-1] if frame.asked else None
    if (
        item is not None
        and item.adjective is None
        and cursor.slot == "target"
        and last is not None
        and len(frame.asked) == 1
    ):
        said = last.noun
        if said is not None and cursor.is_measure(said.item):
            subject = said
            frame.asked.clear()
    if cursor.slot == "target":
        cursor.slot = "modifier"
    return conditions.read_comparison(cursor, subject)


def _read_comparative(cursor: Cursor) -> bool:
    """`older employees`, `more expensive`: without "than" there is nothing to compare with."""
    item = cursor.item
    if item is None or item.adjective is None:
        return False
    if item.adjective.form == "base" and cursor.op(K.QUESTION_WORD, -1) is None:
        return False
    cursor.frame.unread.append(item)
    cursor.i += 1
    return True


def _read_text_phrase(cursor: Cursor) -> bool:
    subject = None
    frame = cursor.frame
    last = frame.asked[-1] if frame.asked else None
    noun = (
        last.noun or (last.measure.noun if last.measure is not None else None) if last is not None else None
    )
    if noun is not None and not cursor.is_measure(noun.item) and not cursor.best_is_thing(noun.item):
        subject = noun
    return conditions.read_text(cursor, subject)


def _is_flag(cursor: Cursor, item: Item) -> bool:
    from datacraft.contracts.semantic import Role

    if not item.nouns or item.nouns[0].kind == "thing":
        return False
    target = cursor.vocabulary.targets[item.nouns[0].target]
    return item.nouns[0].kind == "filter" or (
        isinstance(target, ColumnId) and cursor.vocabulary.columns[target].role is Role.FLAG
    )


def _read_flag(cursor: Cursor) -> bool:
    item = cursor.item
    if item is None or not _is_flag(cursor, item) or cursor.slot in ("group", "order"):
        return False
    taken = cursor.take()
    kind = "named" if taken.nouns[0].kind == "filter" else "flag"
    condition = conditions.add(cursor, Condition(kind, noun=cursor.noun_of(taken)))
    condition.negated = condition.negated != taken.flag_negated
    return True


def _leads_to_thing(cursor: Cursor, item: Item) -> bool:
    """`states that border states ...`: a column that is a verb here, and leads to another thing."""
    if item.verb is None or not (cursor.frame.root.thing is not None or cursor.frame.asked):
        return False
    if not any(hit.kind == "column" for hit in item.nouns):
        return False
    at = 1
    while (following := cursor.ahead(at)) is not None and at < 6 and not following.nouns:
        if following.values or not (following.operators or following.adjective or following.number):
            return False
        at += 1
    if following is None or not cursor.has_thing(following, 0.9):
        return False
    things = {
        target.table
        for hit in following.nouns
        if isinstance(target := cursor.vocabulary.targets[hit.target], Thing)
    }
    keys = {
        (join.left, a)
        for join in cursor.vocabulary.model.joins
        if join.right in things
        for a, _ in join.columns
    }
    columns = [cursor.vocabulary.targets[hit.target] for hit in item.nouns]
    return any(isinstance(c, ColumnId) and (c.table, c.column) in keys for c in columns)


def _acts_as_verb(cursor: Cursor, item: Item) -> bool:
    """`which department pays ...`, `... sent to Vienna`: a word that is both is a verb where one is due."""
    if item.verb is None or len(item.words) > 1:
        return False
    frame = cursor.frame
    following = cursor.ahead()
    if (
        (frame.root.thing is not None or frame.asked)
        and following is not None
        and item.verb.base == item.words[0]
        and following.operator(K.COMPARISON)
        and item.nouns[0].score < 0.95
        and cursor.op(K.PREPOSITION, -1) is None
        and cursor.op(K.RELATIVE, -1) is not None
    ):
        return True
    if cursor.slot == "target" and frame.question_word in ("thing", "person"):
        ranked_next = any(
            i.operator(K.SUPERLATIVE_COUNT) or i.adjective is not None
            for i in cursor.items[cursor.i + 1 : cursor.i + 3]
        )
        return ranked_next and (
            frame.root.thing is not None or bool(frame.asked) or frame.question_word == "person"
        )
    inflected = item.inflected and not item.words[0].endswith("s")
    if (
        inflected
        and cursor.is_time(item)
        and cursor.op(K.PREPOSITION, -1) is None
        and cursor.op(K.DETERMINER, -1) is None
    ):
        return True
    last = cursor.ahead() is None
    return cursor.slot in ("modifier", "group") and (inflected or last) and item.nouns[0].score < 0.8


def _read_noun_phrase(cursor: Cursor) -> bool:
    item = cursor.item
    if item is None or not item.nouns:
        return False
    if _leads_to_thing(cursor, item):
        cursor.via = cursor.noun_of(cursor.take())
        cursor.slot = "modifier"
        return True
    if _acts_as_verb(cursor, item):
        return _read_verb(cursor)
    if item.values and _prefers_value(cursor, item):
        return conditions.read_values(cursor)
    if _read_flag(cursor):
        return True
    counted = _counted(cursor)
    if counted is not None:
        return _place_measure(cursor, counted)
    noun = measures.read_noun(cursor)
    if (cursor.item is not None and cursor.item.words == ("of",)) or cursor.op(K.PREPOSITION) == "of":
        _read_owner(cursor, noun)
    if _condition_on(cursor, noun):
        return True
    if cursor.slot == "order":
        cursor.frame.orders.append(_direction(cursor, OrderSpec(noun=noun)))
        return True
    if cursor.slot == "group":
        cursor.frame.groups.append(Asked(noun=noun))
        return True
    if cursor.slot == "target":
        _place_target(cursor, noun)
        return True
    _place_modifier(cursor, noun)
    return True


def _prefers_value(cursor: Cursor, item: Item) -> bool:
    """A span that names both a value and a part of the schema: a value before a noun, or written as one."""
    if item.values[0].score < 0.9:
        return False
    if item.values[0].how == "exact" and item.nouns[0].score < 0.92 and cursor.slot != "group":
        return True  # a value by its own name, against a synonym of a column's
    if cursor.slot in ("group", "order") or (cursor.slot == "target" and cursor.ahead() is None):
        return False
    following = cursor.ahead()
    capital = item.text[:1].isupper() and item.start > 0
    if following is not None and following.nouns and not following.operators and item.nouns[0].score < 0.95:
        return True
    return (capital and item.nouns[0].score < 0.98) or item.nouns[0].score < 0.6


def _place_measure(cursor: Cursor, measure: Measure) -> bool:
    if cursor.slot == "order":
        cursor.frame.orders.append(_direction(cursor, OrderSpec(measure=measure)))
    elif not _comparison_after(cursor, measure):
        cursor.frame.asked.append(Asked(measure=measure))
    return True


def _read_owner(cursor: Cursor, noun: Noun) -> None:
    """`name of the employee`: the thing after "of" is the root; `population of Texas` is left to the values."""
    at = 1
    while (
        (item := cursor.ahead(at)) is not None
        and (item.operator(K.DETERMINER) or item.operator(K.QUANTIFIER) or item.operator(K.PRONOUN))
        and not item.nouns
    ):
        at += 1
    if (
        item is None
        or not item.nouns
        or not cursor.has_thing(item)
        or (item.values and not cursor.best_is_thing(item))
    ):
        return
    if item.operator(K.AGGREGATION) or (item.adjective is not None and item.nouns[0].score < 0.9):
        return
    following = cursor.ahead(at + 1)
    if (
        following is not None
        and (following.values or (following.words == ("of",)))
        and conditions.names_column_of(cursor, item, cursor.value_of(following))
    ):
        return
    if cursor.has_thing(noun.item, 0.9) and cursor.best_is_thing(noun.item):
        return
    for _ in range(at):
        cursor.take()
    owner = measures.read_noun(cursor)
    noun.owner = owner
    root = cursor.frame.root
    if root.thing is None and cursor.slot == "target":
        root.thing = owner
        cursor.slot = "target"


def _condition_on(cursor: Cursor, noun: Noun) -> bool:
    """A comparison, a null check or a text match said of the noun that was just read."""
    start = cursor.i
    negated = cursor.negated
    while (item := cursor.item) is not None and (
        item.operator(K.AUXILIARY) or item.operator(K.RELATIVE) == "which" or item.words in (("of",), ("value",), ("values",))
        or (item.operator(K.NEGATION) == "not" and not item.values)
    ) and not item.operator(K.NULL_CHECK) and not item.operator(K.COMPARISON):  # fmt: skip
        if item.operator(K.NEGATION) == "not":
            cursor.negated = not cursor.negated
        cursor.take()
    comparing = conditions.compare_operator(cursor)
    ordered = cursor.is_measure(noun.item) or cursor.is_time(noun.item) or comparing in ("eq", "ne")
    if comparing is not None and ordered:
        if conditions.read_comparison(cursor, noun):
            _leave_slot(cursor)
            return True
    elif cursor.op(K.COMPARISON_TO_AVERAGE) is not None:
        conditions.read_average_comparison(cursor, noun)
        _leave_slot(cursor)
        return True
    elif (cursor.op(K.NULL_CHECK) is not None and start != cursor.i) or (
        (cursor.op(K.NULL_CHECK) or "").startswith(("is", "not"))
        and cursor.item is not None
        and len(cursor.item.words) > 1
    ):
        conditions.read_null(cursor, noun)
        _leave_slot(cursor)
        return True
    elif conditions.read_text(cursor, noun):
        _leave_slot(cursor)
        return True
    elif (
        (number := cursor.item) is not None
        and number.number is not None
        and cursor.slot == "modifier"
        and cursor.is_measure(noun.item)
        and all(i.operator(K.AUXILIARY) in (None, "be") for i in cursor.items[start : cursor.i])
    ):
        taken = cursor.take()
        assert taken.number is not None
        suffix = cursor.op(K.COMPARISON_SUFFIX)
        if suffix:
            cursor.take()
        conditions.add(cursor, Condition("compare", noun=noun, operator=suffix or "eq", number=taken.number))
        return True
    for used in cursor.items[start : cursor.i]:
        used.used = False
    cursor.i, cursor.negated = start, negated
    return False


def _leave_slot(cursor: Cursor) -> None:
    if cursor.slot in ("group", "order", "target"):
        cursor.slot = "modifier"


def _place_target(cursor: Cursor, noun: Noun) -> None:
    frame = cursor.frame
    negated = cursor.negated
    called = noun.item.words[-1] in ("name", "names")  # what things are called, not the things
    thing = (
        cursor.has_thing(noun.item) and cursor.best_is_thing(noun.item) and noun.owner is None and not called
    )
    if negated and (frame.asked or frame.root.thing is not None):
        _place_modifier(cursor, noun)
        return
    measuring = _measuring(cursor) and cursor.op(K.PREPOSITION, -2) == "by"
    if thing and measuring:  # "credits earned by students": who the figures belong to
        if frame.root.thing is None:
            frame.root.thing = noun
        return
    if thing and frame.root.thing is None:
        frame.root.thing = noun
        frame.root.target = not frame.asked or cursor.op(K.CONJUNCTION, -2) is not None
        if frame.root.target:
            frame.asked.append(Asked(noun=noun))
    else:
        frame.asked.append(Asked(noun=noun))
    _after_target(cursor)


def _after_target(cursor: Cursor) -> None:
    """After something asked for: "and" or a comma goes on with the list, anything else restricts it."""
    if cursor.op(K.CONJUNCTION) in ("and", "comma"):
        return
    item = cursor.item
    if item is not None and item.operator(K.PREPOSITION) == "of":
        return
    if item is not None and (item.nouns or item.operator(K.AGGREGATION)) and not item.operator(K.PREPOSITION):
        return


def _place_modifier(cursor: Cursor, noun: Noun) -> None:
    """A noun after what is asked: another thing that must be there, or one more thing to show."""
    frame = cursor.frame
    item = noun.item
    thing = cursor.has_thing(item) and cursor.best_is_thing(item) and noun.owner is None
    joined = cursor.op(K.CONJUNCTION, -2) == "and" or cursor.op(K.PRONOUN, -2) == "third"
    if thing:
        if frame.root.thing is None and not cursor.negated:
            frame.root.thing = noun
            return
        if cursor.negated or cursor.via is not None or not _same_as_open(cursor, noun):
            phrase = NounPhrase(noun, role=cursor.role, verbs=(cursor.verb,) if cursor.verb else ())
            phrase.all_of = cursor.op(K.QUANTIFIER, -2) == "all" or cursor.op(K.QUANTIFIER, -3) == "all"
            phrase.same = cursor.op(K.DETERMINER, -2) == "same" or cursor.op(K.COMPARISON, -2) == "eq"
            cursor.push(phrase)
            measures.exists(cursor, phrase)
        return
    same = cursor.ahead(-2)
    if same is not None and "same" in same.words:
        phrase = NounPhrase(noun, same=True)
        cursor.push(phrase)
        measures.exists(cursor, phrase)
        return
    if cursor.negated:
        cursor.negated = False
        cursor.frame.denied_verb = None
        conditions.add(cursor, Condition("null", noun=noun, operator="none"))
        return
    if (
        frame.rank is not None
        and frame.rank.measure is None
        and frame.rank.adjective is None
        and cursor.is_measure(item)
    ):
        frame.rank.measure = Measure([], noun)
        return
    introduced = joined or cursor.role == "with" or cursor.op(K.CONJUNCTION, -3) == "and"
    frame.asked.append(Asked(noun=noun, stray=not introduced))


def _same_as_open(cursor: Cursor, noun: Noun) -> bool:
    """Whether the noun only repeats a thing that is open already ("... of these employees")."""
    names = {target for target, _ in noun.candidates[:1]}
    for phrase in cursor.stack:
        if phrase.thing is not None and names & {target for target, _ in phrase.thing.candidates[:1]}:
            del cursor.stack[cursor.stack.index(phrase) + 1 :]
            return True
    return False


def _read_value_phrase(cursor: Cursor) -> bool:
    item = cursor.item
    if item is None or not item.values:
        return False
    if item.number is not None and not item.nouns and cursor.slot == "target" and not cursor.frame.asked:
        return False
    if item.text == "us" and not (cursor.ahead() is not None and (cursor.ahead() or item).nouns):
        cursor.take()  # "... brought us": ourselves, not the country
        return True
    if cursor.slot in ("group", "order"):
        cursor.slot = "modifier"
    return conditions.read_values(cursor)


def _read_verb(cursor: Cursor) -> bool:
    item = cursor.item
    if item is None or item.verb is None:
        return False
    if item.verb.base in ("order", "sort", "arrange", "rank") and cursor.op(K.ORDER, 1) is not None:
        cursor.take()
        return True
    following = cursor.ahead()
    compound = (
        following is not None
        and following.nouns
        and not cursor.has_thing(following)
        and item.words[-1].endswith("ing")
    )
    if compound and cursor.slot == "target" and not cursor.frame.asked:
        cursor.frame.unread.append(item)  # "marketing budget": a kind of budget that the data does not know
        cursor.i += 1
        return True
    if (
        item.adjective is not None
        and item.adjective.form == "base"
        and following is not None
        and following.nouns
    ):
        cursor.frame.unread.append(item)  # "major rivers": nothing says which those are
        cursor.i += 1
        return True
    manner = cursor.ahead(-1)
    if manner is not None and manner.words == ("how",) and item.inflected:
        cursor.frame.unread.append(item)  # "how satisfied": nothing in the data tells
        cursor.i += 1
        return True
    state = _is_state(cursor, item)
    cursor.take()
    cursor.clause += bool(cursor.frame.asked) and item.verb.base.split()[0] in (
        "come",
        "stem",
        "derive",
        "originate",
    )
    cursor.verb = item
    cursor.role = ""
    cursor.frame.verbs.append(item)
    if state:
        conditions.add(cursor, Condition("state", verb=item))
        return True
    if cursor.negated:
        cursor.frame.denied_verb = item
    if cursor.slot != "target" or cursor.frame.asked or cursor.frame.root.thing is not None:
        cursor.slot = "modifier"
    return True


def _is_state(cursor: Cursor, item: Item) -> bool:
    """`cancelled subscriptions`, `tickets that were closed`: a participle that says how things stand."""
    if not item.inflected or item.words[0].endswith(("ing", "s")):
        return False
    following = cursor.ahead()
    if (
        following is not None
        and following.nouns
        and cursor.best_is_thing(following)
        and cursor.slot == "target"
    ):
        return cursor.frame.question_word != "person"
    ends = (
        following is None
        or following.operator(K.GROUP) is not None
        or following.operator(K.CONJUNCTION) is not None
    )
    return ends and (cursor.frame.root.thing is not None or bool(cursor.frame.asked))


def _read_undone(cursor: Cursor) -> bool:
    """`unpaid invoices`, `still open`: a state that is the opposite of a verb's."""
    item = cursor.item
    if item is None or item.nouns or item.values or len(item.words) > 1:
        return False
    word = item.words[0]
    done = (
        word[2:]
        if word.startswith("un")
        else next((w for w in cursor.lexicon.opposite(word) if cursor.lexicon.verb(w)), None)
    )
    verb = cursor.lexicon.verb(done) if done else None
    if verb is None or (item.verb is not None and item.verb.base != "open" and not word.startswith("un")):
        return False
    taken = cursor.take()
    taken.verb = verb
    condition = conditions.add(cursor, Condition("state", verb=taken))
    condition.negated = not condition.negated
    return True


_ALWAYS_CONTENT = frozenset({K.COMPARATIVE_COUNT, K.SUPERLATIVE_COUNT, K.AGGREGATION})
_CONTENT = frozenset(
    {K.AGGREGATION, K.COMPARISON, K.COMPARATIVE_COUNT, K.SUPERLATIVE_COUNT, K.COMPARISON_TO_AVERAGE, K.LIMIT, K.SHARE,
     K.RATIO, K.WINDOW, K.TIME_COMPARISON, K.NULL_CHECK, K.TEXT_MATCH, K.ARITHMETIC, K.CORRELATION}
)  # fmt: skip


def _read_small_word(cursor: Cursor) -> bool:
    """Conjunctions, prepositions, auxiliaries, relatives: they move the reader between slots."""
    item = cursor.item
    if item is None or not (item.operators or item.symbol):
        return False
    conjunction = item.operator(K.CONJUNCTION)
    preposition = item.operator(K.PREPOSITION)
    relative = item.operator(K.RELATIVE)
    if conjunction is not None:
        cursor.take()
        _after_conjunction(cursor, conjunction)
        return True
    cursor.take()
    kinds = {sense.kind for sense in item.operators}
    if kinds & _ALWAYS_CONTENT or (kinds & _CONTENT and not kinds & STOP_KINDS):
        cursor.frame.lost.append(item.text)  # a word that computes or compares, and nothing took it up
    if item.operator(K.QUANTIFIER) == "both":
        cursor.both = True
    if item.operator(K.DISTINCT):
        cursor.frame.distinct = True
    if item.operator(K.QUANTIFIER) == "all" and cursor.slot == "target":
        cursor.frame.show_all = True
    if relative is not None:
        cursor.slot = "modifier" if cursor.frame.asked or cursor.frame.root.thing is not None else cursor.slot
        cursor.role = ""
        cursor.clause += 1
    elif preposition is not None:
        if preposition in _OPENS_MODIFIER and (
            cursor.frame.asked or cursor.frame.root.thing is not None or cursor.frame.distribution
        ):
            cursor.slot = "modifier"
        cursor.role = preposition
    elif item.operator(K.AUXILIARY) is not None and (
        cursor.frame.asked or cursor.frame.root.thing is not None
    ):
        cursor.slot = "modifier"
    return True


def _after_conjunction(cursor: Cursor, word: str) -> None:
    """`and` may go on with what is shown, or start another restriction."""
    if word == "or":
        cursor.or_next = True
        return
    if word == "but":
        cursor.clause += 1
        return
    item = cursor.item
    if item is None:
        return
    if cursor.slot in ("group", "order"):
        at = cursor.skip_count(K.GROUP)
        following = cursor.ahead(at) if at else item
        if (
            following is not None
            and (following.nouns or following.grain)
            and not following.values
            and not cursor.is_measure(following)
        ):
            return
        cursor.slot = "modifier"
    if word == "and":
        cursor.clause += 1
    asks_again = (
        item.operator(K.QUESTION_WORD) is not None
        or item.operator(K.PRONOUN) == "third"
        or item.operator(K.AGGREGATION) in ("count", "sum", "avg", "count_distinct")
        or item.operator(K.LEAD_IN) is not None
    )
    if asks_again and cursor.slot == "modifier" and conditions.compare_operator(cursor) is None:
        cursor.slot = "target"
        del cursor.stack[1:]
