"""Reading restrictions: values, comparisons, counts, existence, missing values, texts, periods."""

from __future__ import annotations

from datacraft.engines.semantic.cursor import Cursor, K
from datacraft.engines.semantic.frame import Condition, Measure, Noun, NounPhrase, ValueMention
from datacraft.engines.semantic.lattice import Item, NumberSense
from datacraft.engines.semantic.lexicon import AdjectiveSense
from datacraft.engines.semantic.vocabulary import ColumnId, Thing

_SYMBOLS = {">": "gt", "<": "lt", ">=": "ge", "<=": "le", "=": "eq", "!=": "ne", "<>": "ne"}
_FLIP = {"gt": "le", "ge": "lt", "lt": "ge", "le": "gt", "eq": "ne", "ne": "eq"}
_LINKS = frozenset({K.AUXILIARY, K.PREPOSITION, K.DETERMINER, K.FILLER, K.RELATIVE})


def add(cursor: Cursor, condition: Condition) -> Condition:
    """Put a condition into the frame with the context it was read in."""
    condition.stack = condition.stack or cursor.open_phrases()
    condition.negated = condition.negated != cursor.negated
    condition.alternative = cursor.or_next
    condition.both = condition.both or cursor.both
    condition.role = condition.role or cursor.role
    condition.verb = condition.verb or cursor.verb
    condition.clause = cursor.clause
    if condition.negated:
        cursor.frame.denied_verb = None
    cursor.negated = cursor.or_next = False
    cursor.frame.conditions.append(condition)
    return condition


def compare_operator(cursor: Cursor, count: int = 0) -> str | None:
    """The comparison that a span stands for, None where it is none."""
    item = cursor.ahead(count) if count else cursor.item
    if item is None:
        return None
    if item.symbol in _SYMBOLS:
        return _SYMBOLS[item.symbol]
    found = item.operator(K.COMPARISON)
    if found is None and item.adjective is not None and item.adjective.form == "comparative":
        after = cursor.ahead(count + 1)
        if after is not None and after.words == ("than",):
            way = item.adjective.generic or (
                item.adjective.attributes[0][1] if item.adjective.attributes else "up"
            )
            return "gt" if way == "up" else "lt"
    return found


def number_follows(cursor: Cursor, count: int = 0) -> bool:
    """Whether a number stands at the place, small words passed over."""
    at = count
    while (item := cursor.ahead(at) if at else cursor.item) is not None:
        if item.number is not None or (item.time is not None and item.words[0].isdigit()):
            return True
        if (
            item.words == ("than",)
            or item.operator(K.DETERMINER)
            or item.operator(K.FILLER)
            or item.symbol == "$"
        ):
            at += 1
            continue
        return False
    return False


def read_comparison(cursor: Cursor, subject: Noun | None, measure: Measure | None = None) -> bool:
    """Read `more than 5`, `between 3 and 7`, `older than the average`, `greater than John's` at the cursor."""
    item = cursor.item
    operator = compare_operator(cursor)
    if item is None or operator is None or operator == "approx":
        return False
    start = cursor.i
    adjective = item.adjective if item.operator(K.COMPARISON) is None and not item.symbol else None
    cursor.take()
    if cursor.item is not None and cursor.item.words == ("than",):
        cursor.take()
    condition = Condition("compare", noun=subject, measure=measure, operator=operator, adjective=adjective)
    if (operator == "between" and _read_between(cursor, condition)) or (
        operator != "between" and _read_operand(cursor, condition)
    ):
        return _finish(cursor, condition, subject, measure)
    for used in cursor.items[start : cursor.i]:
        used.used = False
    cursor.i = start
    return False


def _read_between(cursor: Cursor, condition: Condition) -> bool:
    cursor.pass_stops()
    low = _take_number(cursor)
    if low is None:
        return False
    if cursor.op(K.CONJUNCTION) or (cursor.item is not None and cursor.item.words in (("to",), ("-",))):
        cursor.take()
    cursor.pass_stops()
    high = _take_number(cursor)
    if high is None:
        return False
    condition.number, condition.upper = low, high
    return True


