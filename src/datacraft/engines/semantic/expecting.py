"""What a question's build leads one to expect of its answer: a figure, a function, a person, two sides.

`accounting` looks for every word in the plan; here the plan's shape is held against the question's. A plan of
another shape has lost a part of the question, whatever words it holds.
"""

from __future__ import annotations

from itertools import pairwise

from datacraft.contracts.plan import Aggregate, ColumnRef, InValues, Output, QueryPlan
from datacraft.engines.semantic.frame import Frame
from datacraft.engines.semantic.lattice import Item
from datacraft.engines.semantic.lexicon import OperatorKind as K
from datacraft.engines.semantic.saying import same_stem
from datacraft.engines.semantic.scope import PEOPLE, Context, is_date, is_number
from datacraft.engines.semantic.vocabulary import ColumnId, Thing, counts_already, words_of

_LOST = 0.9
_SUMMED_UP = {
    "avg": ("average", "avg", "mean"),
    "median": ("median",),
    "percentile": (),
    "stddev": (),
    "variance": (),
}

_RELATIVES = frozenset({"that", "who", "which"})


def check_expectations(context: Context, frame: Frame, plan: QueryPlan) -> None:
    """Record a doubt for everything that the question leads one to expect, and the plan does not give."""
    _functions(context, frame, plan)
    _figures(context, frame, plan)
    _sides(context, frame, plan)
    _further_questions(context, frame, plan)
    _relative_clauses(context, frame)
    _others(context, frame, plan)
    _compounds(context, frame)
    _news(context, plan)
    _arithmetic(context, frame, plan)
    _nowadays(context, frame, plan)
    _newcomers(context, frame, plan)
    _cut_total(context, plan)


def _news(context: Context, plan: QueryPlan) -> None:
    """`what did Neurology earn`: an answer that only repeats the name that was asked about is none."""
    fixed = [
        one.left
        for one in plan.filters
        if isinstance(one, InValues) and len(one.values) == 1 and not one.negated
    ]
    if plan.source is None and all(output.expression in fixed for output in plan.outputs):
        context.doubt("the answer would only repeat what the question says", _LOST)


def _newcomers(context: Context, frame: Frame, plan: QueryPlan) -> None:
    """`new customers`, `in every year`: of rows that repeat a thing, who came first in a period, or in all of them."""
    thing = frame.root.thing.chosen if frame.root.thing is not None else None
    if not isinstance(thing, Thing) or not thing.virtual:
        return
    text = plan.model_dump_json()
    for before, item in pairwise(frame.items):
        if before.words == ("new",) and item.nouns and '"function":"min"' not in text:
            context.doubt(f"“{before.text}” could not be tied to the data", _LOST)
        acted = before.verb is not None and not before.nouns
        if acted and item.grain and {"every", "each", "all"} & set(item.words):
            context.doubt(f"“{item.text}” could not be tied to the data", _LOST)


def _cut_total(context: Context, plan: QueryPlan) -> None:
    """`sales of the top 3 products`: one total has no first three."""
    whole = plan.source is None and plan.limit is not None and bool(plan.outputs)
    if whole and all(isinstance(output.expression, Aggregate) for output in plan.outputs):
        context.doubt("the first few were not told apart", _LOST)


_NOW = frozenset({"still", "currently", "right now", "at the moment", "at present", "nowadays", "as of now"})


def _nowadays(context: Context, frame: Frame, plan: QueryPlan) -> None:
    """`still running`, `on loan right now`: something tells those that are so now from those that were."""
    said = next((i for i in frame.items if " ".join(i.words) in _NOW and i.start > 0), None)
    text = plan.model_dump_json()
    told = (
        '"kind":"is_null"',
        '"kind":"in_values"',
        '"kind":"comparison"',
        '"kind":"time_range"',
        '"kind":"between"',
    )
    if said is not None and not any(one in text for one in told):
        context.doubt(f"“{said.text}” could not be tied to the data", _LOST)


def _arithmetic(context: Context, frame: Frame, plan: QueryPlan) -> None:
    """`the share of`, `the difference between`: one figure is set against another."""
    text = plan.model_dump_json()
    shared = any(asked.measure is not None and asked.measure.share for asked in frame.asked)
    if shared and '"operator":"/"' not in text and '"function":"share"' not in text:
        context.doubt("the question does not say what share", _LOST)
    if frame.difference and '"operator":"-"' not in text and '"function":"change"' not in text:
        context.doubt("the difference was not worked out", _LOST)


def _functions(context: Context, frame: Frame, plan: QueryPlan) -> None:
    """`average`, `median`: the plan takes it, or shows a column that is one."""
    text = plan.model_dump_json()
    for item in frame.items:
        function = (item.operator(K.AGGREGATION) or "").partition(".")[0]
        if function not in _SUMMED_UP or item.nouns:
            continue
        named = any(word in text for word in _SUMMED_UP[function])
        if not named and f'"function":"{function}"' not in text and '"operator":"/"' not in text:
            context.doubt(f"“{item.text}” was not worked out", _LOST)


