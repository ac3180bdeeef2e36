"""Reading what is computed: aggregates, ranks and superlatives, shares, ratios, differences, windows."""

from __future__ import annotations

from datacraft.contracts.plan import DatePart, TimeUnit
from datacraft.engines.semantic.conditions import add, read_values
from datacraft.engines.semantic.cursor import Cursor, K
from datacraft.engines.semantic.frame import (
    Asked,
    Condition,
    Grain,
    Measure,
    Noun,
    NounPhrase,
    OrderSpec,
    Rank,
)
from datacraft.engines.semantic.lattice import Item


def read_functions(cursor: Cursor) -> tuple[list[str], float | None, bool]:
    """Read stacked aggregation words, outermost first; returns them, a percentile's fraction, distinctness."""
    functions: list[str] = []
    fraction: float | None = None
    distinct = False
    while True:
        found = cursor.op(K.AGGREGATION)
        if found is not None:
            name, _, percent = found.partition(".")
            functions.append(name)
            fraction = float(percent) / 100 if percent else fraction
            cursor.take()
            cursor.pass_stops(K.PREPOSITION)
            continue
        ordinal = cursor.item.number if cursor.item is not None else None
        if (
            ordinal is not None
            and ordinal.ordinal
            and (cursor.ahead() or cursor.items[0]).words[:1] == ("percentile",)
        ):
            cursor.take()
            cursor.take()
            cursor.pass_stops(K.PREPOSITION)
            functions.append("percentile")
            fraction = float(ordinal.value) / 100
            continue
        if functions and cursor.op(K.DISTINCT):
            cursor.take()
            distinct = True
            continue
        return functions, fraction, distinct


def read_measure(cursor: Cursor) -> Measure | None:
    """Read `average salary`, `number of different products`, `total of sales`; None where none starts here."""
    start = cursor.i
    functions, fraction, distinct = read_functions(cursor)
    if not functions:
        return None
    measure = Measure(functions, distinct=distinct, fraction=fraction)
    skipped = cursor.skip_count(K.PREPOSITION)
    item = cursor.ahead(skipped) if skipped else cursor.item
    following = cursor.ahead(skipped + 1)
    rhythmic = (
        item is not None
        and item.grain in tuple(TimeUnit)
        and (item.words[-1].endswith("ly") or item.words == ("annual",))
    )
    if (
        rhythmic
        and item is not None
        and following is not None
        and following.nouns
        and not item.nouns
        and functions[0] in ("avg", "max", "min", "median")
    ):
        for _ in range(skipped):
            cursor.take()
        measure.per_unit = read_grain(cursor)
        skipped, item = 0, cursor.item
    premodified = 0
    while item is not None and item.values and not item.nouns and premodified < 2:
        following = cursor.ahead(skipped + premodified + 1)
        if following is None or not following.nouns:
            break
        premodified += 1
        item = following
    if item is not None and item.nouns and not item.flag_negated:
        for _ in range(skipped):
            cursor.take()
        for _ in range(premodified):
            if not read_values(cursor):
                break
        if cursor.item is not None and cursor.item.nouns:
            measure.noun = read_noun(cursor)
    if measure.noun is None and functions == ["count"] and start == cursor.i:
        return None
    return measure


def read_noun(cursor: Cursor) -> Noun:
    """Read a noun with the thing it is said of: `employee name`, `name of the employee`, `order's ship date`."""
    item = cursor.take()
    noun = cursor.noun_of(item)
    following = cursor.item
    if (
        following is not None
        and following.nouns
        and not following.operators
        and not following.flag_negated
        and following.start == item.end
        and cursor.best_is_thing(item)
        and any(hit.kind in ("column", "measure") for hit in following.nouns)
        and not following.values
        and not (following.inflected or (following.verb is not None and _object_follows(cursor)))
    ):
        return cursor.noun_of(cursor.take(), owner=noun)
    if (
        following is not None
        and following.words[0] in _GENERIC_HEADS
        and following.start == item.end
        and not cursor.is_measure(item)
    ):
        cursor.take()  # "priority level", "insurance company": the head adds nothing
    return noun


_GENERIC_HEADS = frozenset(
    {"level", "type", "kind", "company", "tier", "bracket", "name", "names", "types", "levels"}
)


