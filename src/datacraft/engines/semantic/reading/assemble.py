"""Give every unit of a question its part: the frame that comes out says what is asked, restricted, grouped, ranked."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from datacraft.contracts.plan import TimeUnit
from datacraft.engines.semantic.frame import Asked, Condition, Frame, Grain, Measure, Noun, OrderSpec
from datacraft.engines.semantic.lattice import Item, NumberSense
from datacraft.engines.semantic.lexicon import Lexicon
from datacraft.engines.semantic.reading import figures
from datacraft.engines.semantic.reading.chunks import Chunker
from datacraft.engines.semantic.reading.comparing import compared_to, read_compared, read_rank, read_text
from datacraft.engines.semantic.reading.placing import place
from datacraft.engines.semantic.reading.senses import Senses
from datacraft.engines.semantic.reading.state import State
from datacraft.engines.semantic.reading.units import Compared, ComparedTo, Mark, Phrase, Ranked
from datacraft.engines.semantic.vocabulary import SchemaHit, Vocabulary

_TIMES = {"once": 1, "twice": 2, "thrice": 3}
_AMOUNTS = frozenset({"value", "amount", "size", "worth"})
_OPENS_MODIFIER = frozenset({"in", "with", "for", "from", "to", "at", "on", "within", "by", "among", "about", "between", "during", "than", "against", "over", "under"})  # fmt: skip
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
        "ever",
        "yet",
        "already",
        "just",
        "even",
        "only",
        "then",
        "there",
        "together",
        "so",
        "far",
        "exactly",
        "actually",
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


def read(items: list[Item], vocabulary: Vocabulary, lexicon: Lexicon) -> Frame:
    """Read every span once; the frame tells what was asked, and which spans were left unread."""
    senses = Senses(vocabulary, lexicon)
    units = Chunker(items, senses, lexicon).run()
    for item in items:
        item.used = True
    state = State(units, items, senses)
    while state.k < len(units):
        unit = units[state.k]
        if isinstance(unit, Phrase):
            place(state, unit)
            state.role = ""
        elif isinstance(unit, Compared):
            read_compared(state, unit)
        elif isinstance(unit, ComparedTo):
            if state.slot == "target" and state.begun:
                state.slot = "modifier"
            compared_to(state, unit, None, None)
        elif isinstance(unit, Ranked):
            read_rank(state, unit)
        else:
            _MARKS.get(unit.kind, _ignored)(state, unit)
        state.k += 1
    _finish(state)
    return state.frame


def _finish(state: State) -> None:
    frame = state.frame
    frame.dangling = state.negated and frame.denied_verb is None
    if state.share is not None:
        last = state.last_asked
        if last is not None and last.measure is not None:
            last.measure.share = True
        elif frame.root.thing is not None:
            frame.asked = [a for a in frame.asked if a.noun is not frame.root.thing]
            frame.asked.append(Asked(measure=Measure(["count"], frame.root.thing, share=True)))
        else:
            frame.asked.append(Asked(measure=Measure(share=True)))
    if state.window is not None:
        measure = next((a.measure for a in frame.asked if a.measure is not None), None)
        if measure is None:
            measure = Measure()
            frame.asked.append(Asked(measure=measure))
        figures.put_window(state, measure)
    if frame.rank is not None and frame.rank.limit is None:
        for item in frame.soft_unread:
            if item.number is not None:
                frame.rank.limit = int(item.number.value)
                frame.soft_unread.remove(item)
                break
    for item in frame.soft_unread:
        item.used = False
    for item in frame.unread:
        item.used = False
    _average_of_counts(frame)


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
    if len(counts) != 1 or counts[0].measure is None or not (len(averages) == 1 or frame.average_of_counts):
        return
    phrase = next((p for p in frame.phrases if p.thing is not None), None)
    per = phrase.thing if phrase is not None else frame.groups[0].noun if frame.groups else frame.root.thing
    if per is None or per is counts[0].measure.noun:
        return
    if averages:
        frame.asked.remove(averages[0])
    counts[0].measure.functions = ["avg", "count"]
    counts[0].measure.per = per
    frame.groups = [g for g in frame.groups if g.noun is not per]
    frame.conditions = [c for c in frame.conditions if phrase is None or c.phrase is not phrase]
    frame.phrases = [p for p in frame.phrases if p is not phrase]


def _ignored(state: State, mark: Mark) -> None:
    """A word that adds nothing."""


def _lost(state: State, mark: Mark) -> None:
    state.frame.lost.append(mark.item.text)


def _lead_in(state: State, mark: Mark) -> None:
    if state.slot != "target" and state.mark(-1, "conjunction") is not None:
        state.slot = "target"


def _question_word(state: State, mark: Mark) -> None:
    """`who`, `when`, `which`: what kind of thing is asked for."""
    frame = state.frame
    if state.begun:
        state.slot = "target"
        del state.stack[1:]
        return
    if not frame.question_word:
        frame.question_word = mark.value
    if mark.value != "person":
        return
    at = 1
    while state.mark(at, "auxiliary") == "be" or state.mark(at, "determiner"):
        at += 1
    named = (
        at > 1 and isinstance(unit := state.ahead(at), Phrase) and unit.head is not None and not unit.named
    )
    hits = tuple(hit for hit in state.senses.vocabulary.lookup(("person",)) if hit.kind == "thing")
    if hits and not named:
        mark.item.nouns = _who_does(state, hits)
        frame.root.thing = state.senses.noun(mark.item)
        state.implied_root = True
        state.slot = "modifier"


def _who_does(state: State, hits: tuple[SchemaHit, ...]) -> tuple[SchemaHit, ...]:
    """Prefer the persons that the verb speaks of: who owns is an owner, who teaches a teacher."""
    verb = next(
        (u.item.verb for at in (1, 2) if isinstance(u := state.ahead(at), Mark) and u.kind == "verb"), None
    )
    if verb is None:
        return hits
    lookup = state.senses.vocabulary.lookup
    meant = {hit.target for noun in verb.nouns for hit in lookup(tuple(noun.split())) if hit.kind == "thing"}
    raised = (replace(hit, score=min(1.0, hit.score + 0.25)) if hit.target in meant else hit for hit in hits)
    return tuple(sorted(raised, key=lambda hit: -hit.score))


def _question_attribute(state: State, mark: Mark) -> None:
    """`how old`, `how long`, `how expensive`: the attribute that is asked for."""
    hits = state.senses.vocabulary.lookup(tuple(mark.value.split()))
    if not hits:
        state.frame.lost.append(mark.item.text)
        return
    mark.item.nouns = hits
    state.frame.asked.append(Asked(noun=state.senses.noun(mark.item), attribute=True))
    state.slot = "target" if state.mark(1, "auxiliary") else "modifier"
    if state.frame.root.thing is None:
        state.slot = "modifier"


def _order(state: State, mark: Mark) -> None:
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


def _chart(state: State, mark: Mark) -> None:
    state.frame.chart = mark.value


def _distribution(state: State, mark: Mark) -> None:
    state.frame.distribution = True
    if "histogram" in mark.item.words:
        state.frame.chart = "histogram"


def _trend(state: State, mark: Mark) -> None:
    frame, item = state.frame, mark.item
    frame.trend = True
    units = state.senses.lexicon.time.units
    unit = units.get(item.words[-1]) or units.get(item.words[0])
    if unit in tuple(TimeUnit) and len(item.words) > 2:
        frame.groups.append(Asked(grain=Grain(unit=TimeUnit(unit), item=item)))


def _ratio(state: State, mark: Mark) -> None:
    """`ratio of A to B`: what is said of each side is its own; a group or a period after B is everybody's."""
    at = 1
    while state.mark(at, "preposition"):
        at += 1
    first = state.ahead(at)
    if not isinstance(first, Phrase):
        state.share = mark.item
        return
    state.k += at
    own = len(state.frame.conditions)
    measure = figures.measure_of(state, first)
    state.modifiers(first)
    while (unit := state.ahead()) is not None and not _between_sides(unit):
        state.k += 1
        state.slot = "modifier"
        if isinstance(unit, Phrase):
            place(state, unit)
        elif isinstance(unit, Mark):
            _MARKS.get(unit.kind, _ignored)(state, unit)
        else:
            break
    measure.conditions = figures.ratio_conditions(state, own)
    del state.stack[1:]
    state.negated, state.role, state.verb = False, "", None
    second = state.ahead(2)
    if isinstance(second, Mark) and second.kind in ("determiner", "preposition"):
        state.k += 1
        second = state.ahead(2)
    if not isinstance(second, Phrase):
        measure.share = True
        state.frame.conditions.extend(measure.conditions)
        measure.conditions = []
        state.frame.asked.append(Asked(measure=measure))
        state.slot = "modifier"
        return
    state.k += 2
    own = len(state.frame.conditions)
    other = (
        figures.measure_of(state, second)
        if second.head is not None and not second.named
        else Measure(["count"], measure.noun)
    )
    state.modifiers(second)
    _rest_of_side(state, measure)
    other.conditions = figures.ratio_conditions(state, own)
    measure.operator, measure.denominator = "ratio", other
    state.frame.asked.append(Asked(measure=measure))
    state.slot = "modifier"


