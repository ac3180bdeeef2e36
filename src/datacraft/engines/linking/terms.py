"""What the words of a question may stand for: themselves, their synonyms, what their verbs and adjectives imply."""

from __future__ import annotations

import re
from dataclasses import dataclass

from datacraft.engines.semantic.lexicon import Lexicon, lemma, verb_lemma

_WORD = re.compile(r"[^\W_]+(?:['’][^\W\d_]+)?")
_LONGEST = 3  # words of a phrase
_SYNONYM, _IMPLIED, _BROADER = 0.75, 0.6, 0.45
_MOST_IMPLIED = 4


@dataclass(frozen=True, slots=True)
class Term:
    """A word or phrase of the question.

    Attributes:
        text: as it was typed, in lower case.
        start: place of its first word.
        length: how many words it has.
        meanings: lemmas that it may stand for, each with a strength in (0, 1].
    """

    text: str
    start: int
    length: int
    meanings: tuple[tuple[str, float], ...]


def words_of(question: str) -> list[str]:
    """Return the words of a question in lower case."""
    return [match[0].lower() for match in _WORD.finditer(question)]


def terms_of(words: list[str], lexicon: Lexicon) -> list[Term]:
    """Return the words and phrases that may name something, the phrases first."""
    terms: list[Term] = []
    for length in range(min(_LONGEST, len(words)), 0, -1):
        for start in range(len(words) - length + 1):
            part = words[start : start + length]
            if lexicon.is_stop(part[0]) or lexicon.is_stop(part[-1]):
                continue
            text = " ".join(part)
            terms.append(Term(text, start, length, _meanings(text, lexicon)))
    return terms


def _meanings(text: str, lexicon: Lexicon) -> tuple[tuple[str, float], ...]:
    own = " ".join(lemma(word) for word in text.split())
    found = {own: 1.0}

    def add(meaning: str, strength: float) -> None:
        if strength > found.get(meaning, 0.0):
            found[meaning] = strength

    for meaning, strength in lexicon.synonyms(text).items():
        add(meaning, _SYNONYM * strength)
    if (verb := lexicon.verb(text)) is not None:
        add(verb.base, 0.9)
        for place, noun in enumerate(verb.nouns[:_MOST_IMPLIED]):
            add(noun, _IMPLIED - 0.08 * place)
    elif " " not in text:
        add(verb_lemma(text), 0.8)
    if (adjective := lexicon.adjective(text)) is not None:
        for place, (noun, _) in enumerate(adjective.attributes[:_MOST_IMPLIED]):
            add(noun, _IMPLIED - 0.1 * place)
    for meaning in (*lexicon.broader(text), *lexicon.narrower(text)):
        add(meaning, _BROADER)
    return tuple(found.items())