def _read_operand(cursor: Cursor, condition: Condition) -> bool:
    cursor.pass_stops()
    item = cursor.item
    if item is None:
        return False
    number = _take_number(cursor)
    if number is not None:
        condition.number = number
        return True
    average = cursor.op(K.AGGREGATION)
    if average in ("avg", "median", "max", "min", "sum"):
        return _read_aggregate_operand(cursor, condition)
    back = cursor.i - 1
    while (
        back > 0
        and cursor.items[back].operator(K.DETERMINER)
        and not cursor.items[back].operator(K.COMPARISON)
    ):
        back -= 1
    bare = condition.adjective is None and cursor.items[back].words[-1] in _BARE
    if item.values and not item.nouns[:1] and not bare:
        condition.reference = cursor.value_of(cursor.take())
        return True
    if item.nouns and condition.noun is not None:
        other = cursor.noun_of(cursor.take())
        condition.other = Measure([], other)
        return True
    return False


_BARE = frozenset({"under", "over", "above", "below", "beyond"})  # with a name, these are about places


def _read_aggregate_operand(cursor: Cursor, condition: Condition) -> bool:
    function = cursor.op(K.AGGREGATION) or "avg"
    cursor.take()
    cursor.pass_stops(K.PREPOSITION)
    noun = None
    if cursor.item is not None and cursor.item.nouns and not cursor.op(K.PREPOSITION):
        noun = cursor.noun_of(cursor.take())
    condition.other = Measure([function], noun)
    return True


def _take_number(cursor: Cursor) -> NumberSense | None:
    item = cursor.item
    if item is not None and item.symbol == "$":
        cursor.take()
        item = cursor.item
    if item is None:
        return None
    number = item.number
    if number is None and item.time is not None and item.words[0].isdigit() and len(item.words) == 1:
        number = NumberSense(int(item.words[0]))
    if number is None:
        return None
    cursor.take()
    following = cursor.item
    if following is not None and following.words[:1] in (("percent",), ("percents",), ("%",)):
        cursor.take()
        return NumberSense(number.value, "%")
    if following is not None and following.words[:1] in (
        ("dollar",),
        ("dollars",),
        ("usd",),
        ("euro",),
        ("euros",),
    ):
        cursor.take()
        return NumberSense(number.value, "$")
    multiplier = cursor.lexicon.time.multipliers.get(following.words[0]) if following is not None else None
    if multiplier and following is not None:
        cursor.take()
        return NumberSense(number.value * multiplier, number.unit)
    return number


def _finish(cursor: Cursor, condition: Condition, subject: Noun | None, measure: Measure | None) -> bool:
    """What follows the number may be a unit, the subject, or the thing that is counted."""
    suffix = cursor.op(K.COMPARISON_SUFFIX)
    if suffix and condition.operator == "eq":
        cursor.take()
        condition.operator = suffix
    item = cursor.item
    if (item is not None and condition.number is not None and condition.upper is None) or item is not None:
        _read_unit_or_thing(cursor, condition, item, subject, measure)
    add(cursor, condition)
    return True


def _read_unit_or_thing(
    cursor: Cursor, condition: Condition, item: Item, subject: Noun | None, measure: Measure | None
) -> None:
    distinct = False
    following = cursor.ahead()
    if item.inflected and not item.nouns and following is not None and cursor.has_thing(following, 0.7):
        cursor.take()  # "more than 45 enrolled students"
        item = following
    if (cursor.op(K.DISTINCT) and cursor.has_thing(cursor.ahead())) or (
        cursor.op(K.DISTINCT) and cursor.ahead() is not None and (cursor.ahead() or item).nouns
    ):
        cursor.take()
        distinct = True
        item = cursor.item or item
    if item.words in (("times",), ("time",), ("occasions",)) and condition.number is not None:
        cursor.take()
        condition.kind = "times"
        return
    named_unit = _is_unit(item)
    if subject is None and measure is None and condition.adjective is None and condition.number is not None:
        if (
            item.nouns
            and (cursor.has_thing(item, 0.7) or (distinct and item.nouns))
            and not cursor.is_measure(item)
        ):
            condition.kind = "count"
            condition.noun = cursor.noun_of(cursor.take())
            if cursor.via is not None:
                condition.noun, cursor.via = cursor.via, None
                return
            phrase = NounPhrase(condition.noun, role=cursor.role)
            condition.phrase = phrase
            condition.both = distinct
            condition.stack = cursor.open_phrases()
            cursor.push(phrase)
            return
        if item.nouns and cursor.is_measure(item):
            condition.noun = cursor.noun_of(cursor.take())
            return
        if item.nouns and not named_unit:
            condition.kind = "count"
            condition.noun = cursor.noun_of(cursor.take())
            condition.both = True
            return
        after = cursor.ahead()
        if item.operator(K.PREPOSITION) in ("in", "of") and cursor.is_measure(after):
            cursor.take()
            condition.noun = cursor.noun_of(cursor.take())
            return
    if named_unit:
        cursor.take()
        if cursor.item is not None and cursor.item.words in (("old",), ("long",), ("tall",), ("of", "age")):
            unit_adjective = cursor.item.adjective
            cursor.take()
            condition.adjective = condition.adjective or unit_adjective