def _rest_of_side(state: State, first: Measure) -> None:
    """Read what is said of the second side alone: until a group, a period, or a place that the first side has not."""
    columns = {
        c.column for condition in first.conditions for value in condition.values for c in value.candidates
    }
    state.slot = "modifier"
    while (unit := state.ahead()) is not None:
        if isinstance(unit, Mark) and unit.kind in ("group", "period", "conjunction", "filler", "order"):
            return
        if (
            isinstance(unit, Mark)
            and unit.kind == "preposition"
            and unit.value in ("in", "within", "for", "during", "at")
        ):
            after = state.ahead(2)
            said = (
                {s.column for v in after.values for i in v.items for s in i.values}
                if isinstance(after, Phrase)
                else set()
            )
            if not said & columns:
                return
        state.k += 1
        if isinstance(unit, Phrase):
            place(state, unit)
        elif isinstance(unit, Compared):
            read_compared(state, unit)
        elif isinstance(unit, Mark):
            _MARKS.get(unit.kind, _ignored)(state, unit)
        else:
            return


def _between_sides(unit: object) -> bool:
    if not isinstance(unit, Mark):
        return False
    return (
        (unit.kind == "preposition" and unit.value == "to")
        or (unit.kind == "conjunction" and unit.value == "and")
        or unit.kind == "compare"
        or unit.item.words[:2] == ("out", "of")
    )


