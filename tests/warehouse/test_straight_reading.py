"""Large delimited files are read the short way, and come out exactly as the long way reads them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from datacraft.warehouse import open_data
from datacraft.warehouse.loading import load as loading
from datacraft.warehouse.loading import straight

ROWS = 3_000
Change = Callable[[list[list[str]]], object]


def rows_of_orders() -> list[list[str]]:
    return [
        [f"A-{n:05d}", f"2023-0{n % 9 + 1}-1{n % 10}", ("North", "South, far", "Zoë")[n % 3], f"{n % 7}",
         f"{n * 1.25:.2f}", f"{n % 1_000:05d}"]
        for n in range(ROWS)
    ]  # fmt: skip


def written(path: Path, rows: list[list[str]], ending: str = "") -> Path:
    def field(text: str) -> str:
        return f'"{text}"' if "," in text or "\n" in text else text

    lines = ["order_id,order_date,region,quantity,sales,postal_code"]
    lines += [",".join(map(field, row)) for row in rows]
    path.write_text("\n".join(lines) + "\n" + ending, encoding="utf-8")
    return path


def what_is_read(path: Path) -> tuple[Any, ...]:
    with open_data([path]) as warehouse:
        (report,) = warehouse.report.tables
        rows = warehouse.execute(f'SELECT * FROM "{report.table.name}"', timeout_s=60, max_rows=10_000).rows
        return report.table.columns, rows, [(f.code, f.message, f.count) for f in report.findings]


@pytest.fixture
def went_straight(monkeypatch: pytest.MonkeyPatch) -> list[bool]:
    """Whether each file was read the short way to its end; files of any size may be, by a sample of their head."""
    monkeypatch.setattr(straight, "FROM_BYTES", 0)
    monkeypatch.setattr(straight, "_HEAD_BYTES", 20_000)
    monkeypatch.setattr(straight, "_PLACES", 0)
    taken: list[bool] = []

    def watched(*arguments: Any) -> Any:
        table = straight.write_straight(*arguments)
        taken.append(table is not None)
        return table

    monkeypatch.setattr(loading, "write_straight", watched)
    return taken


def late(column: int, value: str) -> Change:
    """Change one value far below what a sample of a large file would show first."""

    def change(rows: list[list[str]]) -> None:
        rows[ROWS * 2 // 3][column] = value

    return change


def nothing(rows: list[list[str]]) -> None:
    return


CASES: dict[str, tuple[Change, str, bool]] = {
    "regular": (nothing, "", True),
    "a missing value": (late(4, ""), "", True),
    "words for missing values": (lambda rows: late(2, "N/A")(rows) or late(3, "N/A")(rows), "", True),
    "a number that is none": (late(3, "many"), "", False),
    "a fraction among whole numbers": (late(3, "1.5"), "", False),
    "a time of day": (late(1, "2023-05-11 10:30:00"), "", False),
    "a day that does not exist": (late(1, "2023-02-31"), "", False),
    "blanks around a text": (late(2, "North "), "", False),
    "a Unicode blank": (late(2, "North\u00a0"), "", False),
    "a line end in a field": (late(2, "No\nrth"), "", False),
    "a total": (nothing, "Total,,,8997,5623125.00,\n", False),
    "a note": (nothing, "Source: the order system,,,,,\n", False),
    "a row too short": (nothing, "A-99999,2023-01-11\n", False),
    "the header again": (
        lambda rows: rows.insert(
            1_500, ["order_id", "order_date", "region", "quantity", "sales", "postal_code"]
        ),
        "",
        False,
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_the_short_way_reads_what_the_long_way_reads(
    case: str, tmp_path: Path, went_straight: list[bool], monkeypatch: pytest.MonkeyPatch
) -> None:
    change, ending, straight_on = CASES[case]
    rows = rows_of_orders()
    change(rows)
    path = written(tmp_path / "orders.csv", rows, ending)
    short = what_is_read(path)
    monkeypatch.setattr(straight, "FROM_BYTES", 1 << 40)
    assert short == what_is_read(path)
    assert went_straight == [straight_on, False]


def test_a_column_that_only_begins_late_is_typed_all_the_same(
    tmp_path: Path, went_straight: list[bool]
) -> None:
    rows = rows_of_orders()
    for row in rows[:2_000]:
        row[3] = ""
    columns, _, _ = what_is_read(written(tmp_path / "orders.csv", rows))
    assert [column.type.value for column in columns][3] == "integer"
    assert went_straight == [False]
