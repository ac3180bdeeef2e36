"""Plans and results in words."""

from __future__ import annotations

import datetime as dt
import re

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from plans import PLANS
from shop import col, group, month, plan_of, shop_model, total

from datacraft.contracts.plan import (
    Aggregate,
    AggregateFunction,
    AllOf,
    AnyOf,
    Arithmetic,
    Between,
    Bucket,
    Comparison,
    Constant,
    DateDiff,
    DatePart,
    DatePartOf,
    InPlan,
    InValues,
    IsNull,
    Not,
    Order,
    Output,
    OutputRef,
    Predicate,
    QueryPlan,
    ScalarPlan,
    SetOperation,
    TextMatch,
    TimeRange,
    TimeUnit,
    Window,
    WindowFunction,
)
from datacraft.serving.explain import Explainer, describe_plan, headline
from datacraft.serving.formats import format_cell
from datacraft.serving.outline import outline_of
from datacraft.serving.outputs import output_facts

MODEL = shop_model()
DESCENDING = (Order(expression=OutputRef(name="total_sales"), descending=True),)


def agg(function: str, column: str | None = None, **more: object) -> Output:
    argument = col(column) if column else None
    return Output(
        name="value",
        expression=Aggregate(function=AggregateFunction(function), argument=argument, grain="orders", **more),
    )  # type: ignore[arg-type]


def is_(column: str, value: object) -> Predicate:
    return Comparison(left=col(column), operator="=", right=Constant(value=value))  # type: ignore[arg-type]


YEAR = TimeRange(left=col("order_date"), start=dt.date(2023, 1, 1), end=dt.date(2024, 1, 1), label="2023")
QUARTER = TimeRange(
    left=col("order_date"), start=dt.date(2023, 10, 1), end=dt.date(2024, 1, 1), label="the last 3 months"
)
IN_TECHNOLOGY = plan_of(group("customer_id"), filters=[is_("category", "Technology")])

