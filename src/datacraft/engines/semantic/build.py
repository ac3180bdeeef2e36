"""From a resolved frame to a query plan: what is the question about, what is shown, grouped, ranked, kept."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

from datacraft.contracts.plan import (
    Aggregate,
    AggregateFunction,
    Arithmetic,
    Bucket,
    ColumnRef,
    Comparison,
    Constant,
    DatePartOf,
    DateTrunc,
    Expression,
    IsNull,
    Order,
    Output,
    OutputRef,
    Predicate,
    QueryPlan,
    TimeUnit,
    Window,
    WindowFunction,
)
from datacraft.contracts.semantic import DefaultAggregation, NamedMeasure, Role
from datacraft.engines.semantic.computing import (
    CannotCompute,
    Computed,
    compute,
    count_of,
    default_function,
    per_thing,
)
from datacraft.engines.semantic.frame import Asked, Condition, Frame, Grain, Measure, Noun, OrderSpec, Rank
from datacraft.engines.semantic.periods import grain_expression, time_column
from datacraft.engines.semantic.ranking import rank_expression, verb_measure
from datacraft.engines.semantic.restricting import Restrictor, thing_of_column
from datacraft.engines.semantic.saying import table_of_verb
from datacraft.engines.semantic.scope import Context, Scope, among, is_number, link, ref, snake
from datacraft.engines.semantic.vocabulary import ColumnId, Duration, Thing, counts_already, words_of

_PLACE_WORDS = ("address", "location", "place", "city", "state", "province", "region", "country")


class Builder:
    """Builds the plan of one frame."""

    def __init__(self, context: Context, frame: Frame) -> None:
        self.context = context
        self.frame = frame
        self.base = self._base()
        self.scope = Scope(context, self._start_table())
        self.dimensions: list[Output] = []
        self.groups: list[Output] = []
        self.measures: list[Output] = []
        self.grain: Output | None = None

    def build(self) -> QueryPlan:
        """Return the plan.

        Raises:
            CannotCompute: what was asked makes no sense on this data; the message says why.
        """
        frame = self.frame
        self._first_or_last_time()
        self._rank_of_related()
        self._rates()
        self._how_much()
        numerator = self._split_share()
        self._denied_verb()
        restrictor = Restrictor(self.context, frame.conditions, frame.root, self.base)
        restrictor.about_things = self._about_things()
        restrictor.measured = self._measured_tables()
        for asked in frame.asked:
            if asked.measure is not None:
                self._simplify(asked.measure)
        for rank in (frame.rank, frame.root.rank):
            if rank is not None and rank.measure is not None:
                self._simplify(rank.measure)
        nested = self._per_thing(restrictor) or self._per_unit(restrictor)
        if nested is not None:
            return nested
        self._resolve_measures_in_asked()
        self._compare_values(frame.conditions)
        self._show_dimensions()
        restrictor.apply(self.scope)
        self._show_measures(numerator)
        self._apply_root_rank(restrictor)
        return self._finish()

    def _first_or_last_time(self) -> None:
        """`When was the first order?` asks for the earliest date, not for the order."""
        frame, rank = self.frame, self.frame.rank
        if frame.question_word != "time" or rank is None or rank.item is None:
            return
        word = rank.item.words[-1]
        if not (
            rank.time_order or word in ("first", "last", "latest", "earliest", "newest", "oldest", "recent")
        ):
            return
        column = time_column(self.context, [self.base.table], frame.verbs)
        if column is not None:
            latest = word in ("last", "latest", "newest", "recent")
            noun = Noun(rank.item, [(column, 1.0)], chosen=column)
            frame.asked = [Asked(measure=Measure(["max" if latest else "min"], noun))]
            frame.rank = None

    def _rank_of_related(self) -> None:
        """`cities in the state with the largest area`: the rank is the state's, not the cities'."""
        rank = self.frame.rank
        inner = rank.stack[-1] if rank is not None and len(rank.stack) > 1 else None
        target = (
            rank.measure.noun.chosen
            if rank is not None and rank.measure is not None and rank.measure.noun is not None
            else None
        )
        thing = inner.thing.chosen if inner is not None and inner.thing is not None else None
        if rank is None or inner is None or not isinstance(thing, Thing) or target is None:
            return
        if thing == self.base and inner.via is None:
            return
        graph = self.context.graph
        near, far = graph.distance(thing.table, target.table), graph.distance(self.base.table, target.table)
        counts = any(asked.measure is not None for asked in self.frame.asked)
        if near < far or (near == far and (counts or inner.via is not None)):
            inner.rank, self.frame.rank = rank, None
            rank.stack = (inner,)

    def _rates(self) -> None:
        """`profit per order`: with more orders than one would list, the average over them."""
        for group in list(self.frame.groups):
            target = group.noun.chosen if group.noun is not None else None
            key = self.context.key_of(target) if group.rate and isinstance(target, Thing) else None
            measure = next((a.measure for a in self.frame.asked if a.measure is not None), None)
            noun = next((a for a in self.frame.asked if a.noun is not None and self._numeric(a.noun)), None)
            if (
                key is None
                or (self.context.column(key).distinct or 0) <= 200
                or (measure is None and noun is None)
            ):
                continue
            if measure is None and noun is not None:
                noun.measure, noun.noun = Measure([], noun.noun), None
                measure = noun.measure
            if measure is not None and measure.functions in ([], ["sum"], ["count"]) and not measure.share:
                measured = measure.noun.chosen if measure.noun is not None else None
                inner = measure.functions or [
                    default_function(self.context, measured) if isinstance(measured, ColumnId) else "count"
                ]
                if isinstance(measured, NamedMeasure | Duration) or inner == ["avg"]:
                    continue
                measure.functions, measure.per = ["avg", *inner], group.noun
                self.frame.groups.remove(group)

    def _denied_verb(self) -> None:
        """`patients not discharged`: a denied verb with nothing after it means that its date is missing."""
        verb = self.frame.denied_verb
        if verb is None or any(c.negated for c in self.frame.conditions):
            return
        column = time_column(self.context, [self.base.table], [verb], implied_only=True)
        events = table_of_verb(self.context, self.base, verb) if column is None else None
        if column is not None:
            self.scope.filters.append(IsNull(left=ref(column)))
        elif events is not None and (found := link(self.context, self.base, events)) is not None:
            self.scope.filters.append(among(*found, negated=True))
        else:
            self.context.doubt(f"“not {verb.text}” could not be tied to the data", 0.7)

    def _about_things(self) -> bool:
        """Whether the question lists or counts things, rather than adding up a column over their rows."""
        for asked in self.frame.asked:
            target = self._target_of(asked)
            counted = asked.measure is not None and asked.measure.functions[-1:] == ["count"]
            if isinstance(target, Thing) or (counted and target is None):
                return True
            if (
                asked.measure is None
                and isinstance(target, ColumnId)
                and not is_number(self.context.column(target))
            ):
                return True
        return self.frame.root.thing is not None and not self.frame.asked

    def _simplify(self, measure: Measure) -> None:
        """`average number of citations` over a column that holds that number is its plain average."""
        target = measure.noun.chosen if measure.noun is not None else None
        if (
            isinstance(target, ColumnId)
            and measure.functions[-1:] == ["count"]
            and is_number(self.context.column(target))
            and self.context.column(target).role is Role.MEASURE
            and (counts_already(target.column) or len(measure.functions) > 1)
        ):
            measure.functions = measure.functions[:-1] or ["sum"]

    # What is the question about?

    def _base(self) -> Thing:
        thing = self.frame.root.thing
        if thing is not None and isinstance(thing.chosen, Thing):
            return thing.chosen
        if thing is not None and isinstance(thing.chosen, ColumnId):
            return thing_of_column(self.context, thing.chosen)
        for asked in self.frame.asked:
            if asked.noun is not None and isinstance(asked.noun.chosen, Thing):
                return asked.noun.chosen
        for asked in self.frame.asked:
            target = self._target_of(asked)
            if isinstance(target, Thing):
                return target
            if isinstance(target, ColumnId):
                return self._thing_behind(target, asked)
            if isinstance(target, NamedMeasure | Duration):
                return self.context.vocabulary.things[target.table]
        return self._base_from_rest()

    def _thing_behind(self, column: ColumnId, asked: Asked) -> Thing:
        owner = asked.noun.owner.chosen if asked.noun is not None and asked.noun.owner is not None else None
        if isinstance(owner, Thing):
            return owner
        ranked = self.frame.rank is not None
        info = self.context.column(column)
        holder = next(
            (
                e
                for e in self.context.model.entities
                if e.table == column.table and column.column in e.attributes
            ),
            None,
        )
        if (
            asked.measure is None
            and holder is not None
            and is_number(info)
            and not self.context.model.table(column.table).label
        ):
            return thing_of_column(self.context, ColumnId(column.table, holder.key))
        if (
            asked.measure is None
            and info.role is Role.DIMENSION
            and not any(a.measure for a in self.frame.asked)
        ):
            return thing_of_column(self.context, column)
        if asked.measure is None and (ranked or info.role in (Role.DIMENSION, Role.FLAG)):
            entity = next(
                (
                    e
                    for e in self.context.model.entities
                    if e.table == column.table and column.column in (e.key, e.label)
                ),
                None,
            )
            if entity is not None or (ranked and info.role is Role.DIMENSION):
                return thing_of_column(self.context, column)
        return self.context.vocabulary.things[column.table]

    def _target_of(self, asked: Asked) -> object:
        if asked.noun is not None:
            return asked.noun.chosen
        if asked.measure is not None and asked.measure.noun is not None:
            return asked.measure.noun.chosen
        return None

    def _base_from_rest(self) -> Thing:
        things = self.context.vocabulary.things
        rank = self.frame.rank
        measure = rank.measure if rank is not None else None
        if measure is not None and measure.noun is not None and measure.noun.chosen is not None:
            table = measure.noun.chosen.table
            return self._person_near(table) if self.frame.question_word == "person" else things[table]
        for group in self.frame.groups:
            if group.noun is not None and group.noun.chosen is not None:
                return things[group.noun.chosen.table]
        for condition in self.frame.conditions:
            if condition.noun is not None and condition.noun.chosen is not None:
                table = condition.noun.chosen.table
                return self._person_near(table) if self.frame.question_word == "person" else things[table]
            if condition.values and condition.values[0].chosen is not None:
                return things[condition.values[0].chosen.column.table]
        for verb in self.frame.verbs:
            spoken = verb_measure(self.context, verb, [table.name for table in self.context.model.tables])
            if spoken is not None:
                return things[spoken.table]
        tables = self.context.model.tables
        biggest = max(tables, key=lambda t: t.rows or 0)
        if len(tables) > 1:
            self.context.doubt("the table was assumed", 0.3)
        return (
            self._person_near(biggest.name) if self.frame.question_word == "person" else things[biggest.name]
        )

    def _person_near(self, table: str) -> Thing:
        """Find whom "who ..." asks for a person: the nearest thing that the lexicon knows as a kind of person."""
        context = self.context
        people = [
            thing for thing in (*context.vocabulary.things.values(), *self._entities())
            if "person" in context.lexicon.broader(" ".join(words_of(thing.name)))
        ]  # fmt: skip
        near = [thing for thing in people if context.graph.distance(table, thing.table) < 3]
        if not near:
            return context.vocabulary.things[table]
        return min(near, key=lambda thing: context.graph.distance(table, thing.table))

    def _entities(self) -> list[Thing]:
        return [
            target
            for target in self.context.vocabulary.targets
            if isinstance(target, Thing) and target.virtual
        ]

    def _start_table(self) -> str:
        return self.base.table

    # What is shown?

    def _resolve_measures_in_asked(self) -> None:
        """A bare number column is a measure when the question groups, compares or sums up; else it is listed."""
        frame = self.frame
        sums_up = bool(
            frame.groups
            or frame.compare
            or frame.trend
            or any(asked.measure is not None for asked in frame.asked)
        )
        lists = frame.root.target or any(
            asked.noun is not None and (isinstance(asked.noun.chosen, Thing) or not self._numeric(asked.noun))
            for asked in frame.asked
        )
        for asked in frame.asked:
            if asked.noun is not None and asked.stray:
                self.context.doubt(f"“{asked.noun.item.text}” may not have been asked for", 0.9)
            if asked.noun is None or not self._numeric(asked.noun):
                continue
            target = asked.noun.chosen
            repeats = (
                isinstance(target, ColumnId)
                and self.base.virtual
                and not self.context.determined(self.base, target)
            )
            row_level = isinstance(target, ColumnId) and self._about_one_thing(target)
            one_figure = (
                len(frame.asked) == 1 and frame.rank is None and frame.root.rank is None and isinstance(target, ColumnId)
                and self.context.column(target).aggregation is DefaultAggregation.SUM and not self._names_one(target)
                and not asked.noun.item.words[-1].endswith("s") and self._plural_target()
            )  # fmt: skip
            if (
                one_figure
                or isinstance(target, NamedMeasure | Duration)
                or sums_up
                or repeats
                or not (lists or row_level)
            ):
                asked.measure, asked.noun = Measure([], asked.noun), None
        if frame.trend and not frame.groups and not any(asked.grain for asked in frame.asked):
            frame.groups.append(Asked(grain=Grain(unit=self._natural_unit())))

    def _natural_unit(self) -> TimeUnit:
        spans = [c.span for c in self.frame.conditions if c.span is not None]
        if any(span.start and span.end and (span.end - span.start).days > 800 for span in spans):
            return TimeUnit.YEAR
        return TimeUnit.MONTH

    def _numeric(self, noun: Noun) -> bool:
        target = noun.chosen
        if isinstance(target, NamedMeasure):
            return True
        if isinstance(target, Duration):
            return True
        return (
            isinstance(target, ColumnId)
            and is_number(self.context.column(target))
            and self.context.column(target).time_part is None
        )

    def _about_one_thing(self, column: ColumnId) -> bool:
        """`the population of Texas`, `how long is the Ohio`: the row's own number, not a sum."""
        if self.frame.rank is not None or self.frame.root.rank is not None:
            return not self.base.virtual
        if self._names_one(column):
            return True
        return self.frame.root.thing is not None and not self.base.virtual

    def _names_one(self, column: ColumnId) -> bool:
        """Whether a condition names one row of the column's table."""
        table = self.context.model.table(column.table)
        named = {*table.label, *table.primary_key}
        chosen = [c.values[0].chosen for c in self.frame.conditions if c.values]
        return any(
            c is not None and c.column.table == column.table and c.column.column in named for c in chosen
        )

    def _show_dimensions(self) -> None:
        frame = self.frame
        for asked in frame.asked:
            if asked.noun is not None:
                self.dimensions.extend(self._noun_outputs(asked.noun))
            elif asked.grain is not None:
                self.dimensions.extend(self._grain_output(asked.grain))
        self._check_kind()
        if not frame.asked:
            self._show_implied()
        self._count_grouped_things()
        for group in frame.groups:
            if group.noun is not None:
                self.groups.extend(self._noun_outputs(group.noun))
            elif group.grain is not None:
                self.groups.extend(self._grain_output(group.grain))

    def _count_grouped_things(self) -> None:
        """`shipments by status`: a thing and a group, and nothing said of the thing, asks how many."""
        frame = self.frame
        only_thing = (
            len(frame.asked) == 1
            and frame.asked[0].noun is not None
            and isinstance(frame.asked[0].noun.chosen, Thing)
        )
        if frame.groups and only_thing and frame.rank is None and not frame.orders:
            noun = frame.asked[0].noun
            frame.asked[0] = Asked(measure=Measure(["count"], noun))
            self.dimensions.clear()
            self.scope.outputs.clear()

    def _check_kind(self) -> None:
        """`who` is answered with people, and `where` with places; anything else was not what was asked."""
        word, context = self.frame.question_word, self.context
        named = any(asked.noun is not None for asked in self.frame.asked) or any(
            a.measure for a in self.frame.asked
        )
        if word == "frequency" and not any(a.measure for a in self.frame.asked):
            context.doubt("“how often” asks for a number", 0.9)
        listed = [a.noun for a in self.frame.asked if a.noun is not None]
        only_things = bool(listed) and all(isinstance(noun.chosen, Thing) for noun in listed)
        if word == "person" and (not named or (only_things and not any(a.measure for a in self.frame.asked))):
            words = " ".join(words_of(self.base.name))
            labelled = any("name" in words_of(label) for label in self.base.labels)
            person = "person" in context.lexicon.broader(words) or (labelled and len(self.base.labels) > 1)
            if not person:
                context.doubt("“who” asks for people", 0.9)
        keys = [
            a.noun.chosen
            for a in self.frame.asked
            if a.noun is not None and isinstance(a.noun.chosen, ColumnId)
        ]
        if word == "person" and any(context.column(key).role is Role.ID for key in keys):
            context.doubt("“who” asks for a name", 0.9)

    def _how_much(self) -> None:
        """`how much did nurses claim`: the verb says what figure is asked for."""
        frame = self.frame
        if frame.question_word != "amount" or any(a.measure is not None for a in frame.asked):
            return
        if any(a.noun is not None and self._numeric(a.noun) for a in frame.asked):
            return
        near = self.context.graph.near(self.base.table, 3)
        spoken = next(((v, c) for v in frame.verbs if (c := verb_measure(self.context, v, near))), None)
        if spoken is not None:
            verb, column = spoken
            frame.asked = [Asked(measure=Measure([], Noun(verb, [(column, 1.0)], chosen=column)))]

    def _show_implied(self) -> None:
        word = self.frame.question_word
        table = self.context.model.table(self.base.table)
        if word == "time":
            column = time_column(self.context, [self.base.table], self.frame.verbs)
            if column is not None and self.scope.need(column.table):
                self.dimensions.append(self.scope.column_output(column))
                return
        if word == "place":
            for name in _PLACE_WORDS:
                found = next(
                    (c for c in table.columns if name in words_of(c.name) and c.name not in table.label), None
                )
                if found is not None:
                    self.dimensions.append(self.scope.column_output(ColumnId(table.name, found.name)))
                    return
            self.context.doubt("the data does not say where", 0.9)
        if any(asked.measure for asked in self.frame.asked):
            return
        if self.frame.groups and self.frame.root.thing is None:
            near = sorted(
                (
                    t.name
                    for t in self.context.model.tables
                    if self.context.graph.distance(self.base.table, t.name) < 3
                ),
                key=lambda n: self.context.graph.distance(self.base.table, n),
            )
            spoken = next(
                (c for verb in self.frame.verbs if (c := verb_measure(self.context, verb, near))), None
            )
            if spoken is not None:
                self.frame.asked.append(
                    Asked(measure=Measure([], Noun(self.frame.verbs[0], [(spoken, 1.0)], chosen=spoken)))
                )
                return
            self.context.doubt("the question does not name what to show", 0.6)
        if (
            self.frame.root.thing is None
            and word in ("thing", "amount", "manner")
            and self.frame.rank is None
        ):
            spoken = next(
                (
                    c
                    for verb in self.frame.verbs
                    if (c := verb_measure(self.context, verb, [self.base.table]))
                ),
                None,
            )
            if spoken is None:
                self.context.doubt("the question does not name what to show", 0.9)
            else:
                noun = Noun(self.frame.verbs[0], [(spoken, 1.0)], chosen=spoken)
                self.frame.asked.append(Asked(measure=Measure([], noun)))
                return
        self.dimensions.extend(self._thing_outputs(self.base))

    def _noun_outputs(self, noun: Noun) -> list[Output]:
        target = noun.chosen
        if isinstance(target, Thing):
            if not self.scope.need(target.table):
                raise CannotCompute(f"nothing connects {self.base.name} and {target.name}")
            return self._thing_outputs(target)
        if isinstance(target, ColumnId):
            if not self.scope.need(target.table):
                raise CannotCompute(f"nothing connects {self.base.name} and {target.column}")
            if self.frame.distribution and self._numeric(noun) and not self.frame.groups:
                return [self._histogram(target)]
            info = self.context.column(target)
            entity = next(
                (
                    e
                    for e in self.context.model.entities
                    if e.table == target.table and target.column == e.label
                ),
                None,
            )
            if entity is not None and self.frame.rank is not None:
                return self._thing_outputs(thing_of_column(self.context, target))
            return [self.scope.output(self._title(target), ref(target), unit=info.unit)]
        return []

    def _title(self, column: ColumnId) -> str:
        return column.column

    def _histogram(self, column: ColumnId) -> Output:
        info = self.context.column(column)
        low = info.minimum if isinstance(info.minimum, int | float) else 0
        high = info.maximum if isinstance(info.maximum, int | float) else 100
        width = _nice((high - low) / 12 or 1)
        output = self.scope.output(
            f"{column.column}_from", Bucket(argument=ref(column), width=width), unit=info.unit
        )
        if not any(asked.measure for asked in self.frame.asked):
            self.frame.asked.append(Asked(measure=Measure(["count"])))
        return output

    def _thing_outputs(self, thing: Thing) -> list[Output]:
        names = self.context.names_of(thing)
        made: list[Output] = []
        if not names:
            table = self.context.model.table(thing.table)
            names = [ColumnId(thing.table, column.name) for column in table.columns[:12]]
        shown = [self.scope.column_output(column) for column in names]
        key = self.context.key_of(thing)
        if key is not None and key not in names and not self._unique(thing, names):
            made.append(self.scope.column_output(key))
        return [*shown, *made]

    def _unique(self, thing: Thing, names: list[ColumnId]) -> bool:
        """Whether a thing's name tells it apart from every other."""
        if len(names) != 1:
            return len(names) > 1
        distinct = self.context.column(names[0]).distinct
        if thing.virtual:
            keys = self.context.column(ColumnId(thing.table, thing.key or "")).distinct if thing.key else None
            return distinct is not None and distinct == keys
        return distinct is not None and distinct == self.context.model.table(thing.table).rows

    def _grain_output(self, grain: Grain) -> list[Output]:
        tables = [*self.scope.tables, *(t for t in self._measured_tables() if t not in self.scope.tables)]
        column = time_column(
            self.context, list(reversed(tables)) if len(tables) > 1 else tables, self.frame.verbs
        )
        made = grain_expression(self.context, grain, column, tables)
        if made is None:
            raise CannotCompute("the data holds no date for it")
        name, expression = made
        used = column.table if column is not None else tables[0]
        if hasattr(expression, "table"):
            used = expression.table
        self.scope.need(used)
        output = self.scope.output(name, expression)
        self.grain = self.grain or output
        return [output]

    def _measured_tables(self) -> list[str]:
        tables = []
        for asked in self.frame.asked:
            if (
                asked.measure is not None
                and asked.measure.noun is not None
                and asked.measure.noun.chosen is not None
            ):
                tables.append(asked.measure.noun.chosen.table)
        return tables

    # Measures

    def _per_thing(self, restrictor: Restrictor) -> QueryPlan | None:
        for asked in self.frame.asked:
            if asked.measure is not None and asked.measure.per is not None:
                per = asked.measure.per.chosen
                measured = asked.measure.noun.chosen if asked.measure.noun is not None else None
                summed = isinstance(measured, ColumnId) and default_function(self.context, measured) == "sum"
                if isinstance(measured, Duration) or (
                    isinstance(measured, ColumnId) and not summed and len(asked.measure.functions) == 1
                ):
                    self.frame.groups.append(Asked(noun=asked.measure.per))
                    asked.measure.per = None  # an average of what is averaged anyway: one for each
                    continue
                if (
                    isinstance(per, Thing)
                    and not per.virtual
                    and isinstance(measured, ColumnId)
                    and measured.table == per.table
                ):
                    asked.measure.per = None  # "profit per order line" is the profit of each row
                    continue
                for group in self.frame.groups:
                    if group.noun is not None:
                        self.groups.extend(self._noun_outputs(group.noun))
                    elif group.grain is not None:
                        self.groups.extend(self._grain_output(group.grain))
                restrictor.apply(self.scope)
                return per_thing(
                    self.context, asked.measure, self.base, self.base.table, self.scope, self.groups
                )
        return None

    def _per_unit(self, restrictor: Restrictor) -> QueryPlan | None:
        """`average monthly revenue`: one value for each month, then the average of them."""
        measure = next(
            (a.measure for a in self.frame.asked if a.measure is not None and a.measure.per_unit is not None),
            None,
        )
        if measure is None or measure.per_unit is None:
            return None
        inner = Measure(measure.functions[1:], measure.noun)
        computed = compute(self.context, inner, self.base, self.base.table)
        self.scope.need(computed.table)
        period = self._grain_output(measure.per_unit)[0]
        for group in self.frame.groups:
            if group.noun is not None:
                self.groups.extend(self._noun_outputs(group.noun))
        restrictor.apply(self.scope)
        value = self.scope.output(computed.name, computed.expression, unit=computed.unit)
        kept = tuple(
            Output(name=g.name, label=g.label, unit=g.unit, expression=OutputRef(name=g.name))
            for g in self.groups
        )
        function = AggregateFunction(measure.functions[0])
        name = f"{function.value}_{computed.name}_per_{period.name}"
        outer = Output(
            name=name,
            unit=computed.unit,
            expression=Aggregate(function=function, argument=OutputRef(name=value.name)),
        )
        return QueryPlan(source=self.scope.plan(), outputs=(*kept, outer), notes=tuple(self.context.notes))

    def _split_share(self) -> list[Condition] | None:
        """`what percentage of employees are female`: conditions of the share alone."""
        asked = next((a for a in self.frame.asked if a.measure is not None and a.measure.share), None)
        if asked is None or self.frame.groups:
            return None
        conditions = [c for c in self.frame.conditions if c.kind != "time"]
        if not conditions:
            return None
        last = max(c.clause for c in conditions)
        first = min(c.clause for c in conditions)
        numerator = [c for c in conditions if c.clause == last] if last != first else conditions
        self.frame.conditions = [c for c in self.frame.conditions if c not in numerator]
        return numerator

    def _compare_values(self, conditions: list[Condition]) -> None:
        """`compare East and West`, `2022 vs 2023`: group by what is compared."""
        self._either_period(conditions)
        averaged = any(
            a.measure is not None and a.measure.functions[:1] in (["avg"], ["median"])
            for a in self.frame.asked
        )
        listed = averaged and any(
            c.both and len(c.values) > 1 for c in conditions
        )  # "the average of boys and girls"
        if self.frame.difference or not (self.frame.compare or listed) or self.frame.groups:
            return
        for condition in conditions:
            column = (
                condition.values[0].chosen.column if condition.values and condition.values[0].chosen else None
            )
            if column is not None and len(condition.values) > 1 and self.scope.need(column.table):
                self.groups.append(self.scope.output(column.column, ref(column)))
        timed = [c for c in conditions if c.kind == "time" and c.span is not None]
        for condition in timed[1:]:
            condition.alternative = True
        spans = [c.span for c in timed if c.span is not None]
        if len(spans) > 1 and spans[0].unit is not None:
            self.groups.extend(self._grain_output(Grain(unit=spans[0].unit)))

    def _either_period(self, conditions: list[Condition]) -> None:
        """Two periods that no date lies in at once ("November plus December") are alternatives."""
        timed = [c for c in conditions if c.kind == "time" and c.span is not None and not c.negated]
        for earlier, later in pairwise(timed):
            a, b = earlier.span, later.span
            assert a is not None and b is not None
            parts = a.part is not None and a.part == b.part and not set(a.parts) & set(b.parts)
            apart = (a.end and b.start and a.end <= b.start) or (b.end and a.start and b.end <= a.start)
            if parts or (apart and not self.base.virtual):
                later.alternative = True

    def _sides(self) -> list[Condition]:
        """The two sides of a comparison: two values of one condition, or two periods."""
        for condition in self.frame.conditions:
            if condition.kind == "value" and len(condition.values) == 2:
                return [replace(condition, values=[value], both=False) for value in condition.values]
        timed = [c for c in self.frame.conditions if c.kind == "time" and c.span is not None]
        return timed if len(timed) == 2 else []

    def _show_sides(self, measure: Measure) -> bool:
        """`the gap between A and B`, `2023 vs 2022 by category`: one figure for each side, or their difference."""
        sides = self._sides()
        if len(sides) != 2 or not (
            self.frame.difference or (self.frame.compare and self.frame.groups and sides[0].kind == "time")
        ):
            return False
        made: list[Computed] = []
        for side in sides:
            inner = Scope(self.context, self.base.table)
            Restrictor(self.context, [replace(side, alternative=False)], self.frame.root, self.base).apply(
                inner
            )
            for join in inner.joins:
                self.scope.need(join.right)
            made.append(
                compute(
                    self.context, measure, self._counted_base(measure), self.base.table, tuple(inner.filters)
                )
            )
        self.scope.need(made[0].table)
        first, second = made
        if self.frame.difference:
            expression = Arithmetic(operator="-", left=first.expression, right=second.expression)
            self.measures.append(
                self.scope.output(f"difference_of_{first.name}", expression, unit=first.unit)
            )
            return True
        for side, computed in zip(sides, made, strict=True):
            label = side.span.label if side.span is not None else ""
            self.measures.append(
                self.scope.output(f"{computed.name}_{label}", computed.expression, unit=computed.unit)
            )
        return True

    def _show_measures(self, numerator: list[Condition] | None) -> None:
        frame = self.frame
        for asked in frame.asked:
            if asked.measure is not None:
                self._show_measure(asked.measure, numerator)
        if not self.measures and (frame.compare or frame.groups or frame.distribution):
            counted = count_of(self.context, self.base)
            if self.groups and self.dimensions and not frame.distribution and frame.rank is None:
                self.dimensions = [d for d in self.dimensions if d in self.groups] or self.dimensions
                return
            if frame.rank is not None:
                return
            self.dimensions = (
                [d for d in self.dimensions if d in self.groups] if self.groups else self.dimensions
            )
            self.scope.outputs = [o for o in self.scope.outputs if o in self.groups or o in self.dimensions]
            self.measures.append(self.scope.output(counted.name, counted.expression))

    def _show_measure(self, measure: Measure, numerator: list[Condition] | None) -> None:
        if len(measure.functions) > 1 or (
            measure.functions in (["max"], ["min"]) and self._thing_measured(measure)
        ):
            self._show_extreme(measure)
            return
        if self._show_sides(measure):
            return
        if measure.share and self.frame.rank is not None:
            self.context.doubt("a share of the first few could not be worked out", 0.9)
        computed = compute(self.context, measure, self._counted_base(measure), self.base.table)
        if not self.scope.need(computed.table):
            raise CannotCompute(f"nothing connects {self.base.name} and {computed.name.replace('_', ' ')}")
        if measure.share and numerator is not None:
            computed = self._share_of(measure, computed, numerator)
        expression = computed.expression
        if (
            isinstance(expression, Arithmetic)
            and expression.operator == "/"
            and expression.left == expression.right
        ):
            # "the ratio of ... in each state to all": the part of the whole
            measure.share, computed = True, Computed("share", expression.left, None, computed.table)
        output = self.scope.output(computed.name, computed.expression, unit=computed.unit)
        if measure.window:
            output = self._windowed(measure, output)
        elif measure.share and numerator is None:
            inside = tuple(
                output.expression
                for asked, output in zip(self.frame.groups, self.groups, strict=False)
                if asked.within
            )
            share = Window(function=WindowFunction.SHARE, argument=computed.expression, partition_by=inside)
            self.measures.append(output)
            output = self.scope.output(f"share_of_{computed.name}", share, unit="%")
        self.measures.append(output)

    def _thing_measured(self, measure: Measure) -> bool:
        return measure.noun is not None and isinstance(measure.noun.chosen, Thing)

    def _counted_base(self, measure: Measure) -> Thing | None:
        return self.base if measure.noun is None else None

    def _show_extreme(self, measure: Measure) -> None:
        """`highest average salary`: the group with the most extreme value; alone, an aggregate of aggregates."""
        outer, inner = measure.functions[0], measure.functions[1:]
        plain = Measure(inner, measure.noun, distinct=measure.distinct, fraction=measure.fraction)
        computed = compute(self.context, plain, self._counted_base(plain), self.base.table)
        self.scope.need(computed.table)
        output = self.scope.output(computed.name, computed.expression, unit=computed.unit)
        self.measures.append(output)
        if outer in ("max", "min") and (self.groups or self.dimensions) and self.frame.rank is None:
            self.frame.rank = Rank(outer == "max", limit=1, measure=plain)
        elif outer not in ("sum", "count") and outer not in ("max", "min"):
            raise CannotCompute(
                f"the {outer} of {computed.name.replace('_', ' ')} needs something to take it per"
            )

    def _share_of(self, measure: Measure, whole: Computed, numerator: list[Condition]) -> Computed:
        inner = Scope(self.context, self.base.table)
        restrictor = Restrictor(self.context, numerator, self.frame.root, self.base)
        restrictor.apply(inner)
        where: tuple[Predicate, ...] = tuple(inner.filters)
        for join in inner.joins:
            self.scope.need(join.right)
        part = compute(self.context, measure, self._counted_base(measure), self.base.table, where)
        share = Arithmetic(operator="/", left=part.expression, right=whole.expression)
        return Computed(f"share_of_{whole.name}", share, "%", whole.table)

    def _windowed(self, measure: Measure, output: Output) -> Output:
        if self.grain is None:
            unit = measure.window_unit or self._natural_unit()
            made = self._grain_output(Grain(unit=unit))
            self.groups.extend(made)
            self.scope.outputs.remove(made[0])
            self.scope.outputs.insert(0, made[0])
        assert self.grain is not None
        others = tuple(o.expression for o in (*self.groups, *self.dimensions) if o is not self.grain)
        function = (
            WindowFunction(measure.window)
            if measure.window in tuple(WindowFunction)
            else WindowFunction.GROWTH
        )
        size = measure.window_size or (3 if function is WindowFunction.MOVING_AVERAGE else None)
        window = Window(
            function=function, argument=output.expression, partition_by=others,
            order_by=(Order(expression=self.grain.expression),), size=size,
        )  # fmt: skip
        self.measures.append(output)
        if function is WindowFunction.MOVING_AVERAGE and measure.window_size is None:
            self.context.note("The moving average is taken over 3 rows.")
        return self.scope.output(
            f"{measure.window}_of_{output.name}",
            window,
            unit="%" if function is WindowFunction.GROWTH else output.unit,
        )

    # Rank, order, limit

    def _apply_root_rank(self, restrictor: Restrictor) -> None:
        rank = self.frame.root.rank
        if rank is None:
            return
        key = self.context.key_of(self.base)
        if key is None:
            raise CannotCompute(f"{self.base.name} has no single key")
        from datacraft.contracts.plan import InPlan

        plan = restrictor.ranked(self.base, rank, self.frame.root)
        self.scope.filters.append(InPlan(left=ref(key), plan=plan))

    def _finish(self) -> QueryPlan:
        frame = self.frame
        order: list[Order] = []
        limit: int | None = None
        ties = False
        limit_per: tuple[str, ...] = ()
        rank = frame.rank
        if rank is not None:
            expression = self._rank_by(rank)
            order.append(Order(expression=expression, descending=rank.descending))
            limit = rank.limit if rank.limit is not None else self._default_limit(rank)
            ties = limit == 1
            if rank.position is not None:
                place = Window(function=WindowFunction.RANK, order_by=(order[0],))
                self.scope.having.append(
                    Comparison(left=place, operator="=", right=Constant(value=rank.position))
                )
                limit, ties = None, False
            if self.groups and self.dimensions and limit is not None:
                limit_per = tuple(group.name for group in self.groups)
        order.extend(self._orders())
        if not order and self.grain is not None:
            order.append(Order(expression=self.grain.expression))
        elif not order and self.measures and (self.groups or self.dimensions):
            order.append(Order(expression=self.measures[-1].expression, descending=True))
        if not self.scope.outputs:
            self.dimensions.extend(self._thing_outputs(self.base))
        self._put_in_order()
        return self.scope.plan(
            order=tuple(order), limit=limit, with_ties=ties, limit_per=limit_per,
            distinct=self._distinct(), notes=tuple(self.context.notes),
        )  # fmt: skip

    def _put_in_order(self) -> None:
        """Groups first, then what is listed, then figures."""
        ranked = {id(o): 0 for o in self.groups} | {
            id(o): 1 for o in self.dimensions if all(o is not g for g in self.groups)
        }
        self.scope.outputs.sort(key=lambda output: ranked.get(id(output), 2))

    def _default_limit(self, rank: Rank) -> int | None:
        item = rank.item
        if (
            item is not None
            and item.words[0] in ("top", "bottom", "best", "worst")
            and rank.limit is None
            and rank.adjective is None
        ):
            return 10 if self._plural_target() else 1
        if rank.item is not None and self._plural_target():
            return (
                10
                if rank.adjective is not None
                and rank.measure is None
                and rank.adjective.generic is not None
                and not self.base.virtual
                else 1
            )
        return 1

    def _plural_target(self) -> bool:
        noun = self.frame.root.thing or next((a.noun for a in self.frame.asked if a.noun is not None), None)
        return noun is not None and noun.item.words[-1].endswith("s")

    def _rank_by(self, rank: Rank) -> Expression:
        if (
            rank.measure is None
            and self.measures
            and (rank.adjective is None or rank.adjective.generic is not None)
        ):
            return self.measures[0].expression
        listed = self.base
        first = next((a.noun for a in self.frame.asked if a.noun is not None), None)
        if first is not None and isinstance(first.chosen, ColumnId) and self.frame.root.thing is None:
            listed = thing_of_column(self.context, first.chosen)
        elif first is None and any(a.grain for a in self.frame.asked):
            listed = Thing("period", self.base.table, self.base.key or "", ())
        elif first is None and self.groups:
            listed = Thing("group", self.base.table, "", ())
        expression = rank_expression(self.context, rank, listed, self.scope)
        self.measures.append(self.scope.output(self._rank_name(rank, expression), expression))
        return expression

    def _rank_name(self, rank: Rank, expression: Expression) -> str:
        measure = rank.measure
        if measure is not None and measure.noun is not None and measure.noun.chosen is not None:
            target = measure.noun.chosen
            name = target.name if not isinstance(target, ColumnId) else target.column
            return f"number_of_{snake(name)}s" if isinstance(target, Thing) else snake(name)
        if isinstance(expression, ColumnRef):
            return expression.column
        if isinstance(expression, Aggregate) and isinstance(expression.argument, ColumnRef):
            return f"{expression.function.value}_{expression.argument.column}"
        if isinstance(expression, Aggregate) and expression.grain is not None:
            return count_of(self.context, self.context.vocabulary.things[expression.grain]).name
        return "ranked_by"

    def _orders(self) -> list[Order]:
        made: list[Order] = []
        for spec in self.frame.orders:
            expression = self._order_expression(spec)
            if expression is not None:
                made.append(Order(expression=expression, descending=spec.descending))
        return made

    def _order_expression(self, spec: OrderSpec) -> Expression | None:
        if spec.measure is not None:
            computed = compute(self.context, spec.measure, self._counted_base(spec.measure), self.base.table)
            for output in self.measures:
                if output.expression == computed.expression:
                    return output.expression
            self.scope.need(computed.table)
            if (self.dimensions and not self.measures) or self.groups:
                self.measures.append(
                    self.scope.output(computed.name, computed.expression, unit=computed.unit)
                )
            return computed.expression
        if spec.time_order:
            column = time_column(self.context, self.scope.tables, self.frame.verbs)
            return self.grain.expression if self.grain else ref(column) if column is not None else None
        if spec.noun is not None:
            target = spec.noun.chosen
            return self._order_by_target(target)
        if spec.alphabetical and self.scope.outputs:
            return next(
                (o.expression for o in self.scope.outputs if o not in self.measures),
                self.scope.outputs[0].expression,
            )
        if self.measures:
            return self.measures[-1].expression
        return self.scope.outputs[0].expression if self.scope.outputs else None

    def _order_by_target(self, target: object) -> Expression | None:
        if isinstance(target, Thing):
            names = self.context.names_of(target)
            shown = [o for o in self.scope.outputs if names and o.expression == ref(names[0])]
            if shown:
                return shown[0].expression
            counted = count_of(self.context, target)
            return (
                counted.expression
                if self.measures
                else ref(names[0])
                if names and self.scope.need(names[0].table)
                else None
            )
        if not isinstance(target, ColumnId):
            return self.measures[0].expression if self.measures else None
        for output in self.measures:
            argument = getattr(output.expression, "argument", None)
            if argument == ref(target):
                return output.expression
        if self.measures and self.context.column(target).role is Role.MEASURE:
            return self.measures[0].expression
        self.scope.need(target.table)
        return ref(target)

    def _distinct(self) -> bool:
        if any(not isinstance(o.expression, ColumnRef | DateTrunc | DatePartOf) for o in self.scope.outputs):
            return False
        if self.frame.distinct or self.base.virtual:
            return True
        table = self.context.model.table(self.base.table)
        names = {*table.label, *table.primary_key}
        shown = [o.expression for o in self.scope.outputs]
        if any(
            getattr(e, "table", "") == self.base.table and getattr(e, "column", "") in names for e in shown
        ):
            return False
        numeric = any(
            isinstance(e, type(ref(ColumnId("", ""))))
            and is_number(self.context.column(ColumnId(e.table, e.column)))
            for e in shown
        )
        return (not numeric and self.frame.root.thing is None) or (bool(self.scope.joins) and not numeric)


def _nice(width: float) -> float:
    """Round a bucket's width to 1, 2 or 5 times a power of ten."""
    import math

    power = 10 ** math.floor(math.log10(width)) if width > 0 else 1
    for step in (1, 2, 5, 10):
        if width <= step * power:
            return float(step * power)
    return float(10 * power)
