"""Names of tables and columns as words: taken apart, abbreviations written out, singular and plural."""

from __future__ import annotations

import re
from collections.abc import Iterable, Set
from functools import lru_cache

from datacraft.profiles.vocabulary import ABBREVIATIONS, IRREGULAR_VERBS, ONLY_WITH_COMPANY, VERBS, word_set

_PIECES = re.compile(r"[^\W\d_]+|\d+")
_CAMEL = re.compile(r"(?<=[a-zß-öø-ÿ])(?=[A-ZÀ-ÖØ-Þ])|(?<=[A-Z])(?=[A-Z][a-z])")

_INITIALS = {"f": "first", "l": "last", "m": "middle"}

_IRREGULAR_PLURALS = {
    "people": "person", "men": "man", "women": "woman", "children": "child", "feet": "foot", "mice": "mouse",
    "geese": "goose", "teeth": "tooth", "lives": "life", "wives": "wife", "knives": "knife", "leaves": "leaf",
    "shelves": "shelf", "halves": "half", "analyses": "analysis", "diagnoses": "diagnosis", "crises": "crisis",
    "bases": "base", "theses": "thesis", "criteria": "criterion", "phenomena": "phenomenon", "media": "media",
    "data": "data", "indices": "index", "vertices": "vertex", "matrices": "matrix", "movies": "movie",
    "cookies": "cookie", "calories": "calorie", "zombies": "zombie", "series": "series", "species": "species",
    "sales": "sale", "aircraft": "aircraft", "staff": "staff", "faculty": "faculty", "buses": "bus",
    "statuses": "status", "viruses": "virus", "campuses": "campus", "bonuses": "bonus", "gases": "gas",
    "alumni": "alumnus", "syllabi": "syllabus", "heroes": "hero", "potatoes": "potato", "tomatoes": "tomato",
    "shoes": "shoe", "canoes": "canoe", "quizzes": "quiz", "axes": "axis", "news": "news", "caches": "cache",
    "ties": "tie", "pies": "pie", "headaches": "headache", "lenses": "lens", "expertise": "expertise",
}  # fmt: skip
_IRREGULAR_SINGULARS = {
    singular: plural
    for plural, singular in _IRREGULAR_PLURALS.items()
    if plural != singular and plural not in {"sales"}
} | {"sale": "sales"}
_NEVER_PLURAL = word_set(
    "access address alias always analysis arkansas athletics atlas axis basis bias bonus boss bus "
    "business campus canvas census chess christmas class congress corps crisis diagnosis economics "
    "express fitness focus gas glass gps grass has headquarters his hrs illinois illness iris is its "
    "kansas kms lbs lens less logistics loss mass mathematics mattress means mins minus ms news paris "
    "pass physics plus politics pos press previous process progress radius secs series serious sis sms "
    "sos species statistics status success tennis texas thesis this us various virus was wellness yrs "
)


def split_identifier(identifier: str) -> list[str]:
    """Take a name apart at underscores, spaces, punctuation, digits and capitals; lower case.

    `"customerID"` gives `["customer", "id"]`, `"HTTPStatus2"` gives `["http", "status", "2"]`.
    """
    return [piece.lower() for part in _CAMEL.split(identifier) for piece in _PIECES.findall(part)]


@lru_cache(maxsize=16_384)
def singular(word: str) -> str:
    """Return the singular of an English noun in lower case; other words come back as they are."""
    if word in _IRREGULAR_PLURALS:
        return _IRREGULAR_PLURALS[word]
    if len(word) < 4 or not word.endswith("s") or word in _NEVER_PLURAL or word.endswith(("ss", "us", "ous")):
        return word
    if word.endswith("ies"):
        return word[:-3] + "y"
    if word.endswith(("sses", "shes", "ches", "xes", "zzes")):
        return word[:-2]
    return word[:-1]


@lru_cache(maxsize=16_384)
def plural(word: str) -> str:
    """Return the plural of an English noun in lower case."""
    if word in _IRREGULAR_SINGULARS:
        return _IRREGULAR_SINGULARS[word]
    if _IRREGULAR_PLURALS.get(word) == word:
        return word
    if word.endswith("y") and word[-2:-1] not in "aeiou":
        return word[:-1] + "ies"
    if word.endswith(("s", "x", "z", "ch", "sh")):
        return word + "es"
    return word + "s"


def expand(words: Iterable[str]) -> tuple[str, ...]:
    """Write out abbreviations; those that are words of their own only beside other words."""
    parts = tuple(words)
    alone = len(parts) == 1
    full: list[str] = []
    for position, word in enumerate(parts):
        long_form = ABBREVIATIONS.get(word)
        if word in _INITIALS and parts[position + 1 : position + 2] == ("name",):
            long_form = _INITIALS[word]
        counts_first = word == "no" and position == 0  # "no_show", "no_skip": the English word
        if long_form is None or counts_first or (alone and word in ONLY_WITH_COMPANY):
            full.append(word)
        else:
            full.extend(long_form.split())
    return tuple(full)


def take_apart(word: str, known: Set[str]) -> list[str]:
    """Split a word written in one piece ("citingpaperid") into the fewest known words, or leave it whole.

    Every piece must be known, so that "paid" or "candidate" stay what they are.
    """
    derived = word.endswith(("ship", "ships")) and not word.startswith("ship")  # a membership is no ship
    if len(word) < 5 or word in known or not word.isalpha() or derived:
        return [word]
    best: list[list[str] | None] = [[]] + [None] * len(word)
    for end in range(2, len(word) + 1):
        for start in range(max(0, end - 20), end - 1):
            piece, before = word[start:end], best[start]
            if before is None or not (piece in known if end - start > 2 else piece == "id"):
                continue
            so_far = best[end]
            if so_far is None or len(before) + 1 < len(so_far):
                best[end] = [*before, piece]
    pieces = best[len(word)]
    return pieces if pieces is not None and pieces[0] != "id" else [word]


def abbreviates(short: str, word: str) -> bool:
    """Say whether `short` shortens `word`: same first letter, the other letters in order ("apt", "airport")."""
    if not short or not word or short[0] != word[0]:
        return False
    letters = iter(word)
    return all(letter in letters for letter in short)


def verb_of(word: str) -> str | None:
    """Return the verb that a word is a form of ("written", "teaches", "citing"), or None."""
    if word in IRREGULAR_VERBS:
        return IRREGULAR_VERBS[word]
    forms = [word]
    for ending, replacements in (
        ("ies", ("y",)), ("ied", ("y",)), ("es", ("e", "")), ("s", ("",)), ("ed", ("e", "")), ("ing", ("e", "")),
    ):  # fmt: skip
        if word.endswith(ending) and len(word) > len(ending) + 1:
            forms.extend(word[: -len(ending)] + replacement for replacement in replacements)
    for form in forms:
        if form in VERBS:
            return form
        if len(form) > 2 and form[-1] == form[-2] and form[:-1] in VERBS:  # "enrolled", "planned"
            return form[:-1]
    return None