_ORDINALS = {"second": 2, "2nd": 2, "third": 3, "3rd": 3, "fourth": 4, "4th": 4, "fifth": 5, "5th": 5}


def _object_follows(cursor: Cursor) -> bool:
    """Whether the word after next goes on like the object of a verb: "states border texas"."""
    after = cursor.ahead()
    return after is not None and (
        bool(after.values)
        or after.operator(K.DETERMINER) is not None
        or after.operator(K.SUPERLATIVE_COUNT) is not None
    )


def read_superlative(cursor: Cursor) -> bool:
    """Read `the most orders`, `largest state`, `highest average salary`, `least expensive`."""
    item = cursor.item
    if item is None:
        return False
    counted = item.operator(K.SUPERLATIVE_COUNT)
    before = cursor.items[cursor.i - 1] if cursor.i else None
    adjective = (
        item.adjective if item.adjective is not None and item.adjective.form == "superlative" else None
    )
    if counted is None and adjective is None:
        return False
    cursor.take()
    generic = adjective.generic if adjective is not None else None
    first_way = adjective.attributes[0][1] if adjective is not None and adjective.attributes else "up"
    up = counted == "max" if counted is not None else (generic or first_way) == "up"
    rank = Rank(
        up, stack=cursor.open_phrases(), adjective=adjective, item=item, count_of_rows=counted is not None
    )
    rank.limit = _pending_limit(cursor)
    if (
        before is not None
        and before.words[0] in _ORDINALS
        and (before.used or before in cursor.frame.soft_unread)
    ):
        rank.position = _ORDINALS[before.words[0]]
        before.used = True
    _skip_rating_verb(cursor, rank)
    cursor.pass_stops(K.PREPOSITION) if cursor.op(K.PREPOSITION) == "of" else None
    _read_ranked(cursor, rank)
    return True


def _skip_rating_verb(cursor: Cursor, rank: Rank) -> None:
    """`highest rated`, `most sold`, `best selling`, `least used`: the verb tells what is ranked by."""
    item = cursor.item
    if (
        item is not None
        and item.verb is not None
        and not cursor.best_is_thing(item)
        and item.nouns[:1] == ()
        and item.operators == ()
    ):
        cursor.take()
        cursor.frame.verbs.append(item)
        cursor.verb = item
        rank.verb = item
        return
    if item is not None and item.verb is not None and item.nouns and not cursor.has_thing(item):
        following = cursor.ahead()
        if following is not None and following.nouns and cursor.best_is_thing(following):
            rank.measure = Measure([], cursor.noun_of(cursor.take()))


def _pending_limit(cursor: Cursor) -> int | None:
    """A number right before the superlative, or right after: `3 most sold`, `the most popular 10`."""
    before = cursor.items[cursor.i - 2] if cursor.i >= 2 else None
    if before is not None and before.number is not None and not before.number.unit and not before.nouns:
        if before in cursor.frame.soft_unread:
            cursor.frame.soft_unread.remove(before)
        before.used = True
        return int(before.number.value)
    item = cursor.item
    if item is not None and item.number is not None and not item.nouns:
        cursor.take()
        return int(item.number.value)
    return None


def _read_ranked(cursor: Cursor, rank: Rank) -> None:
    if rank.limit is None:
        rank.limit = _pending_limit(cursor)
    item = cursor.item
    if (
        item is not None
        and item.adjective is not None
        and item.adjective.form == "base"
        and rank.adjective is None
        and not item.nouns
    ):
        rank.adjective = item.adjective
        rank.count_of_rows = False
        attributes = item.adjective.attributes
        flipped = bool(attributes) and attributes[0][1] == "down"
        rank.descending = rank.descending != flipped
        cursor.take()
    inner = read_measure(cursor)
    in_target = cursor.slot == "target" and not cursor.frame.asked and cursor.frame.root.thing is None
    if inner is not None:
        rank.measure = inner
        rank.count_of_rows = False
        _place(cursor, rank, in_target)
        return
    item = cursor.item
    if item is not None and item.nouns and rank.measure is None:
        thing_like = cursor.best_is_thing(item) or (cursor.is_dimension(item) and not cursor.is_measure(item))
        if in_target and thing_like and not (rank.count_of_rows and rank.adjective is None):
            cursor.frame.rank = rank
            return  # the noun is what is asked for; the main loop reads it
        if in_target and thing_like and rank.limit:
            cursor.frame.rank = rank
            return
        if not in_target and thing_like and not rank.count_of_rows and cursor.has_thing(item):
            _rank_nested(cursor, rank)
            return
        rank.measure = Measure(["count"] if thing_like and cursor.has_thing(item) else [], read_noun(cursor))
        if cursor.via is not None:
            rank.measure, cursor.via = Measure(["count"], cursor.via), None
        rank.count_of_rows = False
    _place(cursor, rank, in_target)


