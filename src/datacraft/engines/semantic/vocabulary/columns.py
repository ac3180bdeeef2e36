"""Every way to name a column."""

from __future__ import annotations

import re

from datacraft.contracts.semantic import Column, Role, Table
from datacraft.engines.semantic.vocabulary.abbreviations import spelt_out
from datacraft.engines.semantic.vocabulary.targets import words_of

_NAMING_SUFFIXES = {"name", "title", "label"}
_COUNTING = {"num", "number", "count", "cnt", "total", "no", "nr", "qty", "quantity"}
_NOT_COUNTED = {"no", "nr", "total"}  # at the end: `invoice_no` numbers invoices, `line_total` is money
_KEY_SUFFIXES = {"id", "code", "key", "no", "number", "num", "nr"}
WEAK_HEADS = {
    "name",
    "id",
    "code",
    "key",
    "no",
    "type",
    "value",
    "date",
    "number",
    "count",
    "flag",
    "status",
}
_TOLD_IN = frozenset({"day", "hour", "minute", "min", "second", "sec", "week", "month", "hr"})
_EMPTY_HEADS = frozenset({"level", "amount"})  # of a `grade_level` the grade
_RUNS = re.compile(r"[0-9a-zà-ɏ]+")
_UNIT_WORDS = frozenset({"kg", "km", "km2", "m", "m2", "sqm", "cm", "mm", "ft", "mi", "eur", "usd", "gbp", "pct", "hr", "min", "sec"})  # fmt: skip


def column_phrases(column: Column, owner: set[str], table: Table) -> dict[tuple[str, ...], float]:
    """Every way to name a column, with its strength."""
    phrases: dict[tuple[str, ...], float] = {}
    for rank, name in enumerate([column.name, *column.synonyms]):
        words = words_of(name)
        spelt = spelt_out(words)
        if spelt != words:
            keep_best(phrases, spelt, 0.98)
        plain = tuple(w for w in spelt if w not in owner and w not in _UNIT_WORDS)
        if plain != words:
            keep_best(phrases, plain, 0.95 if spelt != words else 0.85)  # of `distance_km`, the distance
        top = 1.0 if rank == 0 else 0.97
        keep_best(phrases, words, top)
        keep_best(phrases, tuple(_RUNS.findall(name.lower())), top)  # `c7` as it is typed, not "c 7"
        bare = tuple(w for w in words if w not in owner)
        if bare and bare != words:
            keep_best(phrases, bare, top * 0.95)
        if len(words) < 2:
            continue
        if words[-1] in _TOLD_IN and column.role is Role.MEASURE:
            for tail in ("time", "duration"):
                keep_best(phrases, (*words[:-1], tail), 0.93)  # of `lead_days` the lead time
        if words[-1] in _COUNTING - _NOT_COUNTED and column.role is Role.MEASURE:
            keep_best(phrases, words[:-1], 0.9)
        elif words[0] in _COUNTING and column.role is Role.MEASURE:
            keep_best(phrases, words[1:], 0.9)
        elif words[-1] in _NAMING_SUFFIXES:
            keep_best(phrases, words[:-1], 0.9)
        elif words[-1] in _KEY_SUFFIXES:
            plain_key = set(words[:-1]) <= owner
            keep_best(
                phrases,
                words[:-1],
                0.75 if column.role is not Role.ID else 0.6 if plain_key or len(words) < 3 else 0.85,
            )
        elif words[-1] not in WEAK_HEADS:
            if words[-1] in _EMPTY_HEADS and words[:-1] != tuple(owner):
                keep_best(phrases, words[:-1], 0.88)
            keep_best(phrases, words[-1:], 0.75)
            if len(words) > 2:
                keep_best(phrases, words[-2:], 0.85)
        else:
            keep_best(phrases, words[-1:], 0.55)
        for word in words[:-1]:
            if word not in owner and len(word) > 2:
                keep_best(phrases, (word,), 0.55)
    return phrases


def keep_best(phrases: dict[tuple[str, ...], float], words: tuple[str, ...], score: float) -> None:
    """Keep a phrase at its strongest."""
    if words and phrases.get(words, 0.0) < score:
        phrases[words] = score
