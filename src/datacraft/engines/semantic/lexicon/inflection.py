"""Forms of English verbs and adjectives, made from the base form by rule, and verbs back to their base.

The rules know regular spelling only; irregular forms come from the YAML files.
"""

from __future__ import annotations

from dataclasses import dataclass

_VOWELS = frozenset("aeiou")
_NEVER_DOUBLED = frozenset("wxyhaeiou")
_KEEPS_DOUBLE = ("ll", "ss", "zz", "ff", "dd", "rr", "ee")
_LONGEST_ONE_SYLLABLE = 5
_SHORTEST_STEM = 3


@dataclass(frozen=True, slots=True)
class VerbForms:
    """The forms of one verb; `past` and `participle` are equal for regular verbs."""

    base: str
    third: str
    past: str
    participle: str
    ing: str

    def all(self) -> tuple[str, ...]:
        """Return every distinct form, base first."""
        return tuple(dict.fromkeys((self.base, self.third, self.past, self.participle, self.ing)))


def conjugate(
    verb: str, *, past: str | None = None, participle: str | None = None, double: bool = False
) -> VerbForms:
    """Return the forms of `verb`; of a phrase ("belong to") the first word is inflected.

    `past` and `participle` override the regular form; `double` doubles the last consonant of verbs of more
    than one syllable whose last one is stressed ("refer", "submit").
    """
    head, _, rest = verb.partition(" ")
    tail = f" {rest}" if rest else ""
    regular = _with_ed(head, double=double)
    past = past or regular
    return VerbForms(
        base=verb,
        third=_with_s(head) + tail,
        past=past + tail,
        participle=(participle or past) + tail,
        ing=_with_ing(head, double=double) + tail,
    )


def compare(adjective: str) -> tuple[str, str] | None:
    """Return the one-word comparative and superlative, or None for adjectives that take "more" and "most"."""
    if " " in adjective or "-" in adjective or _syllables(adjective) > 2:
        return None
    if _syllables(adjective) == 2 and not adjective.endswith(("y", "le", "ow")):
        return None
    if adjective.endswith("e"):
        stem = adjective[:-1]
    elif adjective.endswith("y") and adjective[-2] not in _VOWELS:
        stem = adjective[:-1] + "i"
    else:
        stem = adjective + (adjective[-1] if _doubles(adjective) else "")
    return stem + "er", stem + "est"


def regular_base(form: str) -> tuple[str, ...]:
    """Return the base forms that `form` could come from by regular spelling, likeliest first.

    A word that looks like no inflected form comes back as it is.
    """
    if form.endswith("ies") and len(form) > _SHORTEST_STEM + 1:
        return (form[:-3] + "y",)
    if form.endswith(("shes", "ches", "sses", "xes", "zzes", "oes")):
        return (form[:-2],)
    if form.endswith("s") and not form.endswith(("ss", "us", "is")) and len(form) > _SHORTEST_STEM:
        return (form[:-1],)
    if form.endswith("ied") and len(form) > _SHORTEST_STEM + 1:
        return (form[:-3] + "y",)
    for ending in ("ing", "ed"):
        if form.endswith(ending) and len(form) >= len(ending) + _SHORTEST_STEM:
            return _bases_of_stem(form[: -len(ending)])
    return (form,)


def _bases_of_stem(stem: str) -> tuple[str, ...]:
    if stem[-1] == stem[-2] and not stem.endswith(_KEEPS_DOUBLE):
        return (stem[:-1], stem)
    if not _VOWELS & set(stem) - {"y"} and "y" not in stem:
        return (stem,)
    return (stem + "e", stem) if _wants_e(stem) else (stem, stem + "e")


def _wants_e(stem: str) -> bool:
    """Say whether a stem that lost -ed or -ing most likely ended in e."""
    if stem.endswith(
        ("v", "c", "z", "u", "dg", "rs", "ns", "us", "as", "os", "is", "ang", "arg", "erg", "ag", "iz")
    ):
        return True
    if stem[-1] == "l" and stem[-2] not in _VOWELS | {"l", "r", "w"}:
        return True
    if stem.endswith("at") and not stem.endswith(("eat", "oat")):
        return True
    short = _syllables(stem) == 1 and len(stem) >= _SHORTEST_STEM
    return short and stem[-1] not in _NEVER_DOUBLED and stem[-2] in _VOWELS and stem[-3] not in _VOWELS


def _with_s(verb: str) -> str:
    if verb.endswith(("s", "x", "z", "ch", "sh", "o")):
        return verb + "es"
    if verb.endswith("y") and verb[-2] not in _VOWELS:
        return verb[:-1] + "ies"
    return verb + "s"


def _with_ed(verb: str, *, double: bool) -> str:
    if verb.endswith("e"):
        return verb + "d"
    if verb.endswith("y") and verb[-2] not in _VOWELS:
        return verb[:-1] + "ied"
    return _doubled(verb, double=double) + "ed"


def _with_ing(verb: str, *, double: bool) -> str:
    if verb.endswith("ie"):
        return verb[:-2] + "ying"
    if verb.endswith("e") and not verb.endswith(("ee", "oe", "ye")) and len(verb) > 2:
        return verb[:-1] + "ing"
    return _doubled(verb, double=double) + "ing"


def _doubled(verb: str, *, double: bool) -> str:
    return verb + verb[-1] if double or _doubles(verb) else verb


def _doubles(word: str) -> bool:
    """Say whether a one-syllable word ends in a single consonant after a single vowel ("ship", "big")."""
    if len(word) < _SHORTEST_STEM or len(word) > _LONGEST_ONE_SYLLABLE or _syllables(word) != 1:
        return False
    last, before, third = word[-1], word[-2], word[-3]
    single_vowel = before in _VOWELS and (third not in _VOWELS or word.endswith(("quit", "quip", "quiz")))
    return last not in _NEVER_DOUBLED and single_vowel


def _syllables(word: str) -> int:
    """Count groups of vowels; a silent final e (but not -le after a consonant) is no syllable."""
    if word.endswith("e") and not (word.endswith("le") and len(word) > 2 and word[-3] not in _VOWELS):
        word = word[:-1]
    count = 0
    previous = False
    for index, letter in enumerate(word):
        vowel = letter in _VOWELS or (letter == "y" and index > 0)
        count += vowel and not previous
        previous = vowel
    return max(count, 1)