def _compare(state: State, mark: Mark) -> None:
    if mark.value == "difference":
        figures.read_difference(state)
        return
    state.frame.compare = True
    following = state.ahead()
    if isinstance(following, Mark) and following.kind == "period":
        state.or_next = True


def _correlation(state: State, mark: Mark) -> None:
    figures.read_correlation(state)


def _unit(state: State, mark: Mark) -> None:
    """`in days`: the unit in which a length of time is told."""
    unit = mark.value.removesuffix("s")
    if unit in tuple(TimeUnit):
        for asked in state.frame.asked:
            if asked.measure is not None:
                asked.measure.window_unit = asked.measure.window_unit or TimeUnit(unit)


def _duration(state: State, mark: Mark) -> None:
    """`days between A and B`: the time between two dates of each row."""
    assert isinstance(mark.extra, tuple)
    first, second = (state.senses.noun(item) for item in mark.extra)
    frame, last = state.frame, state.last_asked
    measure = Measure(["avg"])
    if (
        frame.rank is not None
        and frame.rank.measure is None
        and last is not None
        and last.noun is not None
        and state.senses.is_dimension(last.noun.item)
    ):
        measure.operator, measure.noun, measure.second = "duration", first, second
        frame.rank.measure, frame.rank.adjective = (
            measure,
            None,
        )  # "the slowest carrier from shipping to delivery"
        state.slot = "modifier"
        return
    if (
        last is not None
        and last.measure is not None
        and (last.measure.noun is None or not state.senses.is_measure(last.measure.noun.item))
    ):
        measure = last.measure
    elif last is not None and (last.grain is not None or last.noun is not None) and len(frame.asked) == 1:
        frame.asked[:] = [Asked(measure=measure)]
    elif frame.rank is not None and frame.rank.measure is None and not frame.asked:
        measure.functions = ["max" if frame.rank.descending else "min"]
        if frame.rank.verb in frame.verbs:
            frame.verbs.remove(frame.rank.verb)  # "the longest wait between ..."
        frame.rank = None
        frame.asked.append(Asked(measure=measure))
    else:
        frame.asked.append(Asked(measure=measure))
    frame.groups = [g for g in frame.groups if g.grain is None or g.grain.unit is not TimeUnit.DAY]
    frame.lost = [text for text in frame.lost if text not in ("days", "hours", "weeks", "months", "day")]
    measure.operator, measure.noun, measure.second = "duration", first, second
    state.slot = "modifier"


