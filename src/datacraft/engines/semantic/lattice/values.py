"""Spans that are values of the data: as they are written, by another form, by a part, or misspelt."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from datacraft.engines.semantic.lattice.items import ValueSense
from datacraft.engines.semantic.lexicon import Lexicon, lemma
from datacraft.engines.semantic.tokens import Token
from datacraft.engines.semantic.vocabulary import ColumnId
from datacraft.profiles import ValueHit, normalise

LONGEST = 6  # words of a span
_KIN = 0.75  # how surely another form of a word is meant


class Values(Protocol):
    """The part of the value index that matching needs."""

    def lookup(self, phrases: Sequence[str]) -> dict[str, list[ValueHit]]:
        """Return exact hits by normalised phrase."""

    def containing(self, words: Sequence[str], limit: int = ...) -> list[ValueHit]:
        """Return values that hold all of the words."""

    def similar(self, phrase: str, limit: int = ...) -> list[ValueHit]:
        """Return values spelt almost like the phrase."""


class ValueFinder:
    """Finds the values that the spans of one question name."""

    def __init__(self, tokens: list[Token], lexicon: Lexicon, values: Values) -> None:
        self.tokens = tokens
        self.acts: dict[
            int, tuple[ValueSense, ...]
        ] = {}  # by token: values that are another form of the word
        self._lexicon = lexicon
        self._values = values
        self._operators = lexicon.operator_phrases()

    def find(self) -> dict[tuple[int, int], tuple[ValueSense, ...]]:
        """Look up every n-gram (and its singular, and its equivalents) in one call."""
        wanted: dict[str, list[tuple[tuple[int, int], float, str]]] = {}
        for i in range(len(self.tokens)):
            for j in range(i + 1, min(i + LONGEST, len(self.tokens)) + 1):
                for phrase, score, how in self._variants(i, j):
                    wanted.setdefault(phrase, []).append(((i, j), score, how))
            for phrase in self._kin(i):
                wanted.setdefault(phrase, []).append(((i, i + 1), _KIN, "act"))
        hits = self._values.lookup(list(wanted)) if wanted else {}
        found: dict[tuple[int, int], dict[tuple[ColumnId, object], ValueSense]] = {}
        for phrase, rows in hits.items():
            for span, score, how in wanted[phrase]:
                senses = found.setdefault(span, {})
                for row in rows:
                    column = ColumnId(row.table, row.column)
                    same = (
                        how != "exact" or str(row.value) == self._text(*span) or not str(row.value).isupper()
                    )
                    sense = ValueSense(
                        column, row.value, score * row.score * (1.0 if same else 0.97), how, row.count
                    )
                    known = senses.get((column, row.value))
                    if known is None or known.score < sense.score:
                        senses[column, row.value] = sense
        best = {
            span: tuple(sorted(senses.values(), key=lambda s: (-s.score, -s.count)))[:40]
            for span, senses in found.items()
        }
        self.acts = {i: tuple(s for s in senses if s.how == "act") for (i, _), senses in best.items()}
        return {span: tuple(s for s in senses if s.how != "act") for span, senses in best.items()}

    def _kin(self, i: int) -> list[str]:
        """Return the other forms of an act, which a value may be: "cancelled" of "cancellation"."""
        token = self.tokens[i]
        if token.kind != "word":
            return []
        return [word for word in self._lexicon.kin(token.norm) if word != token.norm]

    def _variants(self, i: int, j: int) -> list[tuple[str, float, str]]:
        tokens = self.tokens[i:j]
        if any(token.kind in ("comma", "stop", "symbol") for token in tokens):
            return []
        phrase = " ".join(token.norm for token in tokens)
        quoted = len(tokens) == 1 and tokens[0].kind == "quoted"
        if not quoted and self._lexicon.is_stop(phrase) and not self._written_large(i, j):
            letter = len(tokens) == 1 and len(phrase) == 1 and tokens[0].text.isupper() and i > 0
            return [(phrase, 0.9, "exact")] if letter else []  # "a grade of A"
        if phrase == tokens[0].text == "us" and i and self.tokens[i - 1].norm not in ("in", "the", "from"):
            return []  # "made us", "for us": ourselves, not the country
        if tokens[0].kind == "number":
            return [(phrase, 0.5, "exact")] if len(tokens) == 1 else [(phrase, 0.9, "exact")]
        variants = [
            (phrase, 1.0 if quoted or not self._operators.get(tuple(phrase.split())) else 0.8, "exact")
        ]
        singular = " ".join([*(token.norm for token in tokens[:-1]), lemma(tokens[-1].norm)])
        if singular != phrase:
            variants.append((singular, 0.97, "exact"))
        elif len(tokens) == 1 and not quoted:
            plurals = (phrase + "s", phrase + "es", *([phrase[:-1] + "ies"] if phrase.endswith("y") else []))
            variants.extend((plural, 0.93, "exact") for plural in plurals)
        if (
            len(tokens) == 1
            and not quoted
            and (verb := self._lexicon.verb(phrase)) is not None
            and verb.base != phrase
        ):
            variants.append((verb.base, 0.8, "exact"))
        variants.extend((normalise(other), 0.9, "equivalent") for other in self._lexicon.equivalents(phrase))
        return variants

    def _written_large(self, i: int, j: int) -> bool:
        """`US`, `IT`: a small word in capitals, in a question that is not all capitals, is a name."""
        text = self._text(i, j)
        return j == i + 1 and len(text) > 1 and text.isupper() and any(t.text.islower() for t in self.tokens)

    def _text(self, i: int, j: int) -> str:
        return " ".join(token.text for token in self.tokens[i:j])

    def loosely(self, phrase: str) -> tuple[ValueSense, ...]:
        """Return values that hold all words of the phrase, else values that are spelt like it."""
        if len(phrase) < 3:
            return ()
        held = self._values.containing(phrase.split(), limit=25)
        if held:
            return tuple(
                ValueSense(ColumnId(h.table, h.column), h.value, 0.8 * h.score, "contains", h.count)
                for h in held
            )
        alike = self._values.similar(phrase, limit=5) if len(phrase) > 3 else []
        return tuple(
            ValueSense(ColumnId(h.table, h.column), h.value, 0.85 * h.score, "similar", h.count)
            for h in alike
        )
