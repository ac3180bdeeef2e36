"""Joins that no table's name gives away: roles (manager, parent), shared values of text keys, lone link tables.

Each rule needs a hint in the names and full agreement of the data; numbers that merely fit are no hint.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from datacraft.contracts.semantic import ColumnType, Role
from datacraft.profiles.containment import ContainmentMeter
from datacraft.profiles.facts import ColumnFacts, TableFacts
from datacraft.profiles.join_names import JoinNames, Keys, types_match
from datacraft.profiles.joins import Link
from datacraft.profiles.roles import Reading
from datacraft.profiles.vocabulary import (
    CODE_WORDS,
    GENERIC_WORDS,
    IDENTIFIER_WORDS,
    NUMBER_WORDS,
    PERSON_ROLE_WORDS,
    PERSON_WORDS,
    ROLE_OF_TABLE,
    SELF_ROLE_WORDS,
    VERB_OBJECTS,
)
from datacraft.profiles.words import verb_of

_ALL = 0.98
_STAFF_FIRST = (
    "employee",
    "staff",
    "worker",
    "personnel",
    "faculty",
    "teacher",
    "instructor",
    "person",
    "people",
)
_TREE_WORDS = frozenset({"parent", "referred", "recommended", "invited", "recruited", "previous", "next", "reply", "root", "original", "related", "predecessor",
                         "successor", "prerequisite", "duplicate", "ancestor", "replaces"})  # fmt: skip


@dataclass(frozen=True, slots=True)
class Known:
    """What is known when guessing starts."""

    tables: Sequence[TableFacts]
    keys: Mapping[str, Keys]
    roles: Mapping[str, Mapping[str, Reading]]
    names: JoinNames
    meter: ContainmentMeter

    def key_of(self, table: TableFacts) -> ColumnFacts | None:
        """The table's key, where it is one column."""
        primary = self.keys[table.name].primary
        return table.column(primary[0]) if len(primary) == 1 else None

    def holds(self, key: ColumnFacts, column: ColumnFacts, share: float = _ALL) -> bool:
        """Whether `key` holds the values of `column`, by type and by data."""
        if not types_match(column, key):
            return False
        measured = self.meter.measure(column, key).share
        return measured is not None and measured >= share


def guess_links(known: Known, links: Sequence[Link]) -> list[Link]:
    """Return further links for columns that `links` don't use."""
    guessed: list[Link] = []
    taken = {(link.left, column) for link in links for column in link.columns}

    def add(found: Link | None) -> None:
        if found is not None:
            guessed.append(found)
            taken.update((found.left, column) for column in found.columns)

    for table in known.tables:
        for column in table.columns:
            if (table.name, column.name) in taken or known.names.is_own(table, column):
                continue
            for rule in (_by_role, _by_place_role, _by_text_values):
                if (table.name, column.name) not in taken:
                    add(rule(known, table, column))
    for table in known.tables:
        if not any(table.name in {link.left, link.right} for link in (*links, *guessed)):
            for found in _of_lone_table(known, table):
                add(found)
    for table in known.tables:
        for column in table.columns:
            if (table.name, column.name) not in taken and not known.names.is_own(table, column):
                add(_by_identifier(known, table, column))
    return guessed


def _by_role(known: Known, table: TableFacts, column: ColumnFacts) -> Link | None:
    """`manager_id` refers to employees, `parent_id` to its own table."""
    stem, reading = column.words.stem, known.roles[table.name][column.name]
    roles = {*stem, *column.words.words} & (PERSON_ROLE_WORDS | SELF_ROLE_WORDS)
    closed = column.words.is_identifier
    if not roles or reading.role in {Role.FLAG, Role.TIME} or not (closed or len(stem) <= 2):
        return None
    if not closed and column.words.words[-1] != stem[-1] and stem[0] != "report":
        return None
    staff = [t for word in _STAFF_FIRST for t in known.tables if word in t.words.stem[-1:]]
    others = [t for t in known.tables if t not in staff and set(t.words.stem[-1:]) & PERSON_WORDS]
    is_person = table in staff or table in others
    targets = [table] if roles & _TREE_WORDS or (is_person and roles & SELF_ROLE_WORDS) else []
    if roles & PERSON_ROLE_WORDS:
        own = [table] if roles & SELF_ROLE_WORDS and _is_of_people(table) else []
        targets += [*staff, *own, *others]  # the mentor of a trainer is a trainer before a member
    if not targets and roles & SELF_ROLE_WORDS:
        targets = [table]
    for target in targets:
        key = known.key_of(target)
        if key is not None and key.name != column.name and known.holds(key, column):
            return Link(table.name, (column.name,), target.name, (key.name,), 0.7)
    return None