def _rank_nested(cursor: Cursor, rank: Rank) -> None:
    """`the population of the largest state`: the superlative belongs to the thing it stands before."""
    phrase = NounPhrase(read_noun(cursor), role=cursor.role)
    rank.stack = (phrase,)
    phrase.rank = rank
    if cursor.frame.root.thing is None and cursor.slot == "target":
        cursor.frame.root.thing = phrase.thing
        cursor.frame.root.rank = rank
        cursor.slot = "modifier"
        return
    cursor.push(phrase)
    exists(cursor, phrase)


def exists(cursor: Cursor, phrase: NounPhrase) -> None:
    """Record that a related thing must be there (or, denied, must not)."""
    phrase.negated = cursor.negated
    add(cursor, Condition("exists", stack=cursor.open_phrases()[:-1], phrase=phrase))


def _place(cursor: Cursor, rank: Rank, in_target: bool) -> None:
    """Decide whether the rank orders what is asked for, or is itself asked for ("the highest salary")."""
    asks_who = cursor.frame.question_word in ("person", "place", "time") and not cursor.frame.asked
    if in_target and rank.measure is not None and not asks_who and not rank.count_of_rows:
        measure = rank.measure
        measure.functions = ["max" if rank.descending else "min", *measure.functions]
        measure.adjective = rank.adjective
        cursor.frame.asked.append(Asked(measure=measure))
        return
    if rank.measure is None and rank.verb is None and rank.adjective is None:
        rank.verb = cursor.verb
    target = cursor.stack[-1]
    if len(cursor.stack) > 1 and target.rank is None:
        rank.stack = cursor.open_phrases()
    if (
        cursor.frame.rank is None
        or cursor.frame.rank.measure is not None
        or cursor.frame.rank.adjective is None
    ):
        previous = cursor.frame.rank
        if previous is not None and previous.limit is not None and rank.limit is None:
            rank.limit = previous.limit
        if previous is not None and previous.measure is not None and previous.item is not None:
            cursor.frame.lost.append(previous.item.text)
        cursor.frame.rank = rank
    else:
        cursor.frame.rank.measure = rank.measure


def read_limit(cursor: Cursor) -> bool:
    """Read `top 10`, `bottom 5`, `first 3`, `last order`."""
    found = cursor.op(K.LIMIT)
    if found is None or found == "random":
        return False
    following = cursor.ahead()
    number = following.number if following is not None else None
    if number is None and found in ("limit",):
        return False
    if found in ("first", "last") and cursor.slot == "order":
        cursor.take()  # "... by the highest rating first"
        return True
    if cursor.frame.rank is not None and number is not None and cursor.slot != "group":
        cursor.take()  # "... Show the top 3.": the order is known already
        cursor.take()
        cursor.frame.rank.limit = int(number.value)
        return True
    item = cursor.take()
    rank = Rank(
        found in ("top", "last"),
        stack=cursor.open_phrases(),
        item=item,
        time_order=found in ("first", "last"),
    )
    if number is not None and cursor.item is not None:
        cursor.take()
        rank.limit = int(number.value)
    else:
        rank.limit = 1 if found in ("first", "last") else None
    if found == "limit":
        rank.time_order = False
    cursor.frame.rank = rank
    return True


