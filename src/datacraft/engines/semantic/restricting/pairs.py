"""Which of several joins leads to a related thing: by its role, or through others of its own kind."""

from __future__ import annotations

from typing import TYPE_CHECKING

from datacraft.contracts.plan import InPlan, Output
from datacraft.engines.semantic.frame import Condition, NounPhrase
from datacraft.engines.semantic.joins import Edge
from datacraft.engines.semantic.roles import wanted_role
from datacraft.engines.semantic.scope import Context, Scope, among, ref
from datacraft.engines.semantic.vocabulary import ColumnId, Thing, words_of

if TYPE_CHECKING:
    from datacraft.engines.semantic.restricting.restrictor import Restrictor


def tie_to_own_kind(
    restrictor: Restrictor, scope: Scope, parent: Thing, child: Thing, phrase: NounPhrase, negated: bool
) -> bool:
    """Things tied to others of their kind: by a column of their own, or through a table of pairs."""
    edge_pair = _pair(restrictor.context, parent.table, child.table, phrase)
    key = restrictor.context.key_of(child)
    if edge_pair is None or key is None:
        return False
    inner = Scope(restrictor.context, child.table)
    target = edge_pair[-1].columns[0][1]
    inner.outputs.append(Output(name=target, expression=ref(ColumnId(child.table, target))))
    restrictor.apply(inner, phrase)
    if phrase.rank is not None:
        inner.filters.append(InPlan(left=ref(key), plan=restrictor.keys_of_first(child, phrase.rank, phrase)))
    last = edge_pair[-1]
    membership = among(ref(ColumnId(last.left, last.columns[0][0])), inner)
    if len(edge_pair) == 1:
        scope.filters.append(membership.model_copy(update={"negated": negated}))
        return True
    first = edge_pair[0]
    pairs = Scope(restrictor.context, first.right)
    pairs.outputs.append(
        Output(name=first.columns[0][1], expression=ref(ColumnId(first.right, first.columns[0][1])))
    )
    if inner.filters:
        pairs.filters.append(membership)
    scope.filters.append(among(ref(ColumnId(parent.table, first.columns[0][0])), pairs, negated))
    return True


def _pair(context: Context, parent: str, child: str, phrase: NounPhrase) -> tuple[Edge, ...] | None:
    graph = context.graph
    via = phrase.via.chosen if phrase.via is not None else None
    if not isinstance(via, ColumnId):
        own = [
            edge
            for edge in graph.edges(parent)
            if edge.right == child and edge.cardinality == "many_to_one" and len(edge.columns) == 1
        ]
        if own and parent == child:
            return (own[0],)
    for first in graph.edges(parent):
        if (isinstance(via, ColumnId) and first.right != via.table) or first.right in (parent, child):
            continue
        for second in graph.edges(first.right):
            if second.right == child and second.columns[0][0] != first.columns[0][1]:
                if isinstance(via, ColumnId) and via.column in {
                    *(left for left, _ in first.columns),
                    first.columns[0][1],
                }:
                    continue
                return (first, second)
    return None


def role_edge(context: Context, parent: str, child: str, condition: Condition) -> Edge | None:
    """Of parallel joins (origin and destination), the one that the preposition or the words mean."""
    edges = [edge for edge in context.graph.edges(parent) if edge.right == child and len(edge.columns) == 1]
    if len(edges) < 2:
        return None
    return _pick_role(edges, condition)


def _pick_role(edges: list[Edge], condition: Condition) -> Edge | None:
    """Choose between parallel joins by the preposition: "from" the origin, "to" the destination."""
    wanted = wanted_role(condition)
    for edge in edges:
        if wanted & set(words_of(edge.columns[0][0])):
            return edge
    return None


def tie_through(restrictor: Restrictor, scope: Scope, edge: Edge, phrase: NounPhrase) -> None:
    """Keep rows whose related thing by one join is among those that the phrase describes."""
    child = restrictor.things[id(phrase)]
    inner = Scope(restrictor.context, child.table)
    left, right = edge.columns[0]
    inner.outputs.append(Output(name=right, expression=ref(ColumnId(edge.right, right))))
    restrictor.apply(inner, phrase)
    scope.filters.append(among(ref(ColumnId(edge.left, left)), inner))