_UNIT_WORDS = frozenset(
    [
        "dollar",
        "dollars",
        "usd",
        "eur",
        "euro",
        "euros",
        "pound",
        "pounds",
        "percent",
        "year",
        "years",
        "month",
        "months",
        "week",
        "weeks",
        "day",
        "days",
        "hour",
        "hours",
        "minute",
        "minutes",
        "second",
        "seconds",
        "km",
        "kilometer",
        "kilometers",
        "kilometre",
        "kilometres",
        "mile",
        "miles",
        "meter",
        "meters",
        "metre",
        "metres",
        "feet",
        "foot",
        "kg",
        "kilogram",
        "kilograms",
        "gram",
        "grams",
        "lb",
        "lbs",
        "unit",
        "units",
        "point",
        "points",
        "star",
        "stars",
        "people",
        "persons",
        "degree",
        "degrees",
        "cent",
        "cents",
    ]
)


def _is_unit(item: Item) -> bool:
    return len(item.words) == 1 and item.words[0] in _UNIT_WORDS


def read_average_comparison(cursor: Cursor, subject: Noun | None) -> bool:
    """`above average salary`, `higher than average`: a comparison with the overall average."""
    operator = cursor.op(K.COMPARISON_TO_AVERAGE)
    if operator is None:
        return False
    cursor.take()
    cursor.pass_stops()
    noun = subject
    if cursor.item is not None and cursor.item.nouns and subject is None:
        noun = cursor.noun_of(cursor.take())
    add(cursor, Condition("compare", noun=noun, operator=operator, other=Measure(["avg"])))
    return True


def read_null(cursor: Cursor, subject: Noun | None = None) -> bool:
    """`missing postal code`, `whose phone is unknown`."""
    found = cursor.op(K.NULL_CHECK)
    if found is None:
        return False
    if subject is None:
        after = cursor.ahead()
        if after is None or not after.nouns:
            return False
        cursor.take()
        subject = cursor.noun_of(cursor.take())
    else:
        cursor.take()
    add(cursor, Condition("null", noun=subject, negated=found == "not_null"))
    return True


def read_text(cursor: Cursor, subject: Noun | None) -> bool:
    """`contains 'x'`, `starting with A`, `ends in berg`."""
    mode = cursor.op(K.TEXT_MATCH)
    if mode is None or mode == "like":
        return False
    at = 1
    while (item := cursor.ahead(at)) is not None and item.words and item.words[-1] in ("the", "letter", "letters", "word", "text", "phrase", "string", "with", "a", "prefix", "suffix") and not item.quoted:  # fmt: skip
        at += 1
    if item is None:
        return False
    if mode == "contains" and not item.quoted and not (item.unknown or len(item.text) == 1):
        return False
    said = " ".join(word for back in cursor.items[cursor.i : cursor.i + at] for word in back.words)
    spelt = (
        item.quoted
        or len(item.text) == 1
        or item.text[:1].isupper()
        or any(w in said for w in ("letter", "word", "prefix", "suffix"))
    )
    if mode != "contains" and not spelt:
        return False  # "started with us"
    for _ in range(at):
        cursor.take()
    taken = cursor.take()
    text = taken.text
    add(cursor, Condition("text", noun=subject, operator=mode, text=text))
    while cursor.op(K.CONJUNCTION) in ("or", "and") and (nxt := cursor.ahead()) is not None and nxt.quoted:
        cursor.or_next = cursor.op(K.CONJUNCTION) == "or"
        cursor.take()
        add(cursor, Condition("text", noun=subject, operator=mode, text=cursor.take().text))
    return True


