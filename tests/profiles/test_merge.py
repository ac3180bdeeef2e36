"""Profiling again: people's edits stay, measurements are refreshed, what came and went is reported."""

from __future__ import annotations

from datacraft.contracts.semantic import (
    Column,
    ColumnType,
    DefaultAggregation,
    Join,
    NamedMeasure,
    Role,
    SemanticModel,
    Table,
)
from datacraft.profiles import merge_profile, profile_changes


def column(name: str, **fields: object) -> Column:
    return Column.model_validate(
        {"name": name, "type": "number", "role": "measure", "aggregation": "sum", **fields}
    )


def inferred(rows: int = 10, *extra: Column) -> SemanticModel:
    return SemanticModel(
        tables=[
            Table(
                name="orders",
                entity="order",
                rows=rows,
                columns=[column("sales", maximum=rows), column("shop"), *extra],
            ),
            Table(name="shops", entity="shop", rows=2, columns=[column("id"), column("city")]),
        ],
        joins=[
            Join(left="orders", right="shops", columns=[("shop", "id")], cardinality="many_to_one"),
            Join(left="orders", right="shops", columns=[("sales", "id")], cardinality="many_to_one"),
        ],
        measures=[NamedMeasure(name="revenue", table="orders", formula="sum(sales)")],
    )


def edited() -> SemanticModel:
    model = inferred().model_copy(deep=True)
    sales = model.column("orders", "sales")
    sales.description, sales.unit, sales.synonyms = "What shops took.", "EUR", ["takings"]
    sales.aggregation = DefaultAggregation.AVG
    model.table("orders").entity = "receipt"
    del model.joins[1]
    model.joins.append(
        Join(left="shops", right="orders", columns=[("city", "shop")], cardinality="many_to_many")
    )
    model.measures.append(NamedMeasure(name="mean sale", table="orders", formula="avg(sales)"))
    model.measures[0].unit = "EUR"
    return model


def test_edits_stay_and_measurements_are_new() -> None:
    merged = merge_profile(edited(), inferred(99), inferred())
    sales = merged.column("orders", "sales")
    assert (sales.description, sales.unit, sales.synonyms) == ("What shops took.", "EUR", ["takings"])
    assert sales.aggregation is DefaultAggregation.AVG
    assert (sales.maximum, merged.table("orders").rows) == (99, 99)
    assert merged.table("orders").entity == "receipt"


def test_joins_that_were_removed_stay_away_and_added_ones_stay() -> None:
    merged = merge_profile(edited(), inferred(), inferred())
    assert [join.columns for join in merged.joins] == [[("shop", "id")], [("city", "shop")]]


def test_measures_that_people_wrote_or_changed_stay() -> None:
    merged = merge_profile(edited(), inferred(), inferred())
    assert [(measure.name, measure.unit) for measure in merged.measures] == [
        ("revenue", "EUR"),
        ("mean sale", None),
    ]


def test_what_nobody_touched_follows_the_new_profile() -> None:
    fresh = inferred()
    fresh.column("orders", "shop").role = Role.ID
    fresh.table("shops").description = "New words."
    merged = merge_profile(edited(), fresh, inferred())
    assert merged.column("orders", "shop").role is Role.ID
    assert merged.table("shops").description == "New words."


def test_without_a_kept_copy_everything_written_counts_as_edited() -> None:
    fresh = inferred(50)
    fresh.column("orders", "shop").role = Role.ID
    merged = merge_profile(edited(), fresh, None)
    assert merged.column("orders", "shop").role is Role.MEASURE
    assert merged.column("orders", "sales").maximum == 50
    assert merged.table("orders").entity == "receipt"


def test_new_and_vanished_columns_are_reported_and_what_hangs_on_them_goes() -> None:
    fresh = inferred(10, column("tax"))
    fresh.tables[0].columns = [c for c in fresh.tables[0].columns if c.name != "shop"]
    fresh.tables[0].columns[0].type = ColumnType.INTEGER
    fresh.joins = []
    changes = profile_changes(edited(), fresh)
    assert changes.new_columns == ["orders.tax"]
    assert changes.vanished_columns == ["orders.shop"]
    assert changes.retyped_columns == ["orders.sales"]
    assert len(changes.dropped) == 2
    assert bool(changes)
    merged = merge_profile(edited(), fresh, inferred())
    assert merged.joins == []
    assert [c.name for c in merged.table("orders").columns] == ["sales", "tax"]


def test_nothing_new_changes_nothing() -> None:
    assert merge_profile(edited(), inferred(), inferred()) == edited()
    assert not profile_changes(edited(), inferred())


def test_tables_may_come_and_go() -> None:
    fresh = inferred()
    fresh.tables[1].name = "stores"
    fresh.joins = []
    changes = profile_changes(edited(), fresh)
    assert (changes.new_tables, changes.vanished_tables) == (["stores"], ["shops"])
    assert [table.name for table in merge_profile(edited(), fresh, inferred()).tables] == ["orders", "stores"]