def _period(state: State, mark: Mark) -> None:
    """A period, and the one it may be set beside."""
    item = mark.item
    assert item.time is not None
    state.add(Condition("time", span=item.time))
    following = state.ahead(2)
    timed = isinstance(following, Mark) and following.kind == "period"
    if timed and item.time.unit is not None and state.mark(1, "conjunction") == "and":
        state.k += 1
        state.or_next = True
    elif timed and (
        state.mark(1, "compare") == "compare"
        or (state.mark(1, "preposition") == "to" and state.frame.compare)
    ):
        state.k += 1
        state.frame.compare = True
        state.or_next = True
    if state.slot in ("group", "order"):
        state.slot = "modifier"


def _group(state: State, mark: Mark) -> None:
    """A group; or the agent of a verb, where the words only look like a group."""
    before, following = state.ahead(-1), state.ahead()
    if isinstance(following, Mark) and following.kind in ("determiner", "group", "distinct"):
        following = state.ahead(2)
    passive = mark.item.words == ("by",) and isinstance(before, Mark) and before.kind == "verb"
    if (
        passive
        and isinstance(following, Phrase)
        and (
            following.bare_value
            or following.named
            or (bool(following.values) and state.senses.is_thing(following.head))
            or (state.senses.is_thing(following.head) and not _measuring(state))
        )
    ):
        state.role = "by"
        state.slot = "modifier"
        return
    later = any(
        isinstance(u, Mark) and u.kind == "group" and u.item.words[-1] in ("each", "every", "per")
        for u in state.units[state.k + 1 :]
    )
    if passive and later and isinstance(following, Phrase) and state.senses.is_thing(following.head):
        state.role, state.slot = "by", "modifier"  # "earned by students in each program"
        return
    if mark.value == "rate" or following is None:
        return
    state.group_mark = mark
    state.slot = "group"


def _measuring(state: State) -> bool:
    last = state.last_asked
    return last is not None and (
        last.measure is not None or (last.noun is not None and state.senses.is_measure(last.noun.item))
    )


def _negation(state: State, mark: Mark) -> None:
    state.negated = not state.negated
    if state.slot == "target" and state.begun:
        state.slot = "modifier"


def _verb(state: State, mark: Mark) -> None:
    """A state of things, or a link between them."""
    item, frame = mark.item, state.frame
    if mark.value in ("order", "sort", "arrange", "rank") and state.mark(1, "group"):
        return
    if item.words[0] in _AMOUNTS and state.mark(-1, "group"):
        state.slot = "modifier"  # "the largest orders by value"
        return
    state.clause += bool(frame.asked) and mark.value.split()[0] in ("come", "stem", "derive", "originate")
    state.verb, state.role = item, ""
    if _says_how_things_stand(state, item):
        state.state_of(item)
        return
    frame.verbs.append(item)
    if state.negated:
        frame.denied_verb = item
    if state.slot != "target" or state.begun or state.implied_root:
        state.slot = "modifier"