def read_values(cursor: Cursor, hint: Noun | None = None) -> bool:
    """Read a value, and the list it may start: `East, West and South`."""
    item = cursor.item
    if item is None or not item.values:
        return False
    mentions = [cursor.value_of(cursor.take(), hint)]
    mentions[0].hint = hint or _hint_after(cursor, mentions[0])
    joined = ""
    while (step := _next_in_list(cursor, mentions[0])) > 0:
        for _ in range(step):
            word = cursor.op(K.CONJUNCTION)
            cursor.frame.compare = cursor.frame.compare or cursor.op(K.COMPARE) == "compare"
            joined = word if word in ("and", "or", "versus") else joined or ""
            cursor.take()
        mention = cursor.value_of(cursor.take(), hint)
        mention.hint = hint or _hint_after(cursor, mention)
        mentions.append(mention)
    for mention in mentions:
        if mention.hint is not None and mentions[0].hint is None:
            mentions[0].hint = mention.hint
    condition = Condition("value", values=mentions, both=joined == "and" and len(mentions) > 1)
    add(cursor, condition)
    return True


def _next_in_list(cursor: Cursor, first: ValueMention) -> int:
    """How many words join the next value of the same column to the list; 0 where the list ends."""
    at = 0
    columns = {choice.column for choice in first.candidates}
    while (item := cursor.ahead(at) if at else cursor.item) is not None and at < 4:
        if at and item.values and columns & {sense.column for sense in item.values}:
            return at
        if not (
            item.operator(K.CONJUNCTION) in ("and", "or", "comma")
            or item.operator(K.COMPARE) == "compare"
            or (at and (item.operator(K.DETERMINER) or item.operator(K.PREPOSITION) == "in"))
        ):
            return 0
        at += 1
    return 0


def _hint_after(cursor: Cursor, mention: ValueMention) -> Noun | None:
    """A noun right after the value that names its column: `Technology category`, `New York city`."""
    item = cursor.item
    if item is None or not item.nouns or item.flag_negated:
        return None
    if not names_column_of(cursor, item, mention):
        return None
    if (
        cursor.slot == "target"
        and not cursor.frame.asked
        and cursor.best_is_thing(item)
        and not _more_nouns(cursor)
    ):
        return None  # "Texas cities": the noun is what is asked for
    return cursor.noun_of(cursor.take())


def _more_nouns(cursor: Cursor) -> bool:
    return any(item.nouns for item in cursor.items[cursor.i + 1 :])


def names_column_of(cursor: Cursor, item: Item, mention: ValueMention) -> bool:
    """Whether a noun names the column (or the thing called by it) that holds the value."""
    columns = {choice.column for choice in mention.candidates}
    for hit in item.nouns:
        if hit.score < item.nouns[0].score - 0.2:
            break
        target = cursor.vocabulary.targets[hit.target]
        if isinstance(target, ColumnId) and target in columns and hit.score >= 0.55:
            return True
        if (
            isinstance(target, Thing)
            and hit.score >= 0.55
            and any(
                column.table == target.table
                and (column.column in target.labels or column.column == target.key)
                for column in columns
            )
        ):
            return True
    return False


def read_negation(cursor: Cursor) -> bool:
    """Note that what follows is denied."""
    if cursor.op(K.NEGATION) is None:
        return False
    cursor.negated = not cursor.negated
    cursor.take()
    if cursor.slot == "target" and (cursor.frame.asked or cursor.frame.root.thing):
        cursor.slot = "modifier"
    return True


def adjective_condition(cursor: Cursor, adjective: AdjectiveSense) -> Condition:
    """A comparison whose column is implied by an adjective ("older than 30")."""
    up = (adjective.generic or adjective.attributes[0][1]) == "up"
    return Condition("compare", operator="gt" if up else "lt", adjective=adjective)


def flip(operator: str) -> str:
    """The comparison that holds exactly when `operator` does not."""
    return _FLIP[operator]
