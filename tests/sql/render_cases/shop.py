"""The shop's schema and data, and a short notation for plans in YAML.

Plans in the case files are `QueryPlan`s as JSON has them, with shorthands:
- `!col table.column`, `!out name`, `!val value` are expressions; `!agg [sum, table.column]` is an aggregate,
  a third item holds further fields; `!count table` counts its rows;
- `!is [left, operator, right]` is a comparison; items that are plain values are constants;
- `!sort name` and `!sort -name` (descending) are sort keys by output;
- `outputs` is a mapping from name to expression; `joins` is all of the shop's unless given.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import duckdb
import yaml

from datacraft.contracts.plan import PlanJoin, QueryPlan
from datacraft.contracts.semantic import ColumnType
from datacraft.sql.render import SchemaView, TableView

FOLDER = Path(__file__).parent


class _Loader(yaml.SafeLoader):
    """YAML with the shorthands."""


def _column(name: str) -> dict[str, Any]:
    table, _, column = name.partition(".")
    return {"kind": "column", "table": table, "column": column}


def _value(item: Any) -> Any:
    return item if isinstance(item, dict) else {"kind": "constant", "value": item}


def _col(loader: _Loader, node: yaml.ScalarNode) -> dict[str, Any]:
    return _column(str(loader.construct_scalar(node)))


def _out(loader: _Loader, node: yaml.ScalarNode) -> dict[str, Any]:
    return {"kind": "output", "name": str(loader.construct_scalar(node))}


def _val(loader: _Loader, node: yaml.ScalarNode) -> dict[str, Any]:
    plain = yaml.ScalarNode(loader.resolve(yaml.ScalarNode, node.value, (True, False)), node.value)
    return _value(loader.construct_object(plain))


def _count(loader: _Loader, node: yaml.ScalarNode) -> dict[str, Any]:
    return {"kind": "aggregate", "function": "count", "grain": str(loader.construct_scalar(node))}


def _agg(loader: _Loader, node: yaml.SequenceNode) -> dict[str, Any]:
    function, argument, *more = loader.construct_sequence(node, deep=True)
    argument = _column(argument) if isinstance(argument, str) else argument
    return {"kind": "aggregate", "function": function, "argument": argument, **(more[0] if more else {})}


def _is(loader: _Loader, node: yaml.SequenceNode) -> dict[str, Any]:
    left, operator, right = loader.construct_sequence(node, deep=True)
    return {"kind": "comparison", "left": _value(left), "operator": operator, "right": _value(right)}


def _sort(loader: _Loader, node: yaml.ScalarNode) -> dict[str, Any]:
    name = str(loader.construct_scalar(node))
    expression = {"kind": "output", "name": name.removeprefix("-")}
    return {"expression": expression, "descending": name.startswith("-")}


for _tag, _construct in {
    "!col": _col, "!out": _out, "!val": _val, "!count": _count, "!agg": _agg, "!is": _is, "!sort": _sort,
}.items():  # fmt: skip
    _Loader.add_constructor(_tag, _construct)


@cache
def _shop() -> dict[str, Any]:
    return yaml.safe_load((FOLDER / "shop.yaml").read_text())


@cache
def schema() -> SchemaView:
    """Return the shop's tables as rendering sees them."""
    return SchemaView(
        {
            name: TableView(
                primary_key=tuple(table["key"]),
                types={column: ColumnType(kind) for column, kind in table["columns"].items()},
            )
            for name, table in _shop()["tables"].items()
        }
    )


@cache
def joins() -> tuple[PlanJoin, ...]:
    """Return all joins of the shop."""
    return tuple(PlanJoin.model_validate(join) for join in _shop()["joins"])


def database() -> duckdb.DuckDBPyConnection:
    """Return a new in-memory database with the shop's data."""
    connection = duckdb.connect()
    connection.execute((FOLDER / "shop.sql").read_text())
    return connection


def load_cases(name: str) -> list[dict[str, Any]]:
    """Return the cases of a file, their plans as `QueryPlan`."""
    loaded = yaml.load((FOLDER / name).read_text(), Loader=_Loader)
    return [case | {"plan": QueryPlan.model_validate(_expanded(case["plan"], top=True))} for case in loaded]


def _expanded(node: Any, *, top: bool = False) -> Any:
    if isinstance(node, list):
        return [_expanded(item) for item in node]
    if not isinstance(node, dict):
        return node
    node = {key: _expanded(value, top=key in ("plan", "source")) for key, value in node.items()}
    if top and "outputs" in node:
        named = node["outputs"].items()
        node["outputs"] = [{"name": name, "expression": _value(expression)} for name, expression in named]
        if "source" not in node:
            node.setdefault("joins", [join.model_dump() for join in joins()])
    return node
