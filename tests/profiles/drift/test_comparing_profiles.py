"""What is called drift, and in which words; what is not."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pytest
from drift_data import NOW, compared, drift_of, profiled

from datacraft.contracts.drift import Band, Finding, Severity
from datacraft.contracts.profile import ColumnKind, DataProfile
from datacraft.contracts.semantic import Column, ColumnType, Role, SemanticModel, Table
from datacraft.profiles.drift import compare_profiles

GOODS = np.array(["Furniture", "Office", "Technology"])


def goods(rng: np.random.Generator, rows: int, *shares: float) -> np.ndarray:
    return GOODS[rng.choice(3, size=rows, p=shares)]


def test_a_moved_mix_is_told_in_words() -> None:
    rng = np.random.default_rng(1)
    report = compared(
        {"kind": goods(rng, 20_000, 0.33, 0.33, 0.34)}, {"kind": goods(rng, 5_000, 0.12, 0.33, 0.55)}
    )
    assert report.verdict == "drifted"
    assert "share of Furniture 33 % → 11 %" in drift_of(report, "kind").words.replace(
        "\N{NO-BREAK SPACE}", " "
    )
    assert report.score == pytest.approx(0.22, abs=0.03)


def test_the_same_data_have_a_score_of_zero() -> None:
    rng = np.random.default_rng(2)
    data = {"kind": goods(rng, 3_000, 0.2, 0.3, 0.5), "price": rng.lognormal(size=3_000)}
    report = compared(data, data)
    assert (report.score, report.verdict) == (0.0, "steady")
    for column in report.columns:
        assert (column.total_variation, column.psi, column.jensen_shannon, column.p_value) == (0, 0, 0, 1)
        assert column.wasserstein in {None, 0}


def test_a_million_rows_do_not_make_a_small_difference_drift() -> None:
    rng = np.random.default_rng(3)
    report = compared({"x": rng.normal(size=1_000_000)}, {"x": rng.normal(0.02, size=1_000_000)})
    found = drift_of(report, "x")
    assert found.p_value < 1e-9
    assert (found.band, report.verdict) == (Band.STEADY, "steady")
    assert found.score == pytest.approx(0.01, abs=0.01)


def test_two_hundred_rows_do_not_hide_a_large_one() -> None:
    rng = np.random.default_rng(4)
    report = compared({"x": rng.normal(size=100_000)}, {"x": rng.normal(0.8, size=200)})
    assert report.verdict == "drifted"


def test_four_rows_prove_nothing_however_different_they_look() -> None:
    rng = np.random.default_rng(5)
    few = ["Furniture", "Furniture", "Furniture", "Office"]
    report = compared({"kind": goods(rng, 10_000, 0.4, 0.3, 0.3)}, {"kind": few})
    assert drift_of(report, "kind").total_variation > 0.3
    assert report.verdict == "steady"


def test_a_new_value_is_named() -> None:
    rng = np.random.default_rng(6)
    new = np.where(rng.random(4_000) < 0.15, "Garden", goods(rng, 4_000, 0.3, 0.3, 0.4))
    report = compared({"kind": goods(rng, 4_000, 0.3, 0.3, 0.4)}, {"kind": new})
    assert report.verdict == "drifted"
    assert drift_of(report, "kind").words.startswith("new: Garden (14")


def test_nulls_that_spread_are_drift_of_every_kind_of_column() -> None:
    rows = np.arange(2_000)
    days = [dt.date(2024, 1, 1) + dt.timedelta(days=int(row) // 10) for row in rows]
    old = {"id": [*map(int, rows)], "day": days, "x": [float(row % 97) for row in rows]}
    gaps = {
        name: [None if row % 3 == 0 else value for row, value in enumerate(values)]
        for name, values in old.items()
    }
    report = compared(old, gaps)
    assert {column.column: column.band for column in report.columns} == dict.fromkeys(old, Band.DRIFTED)
    assert drift_of(report, "day").words.startswith("empty 0")


def test_time_and_running_numbers_go_on_without_being_drift() -> None:
    def month(start: int) -> dict[str, list[object]]:
        first = dt.date(2024, 1, 1) + dt.timedelta(days=start)
        return {
            "id": [start * 100 + row for row in range(3_000)],
            "code": [f"ORD-{start * 100 + row:07d}" for row in range(3_000)],
            "day": [first + dt.timedelta(days=row // 100) for row in range(3_000)],
            "year": [2024 + start // 366] * 3_000,
        }

    report = compared(month(0), month(400))
    assert (report.score, report.verdict) == (0.0, "steady")
    assert all(column.expected for column in report.columns)
    assert drift_of(report, "day").words == "2024-01-01 to 2024-01-30 → 2025-02-04 to 2025-03-05"


def test_codes_of_another_form_are_seen_by_their_length() -> None:
    old, new = [f"ORD-{row:06d}" for row in range(2_000)], [f"{row:06d}/24-NORTH" for row in range(2_000)]
    found = drift_of(compared({"code": old}, {"code": new}), "code")
    assert found.band is Band.DRIFTED
    assert found.words == "texts are mostly 10 → 15 characters long"


def test_a_column_that_moves_with_the_season_may_move_as_far_again() -> None:
    rng = np.random.default_rng(7)

    def sold(start: int, days: int) -> dict[str, list[object]]:
        day = np.repeat(np.arange(start, start + days), 60)
        warm = 0.5 + 0.25 * np.sin(day / 365 * 2 * np.pi)
        ice = np.where(rng.random(len(day)) < warm, "ice cream", "soup")
        return {"day": [dt.date(2022, 1, 1) + dt.timedelta(days=int(d)) for d in day], "dish": list(ice)}

    summer, year = sold(365 + 60, 60), sold(0, 365)
    report = compared(year, summer)
    found = drift_of(report, "dish")
    assert found.total_variation > 0.2
    assert found.spread > 0.15
    assert report.verdict == "steady"
    without_time = compared({"dish": year["dish"]}, {"dish": summer["dish"]})
    assert without_time.verdict == "drifted"


def test_rows_that_come_in_bunches_are_not_taken_for_independent_ones() -> None:
    """Ten lines an order, each order of one kind of goods: two hundred lines are twenty orders."""
    rng = np.random.default_rng(15)

    def orders(count: int, *shares: float) -> dict[str, list[object]]:
        kinds = np.repeat(goods(rng, count, *shares), 10)
        days = [dt.date(2024, 1, 1) + dt.timedelta(days=line // 100) for line in range(10 * count)]
        return {"day": days, "kind": list(kinds)}

    baseline = profiled(orders(3_000, 0.4, 0.3, 0.3))
    assert baseline.tables[0].columns[1].rows_per_case == pytest.approx(10, rel=0.3)
    alarms = 0
    for _ in range(40):
        few = profiled(orders(20, 0.4, 0.3, 0.3), like=baseline)
        alarms += compare_profiles(baseline, few, now=NOW).drifted
    assert alarms <= 2
    moved = profiled(orders(60, 0.05, 0.3, 0.65), like=baseline)
    assert compare_profiles(baseline, moved).drifted


def test_ten_thousand_categories_that_change_places_are_seen() -> None:
    rng = np.random.default_rng(8)
    names = np.array([f"name {number}" for number in range(10_000)])
    old = names[rng.integers(0, 10_000, size=200_000)]
    same = names[rng.integers(0, 10_000, size=60_000)]
    half = names[rng.integers(0, 3_000, size=60_000)]
    baseline = profiled({"name": old})
    assert baseline.tables[0].columns[0].kind is ColumnKind.CATEGORY
    steady, moved = (
        compare_profiles(baseline, profiled({"name": new}, like=baseline)) for new in (same, half)
    )
    assert steady.verdict == "steady"
    assert moved.verdict == "drifted"
    assert drift_of(moved, "name").effect == pytest.approx(0.7, abs=0.1)
    assert drift_of(moved, "name").distinct == (10_000, 3_000)


@pytest.mark.parametrize(
    ("old", "new", "finding", "severity"),
    [
        ({"a": [1, 2], "b": [1.5, 2]}, {"a": [1, 2]}, Finding.COLUMN_GONE, Severity.BREAKING),
        ({"a": [1, 2]}, {"a": [1, 2], "b": ["x", "y"]}, Finding.COLUMN_NEW, Severity.NOTE),
        ({"a": [1, 2]}, {"a": ["x", "y"]}, Finding.TYPE_CHANGED, Severity.BREAKING),
        ({"a": [1, 2]}, {"a": [1.5, 2.0]}, Finding.TYPE_CHANGED, Severity.NOTE),
        ({"a": [1, 2]}, {"a": np.array([], dtype=np.int64)}, Finding.TABLE_EMPTY, Severity.BREAKING),
        ({"a": np.array([], dtype=np.int64)}, {"a": [1, 2]}, Finding.BASELINE_EMPTY, Severity.NOTE),
        ({"a": [1.0, 2.0]}, {"a": [None, float("nan")]}, Finding.NOT_FINITE, Severity.SERIOUS),
        ({"a": ["x", "y"]}, {"a": ["x", "x"]}, Finding.ONE_VALUE, Severity.NOTE),
    ],
)  # fmt: skip
def test_what_happens_to_a_schema_is_a_finding_of_its_own(
    old: dict, new: dict, finding: Finding, severity: Severity
) -> None:
    report = compared(old, new)
    assert [(one.finding, one.severity) for one in report.findings if one.finding is finding] == [
        (finding, severity)
    ]
    assert report.words


def test_a_column_without_values_is_named() -> None:
    report = compared(
        {"a": [1.0, 2.0] * 50, "b": [1] * 100}, {"a": np.full(100, None, dtype=object), "b": [1] * 100}
    )
    assert Finding.TYPE_CHANGED in {one.finding for one in report.findings} or Finding.NO_VALUES in {
        one.finding for one in report.findings
    }
    assert report.verdict == "drifted"


def test_a_renamed_column_is_found_by_what_it_holds() -> None:
    rng = np.random.default_rng(9)
    old = {
        "kind": goods(rng, 2_000, 0.5, 0.3, 0.2),
        "price": rng.lognormal(size=2_000),
        "weight": rng.normal(size=2_000),
    }
    new = {
        "category": goods(rng, 2_000, 0.5, 0.3, 0.2),
        "unit_price": rng.lognormal(size=2_000),
        "weight": rng.normal(size=2_000),
    }
    renamed = {
        one.column: one.words for one in compared(old, new).findings if one.finding is Finding.COLUMN_RENAMED
    }
    assert renamed == {
        "kind": "t.kind is called category now: its values are the same.",
        "price": "t.price is called unit_price now: its values are the same.",
    }


@pytest.mark.parametrize(("factor", "told"), [(100, "100 times"), (1_000, "1,000 times"), (0.01, "1/100 of")])
def test_a_unit_that_changed_is_a_finding(factor: float, told: str) -> None:
    rng = np.random.default_rng(10)
    report = compared(
        {"price": rng.lognormal(3, 1, size=3_000)}, {"price": factor * rng.lognormal(3.05, 1, size=3_000)}
    )
    (jump,) = [one for one in report.findings if one.finding is Finding.UNIT_JUMP]
    assert told in jump.words
    assert jump.severity is Severity.SERIOUS


def test_prices_that_doubled_are_drift_but_no_change_of_unit() -> None:
    rng = np.random.default_rng(11)
    report = compared(
        {"price": rng.lognormal(3, 1, size=3_000)}, {"price": 2 * rng.lognormal(3, 1, size=3_000)}
    )
    assert report.verdict == "drifted"
    assert not report.findings


def test_numbers_that_no_longer_go_together_are_told_and_do_not_count() -> None:
    rng = np.random.default_rng(16)
    sales = rng.normal(size=3_000)
    old = {
        "sales": sales,
        "profit": 0.8 * sales + 0.6 * rng.normal(size=3_000),
        "weight": rng.normal(size=3_000),
    }
    new = {
        "sales": rng.normal(size=3_000),
        "profit": rng.normal(size=3_000),
        "weight": rng.normal(size=3_000),
    }
    report = compared(old, new)
    (relation,) = report.findings
    assert relation.finding is Finding.RELATION
    assert "t.sales and profit go together differently: rank correlation 0.7" in relation.words
    assert report.verdict == "steady"


def test_another_data_set_is_not_compared() -> None:
    old, new = profiled({"a": [1, 2]}, table="sales"), profiled({"name": ["x"]}, table="people")
    report = compare_profiles(old, new)
    assert report.verdict == "unknown"
    assert report.words == "No table of the baseline (sales) is there: this is another data set."


def test_a_file_of_another_name_is_compared_by_its_columns() -> None:
    rng = np.random.default_rng(12)
    old = profiled({"a": rng.normal(size=500), "b": rng.normal(size=500)}, table="sales_2023")
    new = profiled({"a": rng.normal(size=500), "b": rng.normal(size=500)}, table="sales_2024")
    report = compare_profiles(old, new)
    assert [one.finding for one in report.findings] == [Finding.TABLE_RENAMED]
    assert (report.verdict, len(report.columns)) == ("steady", 2)


AWKWARD = {
    "nulls": [None] * 300,
    "constant": [7] * 300,
    "distinct": [f"{row:x}-{row * 7919}" for row in range(300)],
    "infinite": [float("inf"), float("-inf"), float("nan")] * 100,
    "huge": [1e308, -1e308, 0.0] * 100,
    "blank": ["", " ", "\x00"] * 100,
    "flag": [True, False, None] * 100,
    "list": [[1], [2], None] * 100,
    "far": [dt.date(1, 1, 1), dt.date(9999, 12, 31), None] * 100,
}


@pytest.mark.parametrize("old", AWKWARD)
@pytest.mark.parametrize("new", AWKWARD)
def test_awkward_columns_are_compared_without_a_crash(old: str, new: str) -> None:
    report = compared({"x": AWKWARD[old]}, {"x": AWKWARD[new]})
    assert 0 <= report.score <= 1
    assert (report.score == 0) or old != new


def test_of_a_sensitive_column_no_value_is_kept_and_drift_is_seen() -> None:
    rng = np.random.default_rng(13)
    columns = [
        Column(name="name", type=ColumnType.TEXT, role=Role.DIMENSION, sensitive=True),
        Column(name="salary", type=ColumnType.NUMBER, role=Role.MEASURE, sensitive=True),
    ]
    model = SemanticModel(tables=[Table(name="t", entity="person", columns=columns)])
    names = np.array(["Amelie", "Bernhard", "Chiara", "Dmitri", "Elif"])
    old = {"name": names[rng.integers(0, 5, 4_000)], "salary": np.round(rng.normal(51_234, 9_000, 4_000), 2)}
    new = {"name": names[rng.integers(0, 3, 4_000)], "salary": np.round(rng.normal(71_234, 9_000, 4_000), 2)}
    baseline = profiled(old, model=model)
    written = baseline.model_dump_json()
    assert not any(name in written for name in names)
    assert not any(f"{salary}" in written for salary in old["salary"][:200])
    report = compare_profiles(baseline, profiled(new, like=baseline))
    assert {column.band for column in report.columns} == {Band.DRIFTED}
    assert not any(name in report.model_dump_json() for name in names)


def test_profiles_of_older_versions_are_compared_as_far_as_they_go() -> None:
    rng = np.random.default_rng(14)
    profile = profiled({"kind": goods(rng, 500, 0.3, 0.3, 0.4), "x": rng.normal(size=500)})
    new_fields = {
        "kind",
        "not_finite",
        "other_buckets",
        "value_sample",
        "distinct_sketch",
        "sensitive",
        "spread",
    }
    plain = profile.model_dump(mode="json", exclude={"hashed_by"})
    for column in plain["tables"][0]["columns"]:
        for field in new_fields:
            column.pop(field)
    older = DataProfile.model_validate(plain)
    assert compare_profiles(older, profile).score == 0.0
