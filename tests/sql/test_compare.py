from __future__ import annotations

import datetime as dt
import time
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from datacraft.sql.compare import ComparisonRules, Table, difference, same_result

DATA = Path(__file__).parent / "data"
CASES = [
    case
    for name in ("compare.yaml", "compare_labelled.yaml")
    for case in yaml.safe_load((DATA / name).read_text(encoding="utf-8"))
]


def table(rows: list[list[Any]], width: int | None = None) -> Table:
    width = len(rows[0]) if rows else width or 1
    return Table([f"c{index}" for index in range(width)], rows)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["why"])
def test_results_compare_as_the_cases_say(case: dict[str, Any]) -> None:
    widths = case.get("columns", [None, None])
    expected, actual = table(case["expected"], widths[0]), table(case["actual"], widths[1])
    options = case.get("options", {})
    found = difference(expected, actual, ComparisonRules(**options))
    assert (found is None) is case["same"], found
    assert same_result(expected, actual, **options) is case["same"]
    if "kind" in case:
        assert found is not None
        assert found.kind == case["kind"]


def test_enough_pairs_of_results_are_labelled() -> None:
    assert len({case["why"] for case in CASES}) == len(CASES) >= 150


def test_decimals_equal_floats_and_integers() -> None:
    assert same_result(table([[Decimal("1.50"), Decimal(2)]]), table([[2, 1.5]]))


def test_a_row_of_the_wrong_length_is_an_error() -> None:
    with pytest.raises(ValueError, match="zip"):
        same_result(Table(["a", "b"], [[1]]), Table(["a", "b"], [[1, 2]]))


def test_a_difference_names_the_column_and_its_values() -> None:
    found = difference(Table(["region", "total"], [["East", 5]]), Table(["r", "t"], [["East", 6]]))
    assert found is not None
    assert "'total'" in found.message
    assert "5" in found.message


def test_numbers_in_a_chain_are_not_equal_from_end_to_end() -> None:
    step = 1 + 0.9e-6
    chain = [1.0 * step**power for power in range(10)]
    expected = table([[value, "x"] for value in chain])
    swapped = table([[value, "x"] for value in [chain[0], *chain[2:], chain[-1] * (1 + 5e-6)]])
    assert same_result(expected, table([[value, "x"] for value in reversed(chain)]))
    assert not same_result(expected, swapped)


def test_twelve_alike_columns_and_two_more_are_compared_fast() -> None:
    rows = [[(row * (column + 3)) % 7 for column in range(12)] for row in range(2_000)]
    shuffled = [[7, *reversed(row), row[0] % 2] for row in reversed(rows)]
    started = time.perf_counter()
    assert same_result(table(rows), table(shuffled))
    broken = [list(row) for row in shuffled]
    broken[3][4], broken[11][4] = broken[11][4] + 1, broken[11][4] - 1
    assert not same_result(table(rows), table(broken))
    assert time.perf_counter() - started < 5


cells = st.one_of(
    st.none(),
    st.integers(-1_000, 1_000),
    st.floats(-1e6, 1e6, allow_nan=False).filter(lambda x: x == 0 or abs(x) > 1e-3),
    st.sampled_from(["East", "West", "", "2021-03", "a b"]),
    st.dates(dt.date(1990, 1, 1), dt.date(2030, 1, 1)),
    st.booleans(),
)


@st.composite
def results(draw: st.DrawFn) -> list[list[Any]]:
    width = draw(st.integers(1, 5))
    return draw(st.lists(st.lists(cells, min_size=width, max_size=width), min_size=1, max_size=8))


@given(rows=results(), data=st.data())
@settings(max_examples=120, deadline=None)
def test_permuting_rows_and_columns_and_adding_two_keeps_equality(
    rows: list[list[Any]], data: st.DataObject
) -> None:
    wide = [[*row, index, "more"] for index, row in enumerate(rows)]
    places = data.draw(st.permutations(range(len(wide[0]))))
    moved = [[row[place] for place in places] for row in data.draw(st.permutations(wide))]
    assert same_result(table(rows), table(moved))
    in_place = [[row[place] for place in places] for row in wide]
    assert same_result(table(rows), table(in_place), ordered=True)


@given(rows=results(), data=st.data())
@settings(max_examples=120, deadline=None)
def test_noise_below_the_tolerance_keeps_equality(rows: list[list[Any]], data: st.DataObject) -> None:
    noise = st.floats(-4e-7, 4e-7)
    noisy = [
        [value * (1 + data.draw(noise)) if isinstance(value, float) else value for value in row]
        for row in rows
    ]
    assert same_result(table(rows), table(noisy), ordered=True)
    assert same_result(table(rows), table(noisy))


@given(rows=results(), data=st.data())
@settings(max_examples=120, deadline=None)
def test_changing_one_cell_breaks_equality(rows: list[list[Any]], data: st.DataObject) -> None:
    row = data.draw(st.integers(0, len(rows) - 1))
    column = data.draw(st.integers(0, len(rows[0]) - 1))
    changed = [list(cells) for cells in rows]
    old = changed[row][column]
    changed[row][column] = old + 1 + abs(old) * 0.001 if isinstance(old, (int, float)) else "changed"
    assume(changed[row][column] != old)
    assert not same_result(table(rows), table(changed), extra_columns=0)
    assert not same_result(table(rows), table(changed), ordered=True)