def _by_place_role(known: Known, table: TableFacts, column: ColumnFacts) -> Link | None:
    """`capital` names a city; where the city also refers to this table, both columns together connect."""
    noun = ROLE_OF_TABLE.get(column.words.noun[-1]) if column.words.noun else None
    if noun is None:
        return None
    for target in known.tables:
        if target.words.stem[-1] != noun or target.name == table.name:
            continue
        candidates = [
            c
            for c in target.columns
            if c.words.stem in {("name",), (noun, "name"), (noun,), ("id",), (noun, "id")}
        ]
        for key in candidates:
            if not known.holds(key, column, 0.9):
                continue
            own = known.key_of(table)
            back = own and next((c for c in target.columns if c.words.stem == own.words.stem), None)
            if (
                own
                and back
                and key.name not in known.keys[target.name].unique
                and known.holds(own, back, 0.9)
            ):
                return Link(table.name, (column.name, own.name), target.name, (key.name, back.name), 0.6)
            return Link(table.name, (column.name,), target.name, (key.name,), 0.6)
    return None


def _by_text_values(known: Known, table: TableFacts, column: ColumnFacts) -> Link | None:
    """A text column all of whose values are names that another table is keyed by (`traverse`: states)."""
    reading = known.roles[table.name][column.name]
    if column.type is not ColumnType.TEXT or reading.role is not Role.DIMENSION or reading.time_part:
        return None
    if set(column.words.stem) <= GENERIC_WORDS or column.distinct < 3 or column.mean_length < 3:
        return None
    best: tuple[tuple[bool, int], Link] | None = None
    for target in known.tables:
        key = known.key_of(target)
        if key is None or key.distinct < 5 or (target.name, key.name) == (table.name, column.name):
            continue
        if known.roles[target.name][key.name].role is not Role.DIMENSION or not known.holds(key, column):
            continue
        rank = (known.names.owns(target, key), key.distinct)
        if best is None or rank > best[0]:
            best = rank, Link(table.name, (column.name,), target.name, (key.name,), 0.6)
    return best[1] if best else None


def _by_identifier(known: Known, table: TableFacts, column: ColumnFacts) -> Link | None:
    """`painter_id`, where no table is called painters: the one key that holds all values, of people where it can."""
    if not column.words.is_identifier or not column.words.noun or column.distinct < 3:
        return None
    fitting: list[tuple[TableFacts, ColumnFacts]] = []
    for target in known.tables:
        key = known.key_of(target)
        if key is None or target.name == table.name or not key.words.is_identifier:
            continue
        if known.holds(key, column) and column.distinct >= 0.2 * key.distinct:
            fitting.append((target, key))
    if column.words.noun[-1].endswith(_WHO_DOES):
        fitting = [pair for pair in fitting if _is_of_people(pair[0])]
    if len(fitting) != 1:
        return None
    target, key = fitting[0]
    return Link(table.name, (column.name,), target.name, (key.name,), 0.5)


_WHO_DOES = ("er", "or", "ist", "ant", "ent", "ee", "ian")
_OF_PEOPLE = frozenset(
    {
        "first",
        "last",
        "surname",
        "birth",
        "born",
        "birthday",
        "dob",
        "gender",
        "sex",
        "nationality",
        "age",
        "hire",
        "hired",
        "salary",
        "wage",
    }
)


