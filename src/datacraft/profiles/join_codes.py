"""Joins of text codes whose column is called otherwise than the key: `flights.origin_code` to `airports.iata_code`.

That every code of a column is also a key elsewhere is strong evidence, but no proof: short codes of unlike
things coincide ("DE" is a country, a language and a state). So the name has to ask for a reference, too, by
closing like a code, by a role (origin, sender) or by a word of the target; and the target has to be the only one.
Numbers never come here: they fit anything.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from datacraft.contracts.semantic import ColumnType, Role
from datacraft.profiles.facts import ColumnFacts, TableFacts, Value
from datacraft.profiles.join_guesses import Known
from datacraft.profiles.joins import Link
from datacraft.profiles.vocabulary import (
    CODE_WORDS,
    ENDPOINT_WORDS,
    GENERIC_WORDS,
    GRADING_WORDS,
    IDENTIFIER_WORDS,
    NUMBER_WORDS,
    PLACE_AND_GROUP_WORDS,
)

_CODE = re.compile(r"(?=\S*[^\W\d_])\S{1,40}")  # no spaces, and not of digits alone
_KEY_WORDS = IDENTIFIER_WORDS | CODE_WORDS | NUMBER_WORDS | {"reference", "ref", "no"}
_ATTRIBUTES = GRADING_WORDS | PLACE_AND_GROUP_WORDS
_SHORT = 5
_HELD = 0.95
_HELD_PECULIAR = 0.98


@dataclass(frozen=True, slots=True)
class _Candidate:
    """A key that holds a column's codes. `shared` counts the words that both names have."""

    table: TableFacts
    key: ColumnFacts
    shared: int
    share: float
    confidence: float

    @property
    def rank(self) -> tuple[int, float]:
        return self.shared, self.share


def code_links(known: Known, links: Sequence[Link]) -> list[Link]:
    """Return links of columns of codes that `links` don't use to the one key that holds them."""
    taken = {(link.left, column) for link in links for column in link.columns}
    found: list[Link] = []
    for table in known.tables:
        for column in table.columns:
            if (table.name, column.name) in taken or not _may_refer(known, table, column):
                continue
            best = _the_one(list(_candidates(known, table, column)), [*links, *found])
            if best is not None:
                found.append(
                    Link(table.name, (column.name,), best.table.name, (best.key.name,), best.confidence)
                )
    return found


def is_code_like(column: ColumnFacts) -> bool:
    """Whether the values are text codes: no spaces, not digits alone; short, in capitals or with digits."""
    if column.type is not ColumnType.TEXT or not column.filled:
        return False
    kept: list[Value | None] = [value for value, _ in column.values]
    samples = kept or [column.minimum, column.maximum]
    return all(
        isinstance(value, str)
        and _CODE.fullmatch(value)
        and (len(value) <= _SHORT or value.isupper() or any(c.isdigit() for c in value))
        for value in samples
    )


def _may_refer(known: Known, table: TableFacts, column: ColumnFacts) -> bool:
    reading = known.roles[table.name][column.name]
    if reading.role not in {Role.ID, Role.DIMENSION} or reading.time_part or reading.sensitive:
        return False
    if known.names.is_own(table, column) or known.keys[table.name].is_primary(column.name):
        return False
    return column.distinct >= 3 and is_code_like(column)


def _candidates(known: Known, table: TableFacts, column: ColumnFacts) -> Iterator[_Candidate]:
    for target in known.tables:
        if target.name == table.name:
            continue
        keys = known.keys[target.name]
        # The chosen key goes first: where a table has two keys of the same codes, either would do.
        for name in sorted(keys.unique, key=lambda name: not keys.is_primary(name)):
            key = target.column(name)
            if not _may_be_target(key, keys.is_primary(name)):
                continue
            peculiar = keys.is_primary(name) and _is_peculiar(known, table, column)
            shared = _shared_words(column, target, key)
            if not peculiar and not _asks_for(known, column, shared):
                continue
            share = known.meter.measure(column, key).share
            if share is not None and share >= (_HELD_PECULIAR if peculiar else _HELD):
                yield _Candidate(target, key, len(shared), share, 0.75 if peculiar else 0.7)
                break


def _may_be_target(key: ColumnFacts, primary: bool) -> bool:
    """Whether a unique column is a key of codes and not a reference that happens not to repeat."""
    named = primary or key.words.is_identifier or key.words.is_code or key.words.is_number
    if not named and set(key.words.stem) & ENDPOINT_WORDS:
        return False
    return key.distinct >= (3 if named else 5) and is_code_like(key)


def _is_peculiar(known: Known, table: TableFacts, column: ColumnFacts) -> bool:
    """Codes of an id too particular to fit by chance ("B7-0041"), whatever the column is called."""
    if known.roles[table.name][column.name].role is not Role.ID or column.distinct < 5:
        return False
    return column.mean_length >= 4 and any(c.isdigit() for c in str(column.maximum))


def _shared_words(column: ColumnFacts, target: TableFacts, key: ColumnFacts) -> set[str]:
    theirs = {*target.words.stem, *key.words.stem}
    return (set(column.words.stem) & theirs) - _KEY_WORDS - GENERIC_WORDS - ENDPOINT_WORDS


def _asks_for(known: Known, column: ColumnFacts, shared: set[str]) -> bool:
    """Whether the column's name fits a reference to a table that has the `shared` words.

    A name that says no more than role and code ("origin code") needs codes of two letters; one that speaks of
    a thing of its own ("depot ref", of sites) needs longer and more codes, and may not name a third table.
    """
    stem = set(column.words.stem)
    if not shared and not stem & (_KEY_WORDS | ENDPOINT_WORDS):
        return False
    own = stem - shared - _KEY_WORDS - ENDPOINT_WORDS
    if own & _ATTRIBUTES:
        return False
    if shared or not own:
        return column.mean_length >= 2
    denotes_other = known.names.denotes(column.words.noun) or known.names.denotes(column.words.noun[-1:])
    return not denotes_other and column.distinct >= 5 and column.mean_length >= 3


def _the_one(candidates: Sequence[_Candidate], links: Sequence[Link]) -> _Candidate | None:
    """Return the best candidate, or none where two are equally good and neither refers to the other."""
    ends = {(c.table.name, c.key.name) for c in candidates}
    extending = {
        (link.left, link.columns[0])
        for link in links
        if len(link.columns) == 1 and (link.right, link.keys[0]) in ends
    }
    roots = [c for c in candidates if (c.table.name, c.key.name) not in extending]
    if not roots:
        return None
    best = max(c.rank for c in roots)
    chosen = [c for c in roots if c.rank == best]
    return chosen[0] if len(chosen) == 1 else None
