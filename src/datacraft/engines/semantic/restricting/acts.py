"""The way from one thing to another that an act tells: works by the exhibitions they were shown in."""

from __future__ import annotations

from datacraft.engines.semantic.joins import Path
from datacraft.engines.semantic.lattice import Item
from datacraft.engines.semantic.saying import table_of_verb
from datacraft.engines.semantic.scope import Context
from datacraft.engines.semantic.vocabulary import Thing


def act_route(context: Context, parent: Thing, child: Thing, verbs: tuple[Item, ...]) -> Path | None:
    """`works exhibited by a museum`: through the exhibitions, though a work has a museum of its own; else None."""
    graph = context.graph
    direct = graph.path(parent.table, child.table)
    for verb in verbs:
        events = table_of_verb(context, parent, verb, by_name=True)
        if events is None or direct is None or events in (parent.table, child.table):
            continue
        if any(edge.right == events for edge in direct):
            return None
        there, on = graph.path(parent.table, events), graph.path(events, child.table)
        if there and on and not {edge.right for edge in on} & {parent.table, *(e.right for e in there[:-1])}:
            return (*there, *on)
    return None
