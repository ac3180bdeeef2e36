"""Joins between tables: proposed by names, then measured on the data."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from datacraft.profiles.containment import ContainmentMeter
from datacraft.profiles.facts import ColumnFacts, TableFacts
from datacraft.profiles.join_names import JoinNames, Keys

_NAMES_ALONE = 0.75
"""Without rows to measure, only names at least this telling make a join."""
FEW_ROWS = 100
"""In fewer rows than this a reference may be free of duplicates by accident."""


@dataclass(frozen=True, slots=True)
class Link:
    """A join in the making: `left.columns` refer to `right.keys`."""

    left: str
    columns: tuple[str, ...]
    right: str
    keys: tuple[str, ...]
    confidence: float

    @property
    def ends(self) -> frozenset[tuple[str, tuple[str, ...]]]:
        """The two sides without direction."""
        return frozenset({(self.left, self.columns), (self.right, self.keys)})


def wanted_containment(evidence: float) -> float:
    """Return the share of values that must be found: the less a name says, the more the data have to."""
    if evidence >= 0.9:
        return 0.5
    return 0.9 if evidence >= 0.8 else 0.95


def find_links(
    tables: Sequence[TableFacts],
    keys: Mapping[str, Keys],
    names: JoinNames,
    meter: ContainmentMeter,
    declared: Sequence[Link] = (),
) -> list[Link]:
    """Return the declared links, and for every other column the best key that its name and values point to."""
    found = list(declared)
    known = {(link.left, column) for link in declared for column in link.columns}
    for table in tables:
        for column in table.columns:
            if (table.name, column.name) in known:
                continue
            best = _best_target(table, column, tables, keys, names, meter)
            if best is not None:
                found.append(best)
    return without_mirrors(found, tables)


def _best_target(
    table: TableFacts,
    column: ColumnFacts,
    tables: Sequence[TableFacts],
    keys: Mapping[str, Keys],
    names: JoinNames,
    meter: ContainmentMeter,
) -> Link | None:
    candidates: list[tuple[float, int, TableFacts, ColumnFacts]] = []
    for order, other in enumerate(tables):
        for name in keys[other.name].unique:
            key = other.column(name)
            evidence = names.evidence(table, column, other, key)
            if evidence > 0:
                candidates.append((evidence, -order, other, key))
    best: tuple[tuple[float, int, int], Link] | None = None
    for evidence, order, other, key in sorted(candidates, key=lambda candidate: -candidate[0]):
        if best is not None and evidence < best[0][0]:  # no share of values could make it better
            break
        measured = meter.measure(column, key)
        if measured.share is None:
            if evidence < _NAMES_ALONE:
                continue
            confidence = evidence * 0.8
        elif measured.share < wanted_containment(evidence):
            continue
        else:
            confidence = evidence * (0.5 + 0.5 * measured.share)
        rank = (round(confidence, 4), key.distinct, order)
        if best is None or rank > best[0]:
            best = rank, Link(table.name, (column.name,), other.name, (key.name,), round(confidence, 3))
    return best[1] if best else None


def without_mirrors(links: Sequence[Link], tables: Sequence[TableFacts]) -> list[Link]:
    """Keep one of two links that say the same in both directions: the one to the table with more keys."""
    facts = {table.name: table for table in tables}
    kept: dict[frozenset[tuple[str, tuple[str, ...]]], Link] = {}
    for link in links:
        old = kept.get(link.ends)
        if old is None or _size(facts, link) > _size(facts, old):
            kept[link.ends] = link
    return list(kept.values())


def _size(facts: Mapping[str, TableFacts], link: Link) -> tuple[float, int]:
    return link.confidence, facts[link.right].column(link.keys[0]).distinct


def cardinality(
    link: Link, keys: Mapping[str, Keys], rows: int
) -> Literal["many_to_one", "one_to_one", "many_to_many"]:
    """Say how often a row of each side occurs, from the measured uniqueness of the columns.

    A reference that merely happens not to repeat in the few `rows` of the left table counts as many.
    """
    if not _is_key(link.right, link.keys, keys):
        return "many_to_many"
    accidental = rows < FEW_ROWS and set(keys[link.left].primary) != set(link.columns)
    return "one_to_one" if _is_key(link.left, link.columns, keys) and not accidental else "many_to_one"


def _is_key(table: str, columns: tuple[str, ...], keys: Mapping[str, Keys]) -> bool:
    known = keys[table]
    single = any(column in known.unique for column in columns)
    return single or (bool(known.primary) and set(known.primary) <= set(columns))


def composite_links(
    tables: Sequence[TableFacts], keys: Mapping[str, Keys], meter: ContainmentMeter
) -> list[Link]:
    """Return links to keys of two or three columns that another table has all of, under the same names."""
    found: list[Link] = []
    for other in tables:
        primary = tuple(keys[other.name].primary)
        if len(primary) < 2:
            continue
        wanted = [other.column(name) for name in primary]
        for table in tables:
            if table.name == other.name:
                continue
            by_stem = {column.words.stem: column for column in table.columns}
            pairs = [(by_stem.get(key.words.stem), key) for key in wanted]
            mine = tuple(
                column.name for column, key in pairs if column is not None and column.type is key.type
            )
            if len(mine) < len(primary) or (
                len(mine) == len(table.columns) and len(other.columns) == len(mine)
            ):
                continue
            shares = [meter.measure(column, key).share for column, key in pairs if column is not None]
            if all(share is not None and share >= 0.95 for share in shares):
                found.append(Link(table.name, mine, other.name, primary, 0.8))
    return without_mirrors(found, tables)
