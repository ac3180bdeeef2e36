"""Groups, verbs, negation: what ties a noun phrase to what stands before it."""

from __future__ import annotations

from datacraft.engines.semantic.frame import Measure
from datacraft.engines.semantic.lattice import Item
from datacraft.engines.semantic.reading.state import State
from datacraft.engines.semantic.reading.units import Mark, Phrase
from datacraft.engines.semantic.reading.words import MOVING
from datacraft.engines.semantic.saying import same_stem
from datacraft.engines.semantic.vocabulary import words_of

_NAMED = 0.9
_AMOUNTS = frozenset({"value", "amount", "size", "worth"})


def read_group(state: State, mark: Mark) -> None:
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
            or (following.head is None and bool(following.flags))
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
    said_more = state.mark(2, "preposition") is not None or state.mark(2, "relative") is not None
    agents = following.head if isinstance(following, Phrase) else None
    if passive and said_more and agents and state.senses.is_thing(agents) and agents.words[-1].endswith("s"):
        state.role, state.slot = "by", "modifier"  # "fees paid by members of the north club"
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


def read_negation(state: State, mark: Mark) -> None:
    """`not`, `never`, `without`: the next restriction is denied."""
    state.negated = not state.negated
    if state.slot == "target" and state.begun:
        state.slot = "modifier"


def read_verb(state: State, mark: Mark) -> None:
    """A state of things, or a link between them."""
    item, frame = mark.item, state.frame
    if mark.value in ("order", "sort", "arrange", "rank") and state.mark(1, "group"):
        return
    if item.words[0] in _AMOUNTS and state.mark(-1, "group"):
        state.slot = "modifier"  # "the largest orders by value"
        return
    before = state.ahead(-1)
    if item.words[0] in ("rate", "rates") and isinstance(before, Phrase) and before.end == item.start:
        frame.lost.append(item.text)  # "conversion rate": a figure that the data can't tell, not an act
        return
    state.clause += bool(frame.asked) and mark.value.split()[0] in ("come", "stem", "derive", "originate")
    state.verb, state.role = item, ""
    _choose_doers(state, item)
    if _grows(state, mark.value):
        return
    if _says_how_things_stand(state, item):
        state.state_of(item)
        return
    frame.verbs.append(item)
    if state.negated:
        frame.denied_verb = item
    if state.slot != "target" or state.begun or state.implied_root:
        state.slot = "modifier"


def _choose_doers(state: State, item: Item) -> None:
    """`who booked ...`, `how many people booked ...`: of several kinds of people those that the bookings are of."""
    root, verb = state.frame.root.thing, item.verb
    if root is None or verb is None or len(root.candidates) < 2 or root.candidates[0][1] >= _NAMED:
        return
    model = state.senses.vocabulary.model
    acts = {
        table.name
        for table in model.tables
        for word in (*words_of(table.name), *words_of(table.entity))
        if same_stem(word, verb.base) or word in verb.nouns
    }
    doers = {join.right for join in model.joins if join.left in acts}
    best = root.candidates[0][1]
    tied = [(t, score) for t, score in root.candidates if score > best - 0.02]
    fitting = [t for t, _ in tied if t.table in doers]
    if len(tied) > 1 and len(fitting) == 1:
        root.candidates.sort(key=lambda pair: pair[0] is not fitting[0])
        root.candidates[0] = (fitting[0], min(1.0, best + 0.2))


def _grows(state: State, verb: str) -> bool:
    """`how much did sales rise between 2021 and 2023`: the growth of what is asked for."""
    last = state.last_asked
    if verb not in MOVING or last is None:
        return False
    if last.measure is None and last.noun is not None and state.senses.is_measure(last.noun.item):
        last.measure, last.noun = Measure([], last.noun), None
    if last.measure is None or last.measure.window or last.measure.share:
        return False
    last.measure.window = "growth"
    state.slot = "modifier"
    return True


def _says_how_things_stand(state: State, item: Item) -> bool:
    """`tickets that were closed`: a participle with nothing behind it."""
    if state.senses.undone(item) is not None:
        return state.begun
    if not item.inflected or item.words[0].endswith(("ing", "s")):
        return False
    following, agent = state.ahead(), state.ahead(2)
    by = isinstance(following, Mark) and following.item.words == ("by",) and isinstance(agent, Phrase)
    if by and isinstance(agent, Phrase) and agent.determiner and state.senses.is_thing(agent.head):
        return False  # "not used by any team"
    ends = following is None or (isinstance(following, Mark) and following.kind in ("group", "conjunction"))
    last = state.last_asked
    counts = last is not None and last.measure is not None and last.measure.functions == ["count"]
    begun = state.frame.root.thing is not None or bool(state.frame.asked)
    return ends and begun and (counts or not _measuring(state))
