"""Which chart, and what is on it."""

from __future__ import annotations

import datetime as dt
import json

import plotly.graph_objects as go
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from plans import PLANS
from shop import col, group, month, plan_of, shop_model, total

from datacraft.contracts.answer import Cell, Chart, ResultColumn
from datacraft.contracts.plan import (
    Aggregate,
    AggregateFunction,
    Bucket,
    DatePart,
    DatePartOf,
    Order,
    Output,
    OutputRef,
    QueryPlan,
    Window,
    WindowFunction,
)
from datacraft.serving.charts import VisualizationEngine
from datacraft.serving.charts.choose import Kind
from datacraft.serving.charts.style import CLEAR, PALETTE
from datacraft.serving.outline import outline_of
from datacraft.serving.outputs import output_facts

MODEL = shop_model()
ENGINE = VisualizationEngine()


def output(name: str, function: AggregateFunction, column: str) -> Output:
    return Output(name=name, expression=Aggregate(function=function, argument=col(column), grain="orders"))


MEAN = output("mean_sales", AggregateFunction.AVG, "sales")
DISCOUNT = output("discount", AggregateFunction.AVG, "discount")
SHARE = Output(
    name="share",
    expression=Window(
        function=WindowFunction.SHARE, argument=total().expression, partition_by=(col("region"),)
    ),
)
WEEKDAY = group(DatePartOf(part=DatePart.WEEKDAY, argument=col("order_date")), "weekday")
YEAR = group(DatePartOf(part=DatePart.YEAR, argument=col("order_date")), "year")
STEPS = group(Bucket(argument=col("sales"), width=100), "steps")
DOWN = (Order(expression=OutputRef(name="total_sales"), descending=True),)


def draw(
    plan: QueryPlan, rows: list[list[Cell]], asked: Kind | None = None, *, truncated: bool = False
) -> Chart:
    columns = []
    facts = output_facts(plan, MODEL)
    for place, fact in enumerate(facts):
        value = next((row[place] for row in rows if row[place] is not None), None)
        kind = (
            "number" if isinstance(value, float | int) else "date" if isinstance(value, dt.date) else "text"
        )
        role = "measure" if fact.measure else "dimension"
        columns.append(ResultColumn(name=fact.name, label=fact.label, type=kind, unit=fact.unit, role=role))  # type: ignore[arg-type]
    chart = ENGINE.choose(outline_of(plan), facts, columns, rows, asked, truncated=truncated)
    assert chart.alt
    if chart.plotly is not None:
        go.Figure(json.loads(json.dumps(chart.plotly)))  # plain JSON, and Plotly knows every property
    return chart


def figure(chart: Chart) -> go.Figure:
    return go.Figure(chart.plotly)


def regions(count: int) -> list[list[Cell]]:
    return [[f"Region {i:02}", float(100 - i)] for i in range(count)]


def months(*numbers: int) -> list[list[Cell]]:
    return [[dt.date(2023, number, 1), 10.0 * number] for number in numbers]


REGIONS = plan_of(group("region"), total(), order=DOWN)
GRID = [[r, c, 5.0] for r in ("East", "West", "North") for c in ("Furniture", "Technology")]


