"""What has been read of a question so far: the frame being filled, and where the reader stands in it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from datacraft.engines.semantic.frame import (
    Asked,
    Condition,
    Frame,
    Measure,
    Noun,
    NounPhrase,
    ValueMention,
    group_values,
)
from datacraft.engines.semantic.lattice import Item
from datacraft.engines.semantic.reading.senses import Senses
from datacraft.engines.semantic.reading.units import Mark, Phrase, Unit, ValueList

_OUTCOME = 0.7  # how surely a verb's form is a value of the data


class State:
    """The units, the place among them, and the frame.

    Attributes:
        slot: what the next noun phrase is: `target` (asked for), `modifier`, `group` or `order`.
        stack: the noun phrases that are open, outermost first; a condition may be said of any of them.
    """

    def __init__(self, units: Sequence[Unit], items: list[Item], senses: Senses) -> None:
        self.units = units
        self.senses = senses
        self.frame = Frame(items=items)
        self.k = 0
        self.read_unit: Callable[[Unit], None] = lambda unit: (
            None
        )  # set by the assembler: gives a unit its part
        self.slot = "target"
        self.stack: list[NounPhrase] = [self.frame.root]
        self.clause = 0
        self.negated = False
        self.or_next = False
        self.both = False
        self.role = ""
        self.verb: Item | None = None
        self.share: Item | None = None
        self.window: Mark | None = None
        self.group_mark: Mark | None = None
        self.contrasts: list[Item] = []  # "more", "higher", with nothing that they are compared with yet
        self.again = False  # a further request has begun: behind a stop, a dash, or a comma at the end
        self.implied_root = False  # "who": a person, unless the question names what kind

    def ahead(self, count: int = 1) -> Unit | None:
        """Return the unit `count` places on."""
        at = self.k + count
        return self.units[at] if 0 <= at < len(self.units) else None

    def mark(self, count: int, kind: str) -> str | None:
        """Return the value of the mark of this kind at a place, None where there is none."""
        unit = self.ahead(count)
        return unit.value if isinstance(unit, Mark) and unit.kind == kind else None

    @property
    def begun(self) -> bool:
        """Whether anything is asked for yet."""
        return bool(self.frame.asked) or (self.frame.root.thing is not None and not self.implied_root)

    @property
    def last_asked(self) -> Asked | None:
        """Return what was asked for last."""
        return self.frame.asked[-1] if self.frame.asked else None

    def add(self, condition: Condition) -> Condition:
        """Put a condition into the frame with the context it was read in."""
        condition.stack = condition.stack or tuple(self.stack)
        condition.negated = condition.negated != self.negated
        condition.alternative = self.or_next
        condition.both = condition.both or self.both
        condition.role = condition.role or ("" if self.role == "of" else self.role)
        condition.verb = condition.verb or self.verb
        condition.clause = self.clause
        condition.start = self.units[min(self.k, len(self.units) - 1)].start
        if condition.negated:
            self.frame.denied_verb = None
        self.negated = self.or_next = False
        self.frame.conditions.append(condition)
        return condition

    def open(self, phrase: NounPhrase) -> None:
        """Open a noun phrase inside the innermost open one."""
        phrase.parent = phrase.parent or self.stack[-1]
        self.stack.append(phrase)
        self.frame.phrases.append(phrase)

    def related(self, noun: Noun, *, all_of: bool = False, same: bool = False) -> NounPhrase:
        """Record that a related thing must be there (or, denied, must not), and open it."""
        phrase = NounPhrase(
            noun, role=self.role, verbs=(self.verb,) if self.verb else (), all_of=all_of, same=same
        )
        phrase.negated = self.negated
        self.open(phrase)
        self.add(Condition("exists", stack=tuple(self.stack[:-1]), phrase=phrase))
        self.outcome(noun)
        return phrase

    def outcome(self, noun: Noun) -> None:
        """`never cancelled a booking`: of the bookings that are open, those that the data says are cancelled."""
        verb = self.verb
        if verb is None or not verb.inflected:
            return
        tables = {target.table for target, score in noun.candidates if score >= noun.candidates[0][1] - 0.05}
        held = tuple(
            s for s in (*verb.values, *verb.acts) if s.score >= _OUTCOME and s.column.table in tables
        )
        if held:
            item = replace(verb, values=held)
            mention = ValueMention(item, group_values(held, item.text))
            self.add(Condition("value", stack=tuple(self.stack), values=[mention]))

    def noun(self, phrase: Phrase) -> Noun:
        """Make the mention of a phrase's head, said of its owner."""
        assert phrase.head is not None
        owner = None
        if phrase.owner is not None and not self.senses.is_thing(phrase.head):
            owner = self.senses.noun(phrase.owner)
        return self.senses.noun(phrase.head, owner)

    def values(self, listed: ValueList) -> Condition:
        """Add the condition that a list of values stands for."""
        hint = self.senses.noun(listed.hint) if listed.hint is not None else None
        mentions: list[ValueMention] = [self.senses.value(item, hint) for item in listed.items]
        self.frame.compare = self.frame.compare or listed.compared
        condition = Condition("value", values=mentions, both=listed.joined == "and" and len(mentions) > 1)
        condition.negated = listed.negated
        return self.add(condition)

    def modifiers(self, phrase: Phrase) -> None:
        """Add what the words before a head say of it: values, flags, states."""
        for listed in phrase.values:
            self.values(listed)
        for item in phrase.flags:
            kind = "named" if item.nouns[0].kind == "filter" else "flag"
            condition = self.add(Condition(kind, noun=self.senses.noun(item)))
            condition.negated = condition.negated != item.flag_negated
        for item in phrase.states:
            self.state_of(item)
        for item in phrase.adjectives:
            if item.words == ("new",):
                continue  # "new customers joined": the period says how new
            self.frame.unread.append(item)  # "major rivers": nothing says which those are

    def state_of(self, item: Item) -> None:
        """Add how things stand: `cancelled`, `unpaid`, `still open`."""
        undone = self.senses.undone(item)
        if undone is not None:
            item.verb = undone
        self.frame.verbs.append(item)
        condition = self.add(Condition("state", verb=item))
        condition.negated = condition.negated != (undone is not None)

    def ask(self, measure: Measure) -> Asked:
        """Ask for a figure, with the share or window that was said before it."""
        if self.share is not None:
            measure.share, self.share = True, None
        if self.window is not None:
            from datacraft.engines.semantic.reading.figures import put_window

            put_window(self, measure)
        asked = Asked(measure=measure)
        self.frame.asked.append(asked)
        return asked
