"""The outline of SQL: what its outermost query does with its rows."""

from __future__ import annotations

from sqlglot import exp

from datacraft.serving.outline import Outline


def outline_of_sql(tree: exp.Query) -> Outline:
    """Return the outline of a parsed query."""
    select = outermost(tree)
    outputs = select.expressions
    order = tree.args.get("order")
    keys = order.expressions if isinstance(order, exp.Order) else []
    return Outline(
        order=tuple((_place(key, outputs), bool(key.args.get("desc"))) for key in keys),
        limit=limit_of(tree),
        grouped=select.args.get("group") is not None or any(aggregates(output) for output in outputs),
        nested=isinstance(tree, exp.SetOperation) or _reads_a_query(tree, select),
        distinct=select.args.get("distinct") is not None,
        windows=frozenset(place for place, output in enumerate(outputs) if output.find(exp.Window)),
    )


def outermost(tree: exp.Query) -> exp.Select:
    """Return the SELECT that names the result's columns: of several that are combined, the first one."""
    while not isinstance(tree, exp.Select):
        tree = tree.this
    return tree


def limit_of(tree: exp.Query) -> int | None:
    """Return how many rows a query is limited to; None where it is not, or not by a number."""
    limit = tree.args.get("limit")
    count = limit.args.get("count") if isinstance(limit, exp.Fetch) else getattr(limit, "expression", None)
    return int(count.this) if isinstance(count, exp.Literal) and not count.is_string else None


def aggregates(output: exp.Expr) -> bool:
    """Whether an output is computed over the rows of its group; a window alone is not."""
    return any(
        not isinstance(found.parent, exp.Window) and found.find_ancestor(exp.Subquery) is None
        for found in output.find_all(exp.AggFunc)
    )


def _reads_a_query(tree: exp.Query, select: exp.Select) -> bool:
    source = select.args.get("from_") or select.args.get("from")
    if source is None:
        return False
    if isinstance(source.this, exp.Subquery):
        return True
    named = {cte.alias_or_name for cte in tree.find_all(exp.CTE)}
    return isinstance(source.this, exp.Table) and source.this.name in named


def _place(key: exp.Expr, outputs: list[exp.Expr]) -> int | None:
    """Return which output a sort key is: by its number, name or expression."""
    wanted = key.this
    if isinstance(wanted, exp.Literal) and not wanted.is_string:
        place = int(wanted.this) - 1
        return place if 0 <= place < len(outputs) else None
    for place, output in enumerate(outputs):
        same_name = isinstance(wanted, exp.Column) and wanted.name == output.alias_or_name
        if same_name or output.unalias() == wanted:
            return place
    return None