def _figures(context: Context, frame: Frame, plan: QueryPlan) -> None:
    """`how many`, `how much`: at least one column of the result is a figure."""
    first = frame.items[0].words if frame.items else ()
    asked = first[:2] == ("how", "many") or frame.question_word == "amount"
    if asked and not any(_is_figure(context, output) for output in plan.outputs):
        context.doubt(f"“{' '.join(first[:2])}” asks for a figure", _LOST)


def _is_figure(context: Context, output: Output) -> bool:
    expression = output.expression
    if not isinstance(expression, ColumnRef):
        return True
    column = context.column(ColumnId(expression.table, expression.column))
    return is_number(column) or counts_already(column.name)


def _sides(context: Context, frame: Frame, plan: QueryPlan) -> None:
    """`A versus B`: what is compared is shown side by side, or as a difference."""
    grows = any(asked.measure is not None and asked.measure.window == "growth" for asked in frame.asked)
    if frame.compare and not (frame.difference or grows) and len(plan.outputs) == 1:
        context.doubt("the two sides that are compared would be one", _LOST)


def _further_questions(context: Context, frame: Frame, plan: QueryPlan) -> None:
    """`..., and who made them?`: a second question word is answered by a column of its kind."""
    for before, item in pairwise(frame.items):
        word = item.operator(K.QUESTION_WORD)
        joined = before.operator(K.CONJUNCTION) is not None
        if item.words == ("and", "who") and not any(_RELATIVES & set(i.words) for i in frame.items[:2]):
            word, joined = "person", True
        if not joined or word not in ("person", "time"):
            continue
        if not any(_answers(context, word, output) for output in plan.outputs):
            context.doubt(f"“{item.text}” was not answered", _LOST)


def _answers(context: Context, word: str, output: Output) -> bool:
    expression = output.expression
    if not isinstance(expression, ColumnRef):
        return word == "time"
    column = ColumnId(expression.table, expression.column)
    if word == "time":
        return is_date(context.column(column)) or context.column(column).time_part is not None
    said = " ".join(words_of(context.model.table(column.table).entity))
    return bool(PEOPLE & set(context.lexicon.broader(said))) or "name" in words_of(column.column)[1:]


def _relative_clauses(context: Context, frame: Frame) -> None:
    """`suppliers that have closed down`: what a relative clause says of things restricts them."""
    items = frame.items
    said = {id(verb) for condition in frame.all_conditions() if (verb := condition.verb) is not None}
    for index, item in enumerate(items):
        if not index or not (_RELATIVES & set(item.words)) or item.nouns or item.values:
            continue
        clause: list[Item] = []
        for following in items[index + 1 :]:
            if following.operator(K.CONJUNCTION) or following.operator(K.GROUP):
                break
            clause.append(following)
        content = any(
            i.nouns or i.values or i.time or i.number or i.adjective
            or i.operator(K.SUPERLATIVE_COUNT) or i.operator(K.NULL_CHECK) or i.operator(K.NEGATION)
            for i in clause
        )  # fmt: skip
        acts = [i for i in clause if i.verb is not None or i.operator(K.AUXILIARY)]
        if acts and not content and not any(id(i) in said for i in clause):
            context.doubt(f"“{' '.join(i.text for i in (item, *clause))}” was not kept", _LOST)


def _others(context: Context, frame: Frame, plan: QueryPlan) -> None:
    """`from another country than their band`, `the most others`: two of a kind, where the plan has one."""
    differ = '"operator":"!="' in plan.model_dump_json()
    for position, item in enumerate(frame.items):
        if item.words[-1] == "others" and position and (frame.rank is not None or frame.compare):
            context.doubt(f"“{item.text}” was not kept", _LOST)
        than = any(behind.words[0] == "than" for behind in frame.items[position + 1 :])
        if than and not differ and item.words[-1] in ("different", "another"):
            context.doubt(f"“{item.text} ... than” was not kept", _LOST)


def _compounds(context: Context, frame: Frame) -> None:
    """`the marketing budget`: a word that says which budget has to be in what stands for it."""
    chosen = {id(noun.item): noun.chosen for noun in frame.nouns()}
    for before, item in pairwise(frame.items):
        target = chosen.get(id(item))
        if before not in frame.verbs or not before.words[-1].endswith("ing") or before.verb is None:
            continue
        if isinstance(target, ColumnId) and not any(
            same_stem(word, before.verb.base) for word in words_of(target.column)
        ):
            context.doubt(f"“{before.text} {item.text}” could not be tied to the data", _LOST)
