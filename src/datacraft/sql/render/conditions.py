"""Predicates as SQL conditions, and semi-joins for those on the many side of a fan-out.

"Keep the rows where every predicate holds" reads through joins: a predicate on a table behind a fan-out
holds when some row there meets it. All predicates behind the same fan-out speak of the same row there,
so that they share one semi-join.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from sqlglot import exp

from datacraft.contracts.errors import InputError
from datacraft.contracts.plan import AllOf, AnyOf, Not, Predicate
from datacraft.sql.render import predicates
from datacraft.sql.render.joins import Edge
from datacraft.sql.render.names import column
from datacraft.sql.render.operators import all_of, any_of
from datacraft.sql.render.rows import TableRows
from datacraft.sql.render.walk import flatten, null_rejecting, tables_of

if TYPE_CHECKING:
    from datacraft.sql.render.scope import Scope


def write_all(items: Iterable[Predicate], scope: Scope, *, keep_rows: bool) -> exp.Expr | None:
    """Write predicates that must all hold; None when there are none.

    `keep_rows`: the conditions are only asked of rows, so that tables are joined without dropping any.
    """
    written: list[exp.Expr] = []
    behind: dict[Edge, list[Predicate]] = {}
    for item in flatten(items):
        branches = scope.rows.closed_branches(item)
        if not branches:
            if not keep_rows:
                for table in sorted(null_rejecting(item)):
                    scope.rows.drop_rows_without(table)
            written.append(predicates.write(item, scope))
        elif len(branches) == 1 and not (
            isinstance(item, AnyOf | Not) and _is_mixed(item, branches[0], scope)
        ):
            behind.setdefault(branches[0], []).append(item)
        else:
            written.append(_taken_apart(item, scope))
    written.extend(_semi_join(branch, group, scope) for branch, group in behind.items())
    return conjunction(written)


def write_computed(items: Iterable[Predicate], scope: Scope) -> exp.Expr | None:
    """Write predicates on aggregates, group keys and windows that must all hold; None when there are none."""
    written = [predicates.write(item, scope) for item in flatten(items)]
    return conjunction(written)


def conjunction(written: list[exp.Expr]) -> exp.Expr | None:
    """Return the condition that all of `written` hold; None when there are none."""
    if not written:
        return None
    return all_of(written)


def _is_mixed(item: Predicate, branch: Edge, scope: Scope) -> bool:
    rows = _tables(scope)
    return any(rows.tree.branch(table) != branch for table in tables_of(item))


def _tables(scope: Scope) -> TableRows:
    if not isinstance(scope.rows, TableRows):
        raise TypeError("only joined tables have fan-outs")
    return scope.rows


def _taken_apart(item: Predicate, scope: Scope) -> exp.Expr:
    """Write a predicate that speaks of several sides at once: side by side."""
    match item:
        case AnyOf(items=items):
            return any_of(_each(part, scope) for part in items)
        case Not(item=AnyOf(items=items)):
            return all_of(_each(Not(item=part), scope) for part in items)
        case Not(item=AllOf(items=items)):
            return any_of(_each(Not(item=part), scope) for part in items)
        case Not(item=Not(item=inner)):
            return _each(inner, scope)
        case Not(item=inner):
            return exp.Not(this=exp.Paren(this=_each(inner, scope)))
        case _:
            raise InputError(
                f"The plan compares columns of {', '.join(tables_of(item))}, which no single row connects.",
                hint="Compare them in a plan whose root is the table between them.",
            )


def _each(item: Predicate, scope: Scope) -> exp.Expr:
    condition = write_all((item,), scope, keep_rows=True)
    return exp.Boolean(this=True) if condition is None else condition


def _semi_join(branch: Edge, items: list[Predicate], scope: Scope) -> exp.Expr:
    """Write "some row behind `branch` meets all of `items`"."""
    around = _tables(scope)
    rows = TableRows(around.schema, around.tree, branch.far, opened=frozenset({branch}), outer=around)
    inner = scope.over(rows)
    condition = inner.filters(items)
    outside = any(around.tree.branch(table) != branch for table in tables_of(*items))
    around.need(branch.near)
    select = exp.Select()
    if len(branch.columns) == 1 and not outside:
        near, far = branch.columns[0]
        select.set("expressions", [column(far, branch.far)])
        result: exp.Expr = exp.In(this=column(near, branch.near), query=exp.Subquery(this=select))
    else:
        select.set("expressions", [exp.Literal(this="1", is_string=False)])
        keys = [
            exp.EQ(this=column(far, branch.far), expression=column(near, branch.near))
            for near, far in branch.columns
        ]
        condition = all_of(keys if condition is None else [*keys, condition])
        result = exp.Exists(this=select)
    if condition is not None:
        select.set("where", exp.Where(this=condition))
    rows.attach(select)
    return result
