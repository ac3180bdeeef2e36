"""All, both, nobody, once; missing values, texts and figures that stand alone; words that are left."""

from __future__ import annotations

from datacraft.engines.semantic.frame import Condition, Measure, Noun
from datacraft.engines.semantic.lattice import NumberSense
from datacraft.engines.semantic.reading import figures
from datacraft.engines.semantic.reading.comparing import read_compared, read_text
from datacraft.engines.semantic.reading.state import State
from datacraft.engines.semantic.reading.units import Compared, Mark, Phrase
from datacraft.engines.semantic.reading.words import SOFT, WHOLES

_TIMES = {"once": 1, "twice": 2, "thrice": 3}


def read_quantifier(state: State, mark: Mark) -> None:
    """`both`, `all`, `nobody`, `only once`."""
    if mark.item.words[-1] in _TIMES and state.begun:
        number = NumberSense(_TIMES[mark.item.words[-1]])
        state.add(Condition("times", operator="eq", number=number))
    elif mark.value == "both":
        state.both = True
    elif mark.value == "none":
        _nobody(state, mark)


def _nobody(state: State, mark: Mark) -> None:
    hits = tuple(hit for hit in state.senses.vocabulary.lookup(("person",)) if hit.kind == "thing")
    if not hits or not state.begun:
        state.frame.lost.append(mark.item.text)
        return
    mark.item.nouns = hits
    state.negated = not state.negated
    state.related(state.senses.noun(mark.item))
    state.slot = "modifier"


def read_pronoun(state: State, mark: Mark) -> None:
    """`anyone`, `someone`: some person, whatever the data calls them."""
    if mark.item.words[-1] not in ("anyone", "anybody", "someone", "somebody"):
        return
    before, last = state.ahead(-1), state.last_asked
    if isinstance(before, Phrase) and before.head is not None and before.head.words[-1] in ("by", "to"):
        if last is not None and last.noun is not None and last.noun.item is before.head:
            state.frame.asked.pop()  # "referred by someone": whoever it is, the column holds one
            state.add(Condition("null", noun=last.noun, negated=True))
        return
    hits = tuple(hit for hit in state.senses.vocabulary.lookup(("person",)) if hit.kind == "thing")
    if hits and state.begun:
        mark.item.nouns = hits
        state.related(state.senses.noun(mark.item))


def read_distinct(state: State, mark: Mark) -> None:
    """`different`: equal rows are shown once."""
    state.frame.distinct = True


def read_aggregation(state: State, mark: Mark) -> None:
    """`on average`, `in total`, behind what they are said of."""
    function = mark.value.partition(".")[0]
    if not figures.summed_up_late(state, function):
        state.ask(Measure([function]))


def read_null_check(state: State, mark: Mark) -> None:
    """`missing postal code`: with the noun behind it."""
    following = state.ahead()
    if isinstance(following, Phrase) and following.head is not None and not following.named:
        state.k += 1
        state.add(Condition("null", noun=state.noun(following), negated=mark.value == "not_null"))
        if state.slot == "target" and state.begun:
            state.slot = "modifier"
    else:
        state.frame.lost.append(mark.item.text)


def read_text_alone(state: State, mark: Mark) -> None:
    """`starting with A`: said of the column that was asked for last."""
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


def read_symbol(state: State, mark: Mark) -> None:
    """A sign that nothing took up."""
    if mark.value in ("%", "=", "<", ">", "<=", ">=", "!="):
        state.frame.lost.append(mark.item.text)


def read_unknown(state: State, mark: Mark) -> None:
    """A word that nothing is known of: it adds nothing, or it is missed in the plan."""
    item = mark.item
    if item.words[-1] in _TIMES and state.begun:
        state.add(Condition("times", operator="eq", number=NumberSense(_TIMES[item.words[-1]])))
        return
    if item.number is not None and state.mark(-1, "verb") is not None and state.begun:
        read_compared(state, Compared("eq", item.number, item=item))  # "rated 5", "aged 30"
        return
    if len(item.words) == 1 and item.words[0] in SOFT:
        return
    if item.words == ("why",) and state.mark(1, "negation"):
        return  # "why not Canada", said after an answer
    if item.adjective is not None and item.adjective.form == "comparative":
        state.contrasts.append(item)
        return
    before = state.ahead(-1)
    said = before.item.words[-1] if isinstance(before, Mark) else ""
    if item.words[-1] in WHOLES and said in ("the", "our", "this", "your", "in"):
        return  # "in the hospital": everything there is
    if item.number is not None and not item.nouns and not item.values:
        state.frame.soft_unread.append(item)
    else:
        state.frame.unread.append(item)
