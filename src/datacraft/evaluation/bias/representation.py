"""How the data set itself represents groups: for whoever reads figures, and not a candidate's doing."""

from __future__ import annotations

from sqlglot import exp

from datacraft.contracts.bias import GroupShare
from datacraft.contracts.semantic import SemanticModel
from datacraft.evaluation.bias.attributes import attributes_of
from datacraft.evaluation.questions.gold import run_gold
from datacraft.warehouse import Warehouse


def representation(model: SemanticModel, warehouse: Warehouse) -> list[GroupShare]:
    """Return each group's share of the rows, the largest first; rows without a group count as one."""
    found: list[GroupShare] = []
    for attribute in attributes_of(model):
        column = exp.column(attribute.column.name, quoted=True)
        query = (
            exp.select(column, exp.Count(this=exp.Star()))
            .from_(exp.to_table(attribute.table.name))
            .group_by(column)
        )
        rows = run_gold(query.sql(warehouse.dialect), warehouse).rows
        counts = [(row[0], int(str(row[1]))) for row in rows]
        total = sum(count for _, count in counts)
        found += [
            GroupShare(
                attribute=attribute.name,
                group=None if group is None else str(group),
                rows=count,
                share=count / total,
            )
            for group, count in sorted(counts, key=lambda item: -item[1])
        ]
    return found
