"""Example questions that a data set answers, made from what its columns are for."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import chain, islice, zip_longest

from datacraft.contracts.semantic import Column, DefaultAggregation, Role, SemanticModel, Table
from datacraft.profiles import plural, split_identifier

WANTED = 6
_TRIES = 24
_FEW, _MANY = 2, 30  # values of a dimension that make a readable chart
_TOP_FROM = 6  # a "top 5" of fewer would be a list of all


def verified_examples(
    model: SemanticModel, answered: Callable[[str], bool], wanted: int = WANTED
) -> list[str]:
    """Return up to `wanted` questions of different kinds, each of which `answered` confirms.

    Args:
        model: of the data.
        answered: tries a question, and says whether it has an answer with rows.
        wanted: how many.
    """
    tried = islice(dict.fromkeys(candidate_examples(model)), _TRIES)
    return list(islice((question for question in tried if answered(question)), wanted))


def candidate_examples(model: SemanticModel) -> Iterator[str]:
    """Yield questions, those of the table with the most to ask first, one of each kind in turn."""
    tables = sorted(
        (table for table in model.tables if not table.bridge),
        key=lambda table: (-len(_measures(table)), -(table.rows or 0)),
    )
    for table in tables:
        kinds = (_by_dimension(table), _trend(table), _top(table), _count(table), _named(model, table))
        for round_of_kinds in zip_longest(*kinds):
            yield from filter(None, round_of_kinds)


def _by_dimension(table: Table) -> Iterator[str]:
    for measure, dimension in zip(_cycled(_measures(table)), _dimensions(table), strict=False):
        yield f"{_how(measure)} {_words(measure)} by {_words(dimension)}"


def _trend(table: Table) -> Iterator[str]:
    if table.time_column is not None:
        for measure, grain in zip(_cycled(_measures(table)), ("month", "year", "quarter"), strict=False):
            yield f"{_how(measure)} {_words(measure)} by {grain}"


def _top(table: Table) -> Iterator[str]:
    summed = [c for c in _measures(table) if c.aggregation is DefaultAggregation.SUM]
    many = [
        column
        for column in table.columns
        if column.role is Role.DIMENSION and not column.sensitive and (column.distinct or 0) >= _TOP_FROM
    ]
    for measure, dimension in zip(_cycled(summed), many, strict=False):
        yield f"top 5 {plural(_words(dimension))} by {_words(measure)}"


def _count(table: Table) -> Iterator[str]:
    things = plural(table.entity)
    yield f"how many {things} are there"
    for dimension in _dimensions(table):
        yield f"how many {things} per {_words(dimension)}"


def _named(model: SemanticModel, table: Table) -> Iterator[str]:
    named = [measure for measure in model.measures if measure.table == table.name]
    for measure, dimension in zip(named, _cycled(_dimensions(table)), strict=False):
        yield f"{' '.join(split_identifier(measure.name))} by {_words(dimension)}"


def _measures(table: Table) -> list[Column]:
    wanted = (DefaultAggregation.SUM, DefaultAggregation.AVG)
    found = [
        c for c in table.columns if c.role is Role.MEASURE and c.aggregation in wanted and not c.sensitive
    ]
    return sorted(found, key=lambda column: column.aggregation is not DefaultAggregation.SUM)


def _dimensions(table: Table) -> list[Column]:
    return [
        column
        for column in table.columns
        if column.role is Role.DIMENSION
        and not column.sensitive
        and column.time_part is None
        and _FEW <= (column.distinct or 0) <= _MANY
    ]


def _cycled(columns: list[Column]) -> Iterator[Column]:
    return chain.from_iterable(columns for _ in range(8)) if columns else iter(())


def _how(measure: Column) -> str:
    return "total" if measure.aggregation is DefaultAggregation.SUM else "average"


def _words(column: Column) -> str:
    return " ".join(split_identifier(column.name)).lower()
