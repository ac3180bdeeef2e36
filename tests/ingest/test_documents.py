"""Documents: their tables are loaded like any others, with the page of each row and the place of each cell."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from document_corpus import KINDS, make_text_pdfs, make_web_pages, make_word_files
from document_pages import Drawer, DrawnColumn, Style
from document_scores import DocumentScore, read_tables, score_document

from datacraft.contracts.errors import DataLoadError
from datacraft.ingest.store import read_store
from datacraft.ingest.tracing import traced_rows
from datacraft.warehouse import open_data


def total(documents) -> DocumentScore:
    score = DocumentScore()
    for document in documents:
        score.add(score_document(document))
    return score


def drawn(path: Path, headers: list[str], rows: list[list[str]], **style: object) -> Path:
    drawer = Drawer(path, Style(**style))
    drawer.table([DrawnColumn(header, 70) for header in headers], rows)
    drawer.save()
    return path


@pytest.fixture
def sales(tmp_path: Path) -> Path:
    rows = [["North", "Ann", "1,200.50"], ["South", "Ben", "(300.00)"], ["East", "Cid", "99.00"],
            ["West", "Dee", "1,000.00"]]  # fmt: skip
    return drawn(tmp_path / "sales.pdf", ["Region", "Seller", "Sales"], rows)


def test_every_kind_of_text_pdf_is_read_cell_by_cell(tmp_path):
    score = total(make_text_pdfs(tmp_path, repeats=1))
    assert score.documents == len(KINDS)
    assert score.share_right >= 0.98, score.faults
    assert score.share_unmarked <= 0.005, score.faults
    assert score.found == score.planted


def test_tables_of_word_files_and_web_pages_are_read_cell_by_cell(tmp_path):
    score = total([*make_word_files(tmp_path / "w", repeats=3), *make_web_pages(tmp_path / "h", repeats=2)])
    assert score.right == score.cells, score.faults


def test_a_document_is_loaded_like_any_other_file(sales, load, rows, warehouse):
    report = load(sales)
    assert [(table.name, table.rows_after) for table in report.tables] == [("sales", 4)]
    assert rows("sales", "region, sales") == [
        ("East", 99.0),
        ("North", 1200.5),
        ("South", -300.0),
        ("West", 1000.0),
    ]
    assert load(sales).status == "unchanged"


def test_a_document_is_asked_about_without_loading_it_first(sales):
    with open_data([sales]) as opened:
        assert opened.execute("SELECT sum(sales) FROM sales", timeout_s=9, max_rows=9).rows == [[1999.5]]


def test_a_row_is_traced_to_its_page(tmp_path, load, warehouse):
    rows = [[f"R{number}", f"{number}.00"] for number in range(120)]
    load(drawn(tmp_path / "long.pdf", ["Code", "Value"], rows))
    traced = traced_rows(warehouse, "long", most=200)
    assert {row["_place"] for row in traced} == {f"page {number}" for number in range(1, 5)}
    assert [row["code"] for row in traced] == [row[0] for row in rows]
    with read_store(warehouse) as store:
        boxes = store.connection.execute(
            "SELECT count(*), min(confidence), count(left_pt), min(page), max(page) FROM store._datacraft.places"
        ).fetchone()
    assert boxes == (240, 1.0, 240, 1, 4)


def test_a_wrong_total_is_a_finding_and_no_row(tmp_path):
    rows = [
        ["North", "Ann", "10.00"],
        ["South", "Ben", "20.00"],
        ["East", "Cid", "5.00"],
        ["Total", "", "36.00"],
    ]
    (table,) = read_tables(drawn(tmp_path / "t.pdf", ["Region", "Seller", "Sales"], rows))
    assert [row[2] for row in table.rows] == [10, 20, 5]
    (finding,) = [f for f in table.findings if f.code == "totals_mismatch"]
    assert "36.00" in finding.message
    assert "35.00" in finding.message
    assert finding.examples[0].page == 1


def test_letters_in_numbers_are_mended_and_told_in_columns_of_numbers_only(tmp_path):
    rows = [["O100", "1,2O0"], ["A1O0", "1,300"], ["B200", "1,400"], ["C300", "1,500"]]
    (table,) = read_tables(drawn(tmp_path / "t.pdf", ["Code", "Units"], rows))
    assert table.rows == [("O100", 1200), ("A1O0", 1300), ("B200", 1400), ("C300", 1500)]
    (finding,) = [f for f in table.findings if f.code == "mended_numbers"]
    assert finding.column == "units"
    assert finding.examples[0].text == "1,2O0 -> 1,200"
    assert table.places[0][1].seen == "1,2O0"


def test_amounts_carried_over_a_page_are_no_rows(tmp_path):
    drawer = Drawer(tmp_path / "t.pdf", Style(rules="none"))
    columns = [DrawnColumn("Date", 80), DrawnColumn("Text", 120), DrawnColumn("Amount", 70, "right")]
    first = [
        ["2024-01-01", "Rent", "100.00"],
        ["2024-01-02", "Power", "50.00"],
        ["2024-01-05", "Water", "10.00"],
    ]
    drawer.table(columns, [*first, ["", "Carried forward", "160.00"]])
    drawer.new_page()
    drawer.table(
        columns,
        [["", "Brought forward", "160.00"], ["2024-02-01", "Rent", "100.00"], ["2024-02-03", "Gas", "7.00"]],
    )
    drawer.save()
    (table,) = read_tables(tmp_path / "t.pdf")
    assert [row[2] for row in table.rows] == [100, 50, 10, 100, 7]
    assert "carried_rows" in {f.code for f in table.findings}


def test_a_cell_merged_over_rows_is_in_each_of_them(tmp_path):
    path = tmp_path / "t.html"
    path.write_text(
        "<table><tr><th>Region</th><th>City</th><th>Sales</th></tr>"
        "<tr><td rowspan=2>North</td><td>York</td><td>1</td></tr><tr><td>Leeds</td><td>2</td></tr>"
        "<tr><td>South</td><td>Truro</td><td>3</td></tr></table>"
    )
    (table,) = read_tables(path)
    assert table.rows == [("North", "York", 1), ("North", "Leeds", 2), ("South", "Truro", 3)]


def test_text_in_sentences_is_no_table(tmp_path, load):
    drawer = Drawer(tmp_path / "letter.pdf", Style())
    for _ in range(5):
        drawer.text(
            "Dear Sir or Madam, we were glad to hear from you and will answer all of your questions. " * 4
        )
    drawer.save()
    with pytest.raises(DataLoadError, match=r"No table was found in .*letter\.pdf"):
        load(tmp_path / "letter.pdf")


def test_a_folder_of_like_documents_becomes_one_table(tmp_path, sales, load, rows):
    folder = tmp_path / "months"
    folder.mkdir()
    for month in ("2024-01", "2024-02"):
        shutil.copy(sales, folder / f"sales_{month}.pdf")
    load(folder)
    assert len(rows("sales")) == 8
