"""A second chance for words that nothing is known about: parts of values, misspelt names, unheard-of verbs."""

from __future__ import annotations

from dataclasses import replace

from datacraft.engines.semantic.lattice.items import Item, ValueSense
from datacraft.engines.semantic.lattice.values import ValueFinder
from datacraft.engines.semantic.lexicon import Lexicon, VerbSense, lemma
from datacraft.engines.semantic.vocabulary import SchemaHit, Vocabulary

_MISSPELT = 0.7  # a word that is only spelt like a name is weak evidence for it: "patent" is no parent


class Unknowns:
    """Looks once more at the words that a cut could not explain."""

    def __init__(self, vocabulary: Vocabulary, lexicon: Lexicon, values: ValueFinder) -> None:
        self._vocabulary = vocabulary
        self._lexicon = lexicon
        self._values = values

    def explain(self, items: list[Item]) -> list[Item]:
        """Give unknown or quoted words a second chance: values that contain them, or are spelt like them."""
        result: list[Item] = []
        index = 0
        while index < len(items):
            item = items[index]
            if item.quoted and not item.values:
                item.values = self._values.loosely(item.words[0])
            if not item.unknown:
                result.append(item)
                index += 1
                continue
            if item.words[0].startswith("un") and self._lexicon.verb(item.words[0][2:]) is not None:
                result.append(item)  # "undelivered": the opposite of a state, not a misspelt value
                index += 1
                continue
            act = (
                self._vocabulary.word_of_stem(item.words[0])
                if item.words[0].endswith(("ed", "ing"))
                else None
            )
            if act is not None and len(item.words) == 1:
                item.verb = VerbSense(item.words[0].removesuffix("ed").removesuffix("ing"), (act,))
                result.append(item)
                index += 1
                continue
            stop = index + 1
            while stop < len(items) and stop - index < 4 and self._joins_unknown(items, index, stop):
                stop += 1
            merged, used = self._fuzzy_run(items[index:stop])
            result.extend(merged)
            index += used
        return result

    @staticmethod
    def _joins_unknown(items: list[Item], first: int, at: int) -> bool:
        """Names run on: an unknown word, or one written with a capital, right after."""
        item = items[at]
        following = items[at + 1] if at + 1 < len(items) else None
        inside = item.text.islower() and len(item.text) <= 3 and not item.nouns and not item.values
        if inside and items[first].text[:1].isupper() and following is not None and following.unknown:
            return following.text[:1].isupper()  # "Rua do Sol", "Bank of Lund"
        return item.unknown or (item.text[:1].isupper() and not item.operators and not item.time)

    def _fuzzy_run(self, run: list[Item]) -> tuple[list[Item], int]:
        for size in range(len(run), 0, -1):
            part = run[:size]
            phrase = " ".join(word for item in part for word in item.words)
            values = self._values.loosely(phrase)
            common = (
                size == 1
                and part[0].text.islower()
                and values
                and values[0].how == "contains"
                and len(values) > 3
            )
            if values and not common and self._is_half_a_name(run, size, values):
                return [_together(run[: size + 1])], size + 1
            if values and not common:
                return [_together(part, values)], size
        nouns = self._misspelt(run[0])
        if nouns is not None:
            run[0].nouns = nouns
        return run[:1], 1

    @staticmethod
    def _is_half_a_name(run: list[Item], size: int, values: tuple[ValueSense, ...]) -> bool:
        """`Emily Walsh`, where some are called Emily, others Walsh, and nobody both: it names nobody.

        A name that goes on in capitals is one name; half of it is not what was asked about.
        """
        if size >= len(run) or values[0].how != "contains":
            return False
        return all(item.text[:1].isupper() and item.text[1:].islower() for item in run[: size + 1])

    def _misspelt(self, item: Item) -> tuple[SchemaHit, ...] | None:
        word = item.words[0]
        known = bool(self._lexicon.synonyms(lemma(word)))  # a word of its own: "patent" is no parent
        near = self._vocabulary.nearest_word(lemma(word)) if len(word) > 4 and not known else None
        if near is None:
            return None
        return tuple(replace(hit, score=hit.score * _MISSPELT) for hit in self._vocabulary.lookup((near,)))


def _together(run: list[Item], values: tuple[ValueSense, ...] = ()) -> Item:
    """Return one item for words that belong together; without values it is unknown."""
    words = tuple(word for item in run for word in item.words)
    text = " ".join(item.text for item in run)
    return Item(run[0].start, run[-1].end, text, words, values=values, weight=0.6 if values else 0.0)
