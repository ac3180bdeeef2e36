"""Names and what they stand for: relations, the catalog of known tables, and what an expression can see."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from sqlglot import exp

_TO_LOWER = str.maketrans("ABCDEFGHIJKLMNOPQRSTUVWXYZ", "abcdefghijklmnopqrstuvwxyz")


def fold(name: str) -> str:
    """Return `name` as databases compare names: only A-Z lose their case, so that no look-alike matches."""
    return name.translate(_TO_LOWER)


@dataclass(frozen=True, slots=True)
class Relation:
    """A source of rows. `columns` maps folded names to names; `scans` counts the reads of tables in it."""

    columns: Mapping[str, str]
    table: str | None = None
    scans: int = 1
    single_row: bool = False
    opaque: bool = False  # an UNNEST, whose elements' fields nobody declared
    follows: exp.Expr | None = None  # what an UNNEST takes apart

    @property
    def identity(self) -> object:
        """What two sources share when they are the same rows."""
        return self.table or id(self.columns)

    def renamed(self, alias: exp.TableAlias) -> Relation:
        """Return this relation under an alias, which may rename its first columns."""
        names = [column.name for column in alias.columns]
        if not names:
            return self
        kept = list(self.columns.values())[len(names) :]
        return Relation(
            {fold(name): name for name in (*names, *kept)}, scans=self.scans, single_row=self.single_row
        )


class Catalog:
    """The known tables. Built once, used by every statement."""

    def __init__(self, tables: Mapping[str, Sequence[str]], *, case_sensitive_tables: bool) -> None:
        self._exact = case_sensitive_tables
        self._tables = {
            self._key(name): Relation({fold(column): column for column in columns}, table=name)
            for name, columns in tables.items()
        }
        self.names = tuple(tables)

    def _key(self, name: str) -> str:
        return name if self._exact else fold(name)

    def find(self, name: str) -> Relation | None:
        """Return the table called `name` (parts joined by dots), or None."""
        return self._tables.get(self._key(name))


@dataclass(slots=True)
class Scope:
    """The names that an expression of one SELECT can see."""

    outer: Scope | None
    sources: dict[str, Relation] = field(default_factory=dict)
    aliases: set[str] = field(default_factory=set)

    def owner(self, name: str) -> str | None:
        """Return the source of this SELECT that has the column `name`, or None."""
        return next((key for key, source in self.sources.items() if name in source.columns), None)

    def source(self, name: str) -> Relation | None:
        """Return the source called `name` here or in a SELECT around this one, or None."""
        level: Scope | None = self
        while level is not None:
            if name in level.sources:
                return level.sources[name]
            level = level.outer
        return None


def own_nodes(root: exp.Expr) -> Iterator[exp.Expr]:
    """Yield the parts under `root`, not going into queries, tables and unnests (they are yielded)."""
    stack = [root]
    while stack:
        node = stack.pop()
        yield node
        if not isinstance(node, (exp.Query, exp.Table, exp.Unnest, exp.Values)):
            stack.extend(node.iter_expressions())
