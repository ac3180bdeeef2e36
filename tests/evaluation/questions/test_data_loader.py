"""The data that candidates are judged on is named by what it holds."""

from __future__ import annotations

from pathlib import Path

import pytest
from stall import question_set, write_sales

from datacraft.config import Settings
from datacraft.contracts.errors import DataLoadError
from datacraft.contracts.question_set import Case, QuestionSet
from datacraft.contracts.semantic import ColumnType
from datacraft.evaluation.data import DataLoader, content_of
from datacraft.warehouse import ResultSet, TableInfo
from datacraft.warehouse.model import ColumnInfo


def content(*paths: Path) -> str:
    settings = Settings.model_validate({"data": {"paths": paths, "cache": False}})
    with DataLoader(settings).load() as data:
        return data.content


def test_neither_the_place_nor_the_order_of_rows_changes_the_name_of_the_data(tmp_path: Path) -> None:
    first = write_sales(tmp_path)
    header, *rows = first.read_text().splitlines()
    (tmp_path / "other").mkdir()
    second = tmp_path / "other" / "sales.csv"
    second.write_text("\n".join([header, *reversed(rows)]) + "\n")
    assert content(first) == content(second)


def test_any_changed_value_changes_the_name_of_the_data(tmp_path: Path) -> None:
    path = write_sales(tmp_path)
    before = content(path)
    path.write_text(path.read_text().replace("North", "Nord", 1))
    assert content(path) != before


def test_the_set_names_its_data_where_the_settings_name_none(sales: Path) -> None:
    settings = Settings.model_validate({"data": {"cache": False}})
    with DataLoader(settings).load(question_set(), beside=sales.parent) as data:
        assert [table.name for table in data.warehouse.tables()] == ["sales"]
    nameless = QuestionSet(name="x", version=1, cases=(Case(id="a", question="q"),))
    with pytest.raises(DataLoadError, match="no data"):
        DataLoader(settings).load(nameless)


class Billed:
    """A warehouse where reading rows costs money, so that nothing may be run for a name."""

    dialect = "bigquery"

    def __init__(self, rows: int) -> None:
        columns = [ColumnInfo(name="a", header="a", type=ColumnType.INTEGER, native_type="INT64")]
        self._tables = [TableInfo(name="t", source="", row_count=rows, columns=columns)]

    def tables(self) -> list[TableInfo]:
        return self._tables

    def execute(self, sql: str, *, timeout_s: float, max_rows: int) -> ResultSet:
        raise AssertionError(f"this is billed: {sql}")


def test_where_reading_is_billed_the_numbers_of_rows_name_the_data() -> None:
    assert content_of(Billed(5)) == content_of(Billed(5))  # type: ignore[arg-type]
    assert content_of(Billed(5)) != content_of(Billed(6))  # type: ignore[arg-type]
