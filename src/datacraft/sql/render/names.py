"""Identifiers: quoted where a dialect needs it, and fresh names that collide with nothing."""

from __future__ import annotations

import re
from collections.abc import Iterable

from sqlglot import exp

_PLAIN = re.compile(r"[a-z_][a-z0-9_]*")

# Words that DuckDB, BigQuery or sqlglot's parsers do not take as a bare column, table or alias name.
_RESERVED_WORDS = """
all alter analyse analyze and anti any array as asc asof assert_rows_modified asymmetric at authorization
between binary both by case cast check collate collation column columns concurrently constraint contains
create cross cube current current_catalog current_date current_datetime current_time current_timestamp
current_user default deferrable define desc describe distinct do drop else end enum escape except exclude
exists extract false fetch following for force foreign freeze from full generated glob grant group grouping
groups hash having if ignore ilike in initially inner insert install intersect interval into is isnull join
lambda lateral leading left like limit localtime localtimestamp lock lookup map merge natural new no not
notnull null nulls of offset on only or order outer over overlaps partition partitioned_by pivot
pivot_longer pivot_wider placing positional preceding primary proto qualify range recursive references
regexp respect returning revoke right rlike rollback rollup row rows select semi session_user set show
similar some struct summarize symmetric table tablesample then to trailing treat true try_cast unbounded
uncache union unique unnest unpack unpivot user using values variadic verbose when where window with within
xor
"""
_RESERVED = frozenset(_RESERVED_WORDS.split())


def identifier(name: str) -> exp.Identifier:
    """Return `name` as an identifier, quoted unless it is plain lower snake case and not reserved."""
    return exp.Identifier(this=name, quoted=_PLAIN.fullmatch(name) is None or name in _RESERVED)


def column(name: str, table: str | None = None) -> exp.Column:
    """Return a reference to a column, qualified when `table` is given."""
    if table is None:
        return exp.Column(this=identifier(name))
    return exp.Column(this=identifier(name), table=identifier(table))


def named(value: exp.Expr, name: str) -> exp.Expr:
    """Return `value AS name`; a column that is called so already stays as it is."""
    if isinstance(value, exp.Column) and value.name == name:
        return value
    return exp.Alias(this=value, alias=identifier(name))


def snake(text: str) -> str:
    """Return `text` as a lower snake case name."""
    return re.sub(r"[^a-z0-9]+", "_", text.lower()).strip("_") or "value"


class Names:
    """Hands out names that are not taken; compares them as warehouses do, without case."""

    def __init__(self, taken: Iterable[str] = ()) -> None:
        self._taken = {name.lower() for name in taken}

    def fresh(self, wanted: str) -> str:
        """Return `wanted`, or `wanted_2`, `wanted_3`, ... when it is taken, and take it."""
        base = snake(wanted)
        name, number = base, 1
        while name in self._taken:
            number += 1
            name = f"{base}_{number}"
        self._taken.add(name)
        return name
