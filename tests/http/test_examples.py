from __future__ import annotations

from datacraft.contracts.semantic import (
    Column,
    ColumnType,
    DefaultAggregation,
    NamedMeasure,
    Role,
    SemanticModel,
    Table,
)
from datacraft.http.examples import candidate_examples, verified_examples

PATIENTS = Table(
    name="stays",
    entity="stay",
    rows=900,
    time_column="admitted_on",
    columns=[
        Column(name="stay_id", type=ColumnType.INTEGER, role=Role.ID),
        Column(name="admitted_on", type=ColumnType.DATE, role=Role.TIME),
        Column(name="ward", type=ColumnType.TEXT, role=Role.DIMENSION, distinct=8),
        Column(name="diagnosis", type=ColumnType.TEXT, role=Role.DIMENSION, distinct=12, sensitive=True),
        Column(name="cost", type=ColumnType.NUMBER, role=Role.MEASURE, aggregation=DefaultAggregation.SUM),
        Column(
            name="ageInYears", type=ColumnType.INTEGER, role=Role.MEASURE, aggregation=DefaultAggregation.AVG
        ),
    ],
)
MODEL = SemanticModel(
    tables=[PATIENTS],
    measures=[NamedMeasure(name="cost_per_day", table="stays", formula="sum(cost) / count(*)")],
)


def test_examples_are_of_different_kinds_and_fit_the_columns() -> None:
    assert list(candidate_examples(MODEL))[:5] == [
        "total cost by ward",
        "total cost by month",
        "top 5 wards by cost",
        "how many stays are there",
        "cost per day by ward",
    ]


def test_examples_never_name_a_sensitive_column() -> None:
    assert not any("diagnosis" in question for question in candidate_examples(MODEL))


def test_only_what_the_data_answers_is_offered() -> None:
    found = verified_examples(MODEL, lambda question: "by" in question, wanted=2)
    assert found == ["total cost by ward", "total cost by month"]


def test_data_without_measures_is_at_least_counted() -> None:
    bare = SemanticModel(tables=[Table(name="visitors", entity="visitor", columns=[])])
    assert list(candidate_examples(bare)) == ["how many visitors are there"]