@pytest.mark.parametrize(
    ("plan", "rows", "kind"),
    [
        (plan_of(total()), [[5.0]], "number"),
        (plan_of(total(), MEAN), [[5.0, 2.0]], "number"),
        (plan_of(group("region"), total(), limit=1), [["East", 5.0]], "number"),
        (REGIONS, [], "table"),
        (REGIONS, regions(3), "bar"),
        (plan_of(group("category"), group("region")), [["a", "b"], ["c", "d"]], "table"),
        (plan_of(month(), total()), months(1, 2, 3), "line"),
        (plan_of(month(), total()), months(1, 2), "bar"),
        (plan_of(YEAR, total()), [[2021, 1.0], [2022, 2.0], [2023, 3.0]], "line"),
        (plan_of(WEEKDAY, total()), [[d, 1.0 * d] for d in range(1, 8)], "bar"),
        (plan_of(month(), total(), order=DOWN, limit=3), months(3, 1, 2), "bar"),
        (plan_of(month(), group("region"), total()),
         [[dt.date(2023, m, 1), r, 1.0] for m in (1, 2, 3) for r in ("East", "West")], "line"),
        (plan_of(group("region"), group("category"), total()), GRID, "grouped_bar"),
        (plan_of(group("region"), group("category"), SHARE), GRID, "stacked_bar"),
        (plan_of(group("region"), total(), MEAN), [["a", 1.0, 2.0], ["b", 2.0, 3.0]], "grouped_bar"),
        (plan_of(group("region"), DISCOUNT, total()), [[f"r{i}", 0.1, 2.0] for i in range(9)], "scatter"),
        (plan_of(STEPS, output("n", AggregateFunction.COUNT, "sales")), [[0.0, 3], [100.0, 5], [300.0, 1]], "histogram"),
        (plan_of(group("region"), total(), limit_per=("region",)), [["a", 1.0], ["a", 2.0]], "table"),
    ],
)  # fmt: skip
def test_the_chart_fits_the_shape_of_the_result(plan: QueryPlan, rows: list[list[Cell]], kind: str) -> None:
    chart = draw(plan, rows)
    assert chart.kind == kind
    assert (chart.plotly is None) == (kind in ("number", "table"))


@pytest.mark.parametrize(
    ("plan", "rows", "asked", "kind"),
    [
        (REGIONS, regions(3), "line", "line"),
        (REGIONS, regions(3), "table", "table"),
        (REGIONS, regions(3), "scatter", "bar"),
        (REGIONS, regions(3), "stacked_bar", "bar"),
        (plan_of(month(), total()), months(1, 2, 3), "bar", "bar"),
        (plan_of(group("region"), group("category"), total()), GRID, "stacked_bar", "stacked_bar"),
        (plan_of(group("region"), group("category"), total()), GRID, "bar", "grouped_bar"),
        (
            plan_of(group("order_id"), group("sales")),
            [[1, 5.0], [2, 7.0], [3, 6.0]],
            "histogram",
            "histogram",
        ),
        (plan_of(total()), [[5.0]], "line", "number"),
    ],
)
def test_the_chart_that_is_asked_for_is_taken_where_the_result_allows_it(
    plan: QueryPlan, rows: list[list[Cell]], asked: Kind, kind: str
) -> None:
    assert draw(plan, rows, asked).kind == kind


def test_measures_of_very_different_size_do_not_share_an_axis() -> None:
    quantity = output("quantity", AggregateFunction.SUM, "quantity")
    count = output("n", AggregateFunction.COUNT, "sales")
    chart = draw(plan_of(group("region"), quantity, count), [["a", 9000, 12], ["b", 4000, 10]])
    assert (chart.kind, chart.title) == ("bar", "Quantity by region")
    chart = draw(plan_of(group("region"), quantity, count), [["a", 90, 12], ["b", 40, 10]])
    assert (chart.kind, chart.title) == ("grouped_bar", "Quantity and n by region")


def test_a_table_without_measures_is_titled_by_its_columns() -> None:
    assert (
        draw(plan_of(group("category"), group("region")), [["a", "b"], ["c", "d"]]).title
        == "Category and region"
    )


def test_what_goes_beyond_twelve_groups_is_summed_as_other() -> None:
    shown = figure(draw(plan_of(group("region"), total()), regions(40))).data[0]
    assert len(shown.y) == 13
    assert shown.y[-1] == "Other"
    assert shown.x[-1] == sum(100.0 - i for i in range(12, 40))


