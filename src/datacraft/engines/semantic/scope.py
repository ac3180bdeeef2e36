"""A plan under construction: the tables it uses and how they connect, names of outputs, notes."""

from __future__ import annotations

import datetime as dt
import re

from datacraft.contracts.plan import (
    ColumnRef,
    Expression,
    InPlan,
    IsNull,
    Output,
    PlanJoin,
    Predicate,
    QueryPlan,
)
from datacraft.contracts.semantic import Column, ColumnType, Role, SemanticModel
from datacraft.engines.semantic.joins import Edge, JoinGraph, Path
from datacraft.engines.semantic.lexicon import Lexicon
from datacraft.engines.semantic.roles import roles_said
from datacraft.engines.semantic.vocabulary import ColumnId, Thing, Vocabulary, words_of


class Context:
    """What building needs to know of the data; shared by every scope of a question."""

    def __init__(
        self, model: SemanticModel, vocabulary: Vocabulary, graph: JoinGraph, lexicon: Lexicon
    ) -> None:
        self.model = model
        self.vocabulary = vocabulary
        self.graph = graph
        self.lexicon = lexicon
        self.said: frozenset[str] = frozenset()  # the question's words, for telling parallel joins apart
        self.notes: list[str] = []
        self.doubts: list[tuple[str, float]] = []

    def column(self, column: ColumnId) -> Column:
        """Return what the model says of a column."""
        return self.vocabulary.columns[column]

    def by_role(self, edge: Edge) -> Edge:
        """Return the join that the question's words choose among parallel ones (from and to, home and away).

        Where they choose none, the join stays, and that is a doubt.
        """
        twins = [
            e
            for e in self.graph.edges(edge.left)
            if e.right == edge.right and e.cardinality == edge.cardinality
        ]
        if len(twins) < 2:
            return edge
        names = {twin.columns: role_words(twin) for twin in twins}
        common = frozenset.intersection(*names.values())
        fitting = [twin for twin in twins if _speaks_of(self.said, names[twin.columns] - common)]
        if len(fitting) == 1:
            return fitting[0]
        side = roles_said(self.said)
        sided = [twin for twin in twins if side & (names[twin.columns] - common)]
        if len(sided) == 1:
            return sided[0]
        ways = " or ".join(sorted(" ".join(c for c, _ in twin.columns) for twin in twins))
        self.doubt(f"it does not say in which role ({ways})", 0.5)
        return edge

    def note(self, text: str) -> None:
        """Record an assumption, as a sentence for a person."""
        if text not in self.notes:
            self.notes.append(text)

    def doubt(self, reason: str, weight: float) -> None:
        """Record that something was assumed without evidence; `weight` lowers the confidence."""
        self.doubts.append((reason, weight))

    def key_of(self, thing: Thing) -> ColumnId | None:
        """Return the single column that identifies a thing, None where it has a composite key or none."""
        if thing.key is not None:
            return ColumnId(thing.table, thing.key)
        key = self.model.table(thing.table).primary_key
        return ColumnId(thing.table, key[0]) if len(key) == 1 else None

    def names_of(self, thing: Thing) -> list[ColumnId]:
        """Return the columns that name a thing to a person; its key where nothing else does."""
        if thing.labels:
            return [ColumnId(thing.table, label) for label in thing.labels]
        key = self.key_of(thing)
        return [key] if key is not None else []

    def last_date(self, column: ColumnId) -> dt.date | None:
        """Return the data's last date in a column."""
        text = self.column(column).maximum
        if not isinstance(text, str):
            return None
        try:
            return dt.date.fromisoformat(text[:10])
        except ValueError:
            return None

    def determined(self, thing: Thing, column: ColumnId) -> bool:
        """Whether each such thing has one value of the column."""
        if thing.virtual:
            return column.table == thing.table and (
                column.column == thing.key
                or column.column in thing.labels
                or column.column in thing.attributes
            )
        return self.graph.determined(thing.table, column.table)


PEOPLE = frozenset({"person", "human being"})
"""What the lexicon calls the broader kind of things that are asked for by "who"."""


