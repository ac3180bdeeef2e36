"""Reads the value index: which columns hold what a person typed, exactly, in part, or nearly so."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from types import TracebackType

from datacraft.contracts.errors import InputError
from datacraft.profiles.normal import normalise, squeezed

FORMAT = 1
"""Kept in the file's `user_version`; another format is refused."""

_MOST_VARIABLES = 900
_EXACT_TEXT, _SAME_WORDS, _OTHER_SPACES = 1.0, 0.98, 0.96
_NEAR_ENTRIES = 400
_MOST_ENTRIES = 2_000
_MOST_CHOICES = 8
_NEAR_WORDS = 8


@dataclass(frozen=True, slots=True)
class ValueHit:
    """A value of the data. `count` is in rows; `score` is 1 for the very text, less the more it differs."""

    table: str
    column: str
    value: str
    count: int
    score: float


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A column whose values can't be found by the index, and why."""

    table: str
    column: str
    reason: str


class ValueIndex:
    """The values of one data set, opened read-only; may be shared by threads."""

    def __init__(self, path: Path) -> None:
        """Open the index.

        Raises:
            InputError: there is no index at `path`, or another version of the program made it.
        """
        self._path = path
        advice = "Run `datacraft profile` to make it anew."
        if not path.is_file():
            raise InputError(f"There is no value index at {path}.", hint=advice)
        # SQLite's serialised mode (sqlite3.threadsafety == 3) lets threads share one reading connection
        self._db = sqlite3.connect(
            f"{path.resolve().as_uri()}?mode=ro&immutable=1", uri=True, check_same_thread=False
        )
        try:
            (found,) = self._db.execute("PRAGMA user_version").fetchone()
        except sqlite3.DatabaseError as error:
            self._db.close()
            raise InputError(f"{path} is not a value index: {error}.", hint=advice) from error
        if found != FORMAT:
            self._db.close()
            raise InputError(
                f"The value index {path} has format {found}; this program reads {FORMAT}.", hint=advice
            )
        self._near_words = lru_cache(maxsize=4096)(self._find_near_words)

    def __enter__(self) -> ValueIndex:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the file."""
        self._db.close()

    def lookup(self, phrases: Sequence[str]) -> dict[str, list[ValueHit]]:
        """Return the values that equal each phrase once normalised; phrases without any are left out.

        Made for all word groups of a question at once: one query for up to 900 phrases.
        """
        wanted: dict[str, list[str]] = {}
        for phrase in dict.fromkeys(phrases):
            norm = normalise(phrase)
            if norm:
                wanted.setdefault(norm, []).append(phrase)
        norms = list(wanted)
        found: dict[str, list[ValueHit]] = {}
        for start in range(0, len(norms), _MOST_VARIABLES):
            part = norms[start : start + _MOST_VARIABLES]
            rows = self._db.execute(
                "SELECT e.norm, c.table_name, c.column_name, e.value, e.rows FROM entries e "
                f"JOIN columns c ON c.id = e.column_id WHERE e.norm IN ({', '.join('?' * len(part))})",
                part,
            ).fetchall()
            for norm, table, column, value, count in rows:
                for phrase in wanted[norm]:
                    score = _EXACT_TEXT if value.casefold() == phrase.strip().casefold() else _SAME_WORDS
                    found.setdefault(phrase, []).append(ValueHit(table, column, value, count, score))
        for hits in found.values():
            hits.sort(key=lambda hit: (-hit.score, -hit.count, hit.table, hit.column))
        return found

    def containing(self, words: str | Sequence[str], limit: int = 50) -> list[ValueHit]:
        """Return values that hold all of the words as whole words, in any order; most frequent first.

        The score is the share of the value's letters that the words make up.
        """
        text = normalise(words if isinstance(words, str) else " ".join(words))
        parts = list(dict.fromkeys(text.split()))
        if not parts:
            return []
        return [_partial_hit(row, parts) for row in self._entries_with([(part,) for part in parts], limit)]

    def similar(self, phrase: str, limit: int = 5, cutoff: float = 0.75) -> list[ValueHit]:
        """Return values that the phrase may misspell, best first; exact matches are among them.

        Words may differ by a letter or two ("fransisco"), be run together or parted ("newyork"); a phrase
        may also misspell some words of a longer value ("jhon smith" in "John A. Smith"), at a lower score.

        Args:
            phrase: one word or several, as typed.
            limit: how many values at most.
            cutoff: the least score, 0 to 1.
        """
        from rapidfuzz.distance import OSA

        norm = normalise(phrase)
        parts = norm.split()
        if not parts or len(norm) > 200:
            return []
        hits: dict[tuple[str, str, str], ValueHit] = {}

        def keep(row: _Row, score: float) -> None:
            hit = ValueHit(row[0], row[1], row[2], row[4], round(score, 4))
            old = hits.get((hit.table, hit.column, hit.value))
            if score >= cutoff and (old is None or old.score < score):
                hits[hit.table, hit.column, hit.value] = hit

        for row in self._entries_spaced_otherwise(norm):
            keep(row, _SAME_WORDS if row[3] == norm else _OTHER_SPACES)
        near = [self._near_words(part) for part in parts]
        if all(near):
            for row in self._entries_with([tuple(words) for words in near], _NEAR_ENTRIES):
                whole = OSA.normalized_similarity(norm, row[3])
                keep(row, max(whole, _part_score(parts, near, row[3])))
        return sorted(hits.values(), key=lambda hit: (-hit.score, -hit.count, hit.value))[:limit]

    def left_out(self) -> list[LeftOut]:
        """Return the columns whose values this index doesn't hold, each with the reason."""
        return [
            LeftOut(*row) for row in self._db.execute("SELECT table_name, column_name, reason FROM left_out")
        ]

    def _entries_with(self, choices: Sequence[tuple[str, ...]], limit: int) -> list[_Row]:
        """Return entries that hold at least one word of every choice, looked for from the rarest choice on."""
        counted = [(self._entry_count(words), words) for words in choices[:_MOST_CHOICES]]
        (_, first), *others = sorted(counted)
        tests = "".join(
            f" AND EXISTS (SELECT 1 FROM words o WHERE o.entry = w.entry AND o.word IN ({', '.join('?' * len(words))}))"
            for _, words in others
        )
        variables = [*first, *(word for _, words in others for word in words)]
        rows: list[_Row] = self._db.execute(
            "SELECT c.table_name, c.column_name, e.value, e.norm, e.rows FROM words w "
            "CROSS JOIN entries e ON e.id = w.entry CROSS JOIN columns c ON c.id = e.column_id "
            f"WHERE w.word IN ({', '.join('?' * len(first))}){tests} LIMIT ?",
            (*variables, max(limit, _MOST_ENTRIES)),
        ).fetchall()
        return sorted(set(rows), key=lambda row: (len(row[3]), -row[4], row))[:limit]

    def _entry_count(self, words: tuple[str, ...]) -> int:
        """Return how many entries hold one of the words, at most."""
        (count,) = self._db.execute(
            f"SELECT coalesce(sum(entries), 0) FROM vocabulary WHERE word IN ({', '.join('?' * len(words))})",
            words,
        ).fetchone()
        return int(count)

    def _entries_spaced_otherwise(self, norm: str) -> list[_Row]:
        tight = squeezed(norm)
        found: list[_Row] = []
        for test, variables in (
            ("e.norm IN (?, ?)", (norm, tight)),
            ("e.tight = ?", (tight,)),
        ):  # an index for each
            found += self._db.execute(
                "SELECT c.table_name, c.column_name, e.value, e.norm, e.rows FROM entries e "
                f"JOIN columns c ON c.id = e.column_id WHERE {test}",
                variables,
            ).fetchall()
        return found

    def _find_near_words(self, word: str) -> tuple[str, ...]:
        """Return the words of the data that `word` may misspell, itself first.

        Only words of about its length that begin or end as it does are compared.
        """
        from rapidfuzz import process
        from rapidfuzz.distance import OSA

        if len(word) < 4 or word.isdigit():
            known = self._db.execute("SELECT word FROM vocabulary WHERE word = ?", (word,)).fetchall()
            return tuple(found for (found,) in known)
        edits = 1 if len(word) < 6 else 2
        low, high = len(word) - edits, len(word) + edits
        candidates = [
            found
            for (found,) in self._db.execute(
                "SELECT word FROM vocabulary WHERE head = ? AND length BETWEEN ? AND ? "
                "UNION SELECT word FROM vocabulary WHERE tail = ? AND length BETWEEN ? AND ?",
                (word[0], low, high, word[-2:], low, high),
            )
        ]
        nearest = process.extract(
            word, candidates, scorer=OSA.distance, score_cutoff=edits, limit=_NEAR_WORDS
        )
        return tuple(found for found, _, _ in nearest)


_Row = tuple[str, str, str, str, int]


def _partial_hit(row: _Row, parts: Sequence[str]) -> ValueHit:
    letters = len(squeezed(row[3])) or 1
    score = min(1.0, sum(len(part) for part in parts) / letters)
    return ValueHit(row[0], row[1], row[2], row[4], round(score, 4))


def _part_score(parts: Sequence[str], near: Sequence[tuple[str, ...]], norm: str) -> float:
    """Score a longer value by how well its words fit and how much of it they make up; at most 0.9."""
    from rapidfuzz.distance import OSA

    held = set(norm.split())
    likeness = letters = 0.0
    for part, words in zip(parts, near, strict=True):
        best = max(
            (word for word in words if word in held),
            key=lambda w: OSA.normalized_similarity(part, w),
            default="",
        )
        likeness += OSA.normalized_similarity(part, best) / len(parts)
        letters += len(best)
    return 0.9 * likeness * min(1.0, 0.85 + 0.15 * letters / (len(squeezed(norm)) or 1))