@pytest.mark.parametrize(
    ("plan", "truncated"),
    [
        (plan_of(group("region"), MEAN), False),
        (plan_of(group("region"), output("n", AggregateFunction.COUNT_DISTINCT, "customer_id")), False),
        (plan_of(group("region"), total(), order=DOWN, limit=40), False),
        (plan_of(group("region"), total(), order=(Order(expression=OutputRef(name="total_sales")),)), False),
        (plan_of(group("region"), total()), True),
    ],
)
def test_where_a_sum_would_mean_nothing_the_rest_is_left_out_and_that_is_said(
    plan: QueryPlan, truncated: bool
) -> None:
    chart = draw(plan, regions(40), truncated=truncated)
    assert len(figure(chart).data[0].y) == 12
    assert "Other" not in figure(chart).data[0].y
    assert "12 of 40" in figure(chart).layout.title.text
    assert "12 of 40" in chart.alt


def test_bars_keep_the_order_of_the_plan() -> None:
    rows: list[list[Cell]] = [["b", 1.0], ["a", 3.0], ["c", 2.0]]
    by_name = plan_of(group("region"), total(), order=(Order(expression=col("region")),))
    assert list(figure(draw(by_name, rows)).data[0].x) == ["b", "a", "c"]
    assert list(figure(draw(plan_of(group("region"), total()), rows)).data[0].x) == ["a", "c", "b"]


def test_long_names_lie_flat_with_the_first_on_top() -> None:
    shown = figure(draw(REGIONS, [["A rather long name", 2.0], ["Another long name", 1.0]]))
    assert shown.data[0].orientation == "h"
    assert shown.layout.yaxis.autorange == "reversed"


def test_a_month_without_data_is_a_gap_in_the_line() -> None:
    line = figure(draw(plan_of(month(), total()), months(1, 2, 5))).data[0]
    assert list(line.x) == [f"2023-0{m}-01" for m in range(1, 6)]
    assert list(line.y) == [10.0, 20.0, None, None, 50.0]
    assert line.connectgaps is False


def test_a_year_or_weekday_without_data_keeps_its_place() -> None:
    years = figure(draw(plan_of(YEAR, total()), [[2019, 1.0], [2020, 2.0], [2023, 3.0]])).data[0]
    assert list(years.x) == ["2019", "2020", "2021", "2022", "2023"]
    days = figure(draw(plan_of(WEEKDAY, total()), [[3, 1.0], [1, 2.0], [5, 3.0]])).data[0]
    assert list(days.x) == ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday"]


def test_names_of_months_come_in_the_order_of_the_year() -> None:
    name = group(DatePartOf(part=DatePart.MONTH_NAME, argument=col("order_date")), "month")
    shown = figure(draw(plan_of(name, total()), [["April", 1.0], ["February", 2.0], ["May", 3.0]])).data[0]
    assert list(shown.x) == ["February", "March", "April", "May"]


def test_a_thirteenth_group_is_drawn_itself_since_other_would_take_its_place() -> None:
    shown = figure(draw(plan_of(group("region"), total()), regions(13))).data[0]
    assert len(shown.y) == 13
    assert "Other" not in shown.y


def test_lines_come_in_the_order_of_time_whatever_the_rows_order() -> None:
    line = figure(draw(plan_of(month(), total()), months(3, 1, 2))).data[0]
    assert list(line.y) == [10.0, 20.0, 30.0]


def test_at_most_eight_lines_are_drawn() -> None:
    rows: list[list[Cell]] = [[dt.date(2023, m, 1), f"r{i}", float(i)] for m in (1, 2, 3) for i in range(20)]
    added = figure(draw(plan_of(month(), group("region"), total()), rows))
    assert [line.name for line in added.data][-1] == "Other"
    assert len(added.data) == 8
    assert list(added.data[-1].y) == [float(sum(range(13)))] * 3
    averaged = draw(plan_of(month(), group("region"), MEAN), rows)
    assert len(figure(averaged).data) == 7
    assert "7 of 20 lines" in averaged.alt