def role_words(edge: Edge) -> frozenset[str]:
    """Return the words of the columns that a join is made of, on the side that refers."""
    backwards = edge.cardinality == "one_to_many"
    return frozenset(word for a, b in edge.columns for word in words_of(b if backwards else a))


def _speaks_of(said: frozenset[str], names: frozenset[str]) -> bool:
    return any(
        a == b or (len(a) > 3 and len(b) > 3 and a[:4] == b[:4]) or (len(a) > 2 and b == f"{a}ing")
        for a in said
        for b in names
    )


def ref(column: ColumnId) -> ColumnRef:
    """Return a column as an expression."""
    return ColumnRef(table=column.table, column=column.column)


def snake(text: str) -> str:
    """Return text as a lower-case name for a result column."""
    return re.sub(r"[^a-z0-9]+", "_", text.lower()).strip("_") or "value"


_IN_COMMON = 0.5


def _fans_out_again(path: Path, graph: JoinGraph) -> bool:
    """`sightings of each ranger`, over the park that both belong to: each one with all of the others there."""
    joined = fanned = False
    for edge in path:
        if joined and edge.multiplies and not graph.is_bridge(edge.right):
            return True
        joined = joined or (edge.cardinality == "many_to_one" and not fanned)  # not through a table of pairs
        fanned = edge.multiplies
    return False


class Scope:
    """One (sub)plan: every table is used once; joins grow as a tree from the base."""

    def __init__(self, context: Context, base: str) -> None:
        self.context = context
        self.base = base
        self.tables: list[str] = [base]
        self.joins: list[PlanJoin] = []
        self.filters: list[Predicate] = []
        self.having: list[Predicate] = []
        self.outputs: list[Output] = []

    def need(self, table: str, near: str | None = None) -> bool:
        """Connect a table, from `near` where it is given and used; False where there is no way."""
        if table in self.tables:
            return True
        graph = self.context.graph
        start = near if near in self.tables else None
        if start is None:
            start = graph.nearest(self.tables, table)
        path = graph.path(start, table) if start is not None else None
        if path is None:
            return False
        self._add(path)
        return table in self.tables

    def _add(self, path: Path) -> None:
        """Add the part of a path that leads from a used table to the end."""
        first = 0
        for index, edge in enumerate(path):
            if edge.right in self.tables:
                first = index + 1
        if _fans_out_again(path, self.context.graph):
            ends = f"{self.context.model.table(path[0].left).entity} and {self.context.model.table(path[-1].right).entity}"
            self.context.doubt(
                f"{ends} have only something in common, nothing ties one to the other", _IN_COMMON
            )
        for edge in path[first:]:
            self.add_edge(self.context.by_role(edge))

    def add_edge(self, edge: Edge) -> None:
        """Join `edge.right`, whose left table is used already."""
        self.joins.append(edge.as_plan())
        self.tables.append(edge.right)

    def output(self, name: str, expression: Expression, label: str = "", unit: str | None = None) -> Output:
        """Add an output under a free name; an equal expression is not added twice."""
        for existing in self.outputs:
            if existing.expression == expression:
                return existing
        base, number = snake(name), 2
        unique = base
        taken = {output.name for output in self.outputs}
        while unique in taken:
            unique, number = f"{base}_{number}", number + 1
        made = Output(name=unique, expression=expression, label=label or name.replace("_", " "), unit=unit)
        self.outputs.append(made)
        return made

    def column_output(self, column: ColumnId, name: str | None = None) -> Output:
        """Show a column; a bare "name" or "id" of several tables is told apart by its table."""
        title = name or column.column
        taken = {output.name for output in self.outputs}
        words = words_of(column.column)
        if snake(title) in taken or (len(words) == 1 and words[0] in ("name", "title", "id", "code")):
            entity = self.context.model.table(column.table).entity
            title = f"{entity} {column.column}" if words_of(entity)[-1:] != words[-1:] else column.column
        return self.output(title, ref(column), unit=self.context.column(column).unit)

    def plan(self, **parts: object) -> QueryPlan:
        """Return the plan as it stands."""
        return QueryPlan(
            root=self.base,
            outputs=tuple(self.outputs),
            joins=tuple(self.joins),
            filters=tuple(self.filters),
            having=tuple(self.having),
            **parts,
        )


