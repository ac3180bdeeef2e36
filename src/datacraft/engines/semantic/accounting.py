"""Every content word must be found again in the plan, or the plan is not what was asked.

PRECISE answers only where every word maps; here the finished plan is searched for what each word became: its
numbers, values, periods, columns and tables. Whatever is missing was dropped on the way, and is a doubt.
"""

from __future__ import annotations

from datacraft.contracts.plan import ColumnRef, OutputRef, QueryPlan
from datacraft.contracts.semantic import NamedFilter, NamedMeasure
from datacraft.engines.semantic.adjectives import adjective_column
from datacraft.engines.semantic.durations import SECONDS
from datacraft.engines.semantic.frame import Frame, Noun, ValueMention
from datacraft.engines.semantic.lexicon import OperatorKind
from datacraft.engines.semantic.saying import explained_verb
from datacraft.engines.semantic.scope import Context, is_date
from datacraft.engines.semantic.vocabulary import ColumnId, Duration, Thing, words_of

_LOST = 0.9
_REFLEXIVE = frozenset({"own", "themselves", "himself", "herself", "itself", "oneself"})


def account_for_words(context: Context, frame: Frame, plan: QueryPlan) -> None:
    """Record a doubt for every content word that the plan does not hold."""
    text = plan.model_dump_json()
    _numbers(context, frame, text)
    _values(context, frame, text)
    _periods(context, frame, text)
    _nouns(context, frame, text)
    _verbs(context, frame, plan, text)
    _quantifiers(context, frame)
    _structure(context, frame, plan, text)
    if frame.dangling:
        context.doubt("a “not” could not be tied to the data", _LOST)
    for words in frame.lost:
        context.doubt(f"“{words}” could not be kept", _LOST)


def _structure(context: Context, frame: Frame, plan: QueryPlan, text: str) -> None:
    """What kind of plan the question's build asks for: rows of what is listed, and fewer where it says which."""
    root = frame.root.thing
    listed = root is not None and any(asked.noun is root for asked in frame.asked)
    if (
        listed
        and root is not None
        and isinstance(root.chosen, Thing)
        and not frame.trend
        and not frame.distribution
    ):
        names = {*root.chosen.labels, root.chosen.key, *context.model.table(root.chosen.table).primary_key}
        shown = [output.expression for output in plan.outputs]
        rows = any(isinstance(e, ColumnRef) and e.column in names for e in shown)
        if not rows and len(names - {None}) and not any(isinstance(e, OutputRef) for e in shown):
            context.doubt(f"“{root.item.text}” would not be listed", 0.6)
    narrowed = plan.source is not None or plan.filters or plan.having or plan.limit is not None or plan.order
    if listed and not narrowed and any(item.operator(OperatorKind.RELATIVE) for item in frame.items[1:]):
        context.doubt("what is said of them was not kept", _LOST)
    rank = frame.rank
    generic = (
        rank is not None and rank.measure is None and rank.adjective is not None and rank.adjective.generic
    )
    if generic and listed and root is not None and rank is not None and rank.adjective is not None:
        table = root.chosen.table if root.chosen is not None else ""
        if adjective_column(context, rank.adjective, [table]) is None:
            context.doubt(f"“{rank.item.text if rank.item else ''}” does not say by what", 0.6)


def _numbers(context: Context, frame: Frame, text: str) -> None:
    for item in frame.items:
        if item.number is None or not item.used or item.nouns or item.values or item.time is not None:
            continue
        value = item.number.value
        forms = {str(value), str(float(value)), str(value / 100), f"{float(value):g}"}
        forms |= {
            str(value * factor) for factor in (7, *SECONDS.values())
        }  # "2 weeks" in days, or in seconds
        if item.number.ordinal:
            continue
        if not any(f":{form}" in text or f"[{form}" in text or f",{form}" in text for form in forms):
            multiplied = any(
                word in context.lexicon.time.multipliers for other in frame.items for word in other.words
            )
            if not multiplied:
                context.doubt(f"“{item.text}” could not be tied to the data", _LOST)


def _values(context: Context, frame: Frame, text: str) -> None:
    mentions: list[ValueMention] = [
        value for condition in frame.all_conditions() for value in condition.values
    ]
    for mention in mentions:
        if mention.chosen is not None and mention.hint is None and not mention.item.quoted:
            loose = {"contains": 0.9 if mention.item.text.islower() else 0.3, "similar": 0.6}.get(
                mention.chosen.how
            )
            if loose is not None:
                context.doubt(f"“{mention.item.text}” is only a part of a name, or spelt another way", loose)
        if mention.chosen is None or mention.chosen.how == "contains":
            continue
        if not any(_json(value) in text for value in mention.chosen.values):
            context.doubt(f"“{mention.item.text}” could not be tied to the data", _LOST)


