"""What is sent of the data: the tables that the question may touch, under a budget, and nothing that is sensitive."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from typing import Any

from datacraft.contracts.model_config import ContextBudget
from datacraft.contracts.semantic import Column, ColumnType, Role, SemanticModel, Table
from datacraft.engines.linking import Linked, LinkedTable
from datacraft.engines.llm.calls.caller import CHARACTERS_PER_TOKEN

_FEW_VALUES, _SOME_VALUES = 20, 5
_LONGEST_VALUE = 60
_LEAST_COLUMNS = 6


def describe_data(model: SemanticModel, linked: Linked, budget: ContextBudget) -> dict[str, Any]:
    """Return a description of the linked tables for a model to read, as JSON.

    Where it is longer than the budget allows, values go first, then columns that the question does not point to,
    then the least likely tables. Values, bounds and examples of sensitive columns are never in it.
    """
    tables = list(linked.tables)
    for detail in ("all", "few values", "pointed to"):
        described = _described(model, tables, linked, detail)
        if _tokens(described) <= budget.tokens:
            return described
    while len(tables) > 1 and _tokens(described) > budget.tokens:
        tables.pop()
        described = _described(model, tables, linked, "pointed to")
    return described


def _tokens(described: dict[str, Any]) -> float:
    return len(json.dumps(described, ensure_ascii=False)) / CHARACTERS_PER_TOKEN


def _described(
    model: SemanticModel, tables: Sequence[LinkedTable], linked: Linked, detail: str
) -> dict[str, Any]:
    names = {table.name for table in tables}
    sensitive = {(t.name, c.name) for t in model.tables for c in t.columns if c.sensitive}
    joined = {
        (side, column)
        for join in model.joins
        for pair in join.columns
        for side, column in ((join.left, pair[0]), (join.right, pair[1]))
    }
    found: dict[str, Any] = {
        "tables": [_table(model.table(table.name), table, joined, detail) for table in tables],
        "joins": [
            {
                "left": join.left,
                "right": join.right,
                "columns": [list(pair) for pair in join.columns],
                "cardinality": join.cardinality,
            }
            for join in model.joins
            if {join.left, join.right} <= names
        ],
    }
    matched = [
        {"words": said, "table": hit.table, "column": hit.column, "value": hit.value}
        for said, hit in linked.values
        if hit.table in names and (hit.table, hit.column) not in sensitive
    ]
    measures = [
        {"name": measure.name, "table": measure.table, "formula": measure.formula}
        for measure in model.measures
        if measure.table in names and not _mentions(measure.formula, measure.table, sensitive)
    ]
    filters = [
        {"name": named.name, "table": named.table, "condition": named.condition}
        for named in model.filters
        if named.table in names and not _mentions(named.condition, named.table, sensitive)
    ]
    optional = {"matched": matched, "named_measures": measures, "named_filters": filters}
    return found | {key: value for key, value in optional.items() if value}


def _mentions(text: str, table: str, sensitive: Iterable[tuple[str, str]]) -> bool:
    return any(owner == table and column in text for owner, column in sensitive)


def _table(table: Table, linked: LinkedTable, joined: set[tuple[str, str]], detail: str) -> dict[str, Any]:
    columns = table.columns
    if detail == "pointed to":
        needed = {*table.primary_key, *table.label, table.time_column, *linked.columns[:_LEAST_COLUMNS]}
        columns = [c for c in columns if c.name in needed or (table.name, c.name) in joined]
    facts: dict[str, Any] = {"name": table.name, "one_row_is": table.entity, "rows": table.rows}
    if table.description:
        facts["description"] = table.description
    if table.synonyms:
        facts["also_called"] = table.synonyms
    if table.primary_key:
        facts["key"] = table.primary_key
    if table.time_column:
        facts["time_column"] = table.time_column
    pointed = set(linked.columns)
    facts["columns"] = [_column(c, few=detail != "all" and c.name not in pointed) for c in columns]
    return facts


def _column(column: Column, *, few: bool) -> dict[str, Any]:
    facts: dict[str, Any] = {"name": column.name, "type": column.type.value}
    if column.description and not few:
        facts["description"] = column.description
    if column.synonyms:
        facts["also_called"] = column.synonyms
    if column.unit:
        facts["unit"] = column.unit
    if column.sensitive:
        return facts
    if column.type in (ColumnType.DATE, ColumnType.TIMESTAMP) and column.minimum is not None:
        facts["from"], facts["to"] = str(column.minimum), str(column.maximum)
    shown = _values(column, few=few)
    if shown:
        facts["values" if column.values_complete and len(shown) == len(column.values) else "some_values"] = (
            shown
        )
    return facts


def _values(column: Column, *, few: bool) -> list[str | int | float | bool]:
    if column.role in (Role.MEASURE, Role.TIME) or few:
        return []
    most = _FEW_VALUES if column.values_complete else _SOME_VALUES
    return [v for v in column.values if not isinstance(v, str) or len(v) <= _LONGEST_VALUE][:most]


def quoted(content: dict[str, Any]) -> str:
    """Return data as JSON in which no value can look like markup or end the message."""
    text = json.dumps(content, ensure_ascii=False, default=str)
    return text.replace("<", "\\u003c").replace(">", "\\u003e")