def _says_how_things_stand(state: State, item: Item) -> bool:
    """`tickets that were closed`: a participle with nothing behind it."""
    if state.senses.undone(item) is not None:
        return state.begun
    if not item.inflected or item.words[0].endswith(("ing", "s")):
        return False
    following = state.ahead()
    ends = following is None or (isinstance(following, Mark) and following.kind in ("group", "conjunction"))
    return ends and (state.frame.root.thing is not None or bool(state.frame.asked)) and not _measuring(state)


def _conjunction(state: State, mark: Mark) -> None:
    """`and` goes on with what is shown, or starts another restriction."""
    word, following = mark.value, state.ahead()
    if word == "or":
        state.or_next = True
        return
    if word == "but":
        state.clause += 1
        return
    if word == "stop" or (word == "comma" and state.begun and _only_names_follow(state)):
        state.slot = "target"
        state.again = True
        state.clause += 1
        state.verb, state.role = None, ""
        del state.stack[1:]
        return
    if following is None:
        return
    if state.slot in ("group", "order"):
        goes_on = (
            isinstance(following, Phrase)
            and (following.head is not None or following.grain is not None)
            and not following.values
            and not following.functions
            and following.rank is None
            and not state.senses.is_measure(following.head)
        )
        if goes_on or (isinstance(following, Mark) and following.kind in ("group", "determiner")):
            return
        state.slot = "modifier"
    if word == "and":
        state.clause += 1
    asks_again = (
        (isinstance(following, Mark) and following.kind in ("question_word", "lead_in", "question_attribute"))
        or (isinstance(following, Phrase) and following.count is None and (
            following.possessive or following.functions[:1] in (["count"], ["sum"], ["avg"], ["count_distinct"])
        ))
    )  # fmt: skip
    if asks_again and state.slot == "modifier":
        state.slot = "target"
        del state.stack[1:]


def _only_names_follow(state: State) -> bool:
    """Whether all that is left names columns to show, or wishes politely: "..., name and city please"."""
    at, found = 1, False
    while (unit := state.ahead(at)) is not None:
        if isinstance(unit, Phrase):
            if not _names_a_column(state, unit) and not (unit.head is None and unit.functions == ["count"]):
                return False
            found = True
        elif not (isinstance(unit, Mark) and unit.kind in _BETWEEN_NAMES):
            return False
        at += 1
    return found


_BETWEEN_NAMES = frozenset({"conjunction", "filler", "lead_in", "determiner", "pronoun", "quantifier"})


def _names_a_column(state: State, phrase: Phrase) -> bool:
    head = phrase.head
    if head is None or phrase.named or phrase.values or phrase.count or phrase.rank or phrase.functions:
        return False
    return not state.senses.is_thing(head) and not state.senses.is_flag(head)


def _relative(state: State, mark: Mark) -> None:
    if state.begun:
        state.slot = "modifier"
    state.role = ""
    state.clause += 1


def _preposition(state: State, mark: Mark) -> None:
    if mark.value in _OPENS_MODIFIER and (state.begun or state.frame.distribution or state.implied_root):
        state.slot = "modifier"
    state.role = mark.value


def _auxiliary(state: State, mark: Mark) -> None:
    if state.begun:
        state.slot = "modifier"


def _quantifier(state: State, mark: Mark) -> None:
    if mark.item.words[-1] in _TIMES and state.begun:
        number = NumberSense(_TIMES[mark.item.words[-1]])
        state.add(Condition("times", operator="eq", number=number))
    elif mark.value == "both":
        state.both = True
    elif mark.value == "none":
        _nobody(state, mark)
    elif mark.value == "all":
        state.frame.show_all = True


