"""What the names of two columns say about their being a join; no data is looked at here."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from datacraft.contracts.semantic import ColumnType
from datacraft.profiles.facts import ColumnFacts, TableFacts
from datacraft.profiles.naming import Name
from datacraft.profiles.vocabulary import (
    AVERAGED_ALWAYS,
    AVERAGED_UNLESS_TOTAL,
    COUNT_WORDS,
    FREE_TEXT_WORDS,
    GENERIC_WORDS,
    NAME_WORDS,
    TOTAL_WORDS,
)

_MEASURE_WORDS = (AVERAGED_ALWAYS | AVERAGED_UNLESS_TOTAL | COUNT_WORDS | TOTAL_WORDS) - {
    "number",
    "index",
    "order",
}
_JOINABLE = {ColumnType.TEXT, ColumnType.INTEGER, ColumnType.DATE}


@dataclass(frozen=True, slots=True)
class Keys:
    """What identifies the rows of one table.

    Attributes:
        unique: columns without duplicates and nulls.
        primary: the chosen key, empty where there is none.
    """

    unique: Sequence[str]
    primary: Sequence[str]

    def is_primary(self, column: str) -> bool:
        """Whether `column` alone is the primary key."""
        return list(self.primary) == [column]


class JoinNames:
    """Judges pairs of columns by name, knowing which table each noun denotes."""

    def __init__(self, tables: Sequence[TableFacts], keys: Mapping[str, Keys]) -> None:
        self._keys = keys
        self._denoted: dict[tuple[str, ...], list[str]] = {}
        self._only_ids = {t.name for t in tables if all(c.words.is_identifier for c in t.columns)}
        for table in tables:
            if keys[table.name].unique:
                self._denoted.setdefault(table.words.stem, []).append(table.name)

    def evidence(self, table: TableFacts, column: ColumnFacts, other: TableFacts, key: ColumnFacts) -> float:
        """Return 0 to 1: how much the names say that `table.column` refers to `other.key`."""
        if not types_match(column, key) or (table.name, column.name) == (other.name, key.name):
            return 0.0
        if self.is_own(table, column):
            return 0.0
        words = column.words
        if column.type is ColumnType.DATE:
            same = words.stem == key.words.stem or other.words.stem[-1] in {"date", "calendar", "day", "time"}
            return 0.5 if same and self._keys[other.name].is_primary(key.name) else 0.0
        if words.stem[-1] in _MEASURE_WORDS or words.stem[-1] in FREE_TEXT_WORDS:
            return 0.0
        counts = words.stem[0] in {"number", "count", "total"} or words.words[-1] != words.stem[-1]
        if column.type is not ColumnType.TEXT and words.noun == words.stem and counts:
            return 0.0  # "num_semesters", "students" count things; they name none
        return max(self._same_name(table, words, other, key), self._names_table(words, other, key))

    def is_own(self, table: TableFacts, column: ColumnFacts) -> bool:
        """Whether the column identifies rows of its own table, so that it refers to no other."""
        if column.name not in self._keys[table.name].unique:
            return False
        noun = column.words.noun
        if noun in {(), table.words.stem}:
            return True
        return noun == table.words.stem[-1:] and noun not in self._denoted

    def denotes(self, noun: tuple[str, ...]) -> bool:
        """Whether `noun` is the name of a table that has a key."""
        return bool(noun) and noun in self._denoted

    def owns(self, table: TableFacts, key: ColumnFacts) -> bool:
        """Whether `key` is named after its own table."""
        noun = key.words.noun
        if noun in {(), table.words.stem}:
            return True
        return noun == table.words.stem[-1:] and noun not in self._denoted

    def _same_name(self, table: TableFacts, words: Name, other: TableFacts, key: ColumnFacts) -> float:
        if words.stem != key.words.stem or table.name == other.name:
            return 0.0
        primary = self._keys[other.name].is_primary(key.name)
        closed = words.is_identifier or words.is_code or words.is_number or words.stem[-1] in NAME_WORDS
        if closed and words.noun:
            if self.owns(other, key):
                return 1.0
            if other.name in self._only_ids or self._has_other_owner(words.noun, other):
                return 0.0
            return 0.7 if primary else 0.6
        if words.stem == ("id",) or not primary or (set(words.stem) <= GENERIC_WORDS):
            return 0.0
        return 0.65 if key.type is ColumnType.TEXT or words.raw[-1].endswith("id") else 0.0

    def _has_other_owner(self, noun: tuple[str, ...], than: TableFacts) -> bool:
        return any(name != than.name for name in self._denoted.get(noun, ()))

    def _names_table(self, words: Name, other: TableFacts, key: ColumnFacts) -> float:
        """Judge `customer_id`, `customer`, `shipping_address_id` or `airport_from` against the table's own name."""
        fit = self._key_fit(words, other, key)
        if not fit:
            return 0.0
        entity, noun = other.words.stem, words.noun
        closed = noun != words.stem
        for named, weight in ((entity, 1.0), (entity[-1:], 0.9)):
            if named != entity and named in self._denoted:
                continue
            if noun == named:
                return (0.95 if closed else 0.88) * weight * fit
            if noun[-len(named) :] == named and len(noun) > len(named) and (closed or named == entity):
                return (0.85 if closed else 0.75) * weight * fit
            if words.stem[: len(named) + 1] == (*named, "id"):  # "team_id_home"
                return 0.75 * weight * fit
        stem = key.words.stem
        if len(stem) > 1 and words.stem[-len(stem) :] == stem and len(words.stem) > len(stem):
            specific = bool(key.words.noun) and not self._has_other_owner(key.words.noun, other)
            return 0.75 * fit if specific else 0.0
        return 0.0

    def _key_fit(self, words: Name, other: TableFacts, key: ColumnFacts) -> float:
        """Return 0 to 1: how well `key` is what a reference ending as `words` does would hold."""
        own = self.owns(other, key)
        kind, wanted = _kind(key.words), _kind(words)
        primary = self._keys[other.name].is_primary(key.name)
        if not primary and not (own and (kind is not None or key.words.stem == other.words.stem)):
            return 0.0
        if kind == wanted:
            return 1.0
        base = 0.97 if primary else 0.93
        return base if wanted is None or {kind, wanted} == {"id", "code"} else base - 0.05


def _kind(words: Name) -> str | None:
    if words.is_identifier:
        return "id"
    if words.is_code:
        return "code"
    if words.is_number:
        return "number"
    return "name" if words.stem[-1] in NAME_WORDS else None


def types_match(column: ColumnFacts, key: ColumnFacts) -> bool:
    """Whether the two columns can be compared without a cast that may fail."""
    if column.type is key.type:
        return column.type in _JOINABLE
    return {column.type, key.type} == {ColumnType.INTEGER, ColumnType.NUMBER} and column.words.is_identifier
