"""Parts of a plan that say nothing: a reading that ends in one has lost a part of the question."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations

from pydantic import BaseModel

from datacraft.contracts.plan import Comparison, DateDiff, InPlan, InValues, IsNull, QueryPlan
from datacraft.engines.semantic.aggregates import CannotCompute


def refuse_tautologies(plan: QueryPlan) -> None:
    """Refuse a plan that compares something with itself, or looks a key up among all keys of its own table.

    The time from a date to itself is such a comparison.

    Raises:
        CannotCompute: it does.
    """
    for node in _nodes(plan):
        if isinstance(node, Comparison) and node.left == node.right:
            raise CannotCompute("the two sides that are compared came out the same")
        if isinstance(node, DateDiff) and node.start == node.end:
            raise CannotCompute("a duration needs two dates, and both came out the same")
        if isinstance(node, InPlan) and _is_everything(node):
            raise CannotCompute("a thing came out as compared with all of its own kind")
        if isinstance(node, QueryPlan) and _excludes_itself(node):
            raise CannotCompute("a column would have to hold two values at once")


def _excludes_itself(plan: QueryPlan) -> bool:
    """Whether two filters ask for values of one column that have none in common: no row has both."""
    asked = [one for one in plan.filters if isinstance(one, InValues) and not one.negated]
    return any(
        one.left == other.left and not set(one.values) & set(other.values)
        for one, other in combinations(asked, 2)
    )


def _is_everything(node: InPlan) -> bool:
    inner = node.plan
    narrowed = inner.source or inner.joins or inner.having or inner.limit or inner.combine
    unfiltered = all(
        isinstance(one, IsNull) and one.negated and one.left == node.left for one in inner.filters
    )
    return not narrowed and unfiltered and inner.outputs[0].expression == node.left


def _nodes(node: BaseModel) -> Iterator[BaseModel]:
    """Yield a plan's every part, itself first."""
    yield node
    for _, value in node:
        for part in value if isinstance(value, tuple) else (value,):
            if isinstance(part, BaseModel):
                yield from _nodes(part)
