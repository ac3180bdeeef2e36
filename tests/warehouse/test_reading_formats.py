"""Types are decided over the whole column; the cases are in formats.yaml."""

import csv
import datetime as dt
from pathlib import Path

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from datacraft.warehouse import WarehouseSettings, open_data

CASES = yaml.safe_load((Path(__file__).parent / "formats.yaml").read_text("utf-8"))


def write_csv(path: Path, header: list[str], rows: list[list[str]]) -> Path:
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(header)
        writer.writerows(rows)
    return path


def as_json(value):
    return value.isoformat() if isinstance(value, dt.date | dt.time) else value


def read(path: Path, **given_settings):
    with open_data([path], settings=WarehouseSettings(**given_settings)) as warehouse:
        table = warehouse.tables()[0]
        rows = warehouse.execute(f'SELECT * FROM "{table.name}"', timeout_s=10, max_rows=100_000).rows
        return table, rows, warehouse.report.tables[0]


@pytest.fixture(scope="module")
def read_cases(tmp_path_factory):
    """Every case as a table of its own, loaded once: table, stored rows and report by the case's name."""
    folder = tmp_path_factory.mktemp("cases")
    for i, case in enumerate(CASES):
        rows = [[str(n), value] for n, value in enumerate(case["values"], start=1)]
        write_csv(folder / f"case_{i:03d}.csv", ["n", case.get("header", "given")], rows)
    with open_data([folder]) as warehouse:
        return {
            case["name"]: (
                report.table,
                warehouse.execute(f"SELECT * FROM {report.table.name}", timeout_s=10, max_rows=1000).rows,
                report,
            )
            for case, report in zip(CASES, warehouse.report.tables, strict=True)
        }


@pytest.mark.parametrize("case", CASES, ids=[case["name"] for case in CASES])
def test_a_column_is_read_as_a_person_would(case, read_cases):
    table, stored, report = read_cases[case["name"]]
    column = table.columns[1]
    assert column.type == case["type"]
    assert column.unit == case.get("unit")
    got = [as_json(row[1]) for row in stored]
    assert got == [pytest.approx(v) if isinstance(v, float) else v for v in case["stored"]]
    codes = {finding.code for finding in report.findings}
    if "finding" in case:
        assert case["finding"] in codes
    if case.get("quiet"):
        assert not [f for f in report.findings if f.severity == "warning"]


def test_a_late_row_decides_too(tmp_path):
    """The one telling value is far behind any sample."""
    rows = [[f"{i % 12 + 1:02d}/{i % 12 + 1:02d}/2021", str(i % 50)] for i in range(30_000)]
    rows.append(["25/12/2021", "3.5"])
    table, stored, report = read(write_csv(tmp_path / "t.csv", ["d", "n"], rows))
    assert [c.type for c in table.columns] == ["date", "number"]
    assert stored[-1] == [dt.date(2021, 12, 25), 3.5]
    assert "ambiguous_dates" not in {f.code for f in report.findings}


def test_an_ambiguous_date_follows_the_other_dates_of_its_table(tmp_path):
    path = write_csv(
        tmp_path / "t.csv", ["a", "b"], [["31/01/2021", "01/02/2021"], ["02/03/2021", "05/04/2021"]]
    )
    _, stored, report = read(path)
    assert stored[0] == [dt.date(2021, 1, 31), dt.date(2021, 2, 1)]
    assert "ambiguous_dates" in {f.code for f in report.findings}


@pytest.mark.parametrize(
    ("day_first", "expected"), [(True, dt.date(2021, 2, 1)), (False, dt.date(2021, 1, 2))]
)
def test_a_person_can_decide_what_the_data_does_not(tmp_path, day_first, expected):
    path = write_csv(tmp_path / "t.csv", ["n", "d"], [["1", "01/02/2021"], ["2", "03/04/2021"]])
    _, stored, _ = read(path, day_first=day_first)
    assert stored[0][1] == expected


def test_what_can_not_be_read_is_counted_with_examples_and_lines(tmp_path):
    rows = [[str(i), f"2021-01-{i % 28 + 1:02d}"] for i in range(200)]
    rows[100][1] = rows[150][1] = "2021-13-45"
    _, stored, report = read(write_csv(tmp_path / "t.csv", ["n", "d"], rows))
    finding = next(f for f in report.findings if f.code == "unread_values")
    assert (finding.count, finding.column) == (2, "d")
    assert [(e.text, e.line) for e in finding.examples] == [("2021-13-45", 102)]
    assert sum(row[1] is None for row in stored) == 2


@settings(max_examples=15, deadline=None)
@given(
    values=st.lists(st.dates(dt.date(1970, 1, 1), dt.date(2060, 1, 1)), min_size=2, max_size=20),
    layout=st.sampled_from(["%Y-%m-%d", "%d.%m.%Y", "%d %b %Y", "%B %d, %Y", "%Y/%m/%d"]),
)
def test_any_dates_in_one_clear_notation_come_back(tmp_path_factory, values, layout):
    path = tmp_path_factory.mktemp("d") / "t.csv"
    write_csv(path, ["n", "d"], [[str(i), value.strftime(layout)] for i, value in enumerate(values)])
    _, stored, _ = read(path)
    assert [row[1] for row in stored] == values


@settings(max_examples=15, deadline=None)
@given(
    cents=st.lists(st.integers(-(10**9), 10**9), min_size=2, max_size=20),
    style=st.sampled_from(["{:,.2f}", "${:,.2f}", "{:.2f}"]),
)
def test_any_amounts_in_one_clear_notation_come_back(tmp_path_factory, cents, style):
    path = tmp_path_factory.mktemp("d") / "t.csv"
    write_csv(path, ["n", "x"], [[str(i), style.format(c / 100)] for i, c in enumerate(cents)])
    _, stored, _ = read(path)
    assert [row[1] for row in stored] == pytest.approx([c / 100 for c in cents])
