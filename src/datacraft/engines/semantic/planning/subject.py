"""What a question is about: the thing whose rows the plan starts from."""

from __future__ import annotations

from datacraft.contracts.semantic import NamedMeasure, Role
from datacraft.engines.semantic.frame import Asked, Frame
from datacraft.engines.semantic.planning.asking import target_of
from datacraft.engines.semantic.ranking import verb_measure
from datacraft.engines.semantic.scope import PEOPLE, Context, is_number, thing_of_column
from datacraft.engines.semantic.vocabulary import ColumnId, Duration, Thing, words_of


def subject_of(context: Context, frame: Frame) -> Thing:
    """Return the thing that a frame is about."""
    thing = frame.root.thing
    if thing is not None and isinstance(thing.chosen, Thing):
        return thing.chosen
    if thing is not None and isinstance(thing.chosen, ColumnId):
        return thing_of_column(context, thing.chosen)
    for asked in frame.asked:
        if asked.noun is not None and isinstance(asked.noun.chosen, Thing):
            return asked.noun.chosen
    for asked in frame.asked:
        target = target_of(asked)
        if isinstance(target, Thing):
            return target
        if isinstance(target, ColumnId):
            return _thing_behind(context, frame, target, asked)
        if isinstance(target, NamedMeasure | Duration):
            return context.vocabulary.things[target.table]
    return _from_the_rest(context, frame)


def _thing_behind(context: Context, frame: Frame, column: ColumnId, asked: Asked) -> Thing:
    owner = asked.noun.owner.chosen if asked.noun is not None and asked.noun.owner is not None else None
    if isinstance(owner, Thing):
        return owner
    ranked = frame.rank is not None
    info = context.column(column)
    holder = next(
        (e for e in context.model.entities if e.table == column.table and column.column in e.attributes),
        None,
    )
    if (
        asked.measure is None
        and holder is not None
        and is_number(info)
        and not context.model.table(column.table).label
    ):
        return thing_of_column(context, ColumnId(column.table, holder.key))
    if asked.measure is None and info.role is Role.DIMENSION and not any(a.measure for a in frame.asked):
        return thing_of_column(context, column)
    if asked.measure is None and (ranked or info.role in (Role.DIMENSION, Role.FLAG)):
        entity = next(
            (
                e
                for e in context.model.entities
                if e.table == column.table and column.column in (e.key, e.label)
            ),
            None,
        )
        if entity is not None or (ranked and info.role is Role.DIMENSION):
            return thing_of_column(context, column)
    return context.vocabulary.things[column.table]


def _from_the_rest(context: Context, frame: Frame) -> Thing:
    things = context.vocabulary.things
    rank = frame.rank
    measure = rank.measure if rank is not None else None
    if measure is not None and measure.noun is not None and measure.noun.chosen is not None:
        table = measure.noun.chosen.table
        return _person_near(context, table) if frame.question_word == "person" else things[table]
    for group in frame.groups:
        if group.noun is not None and group.noun.chosen is not None:
            return things[group.noun.chosen.table]
    for condition in frame.conditions:
        if condition.noun is not None and condition.noun.chosen is not None:
            table = condition.noun.chosen.table
            return _person_near(context, table) if frame.question_word == "person" else things[table]
        if condition.values and condition.values[0].chosen is not None:
            return things[condition.values[0].chosen.column.table]
    for verb in frame.verbs:
        spoken = verb_measure(context, verb, [table.name for table in context.model.tables])
        if spoken is not None:
            return things[spoken.table]
    tables = context.model.tables
    biggest = max(tables, key=lambda t: t.rows or 0)
    if len(tables) > 1:
        context.doubt("the table was assumed", 0.7)
    return _person_near(context, biggest.name) if frame.question_word == "person" else things[biggest.name]


def _person_near(context: Context, table: str) -> Thing:
    """Find whom "who ..." asks for a person: the nearest thing that the lexicon knows as a kind of person."""
    context = context
    people = [
        thing for thing in (*context.vocabulary.things.values(), *_entities(context))
        if PEOPLE & set(context.lexicon.broader(" ".join(words_of(thing.name))))
    ]  # fmt: skip
    near = [thing for thing in people if context.graph.distance(table, thing.table) < 3]
    if not near:
        return context.vocabulary.things[table]
    return min(near, key=lambda thing: context.graph.distance(table, thing.table))


def _entities(context: Context) -> list[Thing]:
    return [target for target in context.vocabulary.targets if isinstance(target, Thing) and target.virtual]
