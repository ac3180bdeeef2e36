"""Which sources of a SELECT are multiplied: joined without a condition that links them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from sqlglot import exp

from datacraft.sql.guard.names import Scope, fold, own_nodes

_EQUAL = (exp.EQ, exp.NullSafeEQ)
_RANGED = (exp.LT, exp.LTE, exp.GT, exp.GTE, exp.Like, exp.ILike)


class Link(NamedTuple):
    """A condition that two sources must meet together."""

    left: str
    right: str
    equal: bool


@dataclass(frozen=True, slots=True)
class Products:
    """`self_product` names a source that is multiplied with itself."""

    cross_joins: int
    range_joins: int
    self_product: str | None


class _Groups:
    """Sources that are linked, directly or through others (union-find)."""

    def __init__(self, keys: Sequence[str]) -> None:
        self._parent = {key: key for key in keys}

    def root(self, key: str) -> str:
        while self._parent[key] != key:
            key = self._parent[key]
        return key

    def unite(self, left: str, right: str) -> bool:
        """Join two groups; tell whether they were apart."""
        a, b = self.root(left), self.root(right)
        self._parent[a] = b
        return a != b


def count_products(node: exp.Select, joins: Sequence[exp.Join], scope: Scope) -> Products:
    """Count the products in a SELECT, over the sources that may have more than one row."""
    many = [key for key, source in scope.sources.items() if not source.single_row]
    groups = _Groups(list(scope.sources))
    links = [link for condition in _conditions(node, joins) for link in _links(condition, scope)]
    links.extend(_named_links(joins, scope))
    for link in links:
        if link.equal:
            groups.unite(link.left, link.right)
    ranged = sum(groups.unite(link.left, link.right) for link in links if not link.equal)
    representatives: dict[str, list[str]] = {}
    for key in many:
        representatives.setdefault(groups.root(key), []).append(key)
    owner: dict[object, str] = {}
    repeated = None
    for group, keys in representatives.items():
        for key in keys:
            if owner.setdefault(scope.sources[key].identity, group) != group:
                repeated = key
    return Products(max(0, len(representatives) - 1), ranged, repeated)


def _conditions(node: exp.Select, joins: Sequence[exp.Join]) -> Iterator[exp.Expr]:
    for holder in (*(join.args.get("on") for join in joins), node.args.get("where")):
        if holder is not None:
            yield holder.this if isinstance(holder, exp.Where) else holder


def _named_links(joins: Sequence[exp.Join], scope: Scope) -> Iterator[Link]:
    """Yield links by USING and NATURAL, and of an UNNEST to the source whose list it takes apart."""
    for join in joins:
        names = {fold(name.name) for name in join.args.get("using") or ()}
        if join.args.get("method") == "NATURAL":
            names = {name for source in scope.sources.values() for name in source.columns}
        for name in names:
            having = [key for key, source in scope.sources.items() if name in source.columns]
            yield from (Link(having[0], key, True) for key in having[1:])
    for key, source in scope.sources.items():
        if source.follows is not None:
            for other in _mentioned(source.follows, scope) - {key}:
                yield Link(key, other, True)


def _links(condition: exp.Expr, scope: Scope) -> set[Link]:
    """Return the links that hold whenever `condition` does."""
    found: set[Link] = set()
    stack = [condition]
    while stack:
        node = stack.pop().unnest()
        if isinstance(node, exp.And):
            stack.extend((node.left, node.right))
        elif isinstance(node, exp.Or):
            found |= _links(node.left, scope) & _links(node.right, scope)
        elif isinstance(node, _EQUAL):
            found |= _between(node.left, (node.right,), scope, equal=True)
        elif isinstance(node, _RANGED):
            found |= _between(node.left, (node.right,), scope, equal=False)
        elif isinstance(node, exp.Between):
            found |= _between(node.this, (node.args["low"], node.args["high"]), scope, equal=False)
    return found


def _between(left: exp.Expr, right: Sequence[exp.Expr], scope: Scope, *, equal: bool) -> set[Link]:
    ours = _mentioned(left, scope)
    theirs = set().union(*(_mentioned(part, scope) for part in right))
    return {Link(min(a, b), max(a, b), equal) for a in ours - theirs for b in theirs - ours}


def _mentioned(root: exp.Expr, scope: Scope) -> set[str]:
    """Return the sources of this SELECT whose columns `root` uses."""
    found: set[str] = set()
    parts = root.expressions if isinstance(root, exp.Unnest) else [root]
    for part in parts:
        for node in own_nodes(part):
            if isinstance(node, exp.Column):
                first = fold(node.parts[0].name)
                key = first if len(node.parts) > 1 and first in scope.sources else scope.owner(first)
                if key is not None:
                    found.add(key)
    return found