SAID = [
    (plan_of(total(), group("region"), filters=[YEAR, is_("category", "Technology")]),
     "Total sales by region in 2023 where category is Technology."),
    (plan_of(total(), filters=[QUARTER]), "Total sales in the last 3 months (from 2023-10-01 to 2023-12-31)."),
    (plan_of(month(), total()), "Total sales by month of order date."),
    (plan_of(group("region"), total(), order=DESCENDING, limit=5, with_ties=True),
     "Total sales by region; the first 5 by total sales (highest first), ties included."),
    (plan_of(group("region"), group("category"), total(), order=DESCENDING, limit=1, limit_per=("region",)),
     "Total sales by region and category; the first in each region by total sales (highest first)."),
    (plan_of(group("region"), total(), having=(Comparison(left=OutputRef(name="total_sales"), operator=">", right=Constant(value=1000)),)),
     "Total sales by region; only where total sales is above $1,000."),
    (plan_of(agg("count")), "Number of orders."),
    (plan_of(agg("count_distinct", "customer_id")), "Number of customers."),
    (plan_of(agg("count_distinct", "city", )), "Number of different cities."),
    (plan_of(agg("avg", "discount", weight=col("sales"))), "Average discount weighted by sales."),
    (plan_of(agg("min", "order_date")), "Earliest order date."),
    (plan_of(agg("percentile", "sales", fraction=0.9)), "90th percentile of sales."),
    (plan_of(agg("correlation", "sales", second=col("discount"))), "Correlation of sales and discount."),
    (plan_of(agg("count", where=(is_("region", "East"),))), "Number of orders (only where region is East)."),
    (plan_of(Output(name="margin", label="margin", unit="%", expression=Arithmetic(operator="/", left=total("discount").expression, right=total().expression))),
     "Margin (total discount divided by total sales)."),
    (plan_of(group(DatePartOf(part=DatePart.WEEKDAY_NAME, argument=col("order_date"))), total()),
     "Total sales by weekday of order date."),
    (plan_of(group(Bucket(argument=col("sales"), width=100)), agg("count")),
     "Number of orders by sales in steps of $100."),
    (plan_of(group("category"), group("sales"), filters=[Between(left=col("discount"), low=Constant(value=0.1), high=Constant(value=0.25))]),
     "Category and sales of orders where discount is between 10% and 25%."),
    (plan_of(group("category"), distinct=True), "Every different category of orders."),
    (plan_of(agg("count"), filters=[InValues(left=col("region"), values=("East", "West", None), negated=True)]),
     "Number of orders where region is none of East, West or missing."),
    (plan_of(agg("count"), filters=[AnyOf(items=(is_("region", "East"), AllOf(items=(is_("region", "West"), IsNull(left=col("sales"))))))]),
     "Number of orders where (region is East or (region is West and sales is missing))."),
    (plan_of(agg("count"), filters=[Not(item=TextMatch(left=col("category"), mode="contains", value="tech"))]),
     'Number of orders where not (category contains "tech").'),
    (plan_of(agg("count"), filters=[Comparison(left=col("order_date"), operator=">=", right=Constant(value=dt.date(2023, 5, 1)))]),
     "Number of orders where order date is not before 2023-05-01."),
    (QueryPlan(root="customers", outputs=(Output(name="name", expression=col("name", "customers")),), filters=(InPlan(left=col("customer_id", "customers"), plan=IN_TECHNOLOGY, negated=True),)),
     "Name of customers where customer ID is not among [order customer ID of orders where category is Technology]."),
    (plan_of(group("category"), total(), filters=[Comparison(left=col("sales"), operator=">", right=ScalarPlan(plan=plan_of(agg("avg", "sales"))))]),
     "Total sales by category where sales is above the average sales."),
    (QueryPlan(source=plan_of(group("region"), agg("count")), outputs=(Output(name="mean", expression=Aggregate(function=AggregateFunction.AVG, argument=OutputRef(name="value"))),)),
     "Average number of orders, from [number of orders by region]."),
    (plan_of(month(), total(), Output(name="growth", expression=Window(function=WindowFunction.GROWTH, argument=OutputRef(name="total_sales"), order_by=(Order(expression=OutputRef(name="month")),)))),
     "Total sales and growth of total sales (against the row before, in the order of month) by month of order date."),
    (plan_of(group("region"), combine=(SetOperation(operator="except", plan=plan_of(group("region"), filters=[YEAR])),)),
     "Region of orders; without those among [region of orders in 2023]."),
    (plan_of(Output(name="d", expression=DateDiff(unit=TimeUnit.DAY, start=col("order_date"), end=Constant(value=dt.date(2024, 1, 1))))),
     "Days from order date to 2024-01-01 of orders."),
    (plan_of(agg("count"), filters=[Comparison(left=DatePartOf(part=DatePart.WEEKDAY, argument=col("order_date")), operator="=", right=Constant(value=1))]),
     "Number of orders where weekday of order date is Monday."),
    (plan_of(month(), total(), order=(Order(expression=OutputRef(name="month")),)), "Total sales by month of order date."),
    (plan_of(month(), total(), order=(Order(expression=OutputRef(name="month"), descending=True),)),
     "Total sales by month of order date; sorted by month of order date (latest first)."),
    (plan_of(agg("count"), filters=[TimeRange(left=col("order_date"), start=dt.date(2022, 5, 15), end=dt.date(2022, 6, 16), label="2022-05-15 to 2022-06-15")]),
     "Number of orders from 2022-05-15 to 2022-06-15."),
    (plan_of(agg("count"), filters=[TimeRange(left=col("order_date"), start=dt.date(2022, 5, 15), end=dt.date(2022, 5, 16), label="15 May")]),
     "Number of orders in 15 May (on 2022-05-15)."),
    (plan_of(agg("count"), filters=[TimeRange(left=col("order_date"), start=dt.date(2020, 1, 1), end=dt.date(2022, 1, 1), label="2020 to 2021")]),
     "Number of orders from 2020 to 2021 (from 2020-01-01 to 2021-12-31)."),
    (plan_of(agg("count_distinct", "customer_id"), filters=[InPlan(left=col("customer_id"), plan=plan_of(group("customer_id"), agg("count"), having=(Comparison(left=OutputRef(name="value"), operator="=", right=Constant(value=1)),)))]),
     "Number of customers where order customer ID is among [customers whose number of orders is 1]."),
    (plan_of(agg("count"), filters=[InPlan(left=col("customer_id"), plan=plan_of(group("customer_id"), order=(Order(expression=total().expression, descending=True),), limit=10))]),
     "Number of orders where order customer ID is among [customers; the first 10 by total sales (highest first)]."),
    (plan_of(group("region"), Output(name="m", label="margin", expression=Arithmetic(operator="/", left=total("discount").expression, right=total().expression)),
             order=(Order(expression=Arithmetic(operator="/", left=total("discount").expression, right=total().expression), descending=True),), limit=3),
     "Margin (total discount divided by total sales) by region; the first 3 by margin (highest first)."),
    (plan_of(agg("count"), notes=("A year means a calendar year",)), "Number of orders. A year means a calendar year."),
]  # fmt: skip


@pytest.mark.parametrize(("plan", "said"), SAID, ids=[said[:60] for _, said in SAID])
def test_a_plan_is_told_with_everything_it_computes(plan: QueryPlan, said: str) -> None:
    assert describe_plan(plan, MODEL) == said


