"""`ExamplePicker`: the examples that are most like a question, and never those that it is judged by.

Likeness is BM25 (Robertson and Zaragoza, Foundations and Trends in Information Retrieval 3, 2009) over words and
over character trigrams, by SQLite's full-text index; the two rankings are joined by reciprocal rank (Cormack,
Clarke and Büttcher, SIGIR 2009).
"""

from __future__ import annotations

import hashlib
import re
import sqlite3
import threading
from collections import defaultdict
from collections.abc import Iterable, Sequence

from datacraft.contracts.model_config import Example, Examples

_WORD = re.compile(r"\w+")
_RANK_OFFSET = 60  # the constant of reciprocal rank fusion
_CONSIDERED = 50


def question_digest(question: str) -> str:
    """Return a digest of a question's words; case, spaces and punctuation don't count."""
    return hashlib.sha256(" ".join(_WORD.findall(question.lower())).encode()).hexdigest()


class ExamplePicker:
    """Picks examples from a set. Safe to use from several threads.

    Args:
        examples: to pick from; None: there are none.
        withheld: ids of cases, and digests of questions, that must not be shown.
    """

    def __init__(self, examples: Examples | None, withheld: Iterable[str] = ()) -> None:
        hidden = frozenset(withheld)
        every = examples.items if examples is not None else ()
        self._items = [
            item for item in every if item.id not in hidden and question_digest(item.question) not in hidden
        ]
        self._digests = [question_digest(item.question) for item in self._items]
        self._count = examples.count if examples is not None else 0
        self._lock = threading.Lock()
        self._db = sqlite3.connect(":memory:", check_same_thread=False)
        self._db.execute("CREATE VIRTUAL TABLE words USING fts5 (question, tokenize = 'porter unicode61')")
        self._db.execute("CREATE VIRTUAL TABLE trigrams USING fts5 (question, tokenize = 'trigram')")
        rows = [(place, item.question) for place, item in enumerate(self._items, start=1)]
        for table in ("words", "trigrams"):
            self._db.executemany(f"INSERT INTO {table} (rowid, question) VALUES (?, ?)", rows)

    def pick(self, question: str) -> Sequence[Example]:
        """Return the examples most like a question, the likest last, where models look first; never itself."""
        words = [word for word in _WORD.findall(question.lower()) if len(word) > 1]
        if not self._items or not words:
            return ()
        own = question_digest(question)
        scores: dict[int, float] = defaultdict(float)
        for table, terms in (("words", words), ("trigrams", [word for word in words if len(word) > 2])):
            for rank, place in enumerate(self._ranked(table, terms)):
                scores[place] += 1 / (_RANK_OFFSET + rank)
        best = sorted(
            (place for place in scores if self._digests[place] != own), key=lambda p: (-scores[p], p)
        )
        return [self._items[place] for place in reversed(best[: self._count])]

    def _ranked(self, table: str, terms: Sequence[str]) -> list[int]:
        if not terms:
            return []
        wanted = " OR ".join(f'"{term}"' for term in dict.fromkeys(terms))
        with self._lock:
            rows = self._db.execute(
                f"SELECT rowid FROM {table} WHERE {table} MATCH ? ORDER BY bm25({table}) LIMIT {_CONSIDERED}",
                (wanted,),
            ).fetchall()
        return [place - 1 for (place,) in rows]
