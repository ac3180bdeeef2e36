"""A small shop for the tests of this layer: two tables, their meaning, and an engine that knows its answers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from datacraft.contracts.plan import (
    Aggregate,
    AggregateFunction,
    ColumnRef,
    DateTrunc,
    Expression,
    Output,
    Predicate,
    QueryPlan,
    TimeUnit,
)
from datacraft.contracts.proposal import Proposal, Turn
from datacraft.contracts.semantic import SemanticModel
from datacraft.engines import Notice, Trial, unheard
from datacraft.warehouse import DuckDBWarehouse, open_data

ORDERS = """order_id,order_date,customer_id,category,region,sales,discount,quantity
1,2022-01-15,1,Furniture,East,100.50,0.10,1
2,2022-02-10,1,Technology,East,900.00,0.00,2
3,2022-02-20,2,Furniture,West,250.25,0.20,3
4,2022-05-05,2,Supplies,West,12.00,0.00,10
5,2023-01-07,3,Technology,North,1500.00,0.30,1
6,2023-03-09,3,Supplies,North,33.30,0.00,6
7,2023-03-10,1,Furniture,East,410.00,0.10,4
8,2023-12-31,2,Technology,West,77.70,0.00,1
"""
CUSTOMERS = """customer_id,name,city
1,Ana,Lisbon
2,Bo,Oslo
3,Chen,Taipei
4,Dee,Cork
"""


def shop_model() -> SemanticModel:
    """What the shop's data means."""

    def column(name: str, kind: str, role: str, **more: object) -> dict[str, object]:
        return {"name": name, "type": kind, "role": role, **more}

    return SemanticModel.model_validate(
        {
            "tables": [
                {
                    "name": "orders",
                    "entity": "order",
                    "primary_key": ["order_id"],
                    "time_column": "order_date",
                    "columns": [
                        column("order_id", "integer", "id"),
                        column("order_date", "date", "time", minimum="2022-01-15", maximum="2023-12-31"),
                        column("customer_id", "integer", "id"),
                        column("category", "text", "dimension"),
                        column("region", "text", "dimension"),
                        column("sales", "number", "measure", unit="USD"),
                        column("discount", "number", "measure", unit="%"),
                        column("quantity", "integer", "measure"),
                    ],
                },
                {
                    "name": "customers",
                    "entity": "customer",
                    "primary_key": ["customer_id"],
                    "columns": [
                        column("customer_id", "integer", "id"),
                        column("name", "text", "dimension"),
                        column("city", "text", "dimension"),
                    ],
                },
            ],
            "joins": [
                {
                    "left": "orders",
                    "right": "customers",
                    "columns": [["customer_id", "customer_id"]],
                    "cardinality": "many_to_one",
                }
            ],
        }
    )


def open_shop(folder: Path) -> DuckDBWarehouse:
    """Load the shop's files."""
    for name, text in (("orders", ORDERS), ("customers", CUSTOMERS)):
        (folder / f"{name}.csv").write_text(text)
    return open_data([folder / "orders.csv", folder / "customers.csv"])


class ScriptedEngine:
    """An engine that knows its questions by heart; it keeps what it was asked, and with which history."""

    name = "scripted"
    patient = False

    def __init__(self, answers: Mapping[str, Proposal | QueryPlan | Exception]) -> None:
        self.answers = dict(answers)
        self.asked: list[tuple[str, tuple[Turn, ...]]] = []

    def propose(
        self, question: str, history: Sequence[Turn], trial: Trial | None = None, notice: Notice = unheard
    ) -> Proposal:
        self.asked.append((question, tuple(history)))
        answer = self.answers[question]
        if isinstance(answer, Exception):
            raise answer
        return answer if isinstance(answer, Proposal) else Proposal(plan=answer, confidence=0.9)


def col(name: str, table: str = "orders") -> ColumnRef:
    return ColumnRef(table=table, column=name)


def total(name: str = "sales", **more: object) -> Output:
    expression = Aggregate(function=AggregateFunction.SUM, argument=col(name), grain="orders")
    return Output(name=f"total_{name}", expression=expression, **more)  # type: ignore[arg-type]


def group(expression: Expression | str, name: str | None = None) -> Output:
    if isinstance(expression, str):
        return Output(name=name or expression, expression=col(expression))
    return Output(name=name or "period", expression=expression)


def month() -> Output:
    return group(DateTrunc(unit=TimeUnit.MONTH, argument=col("order_date")), "month")


def plan_of(*outputs: Output, filters: Sequence[Predicate] = (), **more: object) -> QueryPlan:
    return QueryPlan(root="orders", outputs=outputs, filters=tuple(filters), **more)  # type: ignore[arg-type]