@settings(max_examples=150, suppress_health_check=[HealthCheck.too_slow])
@given(PLANS)
def test_every_plan_can_be_told(plan: QueryPlan) -> None:
    said = describe_plan(plan, MODEL)
    assert said.endswith((".", "!", "?"))
    assert len(output_facts(plan, MODEL)) == len(plan.outputs)


def sentence(plan: QueryPlan, rows: list[list[object]], *, truncated: bool = False) -> str:
    facts = output_facts(plan, MODEL)
    told = headline(outline_of(plan), facts, rows, truncated=truncated)  # type: ignore[arg-type]
    return Explainer(MODEL).sentence(plan, told)


BY_REGION = plan_of(group("region"), total())


@pytest.mark.parametrize(
    ("plan", "rows", "said"),
    [
        (plan_of(total()), [[3283.75]], "Total sales: $3,284."),
        (plan_of(total()), [[None]], "Total sales: no value."),
        (BY_REGION, [["East", 1410.5]], "Total sales by region: East with $1,410."),
        (BY_REGION, [["East", 1410.5], ["West", 339.95], ["North", 1533.3]],
         "Total sales by region: 3 regions; the highest is North with $1,533 and the lowest is West with $339.95."),
        (BY_REGION, [["East", 5.0], ["West", 5.0]], "Total sales by region: 2 regions, all with $5.00."),
        (BY_REGION, [["East", 5.0], ["West", 5.0], ["North", 1.0]],
         "Total sales by region: 3 regions; the highest is East with $5.00 (and 1 other with as much) and the lowest is North with $1.00."),
        (BY_REGION, [["East", 5.0], [None, 3.0]],
         "Total sales by region: 2 regions; the highest is East with $5.00 and the lowest is no value with $3.00."),
        (plan_of(group("region"), total(), order=DESCENDING, limit=2), [["East", 5.0], ["West", 3.0]],
         "Total sales by region; the first 2 by total sales (highest first): 2 regions; the highest is East with $5.00."),
        (plan_of(month(), total()), [[dt.date(2023, 1, 1), 100.0], [dt.date(2023, 2, 1), 300.0], [dt.date(2023, 3, 1), 150.0]],
         "Total sales by month of order date: 3 months; from $100.00 in January 2023 to $150.00 in March 2023 (up 50.0%); the highest is $300.00 in February 2023."),
        (plan_of(group(DatePartOf(part=DatePart.YEAR, argument=col("order_date")), "year"), total()), [[2022, 100.0], [2023, 50.0]],
         "Total sales by year of order date: 2 years; from $100.00 in 2022 to $50.00 in 2023 (down 50.0%); the highest is $100.00 in 2022."),
        (plan_of(month(), agg("avg", "discount")), [[dt.date(2023, 1, 1), 0.1], [dt.date(2023, 2, 1), 0.2]],
         "Average discount by month of order date: 2 months; from 10.0% in January 2023 to 20.0% in February 2023; the highest is 20.0% in February 2023."),
        (plan_of(group("order_id"), group("category"), group("sales")), [[4711, "Furniture", 5.0], [4712, "Supplies", 7.0]],
         "Order ID, category and sales of orders: 2 rows; the highest is Supplies with $7.00 and the lowest is Furniture with $5.00."),
        (plan_of(group("order_id"), group("sales")), [[4711, 5.0], [4712, 7.0]],
         "Order ID and sales of orders: 2 rows; the highest is 4712 with $7.00 and the lowest is 4711 with $5.00."),
        (plan_of(group("category"), distinct=True), [[c] for c in "abcdef"], "Every different category of orders: 6 categories."),
        (plan_of(group("category")), [["Furniture"], ["Supplies"]], "Category of orders: Furniture and Supplies."),
        (plan_of(group("category"), group("region")), [["a", "b"]] * 7, "Category and region of orders: 7 rows."),
    ],
)  # fmt: skip
def test_the_headline_says_what_stands_out(plan: QueryPlan, rows: list[list[object]], said: str) -> None:
    assert sentence(plan, rows) == said


def test_of_a_cut_result_no_highest_or_lowest_is_claimed() -> None:
    said = sentence(BY_REGION, [["East", 1.0], ["West", 2.0]], truncated=True)
    assert "more than 2 rows" in said
    assert "highest" not in said
    assert "lowest" not in said


@settings(max_examples=100)
@given(
    st.lists(
        st.tuples(st.sampled_from(["p", "q", "r", "s"]), st.none() | st.floats(-1e9, 1e9)),
        min_size=1,
        unique_by=lambda row: row[0],
    )
)
def test_every_number_of_the_headline_stands_in_the_rows(rows: list[tuple[str, float | None]]) -> None:
    said = sentence(BY_REGION, [list(row) for row in rows]).partition(": ")[2]
    told = set(re.findall(r"-?\$[\d,.e+-]*\d", said))
    assert told <= {format_cell(value, unit="USD") for _, value in rows}
