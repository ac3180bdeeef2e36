"""What a query does, as sets that can be compared: filters, aggregates, groups, tables, order and limit.

Different spellings of one meaning become equal: aliases are resolved, `year(d) = 2022` and
`d >= '2022-01-01' AND d < '2023-01-01'` are one period, `x <> 'a' OR x IS NULL` is `x <> 'a'`.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from sqlglot import exp

_ISO = re.compile(r"\d{4}-\d{2}-\d{2}")
_MIRRORED = {"LT": "GT", "GT": "LT", "LTE": "GTE", "GTE": "LTE"}
_RANKS = (exp.RowNumber, exp.Rank, exp.DenseRank)


@dataclass(frozen=True, slots=True)
class Features:
    """What a query does.

    Attributes:
        tables: whose rows are read.
        filters: by column, the conditions on it.
        aggregates: by function, the columns or expressions that it sums up.
        groups: what rows are grouped by.
        columns: number of the result's columns; None where `*` hides it.
        order: sort keys of the result, each with its direction.
        limit: of the result, or of each group.
    """

    tables: frozenset[str]
    filters: Mapping[str, frozenset[str]]
    aggregates: frozenset[tuple[str, str]]
    groups: frozenset[str]
    columns: int | None
    order: tuple[str, ...]
    limit: str | None


def features_of(tree: exp.Query) -> Features:
    """Return what a parsed query does."""
    tree = tree.copy()
    named = {cte.alias.lower() for cte in tree.find_all(exp.CTE)}
    outputs = _outputs(tree)
    filters: dict[str, set[str]] = {}
    for clause in tree.find_all(exp.Where, exp.Having, exp.Qualify):
        for condition in _conjuncts(clause.this):
            column, said = _condition(condition, outputs)
            if column is not None:
                filters.setdefault(column, set()).add(said)
    selects = tree.selects
    starred = any(item.is_star for item in selects)
    return Features(
        tables=frozenset(t.name.lower() for t in tree.find_all(exp.Table) if t.name.lower() not in named),
        filters={column: frozenset(_periods(said)) for column, said in filters.items()},
        aggregates=frozenset(_aggregates(tree, outputs)),
        groups=frozenset(_groups(tree, outputs)),
        columns=None if starred else len(selects),
        order=tuple(_order(tree, outputs)),
        limit=_limit(tree, outputs),
    )


def _outputs(tree: exp.Query) -> dict[str, exp.Expr]:
    """Return what every alias of the query stands for; inner ones first, so that outer names win."""
    found: dict[str, exp.Expr] = {}
    for select in reversed(list(tree.find_all(exp.Select))):
        for item in select.expressions:
            if isinstance(item, exp.Alias) and not _is_itself(item):
                found[item.alias.lower()] = item.this
    return found


def _is_itself(item: exp.Alias) -> bool:
    return any(column.name.lower() == item.alias.lower() for column in item.this.find_all(exp.Column))


def _plain(node: exp.Expr, outputs: Mapping[str, exp.Expr], depth: int = 0) -> str:
    """Return an expression as text: aliases resolved, tables and casts left out, names in small letters."""
    if isinstance(node, exp.Column):
        name = node.name.lower()
        if name in outputs and depth < 5:
            return _plain(outputs[name], outputs, depth + 1)
        return name
    if isinstance(node, (exp.Cast, exp.Paren, exp.TsOrDsToDate)):
        return _plain(node.this, outputs, depth)
    if isinstance(node, exp.Literal):
        return str(node.this)
    copy = node.copy()
    for column in list(copy.find_all(exp.Column)):
        if column is not copy:
            column.replace(exp.to_identifier(_plain(column, outputs, depth)))
    for cast in list(copy.find_all(exp.Cast)):
        if cast is not copy:
            cast.replace(cast.this)
    return copy.sql("duckdb", normalize_functions="lower").lower()


def _conjuncts(node: exp.Expr) -> Iterator[exp.Expr]:
    inner = node.unnest()
    if isinstance(inner, exp.And):
        yield from _conjuncts(inner.left)
        yield from _conjuncts(inner.right)
    elif isinstance(inner, exp.Between):
        yield exp.GTE(this=inner.this.copy(), expression=inner.args["low"].copy())
        yield exp.LTE(this=inner.this.copy(), expression=inner.args["high"].copy())
    else:
        yield inner


def _condition(node: exp.Expr, outputs: Mapping[str, exp.Expr]) -> tuple[str | None, str]:
    """Return the column that a condition is about, and the condition; no column for joins and ranks."""
    node = _without_null_arm(node)
    if any(node.find(kind) for kind in _RANKS):
        return None, ""
    if isinstance(node, (exp.EQ, exp.NEQ, exp.LT, exp.LTE, exp.GT, exp.GTE)):
        return _comparison(node, outputs)
    if isinstance(node, exp.In) and not node.args.get("query"):
        values = sorted(_plain(value, outputs) for value in node.expressions)
        kind = "EQ" if len(values) == 1 else "In"
        return _plain(node.this, outputs), f"{kind} {', '.join(values)}"
    if isinstance(node, exp.Not):
        subject, said = _condition(node.this.unnest(), outputs)
        return subject, said.replace("EQ ", "NEQ ", 1) if said.startswith("EQ ") else f"not {said}"
    column = next(node.find_all(exp.Column), None)
    return (None if column is None else _plain(column, outputs)), _plain(node, outputs)


def _comparison(node: exp.Binary, outputs: Mapping[str, exp.Expr]) -> tuple[str | None, str]:
    left, right, kind = node.left, node.right, type(node).__name__
    if not left.find(exp.Column) and right.find(exp.Column):
        left, right, kind = right, left, _MIRRORED.get(kind, kind)
    if left.find(exp.Column) and right.find(exp.Column) and not right.find(exp.Select):
        return None, ""  # a join, or two columns against each other
    year = left.unnest()
    if isinstance(year, exp.Extract) and year.name.upper() == "YEAR":
        year = exp.Year(this=year.expression)
    if isinstance(year, exp.Year) and isinstance(right, exp.Literal) and kind == "EQ":
        start = int(right.name)
        return _plain(year.this, outputs), f"from {start}-01-01 until {start + 1}-01-01"
    value = "subquery" if right.find(exp.Select) else _plain(right, outputs)
    if kind in ("LTE", "GT") and _ISO.fullmatch(value):  # whole days: an inclusive end is the day after
        value = str(dt.date.fromisoformat(value) + dt.timedelta(days=1))
        kind = {"LTE": "LT", "GT": "GTE"}[kind]
    return _plain(left, outputs), f"{kind} {value}"


def _without_null_arm(node: exp.Expr) -> exp.Expr:
    inner = node.unnest()
    if isinstance(inner, exp.Or):
        arms = list(inner.flatten())
        real = [arm for arm in arms if not (isinstance(arm, exp.Is) and isinstance(arm.expression, exp.Null))]
        if len(real) == 1 and len(arms) > 1:
            return real[0].unnest()
        together = _as_one_of(real)
        if together is not None:
            return together
    return inner


def _as_one_of(arms: list[exp.Expr]) -> exp.Expr | None:
    """Return `x = 'a' OR x = 'b'` as `x IN ('a', 'b')`."""
    plain = [arm.unnest() for arm in arms]
    if not plain or not all(isinstance(arm, exp.EQ) for arm in plain):
        return None
    subject = plain[0].this
    if any(arm.this != subject for arm in plain):
        return None
    return exp.In(this=subject.copy(), expressions=[arm.expression.copy() for arm in plain])


def _periods(conditions: set[str]) -> set[str]:
    """Return the conditions on one column with a start and an end taken together."""
    starts = [said for said in conditions if said.startswith("GTE ") and _ISO.fullmatch(said[4:])]
    ends = [said for said in conditions if said.startswith("LT ") and _ISO.fullmatch(said[3:])]
    if len(starts) == 1 and len(ends) == 1:
        return conditions - {*starts, *ends} | {f"from {starts[0][4:]} until {ends[0][3:]}"}
    return conditions


def _aggregates(tree: exp.Query, outputs: Mapping[str, exp.Expr]) -> Iterator[tuple[str, str]]:
    for node in tree.find_all(exp.AggFunc):
        argument = node.this
        name = node.sql_name().lower()
        if isinstance(argument, exp.Distinct):
            name, argument = f"{name} distinct", argument.expressions[0]
        if isinstance(node, exp.Count) and (
            argument is None or isinstance(argument, (exp.Star, exp.Literal))
        ):
            yield name, "*"
        elif argument is not None:
            yield name, _plain(argument, outputs)


def _groups(tree: exp.Query, outputs: Mapping[str, exp.Expr]) -> Iterator[str]:
    for select in tree.find_all(exp.Select):
        group = select.args.get("group")
        if group is None:
            continue
        if group.args.get("all"):
            yield from (_plain(i.unalias(), outputs) for i in select.expressions if not i.find(exp.AggFunc))
        for key in group.expressions:
            if isinstance(key, exp.Literal) and key.is_int:
                key = select.expressions[int(key.name) - 1].unalias()
            yield _grain(key, outputs)


def _grain(node: exp.Expr, outputs: Mapping[str, exp.Expr]) -> str:
    """Return a group's key; parts and truncations of a date by their unit, however they are spelt."""
    node = outputs.get(node.name.lower(), node) if isinstance(node, exp.Column) else node
    node = node.unnest()
    column = next(node.find_all(exp.Column), None)
    if column is None:
        return _plain(node, outputs)
    name = _plain(column, outputs)
    if isinstance(node, (exp.Extract, exp.TimestampTrunc, exp.DateTrunc)):
        unit = node.name if isinstance(node, exp.Extract) else str(node.args.get("unit") or "")
        return f"{unit.strip(chr(39)).lower()} of {name}"
    if isinstance(node, (exp.Year, exp.Quarter, exp.Month, exp.Week, exp.Day)):
        return f"{type(node).__name__.lower()} of {name}"
    return _plain(node, outputs)


def _order(tree: exp.Query, outputs: Mapping[str, exp.Expr]) -> Iterator[str]:
    order = tree.args.get("order")
    for key in order.expressions if order is not None else ():
        wanted = key.this
        if isinstance(wanted, exp.Literal) and wanted.is_int and int(wanted.name) <= len(tree.selects):
            wanted = tree.selects[int(wanted.name) - 1].unalias()
        yield f"{_plain(wanted, outputs)} {'descending' if key.args.get('desc') else 'ascending'}"


def _limit(tree: exp.Query, outputs: Mapping[str, exp.Expr]) -> str | None:
    limit = tree.args.get("limit")
    if limit is not None:
        return _plain(limit.expression, outputs)
    for comparison in tree.find_all(exp.LTE, exp.LT, exp.EQ):
        left = outputs.get(comparison.left.name.lower(), comparison.left)
        if left.find(*_RANKS) and isinstance(comparison.right, exp.Literal):
            return str(int(comparison.right.name) - isinstance(comparison, exp.LT))
    return None
