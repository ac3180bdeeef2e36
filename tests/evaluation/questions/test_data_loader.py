"""The data that candidates are judged on is named by what it holds."""

from __future__ import annotations

from pathlib import Path

import pytest
from stall import question_set, write_sales

from datacraft.config import Settings
from datacraft.contracts.errors import DataLoadError
from datacraft.contracts.question_set import Case, QuestionSet
from datacraft.evaluation.data import DataLoader


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
