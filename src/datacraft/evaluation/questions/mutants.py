"""Changes of a gold query that show whether it says what it seems to say."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from sqlglot import exp

from datacraft.evaluation.questions.gold import run_gold
from datacraft.sql.compare import Table, same_result
from datacraft.warehouse import Warehouse


def has_tie(tree: exp.Query, result: Table, warehouse: Warehouse, *, ordered: bool) -> bool:
    """Tell whether a LIMIT or a ROW_NUMBER picks among equals, or the asked order leaves some open."""
    ranked = tree.copy()
    numbers = list(ranked.find_all(exp.RowNumber))
    for number in numbers:
        number.replace(exp.Anonymous(this="rank"))
    if numbers and not same_result(
        result, run_gold(ranked.sql(warehouse.dialect), warehouse), extra_columns=0
    ):
        return True
    for select in tree.find_all(exp.Select):
        order, limit = select.args.get("order"), select.args.get("limit")
        if order and (limit or (ordered and select is tree)):
            keys = _sort_keys(select, warehouse)
            count = int(limit.expression.name) if limit else len(keys)
            start = int(select.args["offset"].expression.name) if select.args.get("offset") else 0
            edges = {start - 1, start + count - 1} if not ordered else range(start - 1, start + count)
            if any(0 <= edge < len(keys) - 1 and keys[edge] == keys[edge + 1] for edge in edges):
                return True
    return False


def _sort_keys(select: exp.Select, warehouse: Warehouse) -> list[tuple[object, ...]]:
    """Return the values that the rows of a SELECT are sorted by, of all its rows, in that order."""
    copy = select.copy()
    for part in ("limit", "offset"):
        copy.set(part, None)
    outputs = {item.alias: item.this for item in copy.expressions if isinstance(item, exp.Alias)}
    keys = [_key(key.this, outputs) for key in copy.args["order"].expressions]
    copy.set("expressions", [*copy.expressions, *keys])
    width = len(keys)
    return [tuple(row[-width:]) for row in run_gold(copy.sql(warehouse.dialect), warehouse).rows]


def _key(sorted_by: exp.Expression, outputs: Mapping[str, exp.Expression]) -> exp.Expression:
    """Return what a sort key computes: in ORDER BY an output's name hides a column of the same name."""
    if isinstance(sorted_by, exp.Column) and not sorted_by.table and sorted_by.name in outputs:
        return outputs[sorted_by.name].copy()
    return sorted_by.copy()


def weaker(tree: exp.Query, dialect: str) -> Iterator[tuple[str, str]]:
    """Yield the query without one of its conditions, groups' thresholds or DISTINCTs, each with its name."""
    for kind in (exp.Where, exp.Having, exp.Distinct, exp.Qualify):
        for index, node in enumerate(tree.find_all(kind)):
            conditions = list(node.this.flatten()) if isinstance(node.this, exp.And) else [node]
            for part in range(len(conditions)):
                copy = tree.copy()
                target = list(copy.find_all(kind))[index]
                if isinstance(target, exp.Distinct) and target.expressions:
                    target.replace(target.expressions[0])
                elif isinstance(target.this, exp.And):
                    list(target.this.flatten())[part].replace(exp.true())
                else:
                    target.pop()
                yield conditions[part].sql(dialect), copy.sql(dialect)
