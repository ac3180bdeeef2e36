"""Conditions that people write over the columns of one table: parsed, and held to that."""

from __future__ import annotations

import difflib
from collections.abc import Sequence

from sqlglot import exp, parse
from sqlglot.errors import SqlglotError

from datacraft.contracts.errors import InputError

_REFUSED = (exp.Query, exp.Subquery, exp.Table, exp.Anonymous, exp.AggFunc, exp.Window, exp.Placeholder,
            exp.Parameter, exp.Command, exp.DDL, exp.DML, exp.Star)  # fmt: skip


def parse_condition(text: str, columns: Sequence[str]) -> exp.Expression:
    """Return a condition over one row as an expression with quoted columns.

    Raises:
        InputError: it is no SQL expression, names a column that isn't there, or is more than a condition on
            the values of one row.
    """
    try:
        parsed = parse(f"SELECT 1 WHERE {text}", read="duckdb")
    except (SqlglotError, RecursionError) as error:
        raise _wrong(text, "it is not SQL") from error
    statement = parsed[0] if len(parsed) == 1 else None
    if not isinstance(statement, exp.Select) or any(
        value for name, value in statement.args.items() if name not in {"expressions", "where", "kind"}
    ):
        raise _wrong(text, "it is more than a condition")
    condition: exp.Expression = statement.args["where"].this
    for node in condition.walk():
        if isinstance(node, _REFUSED):
            raise _wrong(text, f"{node.sql('duckdb')[:40]} is not allowed in it")
        if isinstance(node, exp.Column):
            _hold(node, text, columns)
    return condition.copy()


def _hold(column: exp.Column, text: str, columns: Sequence[str]) -> None:
    known = {name.lower(): name for name in columns}
    if column.table or column.name.lower() not in known:
        near = difflib.get_close_matches(column.name.lower(), list(known), n=2)
        hint = f"Did you mean {' or '.join(near)}?" if near else f"There are {', '.join(columns[:12])}."
        raise InputError(
            f"The condition {text!r} names {column.sql('duckdb')}, which is no column.", hint=hint
        )
    column.set("this", exp.to_identifier(known[column.name.lower()], quoted=True))


def _wrong(text: str, why: str) -> InputError:
    return InputError(
        f"The condition {text[:120]!r} can't be used: {why}.",
        hint="Write a comparison of columns, for example: ship_date >= order_date.",
    )
