"""Question words and lead-ins: what kind of thing is asked for."""

from __future__ import annotations

from dataclasses import replace

from datacraft.engines.semantic.frame import Asked
from datacraft.engines.semantic.reading.state import State
from datacraft.engines.semantic.reading.units import Mark, Phrase
from datacraft.engines.semantic.vocabulary import SchemaHit

_DETAILS = frozenset({"details", "information", "info"})


def read_lead_in(state: State, mark: Mark) -> None:
    """`show me`, `what is the`: may start a second request."""
    state.frame.whole = state.frame.whole or bool(_DETAILS & set(mark.item.words))
    if state.slot != "target" and state.mark(-1, "conjunction") is not None:
        state.slot = "target"


def read_question_word(state: State, mark: Mark) -> None:
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
    hits = _people(state)
    if hits and not named:
        mark.item.nouns = _who_does(state, hits)
        frame.root.thing = state.senses.noun(mark.item)
        state.implied_root = True
        state.slot = "modifier"


def _people(state: State) -> tuple[SchemaHit, ...]:
    """Return the things that are persons; less usual kinds of them where there is no usual one."""
    lookup = state.senses.vocabulary.lookup
    for words in (("person",), ("human", "being")):
        hits = tuple(hit for hit in lookup(words) if hit.kind == "thing")
        if hits:
            return hits
    return ()


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


def read_question_attribute(state: State, mark: Mark) -> None:
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
