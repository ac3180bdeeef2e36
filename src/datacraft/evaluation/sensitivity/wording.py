"""The same question, typed otherwise: slips of the finger, other letters, another order of phrases."""

from __future__ import annotations

import re
from collections.abc import Callable
from random import Random

from datacraft.contracts.question_set import Case

_WORD = re.compile(r"[A-Za-z]{4,}")
"""What slips happen in; a slip in a shorter word makes another word too often."""

_NEIGHBOURS = {
    "a": "sq", "b": "vn", "c": "xv", "d": "sf", "e": "wr", "f": "dg", "g": "fh", "h": "gj", "i": "uo", "j": "hk",
    "k": "jl", "l": "k", "m": "n", "n": "bm", "o": "ip", "p": "o", "q": "wa", "r": "et", "s": "ad", "t": "ry",
    "u": "yi", "v": "cb", "w": "qe", "x": "zc", "y": "tu", "z": "xa",
}  # fmt: skip

_PHRASE = re.compile(
    r"^(?P<start>.+?)(?P<phrase>\s(?:in|for|during|since|by|per|from)\s[^?!.]+)(?P<end>[?!.]*)$"
)
"""The first phrase behind the start, with all that follows: it can as well be said first."""


def with_slips(question: str, seed: int, share: float) -> str:
    """Return the question with slips in some words, at least in one: swapped, left out, doubled, or hit beside.

    Args:
        question: to type.
        seed: of chance; the same seed and question give the same slips.
        share: of the words that have one.
    """
    random = Random(f"{seed} {question}")
    words = list(_WORD.finditer(question))
    if not words:
        return question
    chosen = random.sample(words, max(1, round(share * len(words))))
    for word in sorted(chosen, key=lambda word: -word.start()):
        question = question[: word.start()] + _slip(word[0], random) + question[word.end() :]
    return question


def _slip(word: str, random: Random) -> str:
    place = random.randrange(1, len(word) - 1)  # the first letter is mostly right
    kind = random.choice(("swap", "drop", "double", "beside"))
    if kind == "swap" and word[place] != word[place + 1]:
        return word[:place] + word[place + 1] + word[place] + word[place + 2 :]
    if kind == "drop":
        return word[:place] + word[place + 1 :]
    if kind == "double":
        return word[:place] + word[place] + word[place:]
    return word[:place] + random.choice(_NEIGHBOURS[word[place].lower()]) + word[place + 1 :]


def reordered(question: str) -> str:
    """Return the question with its last part said first, where it has such a part; else as it is."""
    found = _PHRASE.match(question)
    if found is None:
        return question
    phrase, start = found["phrase"].strip(), found["start"].strip()
    return f"{phrase[:1].upper()}{phrase[1:]}, {start[:1].lower()}{start[1:]}{found['end']}"


def wordings(seed: int) -> dict[tuple[str, str], Callable[[str], str]]:
    """Return what can be done to a question, by name and level."""
    return {
        ("typos", "one word"): lambda question: with_slips(question, seed, 0.0),
        ("typos", "every third word"): lambda question: with_slips(question, seed, 1 / 3),
        ("case", "small letters"): str.lower,
        ("case", "capitals"): str.upper,
        ("word order", "last part first"): reordered,
        ("punctuation", "none"): lambda question: question.rstrip("?!. "),
    }


def reworded(case: Case, suffix: str, change: Callable[[str], str]) -> Case | None:
    """Return the case with its question changed; None where that leaves it as it is."""
    question = change(case.question)
    if question == case.question:
        return None
    return case.model_copy(update={"id": f"{case.id}.{suffix}", "question": question, "paraphrase_of": None})
