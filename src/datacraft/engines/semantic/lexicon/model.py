"""What the lexicon knows about a word or phrase, as typed lookups."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

Direction = Literal["up", "down"]
AdjectiveForm = Literal["base", "comparative", "superlative"]


class OperatorKind(StrEnum):
    """The part that a closed-class phrase plays in a question; the comments give the values it can have."""

    AGGREGATION = "aggregation"  # sum avg count count_distinct min max median percentile (percentile.90) ...
    COMPARISON = "comparison"  # gt ge lt le eq ne between approx; the number follows
    COMPARISON_SUFFIX = "comparison_suffix"  # ge le; the number stands before: "5 or more"
    COMPARISON_TO_AVERAGE = "comparison_to_average"  # gt lt
    TIME_COMPARISON = "time_comparison"  # lt le gt ge during between; a date follows
    SUPERLATIVE_COUNT = "superlative_count"  # max min: "most", "fewest"
    COMPARATIVE_COUNT = "comparative_count"  # gt lt: "more", "fewer"
    GROUP = "group"  # by each rate
    ORDER = "order"  # by asc desc alphabetical reverse_alphabetical oldest_first newest_first
    LIMIT = "limit"  # top bottom first last random limit
    NEGATION = "negation"  # not never without except neither
    SHARE = "share"  # share
    RATIO = "ratio"  # ratio
    ARITHMETIC = "arithmetic"  # add subtract multiply divide
    WINDOW = "window"  # running_total moving_average growth change previous rank, with ".month" and so on
    COMPARE = "compare"  # compare difference
    NULL_CHECK = "null_check"  # is_null not_null
    TEXT_MATCH = "text_match"  # contains starts_with ends_with like
    EXISTENCE = "existence"  # exists
    QUANTIFIER = "quantifier"  # all both only none only_one
    CONJUNCTION = "conjunction"  # and or but
    QUESTION_WORD = "question_word"  # person thing place time manner amount frequency
    QUESTION_ATTRIBUTE = "question_attribute"  # the noun that is asked for: "how old" -> age
    YES_NO = "yes_no"  # existence
    LEAD_IN = "lead_in"  # ask: "show me", "what is"
    FILLER = "filler"  # filler: "please", "exactly the"
    PREPOSITION = "preposition"  # of in with for from to at on by about among
    RELATIVE = "relative"  # who whose that where when
    DETERMINER = "determiner"  # the a this some
    PRONOUN = "pronoun"  # their it i you
    AUXILIARY = "auxiliary"  # be have do modal
    DISTRIBUTION = "distribution"  # distribution breakdown
    CORRELATION = "correlation"  # correlation
    TREND = "trend"  # trend
    CHART = "chart"  # bar line area pie scatter histogram table number any
    DISTINCT = "distinct"  # distinct
    MUTATION = "mutation"  # change: an order to change data, when it opens the question
    UNSUPPORTED = "unsupported"  # cause forecast advice


STOP_KINDS = frozenset(
    {
        OperatorKind.LEAD_IN,
        OperatorKind.FILLER,
        OperatorKind.PREPOSITION,
        OperatorKind.RELATIVE,
        OperatorKind.DETERMINER,
        OperatorKind.PRONOUN,
        OperatorKind.AUXILIARY,
        OperatorKind.CONJUNCTION,
        OperatorKind.QUESTION_WORD,
        OperatorKind.YES_NO,
    }
)


@dataclass(frozen=True, slots=True)
class OperatorSense:
    """One reading of a closed-class phrase."""

    kind: OperatorKind
    value: str


@dataclass(frozen=True, slots=True)
class AdjectiveSense:
    """What a gradable adjective measures.

    `attributes` pairs nouns with the direction in which the adjective points ("cheapest": price, down), the
    typical one first; `generic` is the direction on any number, for words like "highest", else None.
    """

    base: str
    form: AdjectiveForm
    attributes: tuple[tuple[str, Direction], ...]
    generic: Direction | None = None

    def direction(self, noun: str) -> Direction | None:
        """Return the direction on `noun`, None when the adjective says nothing about it."""
        return next((way for name, way in self.attributes if name == noun), self.generic)


@dataclass(frozen=True, slots=True)
class VerbSense:
    """A verb and the nouns that its use implies ("earn": salary, income), the likeliest first."""

    base: str
    nouns: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class TimeWords:
    """Words of calendars and numbers.

    `parts` maps to a cyclic part of a date (`weekday`, `hour`), `grains` to a unit that rows are grouped by,
    `units` to the unit a noun names; `anchors` to (unit, offset) as "yesterday" -> ("day", -1); `to_date` to the
    unit that started the period ("ytd" -> "year"); `day_sets` to weekdays ("weekend" -> (6, 7), Monday is 1); `relatives` to the number of units from now ("last" -> -1).
    `ambiguous` words are read as time only beside other words of time ("may", "second", "sun").
    """

    months: Mapping[str, int]
    weekdays: Mapping[str, int]
    day_sets: Mapping[str, tuple[int, ...]]
    quarters: Mapping[str, int]
    seasons: Mapping[str, tuple[int, ...]]
    halves: Mapping[str, int]
    units: Mapping[str, str]
    grains: Mapping[str, str]
    parts: Mapping[str, str]
    relatives: Mapping[str, int]
    anchors: Mapping[str, tuple[str, int]]
    to_date: Mapping[str, str]
    number_words: Mapping[str, float]
    multipliers: Mapping[str, float]
    ordinals: Mapping[str, int]
    ambiguous: frozenset[str]


@dataclass(frozen=True, slots=True)
class GradedAdjective:
    """A gradable adjective without its form: see `AdjectiveSense`."""

    base: str
    attributes: tuple[tuple[str, Direction], ...]
    generic: Direction | None

    def sense(self, form: AdjectiveForm, *, flipped: bool = False) -> AdjectiveSense:
        """Return the sense in `form`; `flipped` for "less" and "least"."""
        if not flipped:
            return AdjectiveSense(self.base, form, self.attributes, self.generic)
        attributes = tuple((noun, _OPPOSITE[way]) for noun, way in self.attributes)
        return AdjectiveSense(self.base, form, attributes, _OPPOSITE[self.generic] if self.generic else None)


@dataclass(frozen=True, slots=True)
class Lexicon:
    """Everything that the engine knows of English; get it from `load_lexicon`.

    The fields are indexes made once by the loader; use the methods.
    """

    time: TimeWords
    _operators: Mapping[tuple[str, ...], tuple[OperatorSense, ...]]
    _content_words: frozenset[str]
    _synonyms: Mapping[str, Mapping[str, float]]
    _narrower: Mapping[str, tuple[str, ...]]
    _broader: Mapping[str, tuple[str, ...]]
    _adjectives: Mapping[str, GradedAdjective]
    _adjective_forms: Mapping[str, tuple[GradedAdjective, AdjectiveForm]]
    _verbs: Mapping[str, VerbSense]
    _kin: Mapping[str, tuple[str, ...]]
    _equivalents: Mapping[str, tuple[str, ...]]
    _opposites: Mapping[str, tuple[str, ...]]
    _noun_lemma: Callable[[str], str]

    def synonyms(self, phrase: str) -> dict[str, float]:
        """Return the other noun phrases that may name the same thing, with strength in (0, 1].

        1 means interchangeable, 0.6 loosely the same. Phrases are taken and given token by token as lemmas.
        """
        return dict(self._synonyms.get(self._noun_lemma(phrase), {}))

    def narrower(self, phrase: str) -> tuple[str, ...]:
        """Return nouns for kinds of what `phrase` names ("person": employee, patient, ...)."""
        return self._narrower.get(self._noun_lemma(phrase), ())

    def broader(self, phrase: str) -> tuple[str, ...]:
        """Return nouns that `phrase` is a kind of ("patient": person)."""
        return self._broader.get(self._noun_lemma(phrase), ())

    def adjective(self, phrase: str) -> AdjectiveSense | None:
        """Return what a gradable adjective measures; takes "cheaper", "most expensive", "least busy" too."""
        found = self._adjective_forms.get(phrase)
        if found is not None:
            adjective, form = found
            return adjective.sense(form)
        grade, _, word = phrase.partition(" ")
        if grade not in _GRADES or word not in self._adjectives:
            return None
        form, flipped = _GRADES[grade]
        return self._adjectives[word].sense(form, flipped=flipped)

    def verb(self, phrase: str) -> VerbSense | None:
        """Return the verb of any inflected form ("earned", "belongs to"), None when it isn't known."""
        return self._verbs.get(phrase)

    def kin(self, word: str) -> tuple[str, ...]:
        """Return the words of one act: "cancellation", "cancel", "cancelled"; empty where no verb is known."""
        return self._kin.get(word, ())

    def operator_phrases(self) -> Mapping[tuple[str, ...], tuple[OperatorSense, ...]]:
        """Return every closed-class phrase, keyed by its tokens; more than one sense means ambiguous."""
        return self._operators

    def operator(self, phrase: str) -> tuple[OperatorSense, ...]:
        """Return the senses of one phrase, empty when it is no closed-class phrase."""
        return self._operators.get(tuple(phrase.split()), ())

    def question_words(self) -> frozenset[str]:
        """Return the single words that ask, compare, grade, group or date in questions about any data."""
        time = self.time
        dated = (time.months, time.weekdays, time.units, time.grains, time.anchors, time.number_words)
        phrased = (word for phrase in self._operators for word in phrase)
        graded = (*self._adjectives, *self._adjective_forms)
        return frozenset(word for words in (phrased, graded, *dated) for word in words if word.isalpha())

    def equivalents(self, value: str) -> list[str]:
        """Return other ways to write a value ("california": ["ca", ...]), lower case.

        A code that is an ordinary word ("in", "me") has none, although it is given for the name.
        """
        return list(self._equivalents.get(value.lower(), ()))

    def opposite(self, word: str) -> tuple[str, ...]:
        """Return the words of the opposite state ("open": closed, shut), empty when none is known."""
        return self._opposites.get(word, ())

    def is_stop(self, phrase: str) -> bool:
        """Say whether the phrase can stand in a question without any content of its own ("please", "of the").

        Closed-class words that may as well name something in the data ("state", "name") are no stop words.
        """
        if phrase in self._content_words:
            return False
        return any(sense.kind in STOP_KINDS for sense in self.operator(phrase))


_OPPOSITE: Mapping[Direction, Direction] = {"up": "down", "down": "up"}
_GRADES: Mapping[str, tuple[AdjectiveForm, bool]] = {
    "more": ("comparative", False),
    "most": ("superlative", False),
    "less": ("comparative", True),
    "least": ("superlative", True),
}
