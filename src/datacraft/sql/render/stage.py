"""`Stage`: a SELECT under construction, which can be turned into a named query and selected from."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

from pydantic import BaseModel
from sqlglot import exp

from datacraft.contracts.plan import (
    Aggregate,
    ColumnRef,
    DatePartOf,
    DateTrunc,
    Expression,
    OutputRef,
    Window,
)
from datacraft.sql.render.dialects import number
from datacraft.sql.render.names import Names, column, identifier, named, snake
from datacraft.sql.render.operators import all_of
from datacraft.sql.render.rows import NoTables
from datacraft.sql.render.scope import Scope
from datacraft.sql.render.shape import Slot
from datacraft.sql.render.walk import children, holds, is_constant, is_expression


@dataclass
class Stage:
    """A SELECT without its outputs: `scope` writes expressions over its rows.

    `ctes` are the named queries that it reads. `keys` are what its rows are grouped by, None where they
    are not grouped; once they are, conditions go into HAVING.
    """

    scope: Scope
    select: exp.Select = field(default_factory=exp.Select)
    ctes: list[tuple[str, exp.Query]] = field(default_factory=list)
    keys: Sequence[Expression] | None = None

    def keep(self, condition: exp.Expr | None) -> None:
        """Keep the rows, or the groups, where a condition holds."""
        if condition is None:
            return
        if self.keys is not None:
            self.select.set("having", exp.Having(this=condition))
            return
        where = self.select.args.get("where")
        if where is not None:
            condition = all_of([where.this, condition])
        self.select.set("where", exp.Where(this=condition))

    def keep_windowed(self, condition: exp.Expr) -> None:
        """Keep the rows where a condition on windows holds."""
        self.select.set("qualify", exp.Qualify(this=condition))

    def project(self, slots: Sequence[Slot]) -> None:
        """Set the columns of the result, and group by the keys."""
        columns = [named(self.scope.expression(expression), name) for name, expression in slots]
        self.select.set("expressions", columns)
        if self.keys:
            self.select.set("group", exp.Group(expressions=self._group_by(slots)))

    def as_source(self, wanted: str, slots: Sequence[Slot]) -> Stage:
        """Make this the named query of a new stage, whose columns are `slots`."""
        name = self.scope.context.names.fresh(wanted)
        self.project(slots)
        ctes = [*self.ctes, (name, self.finish())]
        known: dict[Expression, Callable[[], exp.Expr]] = {
            expression: _reader(slot) for slot, expression in slots
        }
        scope = Scope(self.scope.context, _Columns(name, self.scope), known)
        return Stage(scope, ctes=ctes)

    def _group_by(self, slots: Sequence[Slot]) -> list[exp.Expr]:
        """Name keys that are columns; point at the positions of those that are computed."""
        keys = self.keys or ()
        shown = [expression for _, expression in slots]
        if all(isinstance(key, ColumnRef | OutputRef) for key in keys) or any(
            key not in shown for key in keys
        ):
            return [self.scope.expression(key) for key in keys]
        return [number(shown.index(key) + 1) for key in keys]

    def finish(self) -> exp.Select:
        """Write FROM and return the SELECT; nothing may be rendered in the scope after that."""
        self.scope.rows.attach(self.select)
        return self.select

    def limit(self, rows: int) -> None:
        """Keep the first rows."""
        self.select.set("limit", exp.Limit(expression=number(rows)))


class _Columns(NoTables):
    """The rows of a stage that has become a named query; all that can be read is known to the scope."""

    def __init__(self, name: str, before: Scope) -> None:
        self._name = name
        self.types = before.rows.types

    def attach(self, select: exp.Select) -> None:
        """Write FROM."""
        select.set("from_", exp.From(this=exp.Table(this=identifier(self._name))))


def _reader(name: str) -> Callable[[], exp.Expr]:
    return lambda: column(name)


def with_ctes(query: exp.Query, ctes: Iterable[tuple[str, exp.Query]]) -> exp.Query:
    """Put named queries in front of `query`; those that they bring themselves are moved out, in order."""
    flat: list[exp.CTE] = []
    for name, inner in ctes:
        flat.extend(taken_ctes(inner))
        flat.append(exp.CTE(this=inner, alias=exp.TableAlias(this=identifier(name))))
    flat.extend(taken_ctes(query))
    if flat:
        query.set("with_", exp.With(expressions=flat))
    return query


def taken_ctes(query: exp.Query) -> list[exp.CTE]:
    """Take the WITH clause off a query; the names in it are unique in the whole statement."""
    clause = query.args.get("with_")
    if clause is None:
        return []
    query.set("with_", None)
    return list(clause.expressions)


def slots_for(outputs: Sequence[Slot], others: Iterable[BaseModel]) -> list[Slot]:
    """Return what an outer query over windows must find computed: the parts that hold no window.

    Outputs keep their names; other parts get names that say what they are.
    """
    names = Names(name for name, _ in outputs)
    slots: dict[Expression, str] = {}
    for name, expression in outputs:
        if not holds(expression, Window) and not is_constant(expression):
            slots.setdefault(expression, name)
    for _, expression in outputs:
        _collect(expression, slots, names)
    for node in others:
        _collect(node, slots, names)
    return [(name, expression) for expression, name in slots.items()]


def _collect(node: BaseModel, slots: dict[Expression, str], names: Names) -> None:
    if not is_expression(node) or holds(node, Window):
        for child in children(node):
            _collect(child, slots, names)
    elif node not in slots and not is_constant(node):
        slots[node] = names.fresh(describe(node))


def describe(node: Expression) -> str:
    """Return a name for a column that holds the value of `node`."""
    match node:
        case ColumnRef(column=name) | OutputRef(name=name):
            return snake(name)
        case Aggregate(function=function, argument=None):
            return f"{function}_{node.grain or 'rows'}"
        case Aggregate(function=function, argument=argument) if argument is not None:
            return f"{function}_{describe(argument)}"
        case DateTrunc(unit=unit):
            return str(unit)
        case DatePartOf(part=part):
            return str(part)
        case _:
            return "value"
