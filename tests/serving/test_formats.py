"""Values as a person reads them."""

from __future__ import annotations

import datetime as dt

import pytest

from datacraft.contracts.plan import TimeUnit
from datacraft.serving.formats import format_cell, format_exact, format_moment, format_number


@pytest.mark.parametrize(
    ("value", "unit", "text"),
    [
        (412_300, "USD", "$412,300"),
        (412_300.49, "USD", "$412,300"),
        (12.5, "USD", "$12.50"),
        (-12.5, "EUR", "-€12.50"),
        (12.5, "CHF", "12.5 CHF"),
        (0.256, "%", "25.6%"),
        (1, "%", "100%"),
        (-0.05, "%", "-5.0%"),
        (0.0004, "%", "0.04%"),
        (12.5, "%", "1,250%"),
        (3.0, "days", "3 days"),
        (21.5, "°C", "21.5°C"),
        (1_234_567.8, None, "1,234,568"),
        (1234, None, "1,234"),
        (0.012345, None, "0.0123"),
        (0.0, None, "0"),
        (-0.0, None, "0"),
        (2.5, None, "2.5"),
        (float("nan"), None, "not a number"),
        (float("-inf"), None, "-∞"),
    ],
)
def test_numbers_have_separators_units_and_few_decimals(value: float, unit: str | None, text: str) -> None:
    assert format_number(value, unit) == text


@pytest.mark.parametrize(
    ("value", "unit", "text"),
    [(0.07, "%", "7%"), (1234.5678, "USD", "$1,234.5678"), (1e-7, None, "1e-07"), (100.0, None, "100")],
)
def test_numbers_that_a_person_gave_keep_every_digit(value: float, unit: str | None, text: str) -> None:
    assert format_exact(value, unit) == text


@pytest.mark.parametrize(
    ("grain", "text"),
    [
        (TimeUnit.YEAR, "2023"),
        (TimeUnit.QUARTER, "Q2 2023"),
        (TimeUnit.MONTH, "April 2023"),
        (TimeUnit.WEEK, "the week of 2023-04-03"),
        (TimeUnit.DAY, "2023-04-03"),
        (None, "2023-04-03"),
    ],
)
def test_dates_are_written_by_the_grain_they_were_cut_to(grain: TimeUnit | None, text: str) -> None:
    assert format_moment(dt.date(2023, 4, 3), grain) == text
    assert format_moment(dt.datetime(2023, 4, 3), grain) == text


def test_moments_keep_their_clock() -> None:
    assert format_moment(dt.datetime(2023, 4, 3, 9, 30)) == "2023-04-03 09:30"
    assert format_moment(dt.datetime(2023, 4, 3, 9, 0), TimeUnit.HOUR) == "2023-04-03 09:00"


def test_other_values_read_as_words() -> None:
    assert [format_cell(v) for v in (None, True, False, "x", dt.time(8, 5))] == [
        "no value",
        "yes",
        "no",
        "x",
        "08:05",
    ]