def thing_of_column(context: Context, column: ColumnId) -> Thing:
    """Return the thing that a column stands for: the table's rows where it names them, else its values."""
    table = context.model.table(column.table)
    if table.label == [column.column] or table.primary_key == [column.column]:
        return context.vocabulary.things[column.table]
    for entity in context.model.entities:
        if entity.table == column.table and column.column in (entity.key, entity.label):
            return Thing(
                entity.name,
                entity.table,
                entity.key,
                (entity.label,) if entity.label else (),
                tuple(entity.attributes),
            )
    return Thing(column.column.replace("_", " "), column.table, column.column, (column.column,))


def key_plan(context: Context, thing: Thing) -> Scope:
    """Return a scope over a thing's table whose first output is the key."""
    scope = Scope(context, thing.table)
    key = context.key_of(thing)
    if key is not None:
        scope.outputs.append(Output(name=snake(key.column), expression=ref(key)))
    return scope


def link(
    context: Context, thing: Thing, table: str, path: Path | None = None
) -> tuple[ColumnRef, Scope] | None:
    """Return (column of the thing, scope whose only output it must be among) that ties a thing to a table.

    The scope starts at `table`'s side, so that conditions can be put on it; None where nothing connects them.
    """
    graph = context.graph
    if thing.table == table or (thing.virtual and not graph.path(thing.table, table)):
        key = context.key_of(thing)
        if key is None or thing.table != table:
            return None
        return ref(key), key_plan(context, thing)
    path = path if path is not None else graph.path(thing.table, table)
    if not path:
        return None
    path = tuple(context.by_role(edge) for edge in path)
    first = path[0]
    if thing.virtual or len(first.columns) != 1:
        key = context.key_of(thing)
        if key is None:
            return None
        scope = key_plan(context, thing)
        for edge in path:
            scope.add_edge(edge)
        return ref(key), scope
    left, right = first.columns[0]
    scope = Scope(context, first.right)
    scope.outputs.append(Output(name=snake(right), expression=ColumnRef(table=first.right, column=right)))
    for edge in path[1:]:
        scope.add_edge(edge)
    return ColumnRef(table=thing.table, column=left), scope


def among(left: ColumnRef, scope: Scope, negated: bool = False) -> InPlan:
    """Return "left is (not) among what the scope gives"; every table that the scope reaches must have a row."""
    _insist_on_joins(scope)
    return InPlan(left=left, plan=scope.plan(), negated=negated)


def _insist_on_joins(scope: Scope) -> None:
    """`restaurants without a rating`: of the orders on the way those that have one.

    A plan joins only tables that it uses, so one that is merely reached, and may have no row, is asked for its key.
    """
    text = scope.plan().model_dump_json()
    needed = {name for name in scope.tables if f'"table":"{name}"' in text or f'"grain":"{name}"' in text}
    for join in reversed(scope.joins):
        left, right = join.columns[0]
        multiplies = join.cardinality != "many_to_one"
        empty = scope.context.column(ColumnId(join.left, left)).null_fraction
        if join.right not in needed and (multiplies or empty):
            table, column = (join.right, right) if multiplies else (join.left, left)
            scope.filters.append(IsNull(left=ColumnRef(table=table, column=column), negated=True))
            needed.add(table)
        if join.right in needed:
            needed.add(join.left)


def is_date(column: Column) -> bool:
    """Whether a column holds dates or time stamps."""
    return column.type in (ColumnType.DATE, ColumnType.TIMESTAMP)


def is_number(column: Column) -> bool:
    """Whether a column holds numbers that can be computed with."""
    return column.type in (ColumnType.INTEGER, ColumnType.NUMBER) and column.role is not Role.ID
