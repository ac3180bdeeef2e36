"""Ranks over others of the same kind: who referred, manages or is followed by the most of their own."""

from __future__ import annotations

from datacraft.contracts.plan import Aggregate, AggregateFunction, IsNull, Order
from datacraft.engines.semantic.aggregates import CannotCompute
from datacraft.engines.semantic.joins import Edge
from datacraft.engines.semantic.planning.draft import Draft
from datacraft.engines.semantic.scope import Scope, among, ref
from datacraft.engines.semantic.vocabulary import ColumnId, Thing, words_of


def most_of_own_kind(draft: Draft) -> None:
    """`who supervises the most employees`: those whose key stands most often in the column that refers to them.

    Raises:
        CannotCompute: nothing in the table refers to its own rows; each would count itself alone.
    """
    rank = draft.frame.rank
    noun = rank.measure.noun if rank is not None and rank.measure is not None else None
    counts = rank is not None and rank.measure is not None and rank.measure.functions == ["count"]
    base, key = draft.base, draft.context.key_of(draft.base)
    listed = any(a.noun is not None and a.noun.chosen == base for a in draft.frame.asked)
    listed = listed or (not draft.frame.asked and not draft.frame.groups)
    if rank is None or not counts or noun is None or noun.chosen != base or base.virtual or not listed:
        return
    own = _referring(draft, base)
    if own is None or key is None:
        raise CannotCompute(f"nothing says which {base.name} belongs to which other one")
    column = ColumnId(base.table, own.columns[0][0])
    inner = Scope(draft.context, base.table)
    inner.output(column.column, ref(column))
    inner.filters.append(IsNull(left=ref(column), negated=True))
    often = Order(
        expression=Aggregate(function=AggregateFunction.COUNT, grain=base.table), descending=rank.descending
    )
    limit = rank.limit or 1
    scope = inner.plan(order=(often,), limit=limit, with_ties=limit == 1)
    draft.scope.filters.append(among(ref(key), inner).model_copy(update={"plan": scope}))
    draft.frame.rank = None


def _referring(draft: Draft, thing: Thing) -> Edge | None:
    """Return the one join of a table with itself, or of several the one that the question's words name."""
    own = [
        edge
        for edge in draft.context.graph.edges(thing.table)
        if edge.right == thing.table and edge.cardinality == "many_to_one" and len(edge.columns) == 1
    ]
    said = {kin for word in draft.context.said for kin in (word, *draft.context.lexicon.kin(word))}
    named = [edge for edge in own if said & set(words_of(edge.columns[0][0]))]
    if len(named) == 1:
        return named[0]
    return own[0] if len(own) == 1 else None
