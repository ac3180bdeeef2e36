"""Walking a plan's nodes: what an expression is made of and which tables it reads.

A walk stays within one plan: it does not enter the plans that `ScalarPlan` and `InPlan` hold, since their
names mean something else.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import TypeGuard, TypeVar, cast

from pydantic import BaseModel

from datacraft.contracts.plan import (
    Aggregate,
    AllOf,
    AnyOf,
    Arithmetic,
    Between,
    Bucket,
    ColumnRef,
    Comparison,
    Constant,
    DateDiff,
    DatePartOf,
    DateTrunc,
    Expression,
    InPlan,
    InValues,
    IsNull,
    Not,
    Order,
    OutputRef,
    Predicate,
    ScalarPlan,
    TextMatch,
    TimeRange,
    Window,
)

NodeT = TypeVar("NodeT", bound=BaseModel)

_PARTS: dict[type[BaseModel], tuple[str, ...]] = {
    Aggregate: ("argument", "second", "where", "weight"),
    Arithmetic: ("left", "right"),
    DateTrunc: ("argument",),
    DatePartOf: ("argument",),
    DateDiff: ("start", "end"),
    Bucket: ("argument",),
    Window: ("argument", "partition_by", "order_by"),
    Order: ("expression",),
    Comparison: ("left", "right"),
    Between: ("left", "low", "high"),
    InValues: ("left",),
    InPlan: ("left",),
    IsNull: ("left",),
    TextMatch: ("left",),
    TimeRange: ("left",),
    AllOf: ("items",),
    AnyOf: ("items",),
    Not: ("item",),
}

_EXPRESSIONS = (
    ColumnRef,
    Constant,
    OutputRef,
    Aggregate,
    Arithmetic,
    DateTrunc,
    DatePartOf,
    DateDiff,
    Bucket,
    Window,
    ScalarPlan,
)


def is_expression(node: BaseModel) -> TypeGuard[Expression]:
    """Whether a node is a value, and not a condition or a sort key."""
    return isinstance(node, _EXPRESSIONS)


def children(node: BaseModel) -> Iterator[BaseModel]:
    """Yield the nodes that `node` is directly made of."""
    for name in _PARTS.get(type(node), ()):
        value = getattr(node, name)
        if isinstance(value, tuple):
            yield from value
        elif value is not None:
            yield value


def walk(*nodes: BaseModel) -> Iterator[BaseModel]:
    """Yield `nodes` and everything they are made of, outermost first."""
    for node in nodes:
        yield node
        yield from walk(*children(node))


def holds(node: BaseModel, kind: type[BaseModel] | tuple[type[BaseModel], ...]) -> bool:
    """Whether `node` is or contains a node of this kind."""
    return any(isinstance(part, kind) for part in walk(node))


def tables_of(*nodes: BaseModel) -> tuple[str, ...]:
    """Return the tables whose columns `nodes` read, in the order of first use."""
    return tuple(dict.fromkeys(part.table for part in walk(*nodes) if isinstance(part, ColumnRef)))


def is_constant(node: BaseModel) -> bool:
    """Whether the node's value is the same for every row."""
    return not holds(node, (ColumnRef, OutputRef, Aggregate, Window))


def replace_outputs(node: NodeT, outputs: Mapping[str, Expression]) -> NodeT:
    """Return `node` with every reference to one of `outputs` replaced by that output's expression.

    Aggregates are left alone: what they read are rows, which know nothing of this plan's outputs.
    """
    if isinstance(node, OutputRef):
        return cast(NodeT, outputs.get(node.name, node))
    if isinstance(node, Aggregate):
        return node
    changed: dict[str, object] = {}
    for name in _PARTS.get(type(node), ()):
        value = getattr(node, name)
        if isinstance(value, tuple):
            new: object = tuple(replace_outputs(part, outputs) for part in value)
        else:
            new = None if value is None else replace_outputs(value, outputs)
        if new != value:
            changed[name] = new
    return node.model_copy(update=changed) if changed else node


def flatten(predicates: Iterable[Predicate]) -> Iterator[Predicate]:
    """Yield the conditions that must all hold, `AllOf` taken apart."""
    for predicate in predicates:
        if isinstance(predicate, AllOf):
            yield from flatten(predicate.items)
        else:
            yield predicate


def null_rejecting(predicate: Predicate) -> frozenset[str]:
    """Return the tables without a row of which `predicate` cannot hold."""
    match predicate:
        case AllOf(items=items):
            return frozenset().union(*(null_rejecting(item) for item in items))
        case AnyOf(items=items):
            return frozenset.intersection(*(null_rejecting(item) for item in items))
        case IsNull(negated=False) | Not():
            return frozenset()
        case InValues(negated=True) | InPlan(negated=True) | TextMatch(negated=True):
            return frozenset()
        case InValues(values=values) if None in values:
            return frozenset()
        case Comparison(right=Constant(value=None)):
            return frozenset()
        case _:
            return frozenset(tables_of(predicate))