def test_two_years_lie_over_each_other_along_the_months() -> None:
    part = group(DatePartOf(part=DatePart.MONTH, argument=col("order_date")), "month")
    rows: list[list[Cell]] = [[y, m, 1.0 * y * m] for y in (2022, 2023) for m in range(1, 13)]
    shown = figure(draw(plan_of(YEAR, part, total()), rows))
    assert [trace.name for trace in shown.data] == ["2022", "2023"]
    assert list(shown.data[0].x)[:2] == ["January", "February"]


def test_axes_carry_units_and_readable_numbers() -> None:
    money = figure(draw(plan_of(month(), total()), [[d, v * 1e6] for d, v in months(1, 2, 3)])).layout.yaxis  # type: ignore[operator]
    assert (money.tickprefix, money.tickformat, money.title.text) == ("$", "~s", "Total sales")
    rate = figure(draw(plan_of(month(), DISCOUNT), [[d, 0.25] for d, _ in months(1, 2, 3)])).layout.yaxis
    assert rate.tickformat == ".0%"
    weight = plan_of(
        month(), output("weight", AggregateFunction.SUM, "quantity").model_copy(update={"unit": "kg"})
    )
    assert figure(draw(weight, months(1, 2, 3))).layout.yaxis.title.text == "Weight (kg)"


def test_a_key_beside_a_name_is_left_to_the_table() -> None:
    plan = plan_of(
        group("customer_id"), Output(name="name", expression=col("name", "customers")), total(), order=DOWN
    )
    chart = draw(plan, [[1, "Ana", 3.0], [2, "Bo", 2.0], [3, "Ana", 1.0]])
    assert chart.kind == "bar"
    assert list(figure(chart).data[0].x) == ["Ana", "Bo", "Ana (2)"]


def test_the_best_of_each_group_is_named_with_its_group() -> None:
    plan = plan_of(group("region"), group("category"), total(), order=DOWN, limit=1, limit_per=("region",))
    chart = draw(plan, [["East", "Technology", 3.0], ["West", "Furniture", 2.0]])
    assert list(figure(chart).data[0].y) == ["East, Technology", "West, Furniture"]


def test_missing_groups_and_values_are_drawn_as_such() -> None:
    shown = figure(draw(REGIONS, [["East", 3.0], [None, 2.0], ["West", None]])).data[0]
    assert list(shown.x) == ["East", "no value", "West"]
    assert list(shown.y) == [3.0, 2.0, None]


def test_text_of_the_data_is_never_markup() -> None:
    shown = figure(draw(REGIONS, [["<b>East</b>", 2.0], ["R&D", 1.0]])).data[0]
    assert list(shown.x) == ["&lt;b&gt;East&lt;/b&gt;", "R&D"]


def test_charts_stand_on_light_and_dark_pages() -> None:
    layout = figure(draw(REGIONS, regions(3))).layout
    assert layout.paper_bgcolor == layout.plot_bgcolor == CLEAR
    for colour in (*PALETTE, layout.font.color):
        assert min(contrast(colour, "#FFFFFF"), contrast(colour, "#0E1117")) >= 2


def contrast(one: str, other: str) -> float:
    """Contrast of two colours (WCAG 2.2, section 1.4.3)."""

    def luminance(colour: str) -> float:
        parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
        linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


CELLS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-5, 3000),
    st.floats(-1e6, 1e6),
    st.text(max_size=5),
    st.dates(),
    st.datetimes(),
)


@settings(max_examples=150, suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(PLANS, st.data())
def test_every_result_gets_a_chart(plan: QueryPlan, data: st.DataObject) -> None:
    rows = data.draw(
        st.lists(st.lists(CELLS, min_size=len(plan.outputs), max_size=len(plan.outputs)), max_size=15)
    )
    asked = data.draw(
        st.sampled_from([None, "line", "bar", "grouped_bar", "stacked_bar", "scatter", "histogram", "number"])
    )
    draw(plan, rows, asked)
