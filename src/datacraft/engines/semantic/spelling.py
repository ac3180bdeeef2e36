"""Misspelt words: what a word that nothing explains was probably meant to be.

Only words of questions ("total", "between", "monthly") and one-word names of the data are put in place of others, and
only where one alone is nearest, of several the one that asks or compares; what looks like a name is left as it is. The distance is that of Damerau and
Levenshtein with adjacent letters swapped at the cost of one (Damerau, CACM 7, 1964).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Protocol

from datacraft.engines.semantic.lexicon import Lexicon, lemma
from datacraft.engines.semantic.tokens import Token, tokenise
from datacraft.engines.semantic.vocabulary import Vocabulary
from datacraft.profiles import plural

_SHORTEST = 4
_SHORTEST_NAME = 6
_LONG = 8  # letters from which on two may be wrong
_LOOKED_AT = 10  # of the nearest words


class _Values(Protocol):
    def lookup(self, phrases: Sequence[str]) -> Mapping[str, Sequence[object]]: ...


@dataclass(frozen=True, slots=True)
class Respelt:
    """A question with its misspelt words put right.

    Attributes:
        changes: (as typed, as read), in the order of the question.
    """

    question: str
    changes: tuple[tuple[str, str], ...]


class Speller:
    """Puts misspelt words right. Safe to use from several threads.

    Args:
        vocabulary: names of the data.
        lexicon: words of English.
        values: of the data; a word that is one is spelt as it should be.
    """

    def __init__(self, vocabulary: Vocabulary, lexicon: Lexicon, values: _Values) -> None:
        self._vocabulary = vocabulary
        self._lexicon = lexicon
        self._values = values

    def put_right(self, question: str) -> Respelt | None:
        """Return the question with its misspelt words put right; None where there are none."""
        suspects = [token for token in tokenise(question) if self._is_suspect(token)]
        held = self._values.lookup([token.norm for token in suspects])
        changes: list[tuple[Token, str]] = []
        for token in suspects:
            if not held.get(token.norm) and (meant := self._meant(token)) is not None:
                changes.append((token, meant))
        if not changes:
            return None
        for token, meant in reversed(changes):
            question = question[: token.start] + meant + question[token.end :]
        return Respelt(question, tuple((token.text, meant) for token, meant in changes))

    def _is_suspect(self, token: Token) -> bool:
        if token.kind != "word" or len(token.norm) < _SHORTEST or not token.norm.isalpha():
            return False
        if token.text[:1].isupper() and token.start > 0:  # a name is spelt as its owner spells it
            return False
        return not self._is_known(token.norm)

    def _is_known(self, word: str) -> bool:
        lexicon = self._lexicon
        known = word in self._words or lexicon.verb(word) or lexicon.adjective(word) or lexicon.synonyms(word)
        return bool(known or lexicon.broader(word) or self._vocabulary.lookup((lemma(word),)))

    def _meant(self, token: Token) -> str | None:
        from rapidfuzz import process
        from rapidfuzz.distance import OSA

        word = token.norm
        most = 1 if len(word) < _LONG else 2
        found = process.extract(word, self._words, scorer=OSA.distance, score_cutoff=most, limit=_LOOKED_AT)
        ranked = sorted(
            (distance, self._rank(near), near) for near, distance, _ in found if _is_slip(word, near)
        )
        best = [near for distance, rank, near in ranked if (distance, rank) == ranked[0][:2]]
        if len({lemma(near) for near in best}) != 1:
            return None
        short = len(word) < _SHORTEST_NAME  # such are often other words, not misspelt names
        if ranked[0][1] and (short or token.text[:1].isupper()):
            return None
        return best[0]

    def _rank(self, word: str) -> int:
        """Return how likely a word is to be meant, 0 first: what asks or compares, then names of the data."""
        if self._lexicon.operator(word):
            return 0
        return 1 if self._vocabulary.lookup((lemma(word),)) else 2

    @cached_property
    def _words(self) -> list[str]:
        """All words that may be meant."""
        names = {name for name in self._vocabulary.words() if name.isalpha()}
        words = {*self._lexicon.question_words(), *names, *(plural(name) for name in names)}
        return sorted(word for word in words if len(word) >= _SHORTEST)


def _is_slip(typed: str, meant: str) -> bool:
    """Whether a word looks like a slip: the first letter is seldom wrong, and a longer word is often another."""
    return typed[0] == meant[0] and not meant.startswith(typed) and not typed.startswith(meant)


def told(changes: Iterable[tuple[str, str]]) -> list[str]:
    """Return what was put right, for a person."""
    return [f"“{typed}” is read as “{meant}”." for typed, meant in changes]
