"""Whether the parts of a semantic model fit each other: every name that is used exists, every formula reads."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches

from datacraft.contracts.semantic import SemanticModel, Table

Location = tuple[str | int, ...]
Columns = Mapping[str, frozenset[str]]


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong and where: keys and positions from the document's root."""

    location: Location
    message: str


def find_problems(model: SemanticModel) -> list[Problem]:
    """Return everything in the model that names what doesn't exist or can't be read."""
    columns = {table.name: frozenset(column.name for column in table.columns) for table in model.tables}
    return [*_in_tables(model), *_in_relations(model, columns), *_in_formulas(model, columns)]


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """Return a closing remark that names the nearest known name, or nothing."""
    near = get_close_matches(name, list(known), n=1)
    return f"; did you mean `{near[0]}`?" if near else ""


def _in_tables(model: SemanticModel) -> Iterator[Problem]:
    seen: set[str] = set()
    for position, table in enumerate(model.tables):
        here: Location = ("tables", position)
        if table.name in seen:
            yield Problem((*here, "name"), f"the table `{table.name}` is described twice")
        seen.add(table.name)
        yield from _in_table(table, here)


def _in_table(table: Table, here: Location) -> Iterator[Problem]:
    names = [column.name for column in table.columns]
    known = frozenset(names)
    for index, column in enumerate(table.columns):
        if column.name in names[:index]:
            yield Problem((*here, "columns", index, "name"), f"the column `{column.name}` is described twice")
        if column.weight is not None:
            yield from _column(table.name, column.weight, known, (*here, "columns", index, "weight"))
    for key, used in (("primary_key", table.primary_key), ("label", table.label)):
        for index, name in enumerate(used):
            yield from _column(table.name, name, known, (*here, key, index))
    if table.time_column is not None:
        yield from _column(table.name, table.time_column, known, (*here, "time_column"))


def _in_relations(model: SemanticModel, columns: Columns) -> Iterator[Problem]:
    for position, join in enumerate(model.joins):
        here: Location = ("joins", position)
        for side, table in (("left", join.left), ("right", join.right)):
            yield from _table(table, columns, (*here, side))
        for index, pair in enumerate(join.columns):
            for end, (table, name) in enumerate(((join.left, pair[0]), (join.right, pair[1]))):
                if table in columns:
                    yield from _column(table, name, columns[table], (*here, "columns", index, end))
    for position, entity in enumerate(model.entities):
        here = ("entities", position)
        yield from _table(entity.table, columns, (*here, "table"))
        if entity.table not in columns:
            continue
        known = columns[entity.table]
        yield from _column(entity.table, entity.key, known, (*here, "key"))
        if entity.label is not None:
            yield from _column(entity.table, entity.label, known, (*here, "label"))
        for index, name in enumerate(entity.attributes):
            yield from _column(entity.table, name, known, (*here, "attributes", index))
    for position, hierarchy in enumerate(model.hierarchies):
        here = ("hierarchies", position)
        yield from _table(hierarchy.table, columns, (*here, "table"))
        for index, name in enumerate(hierarchy.levels):
            if hierarchy.table in columns:
                yield from _column(hierarchy.table, name, columns[hierarchy.table], (*here, "levels", index))


def _in_formulas(model: SemanticModel, columns: Columns) -> Iterator[Problem]:
    for position, measure in enumerate(model.measures):
        here: Location = ("measures", position)
        yield from _table(measure.table, columns, (*here, "table"))
        if measure.table in columns:
            yield from _expression(
                measure.table, measure.formula, columns, (*here, "formula"), aggregate=True
            )
    for position, condition in enumerate(model.filters):
        here = ("filters", position)
        yield from _table(condition.table, columns, (*here, "table"))
        if condition.table in columns:
            yield from _expression(
                condition.table, condition.condition, columns, (*here, "condition"), aggregate=False
            )


def _expression(
    table: str, text: str, columns: Columns, here: Location, *, aggregate: bool
) -> Iterator[Problem]:
    from sqlglot import exp, parse_one
    from sqlglot.errors import SqlglotError

    try:
        tree = parse_one(f"SELECT {text}", dialect="duckdb")
    except SqlglotError as error:
        yield Problem(here, f"`{text}` can't be read as an expression: {str(error).splitlines()[0]}")
        return
    if (
        not isinstance(tree, exp.Select)
        or len(tree.expressions) != 1
        or len(list(tree.find_all(exp.Query))) > 1
    ):
        yield Problem(here, f"`{text}` must be one expression over the columns of `{table}`, without a query")
        return
    if set(tree.args) - {"expressions", "kind", "hint"} and any(
        value for key, value in tree.args.items() if key not in {"expressions", "kind", "hint"}
    ):
        yield Problem(here, f"`{text}` must be one expression over the columns of `{table}`, not a statement")
        return
    by_fold = {name.casefold() for name in columns[table]}
    for column in tree.find_all(exp.Column):
        if column.table and column.table.casefold() != table.casefold():
            yield Problem(here, f"`{text}` uses the table `{column.table}`; only `{table}` can be used here")
        elif column.name.casefold() not in by_fold:
            hint = did_you_mean(column.name, columns[table])
            yield Problem(here, f"`{text}` uses `{column.name}`, which is no column of `{table}`{hint}")
    if aggregate and tree.find(exp.AggFunc) is None:
        yield Problem(here, f"`{text}` must aggregate, as in `sum(...)` or `sum(...) / count(*)`")
    if not aggregate and tree.find(exp.AggFunc) is not None:
        yield Problem(here, f"`{text}` must be a condition on single rows, without an aggregate")


def _table(name: str, columns: Columns, here: Location) -> Iterator[Problem]:
    if name not in columns:
        yield Problem(here, f"there is no table `{name}`{did_you_mean(name, columns)}")


def _column(table: str, name: str, known: frozenset[str], here: Location) -> Iterator[Problem]:
    if name not in known:
        yield Problem(here, f"the table `{table}` has no column `{name}`{did_you_mean(name, known)}")
