"""What names mean within one database: prefixes dropped, one-piece words split, `aid` read as author's id."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from datacraft.profiles.vocabulary import (
    ABBREVIATIONS,
    CODE_WORDS,
    IDENTIFIER_WORDS,
    NOUNS,
    NUMBER_WORDS,
    ONLY_WITH_COMPANY,
    TABLE_PREFIXES,
    TABLE_SUFFIXES,
)
from datacraft.profiles.words import abbreviates, expand, plural, singular, split_identifier, take_apart


@dataclass(frozen=True, slots=True)
class Name:
    """A name as words.

    Attributes:
        raw: the words as written, lower case, without prefixes that say nothing.
        words: with abbreviations written out.
        stem: `words` in the singular; what names are compared by.
    """

    raw: tuple[str, ...]
    words: tuple[str, ...]
    stem: tuple[str, ...]

    @property
    def text(self) -> str:
        """The name as a person would write it."""
        return " ".join(self.words)

    @property
    def is_identifier(self) -> bool:
        """Whether the name ends like that of an id or key."""
        return self.stem[-1] in IDENTIFIER_WORDS

    @property
    def is_code(self) -> bool:
        """Whether the name ends like that of a code."""
        return self.stem[-1] in CODE_WORDS

    @property
    def is_number(self) -> bool:
        """Whether the name ends in "number", which may name a thing or count things."""
        return self.stem[-1] in NUMBER_WORDS

    @property
    def noun(self) -> tuple[str, ...]:
        """The stem without a closing id, code, number or name word: what the column is of."""
        closing = IDENTIFIER_WORDS | CODE_WORDS | NUMBER_WORDS | {"name"}
        end = len(self.stem)
        while end and self.stem[end - 1] in closing:
            end -= 1
        return self.stem[:end]


def name_of(words: Sequence[str]) -> Name:
    """Make a `Name` of words as written."""
    full = expand(words)
    return Name(tuple(words), full, tuple(singular(word) for word in full))


class Naming:
    """The names of all tables and columns of one database, read together."""

    def __init__(self, columns: Mapping[str, Sequence[str]]) -> None:
        """Read the names.

        Args:
            columns: the column names of each table.
        """
        split_tables = {table: split_identifier(table) or [table.lower()] for table in columns}
        short = {word for word in ABBREVIATIONS if len(word) > 2} - ONLY_WITH_COMPANY
        self._known = NOUNS | short | self._words_seen(split_tables, columns)
        self._tables = self._name_tables(split_tables)
        self._columns: dict[tuple[str, str], Name] = {}
        for table, names in columns.items():
            self._name_columns(table, names)
        self._read_initials(columns)

    def table(self, table: str) -> Name:
        """Return the name of a table."""
        return self._tables[table]

    def column(self, table: str, column: str) -> Name:
        """Return the name of a column."""
        return self._columns[table, column]

    @staticmethod
    def _words_seen(tables: Mapping[str, Sequence[str]], columns: Mapping[str, Sequence[str]]) -> set[str]:
        """Words that stand apart somewhere in this database, by which its one-piece words can be split."""
        seen = {word for words in tables.values() for word in words if len(word) > 3}
        for names in columns.values():
            for name in names:
                pieces = split_identifier(name)
                if len(pieces) > 1:
                    seen.update(piece for piece in pieces if len(piece) > 3)
        return seen | {singular(word) for word in seen} | {plural(word) for word in seen}

    def _split(self, words: Sequence[str]) -> list[str]:
        """Split the one-piece words among `words`; a word known only because it is itself a table still splits."""
        return [
            piece for word in words for piece in take_apart(word, self._known - {word} | (NOUNS & {word}))
        ]

    def _name_tables(self, split: Mapping[str, list[str]]) -> dict[str, Name]:
        first = Counter(words[0] for words in split.values())
        shared = {
            w for w, n in first.items() if n == len(split) >= 3 and all(len(s) > 1 for s in split.values())
        }
        names: dict[str, Name] = {}
        whole = {tuple(pieces) for pieces in split.values()}
        for table, pieces in split.items():
            words = list(pieces)
            while len(words) > 1 and (words[0] in shared or words[0] in TABLE_PREFIXES):
                words = words[1:]
            while len(words) > 1 and (words[-1] in TABLE_SUFFIXES or words[-1].isdigit()):
                if tuple(words[:-1]) in whole:  # "course_list" beside "course"
                    break
                words = words[:-1]
            names[table] = name_of(self._split(words))
        return names

    def _name_columns(self, table: str, columns: Sequence[str]) -> None:
        split = {column: split_identifier(column) or [column.lower()] for column in columns}
        drop = self._empty_prefix(table, list(split.values()))
        for column, words in split.items():
            self._columns[table, column] = self._with_tables_written_out(name_of(self._split(words[drop:])))

    def _with_tables_written_out(self, name: Name) -> Name:
        """Read `doc_id` as the doctor's where one table alone begins so, whatever "doc" means elsewhere."""
        closing = IDENTIFIER_WORDS | CODE_WORDS | {"name", "no", "num", "number"}
        if len(name.raw) < 2 or name.raw[-1] not in closing:
            return name
        short = name.raw[-2]
        if len(short) < 3 or short in NOUNS:
            return name
        begun = {t.words for t in self._tables.values() if len(t.stem) == 1 and t.stem[0].startswith(short)}
        if len(begun) != 1:
            return name
        entity = singular(next(iter(begun))[0])
        raw = (*name.raw[:-2], entity, name.raw[-1])
        full = name_of(raw)
        return Name(name.raw, full.words, full.stem)

    def _empty_prefix(self, table: str, split: list[list[str]]) -> int:
        """Count the leading words that every column of a table shares and that say nothing ("c_", "sbDp")."""
        entity = self._tables[table].stem
        count = 0
        while len(split) >= 3 and all(len(words) > count + 1 for words in split):
            words = {row[count] for row in split}
            if len(words) > 1:
                break
            (word,) = words
            full = expand([word, "id"])[0]  # as it would read beside another word
            if len(word) > 3 or (full in entity and full != word) or word in NOUNS:
                break
            count += 1
        return count

    def _read_initials(self, columns: Mapping[str, Sequence[str]]) -> None:
        """Read `aid` in every table as the id of the one table that `a` shortens.

        That is the table that has the column itself (the one with the shortest name, where several do),
        or else the only table that the letters fit.
        """
        places: dict[str, list[str]] = {}
        for (table, _), name in self._columns.items():
            if len(name.raw) == 1 and 3 <= len(name.raw[0]) <= 5 and name.raw[0].endswith("id"):
                places.setdefault(name.raw[0], []).append(table)
        for word, tables in places.items():
            owner = self._owner_of_initials(word[:-2], tables, list(columns))
            if owner is None:
                continue
            entity = self._tables[owner]
            full = Name((word,), (*entity.words[:-1], entity.stem[-1], "id"), (*entity.stem, "id"))
            for table in tables:
                column = next(c for c in columns[table] if self._columns[table, c].raw == (word,))
                if all(self._columns[table, other].stem != full.stem for other in columns[table]):
                    self._columns[table, column] = full

    def _owner_of_initials(self, letters: str, having: Sequence[str], tables: Sequence[str]) -> str | None:
        def fits(table: str) -> bool:
            stem = self._tables[table].stem
            return abbreviates(letters, "".join(stem)) and (len(letters) > 1 or len(stem) == 1)

        for candidates in (having, tables):
            fitting = sorted((len(self._tables[t].stem), t) for t in candidates if fits(t))
            if fitting and (len(fitting) == 1 or fitting[0][0] < fitting[1][0]):
                return fitting[0][1]
            if fitting:
                return None
        return None
