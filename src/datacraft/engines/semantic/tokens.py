"""Words of a question: where they stand, how they read, what their dictionary form is."""

from __future__ import annotations

import re
from dataclasses import dataclass

from datacraft.engines.semantic.lexicon import lemma
from datacraft.profiles import normalise

_TOKEN = re.compile(
    r"""
    (?P<quoted>"[^"]+"|“[^”]+”|(?<!\w)'[^']+'(?!\w)|(?<!\w)‘[^’]+’(?!\w))
  | (?P<date>\d{4}-\d{1,2}-\d{1,2}|\d{1,2}/\d{1,2}/\d{4})
  | (?P<season>\d{4}[/-]\d{2}(?![\d/-]))
  | (?P<decade>\d{3}0s\b)
  | (?P<clock>\d{1,2}:\d{2}(?::\d{2})?\s?(?:am|pm)?|\d{1,2}\s?(?:am|pm)\b)
  | (?P<number>[$€£]?-?\d+(?:,\d{3})*(?:\.\d+)?(?:\s?%|(?:k|m|bn)\b|(?:st|nd|rd|th)\b)?)
  | (?P<word>[^\W_]+(?:\.[^\W_]+)*(?:['’](?:s|t|re|ve|ll|d|m)\b|['’](?=\s|$))?)
  | (?P<symbol><=|>=|!=|<>|[<>=%&+/#_])
  | (?P<comma>,|;|:|(?<=\s)[-–—](?=\s)|\(|\))
  | (?P<stop>\?(?=\s*\w)|(?<!\bDr)(?<!\bMr)(?<!\bMs)(?<!\bSt)(?<!\bMrs)(?<!\bProf)[.!](?=\s+[A-Z]))
    """,
    re.VERBOSE | re.IGNORECASE,
)

_CONTRACTIONS = {
    "don't": ("do", "not"),
    "doesn't": ("does", "not"),
    "didn't": ("did", "not"),
    "isn't": ("is", "not"),
    "aren't": ("are", "not"),
    "wasn't": ("was", "not"),
    "weren't": ("were", "not"),
    "haven't": ("have", "not"),
    "hasn't": ("has", "not"),
    "hadn't": ("had", "not"),
    "can't": ("can", "not"),
    "won't": ("will", "not"),
    "couldn't": ("could", "not"),
    "shouldn't": ("should", "not"),
    "wouldn't": ("would", "not"),
}


@dataclass(frozen=True, slots=True)
class Token:
    """A word, number, quoted text or sign. `start` and `end` are character offsets in the question."""

    text: str
    norm: str
    lemma: str
    kind: str  # word, number, quoted, date, clock, symbol, comma
    start: int
    end: int


def tokenise(question: str) -> list[Token]:
    """Split a question into tokens; a possessive `'s` is dropped, contractions are opened."""
    tokens: list[Token] = []
    question = re.sub(r"\be-(?=mail|commerce)", "e", question, flags=re.IGNORECASE)
    for match in _TOKEN.finditer(question):
        kind = match.lastgroup or "word"
        text = match.group()
        if kind == "season" and not _follow_on(text):
            kind = "number"  # of "2021/06", read as it was
        if kind in ("season", "decade"):
            tokens.append(Token(text, normalise(text), normalise(text), "word", match.start(), match.end()))
        elif kind == "word":
            tokens.extend(_words(text, match.start(), match.end()))
        elif kind == "quoted":
            inner = text[1:-1]
            tokens.append(Token(inner, normalise(inner), normalise(inner), kind, match.start(), match.end()))
        else:
            low = text.lower().strip()
            tokens.append(Token(text, low, low, kind, match.start(), match.end()))
    return tokens


def _follow_on(text: str) -> bool:
    """`2021/22`, a season or a school year: the second number is the year after the first."""
    return (int(text[:4]) + 1) % 100 == int(text[5:])


def _words(text: str, start: int, end: int) -> list[Token]:
    low = text.lower().replace("’", "'")
    if low in _CONTRACTIONS:
        return [Token(part, part, part, "word", start, end) for part in _CONTRACTIONS[low]]
    for suffix in ("'s", "'re", "'ve", "'ll", "'d", "'m", "'"):
        if low.endswith(suffix) and len(low) > len(suffix):
            low = low[: -len(suffix)]
            break
    norm = normalise(low) or low
    return [Token(text, norm, lemma(norm), "word", start, end)]