def _json(value: object) -> str:
    import json

    return (
        json.dumps(value, ensure_ascii=False) if isinstance(value, str | int | float | bool) else str(value)
    )


def _periods(context: Context, frame: Frame, text: str) -> None:
    for condition in frame.all_conditions():
        span = condition.span
        if span is None or span.kind == "relative":
            continue
        edges = [edge for edge in (span.start, span.end) if edge is not None]
        if edges and not any(
            edge.isoformat() in text or f":{edge.year}" in text or f":{edge.year - 1}" in text
            for edge in edges
        ):
            context.doubt(f"“{span.label}” could not be tied to the data", _LOST)


def _nouns(context: Context, frame: Frame, text: str) -> None:
    hints = {id(value.hint) for condition in frame.all_conditions() for value in condition.values}
    for noun in frame.nouns():
        if id(noun) in hints or noun.chosen is None or isinstance(noun.chosen, NamedMeasure | NamedFilter):
            continue
        if noun.item.words[-1] in ("age", "ages") and _tells_a_birth(context, noun.chosen):
            context.doubt(f"“{noun.item.text}” would have to be worked out from a birth", _LOST)
        if not _noun_is_in(context, noun, text):
            context.doubt(f"“{noun.item.text}” could not be tied to the data", 0.5)


def _tells_a_birth(context: Context, target: object) -> bool:
    if not isinstance(target, ColumnId):
        return False
    column = context.column(target)
    return is_date(column) or column.time_part is not None or "birth" in words_of(target.column)


def _noun_is_in(context: Context, noun: Noun, text: str) -> bool:
    target = noun.chosen
    if isinstance(target, Duration):
        return f'"{target.end}"' in text
    if isinstance(target, ColumnId):
        return f'"{target.column}"' in text
    if isinstance(target, Thing):
        linked = {edge.columns[0][0] for edge in context.graph.edges(target.table)}
        keyed = [target.key] if target.key else [*context.model.table(target.table).primary_key, *linked]
        return f'"{target.table}"' in text or any(f'"{name}"' in text for name in keyed if name)
    return True


def _verbs(context: Context, frame: Frame, plan: QueryPlan, text: str) -> None:
    """A verb links two things of the plan, or speaks of its columns; anything else was not understood."""
    content = [i for i in frame.items if i.nouns or i.values or i.time or i.number or i.grain]
    tables = [table.name for table in context.model.tables if f'"{table.name}"' in text]
    stated = {id(condition.verb) for condition in frame.all_conditions() if condition.kind == "state"}
    for verb in frame.verbs:
        if id(verb) in stated or explained_verb(context, verb, tables):
            continue
        if any(_json(sense.value) in text for sense in (*verb.values, *verb.acts)):
            continue
        before = any(i.end <= verb.start for i in content)
        after = any(i.start >= verb.end for i in content)
        context.doubt(
            f"“{verb.text}” could not be tied to the data",
            0.45 if before and after and len(tables) > 1 else _LOST,
        )


def _quantifiers(context: Context, frame: Frame) -> None:
    """`who only bought ...`, `in every year`: more than the plan says, where nothing took them up."""
    for index, item in enumerate(frame.items):
        if item.words[-1] in _REFLEXIVE and not item.verb:
            context.doubt(f"“{item.text}” could not be tied to the data", _LOST)  # "their own manager"
        kind = item.operator(OperatorKind.QUANTIFIER)
        before = frame.items[index - 1] if index else None
        relative = before is not None and (
            before.operator(OperatorKind.RELATIVE) or before.verb is not None or before.nouns
        )
        if (
            kind == "only"
            and relative
            and not item.nouns
            and 1 < index < len(frame.items) - 1
            and item.start > 0
            and item.words[0] in ("only", "just", "exclusively", "solely")
        ):
            context.doubt(f"“{item.text}” could not be tied to the data", _LOST)
        following = frame.items[index + 1] if index + 1 < len(frame.items) else None
        if item.operator(OperatorKind.GROUP) is not None and "single" in item.words:
            context.doubt(f"“{item.text}” could not be tied to the data", _LOST)
        each = item.operator(OperatorKind.GROUP) is not None and item.words[-1] in ("each", "every")
        if each and following is not None and following.time is not None and not following.grain:
            context.doubt(f"“{item.text}” could not be tied to the data", _LOST)
