"""Names and what they stand for: relations, the catalog of known tables, and what an expression can see."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from sqlglot import exp

_SOURCES = frozenset(
    {exp.Select, exp.Union, exp.Intersect, exp.Except, exp.Subquery, exp.Table, exp.Unnest, exp.Values}
)
_TO_LOWER = str.maketrans("ABCDEFGHIJKLMNOPQRSTUVWXYZ", "abcdefghijklmnopqrstuvwxyz")


def fold(name: str) -> str:
    """Return `name` as databases compare names: only A-Z lose their case, so that no look-alike matches."""
    return name.translate(_TO_LOWER)


@dataclass(frozen=True, slots=True)
class Relation:
    """A source of rows.

    Attributes:
        columns: folded names, each with the name as it is written; of a known table, its own column's name.
        table: the known table whose rows these are.
        scans: reads of tables, after all CTEs are written out.
        made_by: the query that makes the rows.
        rows_of: what the rows are, for telling that two sources are the same ones.
        follows: the UNNEST that takes a list apart; its elements' fields are declared nowhere.
    """

    columns: Mapping[str, str]
    table: str | None = None
    scans: int = 1
    made_by: exp.Expr | None = None
    rows_of: object = None
    follows: exp.Expr | None = None

    @property
    def identity(self) -> object:
        """What two sources share when they are the same rows."""
        return self.table or self.rows_of or id(self.made_by or self.columns)

    @property
    def single_row(self) -> bool:
        """Whether this surely has at most one row."""
        return isinstance(self.made_by, exp.Select) and _has_single_row(self.made_by)

    def renamed(self, alias: exp.TableAlias) -> Relation:
        """Return this relation under an alias, which may rename its first columns."""
        names = [column.name for column in alias.columns]
        if not names:
            return self
        old = list(self.columns.values())
        columns = {
            fold(name): old[i] if self.table and i < len(old) else name for i, name in enumerate(names)
        }
        columns.update((fold(name), name) for name in old[len(names) :])
        return replace(self, columns=columns, rows_of=self.identity)

    def names(self) -> Iterator[str]:
        """Yield the columns' names as a query over this relation sees them."""
        for key, name in self.columns.items():
            yield name if fold(name) == key else key


class Catalog:
    """The known tables. Built once, used by every statement.

    Args:
        tables: names and columns.
        qualified: dots in a name part a project or data set from it, and case counts, as in BigQuery;
            otherwise a name is one name, dots and all, and A-Z have no case.
    """

    def __init__(self, tables: Mapping[str, Sequence[str]], *, qualified: bool) -> None:
        self._qualified = qualified
        self._tables = {
            name if qualified else fold(name): Relation(
                {fold(column): column for column in columns}, table=name
            )
            for name, columns in tables.items()
        }
        self.names = tuple(tables)

    def find(self, parts: Sequence[str]) -> Relation | None:
        """Return the table of that (qualified) name, or None."""
        if self._qualified:
            return self._tables.get(".".join(parts))
        return self._tables.get(fold(parts[0])) if len(parts) == 1 else None


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
        if type(node) not in _SOURCES:
            stack.extend(node.iter_expressions())


def reduces(node: exp.Select) -> bool:
    """Tell whether a SELECT makes other rows than its source has: groups, distinct rows, the first ones."""
    return any(node.args.get(name) for name in ("group", "distinct", "limit", "qualify")) or _aggregates(node)


def _has_single_row(node: exp.Select) -> bool:
    limit = node.args.get("limit")
    if isinstance(limit, exp.Limit) and limit.expression.name in ("0", "1"):
        return True
    if any(isinstance(part, exp.Explode) for part in _projected(node)):
        return False
    return node.args.get("from_") is None or (node.args.get("group") is None and _aggregates(node))


def _aggregates(node: exp.Select) -> bool:
    return any(isinstance(part, exp.AggFunc) and not _in_window(part) for part in _projected(node))


def _projected(node: exp.Select) -> Iterator[exp.Expr]:
    for projection in node.expressions:
        yield from own_nodes(projection)


def _in_window(node: exp.Expr) -> bool:
    parent = node.parent
    while isinstance(parent, (exp.Filter, exp.WithinGroup, exp.IgnoreNulls, exp.RespectNulls)):
        parent = parent.parent
    return isinstance(parent, exp.Window)
