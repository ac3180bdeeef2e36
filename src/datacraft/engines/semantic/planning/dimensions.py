"""What is listed and what is grouped by, named in the question or implied by its question word."""

from __future__ import annotations

from datacraft.contracts.semantic import Role
from datacraft.engines.semantic.frame import Asked, Grain, Measure, Noun
from datacraft.engines.semantic.periods import time_column
from datacraft.engines.semantic.planning.draft import Draft
from datacraft.engines.semantic.planning.outputs import grain_output, noun_outputs, thing_outputs
from datacraft.engines.semantic.ranking import verb_measure
from datacraft.engines.semantic.scope import PEOPLE
from datacraft.engines.semantic.vocabulary import ColumnId, Thing, words_of

_PLACE_WORDS = ("address", "location", "place", "city", "state", "province", "region", "country")


def show_dimensions(draft: Draft) -> None:
    """Put what is listed and what is grouped by into the draft."""
    frame = draft.frame
    for asked in frame.asked:
        if asked.noun is not None:
            draft.dimensions.extend(noun_outputs(draft, asked.noun))
        elif asked.grain is not None:
            draft.dimensions.extend(grain_output(draft, asked.grain))
    _check_kind(draft)
    if not frame.asked:
        _show_implied(draft)
    _count_grouped_things(draft)
    for group in frame.groups:
        if group.noun is not None:
            draft.groups.extend(noun_outputs(draft, group.noun))
        elif group.grain is not None:
            draft.groups.extend(grain_output(draft, group.grain))


def give_dates_their_unit(draft: Draft) -> None:
    """`monthly sales by ship date`: the months are those of the date that is named; its days are not asked for."""
    frame, context = draft.frame, draft.context
    dates = [
        one
        for one in frame.groups
        if one.noun is not None
        and isinstance(one.noun.chosen, ColumnId)
        and context.column(one.noun.chosen).role is Role.TIME
    ]
    inner = [a.measure for a in frame.asked if a.measure is not None and a.measure.per_unit is not None]
    for measure in inner[:1] if len(dates) == 1 else ():  # "monthly average discount by ship date"
        frame.groups.append(Asked(grain=measure.per_unit))
        measure.per_unit = None
    units = [
        one.grain
        for one in frame.groups
        if one.grain is not None and not one.grain.of and _is_adverb(one.grain)
    ]
    if len(units) == len(dates) == 1:
        units[0].of = dates[0].noun
        frame.groups.remove(dates[0])


def _is_adverb(grain: Grain) -> bool:
    """Tell `monthly` from `month`, which may stand beside a date in a list."""
    said = grain.item.words if grain.item is not None else ()
    return grain.unit is not None and len(said) == 1 and said[0] != grain.unit.value


def _count_grouped_things(draft: Draft) -> None:
    """`shipments by status`: a thing and a group, and nothing said of the thing, asks how many."""
    frame = draft.frame
    only_thing = (
        len(frame.asked) == 1
        and frame.asked[0].noun is not None
        and isinstance(frame.asked[0].noun.chosen, Thing)
    )
    by_what = any(order.noun is not None or order.measure is not None for order in frame.orders)
    apart = frame.groups or (frame.compare and draft.groups)  # "male versus female members"
    if apart and only_thing and frame.rank is None and not by_what and frame.question_word != "amount":
        noun = frame.asked[0].noun
        frame.asked[0] = Asked(measure=Measure(["count"], noun))
        draft.dimensions.clear()
        draft.scope.outputs[:] = [output for output in draft.scope.outputs if output in draft.groups]


def _check_kind(draft: Draft) -> None:
    """`who` is answered with people, and `where` with places; anything else was not what was asked."""
    word, context = draft.frame.question_word, draft.context
    named = any(asked.noun is not None for asked in draft.frame.asked) or any(
        a.measure for a in draft.frame.asked
    )
    if word == "frequency" and not any(a.measure for a in draft.frame.asked):
        context.doubt("“how often” asks for a number", 0.9)
    listed = [a.noun for a in draft.frame.asked if a.noun is not None]
    only_things = bool(listed) and all(isinstance(noun.chosen, Thing) for noun in listed)
    if word == "person" and (not named or (only_things and not any(a.measure for a in draft.frame.asked))):
        words = " ".join(words_of(draft.base.name))
        labelled = any("name" in words_of(label) for label in draft.base.labels)
        person = bool(PEOPLE & set(context.lexicon.broader(words))) or (
            labelled and len(draft.base.labels) > 1
        )
        if not person:
            context.doubt("“who” asks for people", 0.9)
    keys = [
        a.noun.chosen for a in draft.frame.asked if a.noun is not None and isinstance(a.noun.chosen, ColumnId)
    ]
    if word == "person" and any(context.column(key).role is Role.ID for key in keys):
        context.doubt("“who” asks for a name", 0.9)


def _show_implied(draft: Draft) -> None:
    word = draft.frame.question_word
    table = draft.context.model.table(draft.base.table)
    if word == "time":
        column = time_column(draft.context, [draft.base.table], draft.frame.verbs)
        if column is not None and draft.scope.need(column.table):
            draft.dimensions.append(draft.scope.column_output(column))
            return
    if word == "place":
        for name in _PLACE_WORDS:
            found = next(
                (c for c in table.columns if name in words_of(c.name) and c.name not in table.label), None
            )
            if found is not None:
                draft.dimensions.append(draft.scope.column_output(ColumnId(table.name, found.name)))
                return
        draft.context.doubt("the data does not say where", 0.9)
    if any(asked.measure for asked in draft.frame.asked):
        return
    if draft.frame.groups and draft.frame.root.thing is None:
        near = sorted(
            (
                t.name
                for t in draft.context.model.tables
                if draft.context.graph.distance(draft.base.table, t.name) < 3
            ),
            key=lambda n: draft.context.graph.distance(draft.base.table, n),
        )
        spoken = next(
            (c for verb in draft.frame.verbs if (c := verb_measure(draft.context, verb, near))), None
        )
        if spoken is not None:
            draft.frame.asked.append(
                Asked(measure=Measure([], Noun(draft.frame.verbs[0], [(spoken, 1.0)], chosen=spoken)))
            )
            return
        draft.context.doubt("the question does not name what to show", 0.6)
    if draft.frame.root.thing is None and word in ("thing", "amount", "manner") and draft.frame.rank is None:
        spoken = next(
            (c for verb in draft.frame.verbs if (c := verb_measure(draft.context, verb, [draft.base.table]))),
            None,
        )
        if spoken is None:
            draft.context.doubt("the question does not name what to show", 0.9)
        else:
            noun = Noun(draft.frame.verbs[0], [(spoken, 1.0)], chosen=spoken)
            draft.frame.asked.append(Asked(measure=Measure([], noun)))
            return
    draft.dimensions.extend(thing_outputs(draft, draft.base))
