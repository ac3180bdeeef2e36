"""How things stand by a verb: its date, flag or amount is there, or is missing."""

from __future__ import annotations

from datacraft.contracts.plan import Comparison, Constant, IsNull, Predicate
from datacraft.contracts.semantic import Role
from datacraft.engines.semantic.frame import Condition
from datacraft.engines.semantic.periods import time_column
from datacraft.engines.semantic.restricting.columns import flag_predicate
from datacraft.engines.semantic.saying import explained_verb, table_of_verb
from datacraft.engines.semantic.scope import Context, among, is_date, link, ref
from datacraft.engines.semantic.vocabulary import ColumnId, Thing, words_of

_MAY_BE = frozenset({"need", "require", "allow", "can", "may", "must", "should", "permit", "support"})
NOTHING: Predicate = IsNull(left=Constant(value=None))  # a condition that every row meets: nothing to add


def state_predicate(context: Context, thing: Thing, condition: Condition) -> Predicate | None:
    """`cancelled subscriptions`, `unpaid invoices`: the date of the act is there, or is missing."""
    verb = condition.verb
    assert verb is not None and verb.verb is not None
    column = time_column(context, [thing.table], [verb], implied_only=True)
    if column is not None:
        if context.column(column).null_fraction == 0 and not condition.negated:
            return NOTHING
        return IsNull(left=ref(column), negated=not condition.negated)
    told = _told_by_column(context, thing, verb.verb.base, not condition.negated)
    if told is not None:
        return told
    events = table_of_verb(context, thing, verb)
    found = link(context, thing, events) if events is not None else None
    if found is not None:
        return among(*found, negated=condition.negated)
    near = [t.name for t in context.model.tables if context.graph.distance(thing.table, t.name) < 2]
    if not condition.negated and explained_verb(context, verb, near, as_state=True):
        return NOTHING
    return None


def _told_by_column(context: Context, thing: Thing, verb: str, truth: bool) -> Predicate | None:
    """A flag that is named after the verb, else its amount, where a row without one holds 0 ("discounted lines")."""
    columns = context.model.table(thing.table).columns
    for column in columns:
        named = words_of(column.name)
        if named[0] in _MAY_BE:
            continue  # `needs_prescription` does not say whether it was prescribed
        if column.role is Role.FLAG and any(w[:4] == verb[:4] for w in named if len(w) > 2):
            flag = ColumnId(thing.table, column.name)
            return flag_predicate(context, ref(flag), flag, truth)
    known = context.lexicon.verb(verb)
    family = {verb, *context.lexicon.kin(verb)}
    results = {words_of(noun) for noun in known.nouns} if known is not None else set()
    for column in columns:
        if column.null_fraction and words_of(column.name) in results and not is_date(column):
            return IsNull(
                left=ref(ColumnId(thing.table, column.name)), negated=truth
            )  # "never rated": no rating
    for column in columns:
        named = words_of(column.name)
        if len(named) > 1 and named[0] in family and named[-1] in ("by", "to") and column.null_fraction:
            return IsNull(left=ref(ColumnId(thing.table, column.name)), negated=truth)
    for column in columns:
        amount = column.role is Role.MEASURE and column.minimum == 0
        if amount and words_of(column.name)[:1] == (verb,):
            left = ref(ColumnId(thing.table, column.name))
            return Comparison(left=left, operator=">" if truth else "=", right=Constant(value=0))
    return None
