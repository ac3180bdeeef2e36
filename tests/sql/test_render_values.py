"""Literals take the type of what they are compared with."""

from __future__ import annotations

import datetime as dt

import pytest

from datacraft.contracts.plan import ColumnRef, Comparison, Constant, Output, QueryPlan, Scalar
from datacraft.contracts.semantic import Column, ColumnType, Role, SemanticModel, Table
from datacraft.sql.render import SchemaView, render

TYPES = ("text", "integer", "number", "boolean", "date", "timestamp")
MODEL = SemanticModel(
    tables=[
        Table(
            name="t",
            entity="row",
            primary_key=["integer"],
            columns=[Column(name=kind, type=ColumnType(kind), role=Role.DIMENSION) for kind in TYPES],
        )
    ]
)
DAY, MOMENT = dt.date(2021, 2, 3), dt.datetime(2021, 2, 3, 4, 5)


def condition(kind: str, value: Scalar, dialect: str = "duckdb") -> str:
    """Return the WHERE clause of comparing a column of a type with a value."""
    column = ColumnRef(table="t", column=kind)
    plan = QueryPlan(
        root="t",
        outputs=(Output(name="n", expression=column),),
        filters=(Comparison(left=column, operator="=", right=Constant(value=value)),),
    )
    query = render(plan, schema=SchemaView.from_model(MODEL), dialect=dialect)
    return query.expression.args["where"].this.sql(dialect=dialect)


@pytest.mark.parametrize(
    ("kind", "value", "expected"),
    [
        ("text", "it's", "t.text = 'it''s'"),
        ("text", 2139, "t.text = '2139'"),
        ("text", DAY, "t.text = '2021-02-03'"),
        ("text", MOMENT, "t.text = '2021-02-03 04:05:00'"),
        ("integer", "12", "t.integer = 12"),
        ("integer", "-1.5", "t.integer = -1.5"),
        ("integer", "1_0", "t.integer = '1_0'"),
        ("integer", True, "t.integer = 1"),
        ("number", -0.5, "t.number = -0.5"),
        ("number", 1e-7, "t.number = 1e-07"),
        ("boolean", 1, "t.boolean = TRUE"),
        ("boolean", "False", "t.boolean = FALSE"),
        ("date", DAY, "t.date = CAST('2021-02-03' AS DATE)"),
        ("date", "2021-02-03", "t.date = CAST('2021-02-03' AS DATE)"),
        ("date", "20210203", "t.date = '20210203'"),
        ("timestamp", DAY, "CAST(t.timestamp AS DATE) = CAST('2021-02-03' AS DATE)"),
        ("timestamp", MOMENT, "t.timestamp = CAST('2021-02-03 04:05:00' AS TIMESTAMP)"),
        ("timestamp", "2021-02-03T04:05:00", "t.timestamp = CAST('2021-02-03 04:05:00' AS TIMESTAMP)"),
    ],
)
def test_a_constant_takes_the_type_of_the_column(kind: str, value: Scalar, expected: str) -> None:
    assert condition(kind, value).replace('"', "") == expected


def test_a_moment_is_untyped_in_bigquery_so_that_it_fits_timestamp_and_datetime() -> None:
    assert condition("timestamp", MOMENT, "bigquery").endswith("= '2021-02-03 04:05:00'")


def test_text_with_backslashes_and_quotes_stays_one_literal_in_bigquery() -> None:
    assert condition("text", "a\\' OR 1=1 --", "bigquery").endswith(r"= 'a\\\' OR 1=1 --'")
