"""`compiled.json` into a `Lexicon`, once per process, and the lemma functions that need its tables."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from functools import cache, lru_cache
from pathlib import Path
from typing import TypedDict, cast

from datacraft.engines.semantic.lexicon.inflection import regular_base
from datacraft.engines.semantic.lexicon.model import (
    AdjectiveForm,
    Direction,
    GradedAdjective,
    Lexicon,
    OperatorKind,
    OperatorSense,
    TimeWords,
    VerbSense,
)
from datacraft.engines.semantic.lexicon.nouns import NounRules

COMPILED = Path(__file__).with_name("compiled.json")
SEPARATOR = "|"

Phrases = str
"""Phrases joined by `SEPARATOR`: parsing one long string is many times faster than a list of short ones."""


class CompiledTime(TypedDict):
    """`TimeWords` as JSON."""

    months: dict[str, int]
    weekdays: dict[str, int]
    day_sets: dict[str, list[int]]
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
    ambiguous: Phrases


class CompiledNouns(TypedDict):
    """`NounRules` as JSON."""

    irregular: dict[str, str]
    uninflected: Phrases
    silent_e: Phrases


class CompiledAdjective(TypedDict):
    """One adjective: `attributes` are nouns after + (up) or - (down), `generic` is +, - or empty."""

    attributes: Phrases
    generic: str
    words: Phrases
    base: Phrases
    comparative: Phrases
    superlative: Phrases


class Compiled(TypedDict):
    """The shape of `compiled.json`; the compiler writes it, this module reads it."""

    nouns: CompiledNouns
    synonyms: dict[str, list[Phrases]]
    narrower: dict[str, Phrases]
    adjectives: dict[str, CompiledAdjective]
    verbs: dict[str, tuple[Phrases, Phrases]]
    verb_phrases: dict[str, Phrases]
    verb_lemmas: dict[str, str]
    operators: dict[str, Phrases]
    content_words: Phrases
    time: CompiledTime
    equivalents: list[Phrases]
    ordinary_words: Phrases
    opposites: dict[str, Phrases]


_SHORTEST_STEM = 3


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
    known = _verb_lemmas()
    if word in known:
        return known[word]
    candidates = regular_base(word)
    return next((base for base in candidates if base in known), candidates[0])


@cache
def load_lexicon() -> Lexicon:
    """Return the lexicon; the first call in a process reads `compiled.json`, later calls are free."""
    compiled = _compiled()
    narrower = {broad: _split(kinds) for broad, kinds in compiled["narrower"].items()}
    adjectives = {base: _graded(base, entry) for base, entry in compiled["adjectives"].items()}
    return Lexicon(
        time=_time_words(compiled["time"]),
        _operators=_operators(compiled["operators"]),
        _content_words=frozenset(_split(compiled["content_words"])),
        _synonyms=_synonyms(compiled["synonyms"]),
        _narrower=narrower,
        _broader=_inverse(narrower),
        _adjectives={
            word: adjectives[base]
            for base, entry in compiled["adjectives"].items()
            for word in _split(entry["words"])
        },
        _adjective_forms=_adjective_forms(compiled["adjectives"], adjectives),
        _verbs=_verbs(compiled),
        _kin=_kin(compiled),
        _equivalents=_equivalents(compiled["equivalents"], frozenset(_split(compiled["ordinary_words"]))),
        _opposites={word: _split(others) for word, others in compiled["opposites"].items()},
        _noun_lemma=lemma_phrase,
    )


def noun_rules(nouns: CompiledNouns) -> NounRules:
    """Return the rules of plurals that `nouns` describes."""
    return NounRules(
        nouns["irregular"], frozenset(_split(nouns["uninflected"])), frozenset(_split(nouns["silent_e"]))
    )


@cache
def _compiled() -> Compiled:
    return cast(Compiled, json.loads(COMPILED.read_bytes()))


@cache
def _noun_rules() -> NounRules:
    return noun_rules(_compiled()["nouns"])


@cache
def _verb_lemmas() -> Mapping[str, str]:
    known = dict(_compiled()["verb_lemmas"])
    for base, (_, forms) in _compiled()["verbs"].items():
        for form in _split(forms):
            known.setdefault(form, base)
    return known


def _split(phrases: Phrases) -> tuple[str, ...]:
    return tuple(phrases.split(SEPARATOR)) if phrases else ()


def _synonyms(by_strength: Mapping[str, list[Phrases]]) -> dict[str, dict[str, float]]:
    """Return phrase -> other phrases of its groups, each with the greatest strength that any group gives."""
    found: dict[str, dict[str, float]] = {}
    for written, groups in sorted(by_strength.items()):
        strength = float(written)
        for group in groups:
            members = group.split(SEPARATOR)
            shared = dict.fromkeys(members, strength)
            for member in members:
                found.setdefault(member, {}).update(shared)
    for phrase, others in found.items():
        del others[phrase]
    return found


def _inverse(mapping: Mapping[str, tuple[str, ...]]) -> dict[str, tuple[str, ...]]:
    inverse: dict[str, tuple[str, ...]] = {}
    for key, values in mapping.items():
        for value in values:
            inverse[value] = (*inverse.get(value, ()), key)
    return inverse


def _graded(base: str, entry: CompiledAdjective) -> GradedAdjective:
    attributes = tuple((written[1:], _direction(written[0])) for written in _split(entry["attributes"]))
    return GradedAdjective(base, attributes, _direction(entry["generic"]) if entry["generic"] else None)


def _direction(sign: str) -> Direction:
    return "up" if sign == "+" else "down"


def _adjective_forms(
    entries: Mapping[str, CompiledAdjective], adjectives: Mapping[str, GradedAdjective]
) -> dict[str, tuple[GradedAdjective, AdjectiveForm]]:
    forms: dict[str, tuple[GradedAdjective, AdjectiveForm]] = {}
    for base, entry in entries.items():
        adjective = adjectives[base]
        forms.update((phrase, (adjective, "base")) for phrase in _split(entry["base"]))
        forms.update((phrase, (adjective, "comparative")) for phrase in _split(entry["comparative"]))
        forms.update((phrase, (adjective, "superlative")) for phrase in _split(entry["superlative"]))
    return forms


def _kin(compiled: Compiled) -> dict[str, tuple[str, ...]]:
    """Return each form of a verb, and each noun made from it, with all of them."""
    found: dict[str, tuple[str, ...]] = {}
    for base, (nouns, forms) in compiled["verbs"].items():
        if " " in base:
            continue
        stem = base[: max(_SHORTEST_STEM, len(base) - 2)]
        made = [noun for noun in _split(nouns) if " " not in noun and noun.startswith(stem)]
        family = tuple(dict.fromkeys((base, *_split(forms), *made)))
        for word in family:
            found.setdefault(word, family)
    return found


def _verbs(compiled: Compiled) -> dict[str, VerbSense]:
    """Return form -> verb; phrases with a meaning of their own win, then the verb that stands first."""
    found = {phrase: VerbSense(phrase, _split(nouns)) for phrase, nouns in compiled["verb_phrases"].items()}
    for base, (nouns, forms) in compiled["verbs"].items():
        sense = VerbSense(base, _split(nouns))
        for form in _split(forms):
            found.setdefault(form, sense)
    return found


def _operators(written: Mapping[str, Phrases]) -> dict[tuple[str, ...], tuple[OperatorSense, ...]]:
    found: dict[tuple[str, ...], tuple[OperatorSense, ...]] = {}
    for name, phrases in written.items():
        kind, _, value = name.partition(" ")
        senses = (OperatorSense(OperatorKind(kind), value),)
        for phrase in _split(phrases):
            tokens = tuple(phrase.split())
            known = found.get(tokens)
            found[tokens] = known + senses if known else senses
    return found


def _equivalents(groups: Iterable[Phrases], ordinary_words: frozenset[str]) -> dict[str, tuple[str, ...]]:
    found: dict[str, dict[str, None]] = {}
    for group in groups:
        members = dict.fromkeys(group.split(SEPARATOR))
        for member in members:
            if member not in ordinary_words:
                found.setdefault(member, {}).update(members)
    return {member: tuple(other for other in others if other != member) for member, others in found.items()}


def _time_words(time: CompiledTime) -> TimeWords:
    return TimeWords(
        months=time["months"],
        weekdays=time["weekdays"],
        day_sets={name: tuple(days) for name, days in time["day_sets"].items()},
        quarters=time["quarters"],
        seasons={name: tuple(months) for name, months in time["seasons"].items()},
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
        ambiguous=frozenset(_split(time["ambiguous"])),
    )