def _nobody(state: State, mark: Mark) -> None:
    hits = tuple(hit for hit in state.senses.vocabulary.lookup(("person",)) if hit.kind == "thing")
    if not hits or not state.begun:
        state.frame.lost.append(mark.item.text)
        return
    mark.item.nouns = hits
    state.negated = not state.negated
    state.related(state.senses.noun(mark.item))
    state.slot = "modifier"


def _pronoun(state: State, mark: Mark) -> None:
    """`anyone`, `someone`: some person, whatever the data calls them."""
    if mark.item.words[-1] not in ("anyone", "anybody", "someone", "somebody"):
        return
    hits = tuple(hit for hit in state.senses.vocabulary.lookup(("person",)) if hit.kind == "thing")
    if hits and state.begun:
        mark.item.nouns = hits
        state.related(state.senses.noun(mark.item))


def _distinct(state: State, mark: Mark) -> None:
    state.frame.distinct = True


def _aggregation(state: State, mark: Mark) -> None:
    function = mark.value.partition(".")[0]
    if not figures.summed_up_late(state, function):
        state.ask(Measure([function]))


def _null_check(state: State, mark: Mark) -> None:
    """`missing postal code`: with the noun behind it."""
    following = state.ahead()
    if isinstance(following, Phrase) and following.head is not None and not following.named:
        state.k += 1
        state.add(Condition("null", noun=state.noun(following), negated=mark.value == "not_null"))
        if state.slot == "target" and state.begun:
            state.slot = "modifier"
    else:
        state.frame.lost.append(mark.item.text)


def _text(state: State, mark: Mark) -> None:
    last = state.last_asked
    noun: Noun | None = None
    if mark.item.nouns:
        noun, last = state.senses.noun(mark.item), None
    said = (
        last.noun or (last.measure.noun if last.measure is not None else None) if last is not None else None
    )
    if said is not None and not state.senses.is_measure(said.item) and not state.senses.is_thing(said.item):
        noun = said
    read_text(state, mark, noun)
    if state.begun:
        state.slot = "modifier"


def _symbol(state: State, mark: Mark) -> None:
    if mark.value in ("%", "=", "<", ">", "<=", ">=", "!="):
        state.frame.lost.append(mark.item.text)


def _unknown(state: State, mark: Mark) -> None:
    item = mark.item
    if item.words[-1] in _TIMES and state.begun:
        state.add(Condition("times", operator="eq", number=NumberSense(_TIMES[item.words[-1]])))
        return
    if len(item.words) == 1 and item.words[0] in _SOFT:
        return
    if item.words == ("why",) and state.mark(1, "negation"):
        return  # "why not Canada", said after an answer
    before = state.ahead(-1)
    said = before.item.words[-1] if isinstance(before, Mark) else ""
    if item.words[-1] in _WHOLES and said in ("the", "our", "this", "your", "in"):
        return  # "in the hospital": everything there is
    if item.number is not None and not item.nouns and not item.values:
        state.frame.soft_unread.append(item)
    else:
        state.frame.unread.append(item)


_MARKS: dict[str, Callable[[State, Mark], None]] = {
    "lead_in": _lead_in, "question_word": _question_word, "question_attribute": _question_attribute, "order": _order,
    "chart": _chart, "distribution": _distribution, "trend": _trend, "share": figures.read_share, "ratio": _ratio,
    "compare": _compare, "correlation": _correlation, "window": figures.read_window, "unit": _unit,
    "duration": _duration, "period": _period, "group": _group, "negation": _negation, "verb": _verb,
    "conjunction": _conjunction, "relative": _relative, "preposition": _preposition, "auxiliary": _auxiliary,
    "quantifier": _quantifier, "pronoun": _pronoun, "distinct": _distinct, "aggregation": _aggregation,
    "null_check": _null_check, "text": _text, "symbol": _symbol, "unknown": _unknown, "comparison": _lost,
    "comparative_count": _lost, "superlative_count": _lost, "comparison_suffix": _lost, "arithmetic": _lost,
    "limit": _lost, "time_comparison": _lost,
}  # fmt: skip