def read_share(cursor: Cursor) -> bool:
    """Read `percentage of sales`, `share of each region`, `what proportion of customers are ...`."""
    if cursor.op(K.SHARE) is None:
        return False
    share_word = cursor.take()
    before = {word for back in cursor.items[max(0, cursor.i - 4) : cursor.i] for word in back.words}
    as_share = share_word.words[0] == "as" or bool(before & {"as", "in"} and cursor.frame.asked)
    cursor.pass_stops(K.PREPOSITION)
    last = cursor.frame.asked[-1] if cursor.frame.asked else None
    if as_share and last is not None and last.noun is not None and cursor.is_measure(last.noun.item):
        last.measure, last.noun = Measure([], last.noun), None
    if last is not None and last.measure is not None and (as_share or cursor.slot != "target"):
        return _share_of_other(cursor, last.measure)
    if cursor.op(K.GROUP) is not None:
        measure = Measure(share=True)
        cursor.frame.asked.append(Asked(measure=measure))
        return True
    inner = read_measure(cursor)
    if inner is None:
        inner = Measure()
        item = cursor.item
        if item is not None and item.nouns and not item.values:
            inner.noun = read_noun(cursor)
            if cursor.has_thing(inner.noun.item) and not cursor.is_measure(inner.noun.item):
                inner.functions = ["count"]
    inner.share = True
    if cursor.frame.asked and cursor.frame.asked[-1].measure is not None and inner.noun is None:
        cursor.frame.asked[-1].measure.share = True
        return True
    cursor.frame.asked.append(Asked(measure=inner))
    return True


def _share_of_other(cursor: Cursor, measure: Measure) -> bool:
    """`freight as a % of sales` divides by what follows; `sales as a share` by their own total."""
    item = cursor.item
    own = measure.noun.item.words if measure.noun is not None else ()
    if item is not None and cursor.is_measure(item) and item.words != own:
        measure.operator, measure.denominator = "ratio", Measure([], read_noun(cursor))
        return True
    measure.share = True
    return True


def read_window(cursor: Cursor) -> bool:
    """Read `running total of sales`, `month over month growth`, `3-month moving average`."""
    found = cursor.op(K.WINDOW)
    if found is None:
        return False
    item = cursor.take()
    kind, _, unit = found.partition(".")
    if kind == "rank":
        return _read_rank_window(cursor, item)
    grain = TimeUnit(unit) if unit else None
    cursor.pass_stops(K.PREPOSITION)
    while cursor.op(K.WINDOW) is not None:  # "month over month" + "growth rate"
        other = (cursor.op(K.WINDOW) or "").partition(".")
        kind = other[0] if kind == "growth" and other[0] in ("change",) and not unit else kind
        grain = grain or (TimeUnit(other[2]) if other[2] else None)
        cursor.take()
        cursor.pass_stops(K.PREPOSITION)
    asked = cursor.frame.asked[-1] if cursor.frame.asked else None
    if (
        asked is not None
        and asked.noun is not None
        and asked.measure is None
        and cursor.is_measure(asked.noun.item)
    ):
        asked.measure, asked.noun = Measure([], asked.noun), None
    rhythm = read_grain(cursor)
    if rhythm is not None:
        cursor.frame.groups.append(Asked(grain=rhythm))
    measure = read_measure(cursor)
    if measure is None and cursor.item is not None and cursor.item.nouns and cursor.slot == "target":
        measure = Measure([], read_noun(cursor))
    if measure is None and asked is not None and asked.measure is not None:
        asked.measure.window = kind
        asked.measure.window_unit = grain or asked.measure.window_unit
        return True
    measure = measure or Measure()
    measure.window, measure.window_unit = kind, grain
    cursor.frame.asked.append(Asked(measure=measure))
    return True


def _read_rank_window(cursor: Cursor, item: Item) -> bool:
    """`states ranked by order count`: an order with the rank shown."""
    cursor.pass_stops(K.PREPOSITION, K.GROUP)
    measure = read_measure(cursor)
    if measure is None and cursor.item is not None and cursor.item.nouns:
        if cursor.frame.asked or cursor.frame.root.thing is not None:
            measure = Measure([], read_noun(cursor))
        else:
            return True  # "rank the customers by ..."
    if measure is None:
        return True
    cursor.frame.orders.append(OrderSpec(descending=True, measure=measure))
    return True


def read_grain(cursor: Cursor) -> Grain | None:
    """Read `monthly`, `month`, `day of the week` as something to group by; None where none starts here."""
    item = cursor.item
    if item is None or not item.grain:
        return None
    cursor.take()
    if item.grain in tuple(TimeUnit):
        return Grain(unit=TimeUnit(item.grain), item=item)
    return Grain(part=DatePart(item.grain), item=item)
