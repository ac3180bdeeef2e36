"""Singular forms of English nouns: ordered suffix rules over lists of exceptions."""

from __future__ import annotations

from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

_SHORTEST_PLURAL = 4
_ES_AFTER = ("ches", "shes", "sses", "xes", "zzes")


@dataclass(frozen=True, slots=True)
class NounRules:
    """How plurals become singulars.

    `irregular` maps plural to singular and wins over everything; `uninflected` words stay as they are;
    `silent_e` holds plurals that only drop the s although their ending suggests es ("caches", "movies").
    """

    irregular: Mapping[str, str]
    uninflected: AbstractSet[str]
    silent_e: AbstractSet[str]

    def singular(self, word: str) -> str:
        """Return the singular of one lower-case word; anything that is no plural comes back unchanged.

        A possessive ending is dropped. For a compound with hyphens or underscores the last part counts.
        """
        word = _without_possessive(word)
        if "-" in word or "_" in word:
            cut = max(word.rfind("-"), word.rfind("_")) + 1
            return word[:cut] + self.singular(word[cut:])
        if word in self.irregular:
            return self.irregular[word]
        if word in self.uninflected or not word.isalpha():
            return word
        if word.endswith("men") and len(word) >= _SHORTEST_PLURAL:
            return word[:-2] + "an"
        if not word.endswith("s") or len(word) < _SHORTEST_PLURAL:
            return word
        return self._without_s(word)

    def _without_s(self, word: str) -> str:
        if word in self.silent_e:
            return word[:-1]
        if word.endswith(("ss", "us", "is")):
            return word
        if word.endswith("ies"):
            return word[:-3] + "y" if len(word) > _SHORTEST_PLURAL else word[:-1]
        if word.endswith("yses"):
            return word[:-2] + "is"
        if word.endswith(_ES_AFTER) or word.endswith("oes"):
            return word[:-2]
        if word.endswith("uses") and not word.endswith(("ouses", "auses")):
            return word[:-2]
        return word[:-1]


def _without_possessive(word: str) -> str:
    word = word.replace("\N{RIGHT SINGLE QUOTATION MARK}", "'")
    if word.endswith("'s"):
        return word[:-2]
    return word[:-1] if word.endswith("s'") else word
