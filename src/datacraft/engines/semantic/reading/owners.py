"""The thing that a column is said of, and the number before a noun."""

from __future__ import annotations

from datacraft.engines.semantic.frame import Noun
from datacraft.engines.semantic.reading.state import State
from datacraft.engines.semantic.reading.units import Phrase


def with_owner(state: State, phrase: Phrase) -> Noun:
    """Read the thing behind "of", where the head is said of it: `name of the employee`."""
    noun = state.noun(phrase)
    follows = state.ahead(2)
    if (
        state.mark(1, "preposition") == "of" and isinstance(follows, Phrase) and follows.head is not None
        and not follows.named and follows.rank is None and not follows.functions and not follows.values and follows.count is None
        and state.senses.is_thing(follows.head) and not state.senses.is_thing(phrase.head)
    ):  # fmt: skip
        state.k += 2
        noun.owner = state.noun(follows)
        state.modifiers(follows)
        if state.frame.root.thing is None or state.implied_root:
            state.frame.root.thing = noun.owner
            state.implied_root = False
    return noun


def number_before(state: State, phrase: Phrase) -> None:
    """`which three customers`, `5 products with the highest`: how many of them; a rank says by what."""
    item = phrase.number
    assert item is not None and item.number is not None
    if phrase.quantifier in ("all", "both"):
        return  # "all three segments"
    if state.frame.rank is not None and state.frame.rank.limit is None:
        state.frame.rank.limit = int(item.number.value)
    else:
        state.frame.soft_unread.append(item)