def _is_of_people(table: TableFacts) -> bool:
    return table.words.stem[-1] in PERSON_WORDS or any(_OF_PEOPLE & set(c.words.words) for c in table.columns)


def _of_lone_table(known: Known, table: TableFacts) -> Iterator[Link]:
    """Connect a table of nothing but references (`cite(citing, cited)`, `friend(student_id, friend_id)`)."""
    columns = [c for c in table.columns if c.type in {ColumnType.INTEGER, ColumnType.TEXT}]
    if not 2 <= len(columns) == len(table.columns) <= 4:
        return
    own = known.key_of(table)
    row_id = own.name if own is not None and (len(columns) > 2 or not own.words.noun) else None
    references = [
        c for c in columns if c.name != row_id and (c.words.is_identifier or verb_of(c.words.stem[-1]))
    ]
    targets = []
    for target in known.tables:
        key = known.key_of(target)
        if (
            key is not None
            and target.name != table.name
            and all(known.holds(key, c, 0.99) for c in references)
        ):
            targets.append((target, key))
    if len(references) < 2:
        return
    fitting = [pair for pair in targets if _speaks_of(table, references, pair[0])]
    chosen = fitting if len(fitting) == 1 else targets
    if len(chosen) == 1:
        target, key = chosen[0]
        for column in references:
            yield Link(table.name, (column.name,), target.name, (key.name,), 0.6 if fitting else 0.5)


def _speaks_of(table: TableFacts, references: Sequence[ColumnFacts], target: TableFacts) -> bool:
    """Whether the target has to do with the verb that a link table is named by."""
    words = {*table.words.words, *(word for c in references for word in c.words.stem)}
    for verb in {*words, *filter(None, map(verb_of, words))}:
        if target.words.stem[-1] in VERB_OBJECTS.get(verb, ()):
            return True
        beginning = verb[: max(3, len(verb) - 1)]
        if any(word.startswith(beginning) for column in target.columns for word in column.words.stem):
            return True
    return False


def bridge_components(known: Known, links: Sequence[Link]) -> list[Link]:
    """Link tables that nothing connects yet: by an id or code that repeats in both, or by one numbering."""
    group = {table.name: index for index, table in enumerate(known.tables)}

    def merge(left: str, right: str) -> None:
        old, new = group[left], group[right]
        for name in group:
            group[name] = new if group[name] == old else group[name]

    for link in links:
        merge(link.left, link.right)
    found: list[Link] = []
    for rule in (_shared_reference, _same_numbering):
        for table in known.tables:
            for other in known.tables:
                if group[table.name] == group[other.name]:
                    continue
                link_found = rule(known, table, other)
                if link_found is not None:
                    found.append(link_found)
                    merge(table.name, other.name)
    return found


def _shared_reference(known: Known, table: TableFacts, other: TableFacts) -> Link | None:
    """An id or code of one name in both tables, or a column that names the other table (`flight_days`)."""
    closing = IDENTIFIER_WORDS | CODE_WORDS | NUMBER_WORDS
    for column in table.columns:
        stem, noun = column.words.stem, column.words.noun
        for key in other.columns:
            if not set(key.words.stem) & closing or not key.words.noun:
                continue
            same = key.words.stem == stem
            names = key.words.noun == other.words.stem == noun[-len(other.words.stem) :]
            if (
                (same or names)
                and types_match(column, key)
                and known.holds(key, column, 0.8 if same else 0.95)
            ):
                return Link(table.name, (column.name,), other.name, (key.name,), 0.5)
    return None


def _same_numbering(known: Known, table: TableFacts, other: TableFacts) -> Link | None:
    """Two tables about one thing (`cars_data`, `car_names`) whose keys are the very same numbers."""
    mine, theirs = known.key_of(table), known.key_of(other)
    if mine is None or theirs is None or not set(table.words.stem) & set(other.words.stem):
        return None
    both = mine.words.is_identifier and theirs.words.is_identifier and mine.distinct == theirs.distinct >= 20
    if both and known.holds(theirs, mine, 1.0):
        return Link(table.name, (mine.name,), other.name, (theirs.name,), 0.5)
    return None
