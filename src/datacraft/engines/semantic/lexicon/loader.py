"""`compiled.json` into a `Lexicon`, once per process."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache, lru_cache
from pathlib import Path
from typing import TypedDict, TypeVar, cast

from datacraft.engines.semantic.lexicon.inflection import regular_base
from datacraft.engines.semantic.lexicon.model import (
    AdjectiveForm,
    Direction,
    Lexicon,
    OperatorKind,
    OperatorSense,
    TimeWords,
)
from datacraft.engines.semantic.lexicon.nouns import NounRules

T = TypeVar("T")

COMPILED = Path(__file__).with_name("compiled.json")


class CompiledTime(TypedDict):
    """`TimeWords` as JSON."""

    months: dict[str, int]
    weekdays: dict[str, int]
    quarters: dict[str, int]
    seasons: dict[str, list[int]]
    halves: dict[str, int]
    units: dict[str, str]
    grains: dict[str, str]
    parts: dict[str, str]
    relatives: dict[str, int]
    anchors: dict[str, tuple[str, int]]
    to_date: dict[str, str]
    number_words: dict[str, float]
    multipliers: dict[str, float]
    ordinals: dict[str, int]
    ambiguous: list[str]


class CompiledNouns(TypedDict):
    """`NounRules` as JSON."""

    irregular: dict[str, str]
    uninflected: list[str]
    silent_e: list[str]


class Compiled(TypedDict):
    """The shape of `compiled.json`; the compiler writes it, this module reads it."""

    nouns: CompiledNouns
    synonym_groups: list[tuple[float, list[str]]]
    synonym_index: dict[str, list[int]]
    narrower: dict[str, list[str]]
    broader: dict[str, list[str]]
    adjective_bases: dict[str, tuple[list[tuple[str, Direction]], Direction | None]]
    adjective_forms: dict[str, tuple[str, AdjectiveForm, bool]]
    verb_nouns: dict[str, list[str]]
    verb_forms: dict[str, str]
    operators: dict[str, list[tuple[str, str]]]
    time: CompiledTime
    equivalent_groups: list[list[str]]
    equivalent_index: dict[str, list[int]]
    opposites: dict[str, list[str]]


@cache
def _compiled() -> Compiled:
    return cast(Compiled, json.loads(COMPILED.read_bytes()))


@cache
def _noun_rules() -> NounRules:
    return noun_rules(_compiled()["nouns"])


def noun_rules(nouns: CompiledNouns) -> NounRules:
    """Return the rules of plurals that `nouns` describes."""
    return NounRules(nouns["irregular"], frozenset(nouns["uninflected"]), frozenset(nouns["silent_e"]))


@lru_cache(maxsize=16_384)
def lemma(word: str) -> str:
    """Return the singular of one word, lower case ("Businesses": "business"); other words as they are."""
    return _noun_rules().singular(word.lower())


@lru_cache(maxsize=16_384)
def lemma_phrase(phrase: str) -> str:
    """Return a phrase with every word as its lemma ("Zip Codes": "zip code")."""
    return " ".join(lemma(word) for word in phrase.split())


@lru_cache(maxsize=16_384)
def verb_lemma(word: str) -> str:
    """Return the base form of a verb ("shipped": "ship"); by spelling rules when the verb isn't known."""
    word = word.lower()
    forms = _compiled()["verb_forms"]
    if word in forms:
        return forms[word]
    candidates = regular_base(word)
    return next((base for base in candidates if base in forms), candidates[0])


@cache
def load_lexicon() -> Lexicon:
    """Return the lexicon; the first call in a process reads `compiled.json`, later calls are free."""
    compiled = _compiled()
    return Lexicon(
        time=_time_words(compiled["time"]),
        _operators=_operators(compiled["operators"]),
        _synonym_groups=tuple((strength, tuple(members)) for strength, members in compiled["synonym_groups"]),
        _synonym_index=_tuples(compiled["synonym_index"]),
        _narrower=_tuples(compiled["narrower"]),
        _broader=_tuples(compiled["broader"]),
        _adjective_bases={
            base: (tuple((noun, way) for noun, way in attributes), generic)
            for base, (attributes, generic) in compiled["adjective_bases"].items()
        },
        _adjective_forms=compiled["adjective_forms"],
        _verb_nouns=_tuples(compiled["verb_nouns"]),
        _verb_forms=compiled["verb_forms"],
        _equivalent_groups=tuple(tuple(group) for group in compiled["equivalent_groups"]),
        _equivalent_index=_tuples(compiled["equivalent_index"]),
        _opposites=_tuples(compiled["opposites"]),
        _noun_lemma=lemma_phrase,
    )


def _tuples(lists: Mapping[str, list[T]]) -> dict[str, tuple[T, ...]]:
    return {key: tuple(values) for key, values in lists.items()}


def _operators(
    phrases: Mapping[str, list[tuple[str, str]]],
) -> dict[tuple[str, ...], tuple[OperatorSense, ...]]:
    senses: dict[tuple[str, str], OperatorSense] = {}
    found: dict[tuple[str, ...], tuple[OperatorSense, ...]] = {}
    for phrase, pairs in phrases.items():
        for kind, value in pairs:
            if (kind, value) not in senses:
                senses[kind, value] = OperatorSense(OperatorKind(kind), value)
        found[tuple(phrase.split())] = tuple(senses[kind, value] for kind, value in pairs)
    return found


def _time_words(time: CompiledTime) -> TimeWords:
    return TimeWords(
        months=time["months"],
        weekdays=time["weekdays"],
        quarters=time["quarters"],
        seasons=_tuples(time["seasons"]),
        halves=time["halves"],
        units=time["units"],
        grains=time["grains"],
        parts=time["parts"],
        relatives=time["relatives"],
        anchors={phrase: (unit, offset) for phrase, (unit, offset) in time["anchors"].items()},
        to_date=time["to_date"],
        number_words=time["number_words"],
        multipliers=time["multipliers"],
        ordinals=time["ordinals"],
        ambiguous=frozenset(time["ambiguous"]),
    )
