"""What one condition says of one thing, as predicates; a kind of condition has a module of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from datacraft.contracts.plan import Predicate
from datacraft.engines.semantic.frame import Condition
from datacraft.engines.semantic.restricting.columns import column_predicate
from datacraft.engines.semantic.restricting.comparing import compare
from datacraft.engines.semantic.restricting.counting import count_predicate, times_predicate
from datacraft.engines.semantic.restricting.states import NOTHING, state_predicate
from datacraft.engines.semantic.restricting.times import time_predicate
from datacraft.engines.semantic.restricting.values import value_predicates
from datacraft.engines.semantic.scope import Scope
from datacraft.engines.semantic.vocabulary import Thing

if TYPE_CHECKING:
    from datacraft.engines.semantic.restricting.restrictor import Restrictor


def predicates(restrictor: Restrictor, scope: Scope, thing: Thing, condition: Condition) -> list[Predicate]:
    """Return what a condition says of a thing, none where every row meets it; what can't be said is a doubt."""
    kind = condition.kind
    if kind == "value":
        return value_predicates(restrictor, scope, thing, condition)
    if kind == "time":
        made = time_predicate(restrictor, scope, thing, condition)
    elif kind == "compare":
        made = compare(restrictor.context, scope, thing, condition)
    elif kind == "state":
        made = state_predicate(restrictor.context, thing, condition)
    elif kind == "times":
        made = times_predicate(restrictor.context, thing, condition)
    elif kind == "count":
        made = count_predicate(restrictor.context, thing, condition)
    elif kind in ("null", "text", "flag", "named"):
        made = column_predicate(restrictor.context, scope, thing, condition)
    else:
        made = None
    if made is NOTHING:
        return []
    if made is None:
        restrictor.context.doubt(f"a condition could not be tied to the data: {_words(condition)}", 1.0)
        return []
    return [made]


def _words(condition: Condition) -> str:
    if condition.values:
        return condition.values[0].item.text
    if condition.noun is not None:
        return condition.noun.item.text
    return condition.text or (condition.span.label if condition.span else condition.operator)
