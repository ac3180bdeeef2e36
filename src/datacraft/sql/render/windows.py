"""Windows over the rows of a result."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlglot import exp

from datacraft.contracts.errors import InputError
from datacraft.contracts.plan import Order, Window, WindowFunction
from datacraft.sql.render.dialects import number
from datacraft.sql.render.operators import divide
from datacraft.sql.render.walk import children, holds

if TYPE_CHECKING:
    from datacraft.sql.render.scope import Scope

_ORDERED = frozenset(
    {
        WindowFunction.RUNNING_TOTAL,
        WindowFunction.MOVING_AVERAGE,
        WindowFunction.PREVIOUS,
        WindowFunction.CHANGE,
        WindowFunction.GROWTH,
    }
)
_NUMBERS_ROWS = frozenset({WindowFunction.RANK, WindowFunction.ROW_NUMBER})


def write(node: Window, scope: Scope) -> exp.Expr:
    """Write a window function.

    `rank` and `row_number` without an order count the largest argument first.

    Raises:
        InputError: the window lacks an argument, an order or a size that its function needs.
    """
    _check(node)
    match node.function:
        case WindowFunction.RUNNING_TOTAL:
            return _over(exp.Sum(this=_argument(node, scope)), node, scope, rows_before="UNBOUNDED")
        case WindowFunction.MOVING_AVERAGE:
            before = number((node.size or 1) - 1)
            return _over(exp.Avg(this=_argument(node, scope)), node, scope, rows_before=before)
        case WindowFunction.PREVIOUS:
            return _previous(node, scope)
        case WindowFunction.CHANGE:
            return exp.Sub(this=_argument(node, scope), expression=_previous(node, scope))
        case WindowFunction.GROWTH:
            change = exp.Sub(this=_argument(node, scope), expression=_previous(node, scope))
            return divide(change, _previous(node, scope))
        case WindowFunction.SHARE:
            return divide(_argument(node, scope), _over(exp.Sum(this=_argument(node, scope)), node, scope))
        case WindowFunction.PARTITION_AVG:
            return _over(exp.Avg(this=_argument(node, scope)), node, scope)
        case WindowFunction.PARTITION_MAX:
            return _over(exp.Max(this=_argument(node, scope)), node, scope)
        case WindowFunction.RANK:
            return _over(exp.Rank(), node, scope)
        case WindowFunction.ROW_NUMBER:
            return _over(exp.RowNumber(), node, scope)


def window(function: exp.Expr, partition: list[exp.Expr], order: list[exp.Ordered]) -> exp.Window:
    """Return `function OVER (PARTITION BY ... ORDER BY ...)`."""
    return exp.Window(
        this=function,
        partition_by=partition,
        order=exp.Order(expressions=order) if order else None,
        over="OVER",
    )


def _check(node: Window) -> None:
    what = f"The plan's window `{node.function}`"
    if node.function in _NUMBERS_ROWS and node.argument is None and not node.order_by:
        raise InputError(f"{what} has neither an argument nor an order.", hint="Say of what it is.")
    if node.function in _ORDERED and not node.order_by:
        raise InputError(f"{what} has no order.", hint="Say in which order its rows follow one another.")
    if node.function is WindowFunction.MOVING_AVERAGE and node.size is None:
        raise InputError(f"{what} has no size.", hint="Say how many rows it averages.")
    if any(holds(child, Window) for child in children(node)):
        raise InputError(f"{what} holds another window.", hint="Compute the inner one in a source plan.")


def _over(
    function: exp.Expr, node: Window, scope: Scope, *, rows_before: str | exp.Expr | None = None
) -> exp.Window:
    keys = node.order_by
    if node.function in _NUMBERS_ROWS and not keys and node.argument is not None:
        keys = (Order(expression=node.argument, descending=True),)
    needs_order = node.function in _ORDERED or node.function in _NUMBERS_ROWS
    partition = scope.window_keys(node.partition_by)
    result = window(function, partition, scope.window_order(keys) if needs_order else [])
    if rows_before is not None:
        result.set(
            "spec",
            exp.WindowSpec(kind="ROWS", start=rows_before, start_side="PRECEDING", end="CURRENT ROW"),
        )
    return result


def _argument(node: Window, scope: Scope) -> exp.Expr:
    if node.argument is None:
        raise InputError(f"The plan's window `{node.function}` has no argument.", hint="Say of what it is.")
    return scope.expression(node.argument)


def _previous(node: Window, scope: Scope) -> exp.Expr:
    lag = exp.Lag(this=_argument(node, scope))
    if node.size is not None and node.size > 1:
        lag.set("offset", number(node.size))
    return _over(lag, node, scope)
