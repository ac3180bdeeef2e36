"""Which columns identify a row, name it to a person, and date it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import combinations

from datacraft.contracts.semantic import ColumnType, Role
from datacraft.profiles.connection import Connection
from datacraft.profiles.facts import EXACT_ROWS, ColumnFacts, TableFacts, quoted
from datacraft.profiles.roles import Reading
from datacraft.profiles.vocabulary import (
    BIRTH_WORDS,
    EVENT_DATES,
    LATE_DATES,
    NAME_WORDS,
    START_DATES,
)

Readings = Mapping[str, Reading]

_MAX_PAIRS = 12
_COLUMNS_OF_A_LOOKUP = 4
_LONGEST_NAME = 40  # characters; longer texts tell about a row, they don't name it
_KEYABLE = {ColumnType.TEXT, ColumnType.INTEGER, ColumnType.DATE, ColumnType.TIMESTAMP}


def unique_columns(connection: Connection, table: TableFacts, readings: Readings) -> list[str]:
    """Return the columns without nulls and duplicates that may be keys; in a table without rows, those named like its key."""
    if not table.rows:
        return [c.name for c in table.columns if key_name_score(table, c) >= 80]
    likely = [
        c
        for c in table.columns
        if c.looks_unique
        and c.type in _KEYABLE
        and (readings[c.name].role is not Role.MEASURE or key_name_score(table, c) > 0)
    ]
    if table.rows <= EXACT_ROWS:
        return [c.name for c in likely]
    worth = [c for c in likely if key_name_score(table, c) > 0]
    return [c.name for c in worth if is_unique(connection, table, [c.name])]


def is_unique(connection: Connection, table: TableFacts, columns: Sequence[str]) -> bool:
    """Say whether no two rows agree on all of `columns`; approximately first, where that is cheaper."""
    names = ", ".join(quoted(column) for column in columns)
    source = quoted(table.name)
    if table.rows > EXACT_ROWS:
        guess = connection.execute(f"SELECT approx_count_distinct(hash({names})) FROM {source}").fetchone()
        if guess is None or guess[0] < 0.85 * table.rows:
            return False
    found = connection.execute(f"SELECT count(*) FROM (SELECT DISTINCT {names} FROM {source})").fetchone()
    return found is not None and int(found[0]) == table.rows


def key_name_score(table: TableFacts, column: ColumnFacts) -> int:
    """Say how much a column's name speaks for its being the table's key, 0 to 100."""
    words, entity = column.words, table.words.stem
    noun = words.noun
    own = noun in {(), entity, entity[-1:]}
    if words.is_identifier or (words.raw[-1].endswith("id") and words.stem[-1] == "id"):
        if not noun:
            return 100 if words.stem == ("id",) else 88
        if own:
            return 97 if len(words.raw) > 1 else 94
        if noun[0] in {"row", "record", "unique"}:
            return 90
        return 70
    if words.is_code or words.is_number:
        return 85 if own and noun else 60
    counts = (
        column.type is not ColumnType.TEXT and words.raw[-1] != words.stem[-1]
    )  # `sales` of sales: plural
    if (words.stem == entity and not counts) or (own and words.stem[-1] in NAME_WORDS):
        return 55
    if column.type in {ColumnType.DATE, ColumnType.TIMESTAMP}:
        if any(c.words.is_identifier for c in table.columns):
            return 0  # an event of something, not a calendar or a series
        return 30 if words.stem[-1] in {"date", "day", "timestamp", "time", "month", "week"} else 0
    if column.type is ColumnType.TEXT and column.position == 0 and column.mean_length < 40:
        return 45
    return 0


def primary_key(table: TableFacts, unique: Sequence[str], readings: Readings) -> list[str]:
    """Choose the key among the unique columns, best name first; empty where none convinces."""
    scored: list[tuple[int, int, str]] = []
    for name in unique:
        column = table.column(name)
        score = key_name_score(table, column)
        if score == 0 and readings[name].role is Role.ID:
            score = 40
        if score:
            scored.append((-score, column.position, name))
    return [min(scored)[2]] if scored else []


def composite_key(
    connection: Connection, table: TableFacts, readings: Readings, foreign: Iterable[str]
) -> list[str]:
    """Find two or three columns that together identify a row: foreign keys first, then names and dates."""
    outward = set(foreign)

    def rank(column: ColumnFacts) -> int | None:
        reading = readings[column.name]
        if column.nulls or column.type not in _KEYABLE:
            return None
        if column.name in outward:
            return 0
        if reading.role is Role.ID or column.words.is_number or column.words.stem[-1] in {"line", "sequence"}:
            return 1
        if reading.time_part or reading.role is Role.TIME:
            return 2
        return 3 if reading.role is Role.DIMENSION else None

    ranked = [(r, c.position, c.name) for c in table.columns if (r := rank(c)) is not None]
    names = [name for _, _, name in sorted(ranked)][:6]
    anchored = {name for r, _, name in ranked if r <= 1}
    if not table.rows:
        pair = [name for name in names if name in outward]
        return pair if len(pair) == 2 == len(table.columns) else []
    tried = 0
    for size in (2, 3):
        for group in combinations(names, size):
            if not anchored.intersection(group) or tried >= _MAX_PAIRS * (size - 1):
                continue
            tried += 1
            if is_unique(connection, table, group):
                return sorted(group, key=lambda name: table.column(name).position)
    return []


def label(table: TableFacts, key: Sequence[str], readings: Readings, foreign: Iterable[str]) -> list[str]:
    """Choose the column or columns that name a row to a person: a name, a title, first and last name."""
    outward = set(foreign)
    others = {c.words.noun for c in table.columns if c.words.is_identifier and c.name not in key}
    others -= {(), table.words.stem, table.words.stem[-1:]}
    texts = [
        c
        for c in table.columns
        if c.type is ColumnType.TEXT
        and c.name not in outward
        and c.words.noun not in others  # names of other things, whose ids stand here
        and (c.filled or not c.rows)
    ]
    by_stem = {c.words.stem: c.name for c in reversed(texts)}
    entity = table.words.stem
    head = entity[-1:]
    for stem in (("name",), (*entity, "name"), (*head, "name"), ("full", "name"), ("fullname",)):
        if stem in by_stem:
            return [by_stem[stem]]
    first = next(
        (by_stem[s] for s in by_stem if s[-2:] == ("first", "name") or s in {("first",), ("forename",)}), None
    )
    last = next(
        (by_stem[s] for s in by_stem if s[-2:] == ("last", "name") or s in {("last",), ("surname",)}), None
    )
    if first and last:
        return [first, last]
    for stem in (("title",), (*entity, "title"), entity, head, ("label",), ("username",), ("user", "name")):
        if stem in by_stem:
            return [by_stem[stem]]
    if (
        len(key) == 1
        and table.column(key[0]).type is ColumnType.TEXT
        and readings[key[0]].role is Role.DIMENSION
    ):
        return list(key)
    named = [c for c in texts if c.words.stem[-1] in NAME_WORDS and readings[c.name].role is not Role.FLAG]
    if named:
        return [min(named, key=lambda c: (c.name not in key, -c.distinct, c.position)).name]
    if len(key) == 1 and table.column(key[0]).type is ColumnType.TEXT and key[0] not in outward:
        return list(key)
    unique = [c for c in texts if c.looks_unique and readings[c.name].role is Role.DIMENSION and c.rows > 3]
    if unique:
        return [unique[0].name]
    lookup = len(key) == 1 and len(texts) == 1 and len(table.columns) <= _COLUMNS_OF_A_LOOKUP
    told = [c for c in texts if lookup and c.looks_unique and c.mean_length <= _LONGEST_NAME]
    return [told[0].name] if told else []  # `type_desc`: what a code stands for is what it is called


def time_column(table: TableFacts) -> str | None:
    """Choose the date that a period in a question means: when the thing happened or began, not its aftermath."""
    scored: list[tuple[float, int, str]] = []
    for column in table.columns:
        if column.type not in {ColumnType.DATE, ColumnType.TIMESTAMP}:
            continue
        score = _date_score(table, column)
        if column.rows:
            score *= 1 - 0.7 * column.nulls / column.rows
        if score > 0:
            scored.append((-score, column.position, column.name))
    return min(scored)[2] if scored else None


DUE_DATES = frozenset(
    {"due", "promised", "expected", "planned", "scheduled", "deadline", "target", "estimated"}
)


def _date_score(table: TableFacts, column: ColumnFacts) -> float:
    stem = set(column.words.stem) | set(column.words.words)
    entity = set(table.words.stem)
    if stem & BIRTH_WORDS:
        return 0.0
    what = stem - {"date", "time", "timestamp", "datetime", "at", "on", "day", "utc"}
    own = any(len(word) > 3 and any(name.startswith(word) for name in entity) for word in what)
    if stem & LATE_DATES and not own:
        return 15.0
    if what and what <= entity:
        return 100.0
    if not what:
        return 95.0
    if what & DUE_DATES:
        return 40.0
    if stem & EVENT_DATES:
        return 90.0
    if own:
        return 85.0  # of a shipment the ship date
    if stem & START_DATES:
        return 80.0
    return 50.0
