"""Invoices and statements: fields wherever they stand, lines, sums that are checked, and where each value was found."""

from __future__ import annotations

import datetime as dt
import random
from pathlib import Path

import pytest
from document_pages import Drawer, DrawnColumn, Style
from document_scores import read_tables
from invoice_corpus import LAYOUTS, invoice, make_invoices
from invoice_scores import InvoiceScore, score_invoice

from datacraft.ingest.store import read_store


def test_invoices_of_every_layout_are_read_field_by_field(tmp_path):
    score = InvoiceScore()
    for made in make_invoices(tmp_path, repeats=1):
        score.add(score_invoice(made))
    assert score.invoices == len(LAYOUTS) >= 8
    assert score.f1 >= 0.97, score.faults
    assert score.found == score.planted
    assert score.false_alarms == 0, score.faults


@pytest.fixture
def book(tmp_path: Path) -> Path:
    """Three invoices on three pages of one file."""
    drawer = Drawer(tmp_path / "book.pdf", Style(rules="header", gap=14))
    for number in range(3):
        if number:
            drawer.new_page()
        made = invoice(random.Random(number))
        made.number = f"INV-{100 + number}"
        LAYOUTS["classic"](drawer, made)
    drawer.save()
    return tmp_path / "book.pdf"


def test_several_invoices_of_a_file_are_rows_of_one_table(book, load, rows):
    load(book)
    assert rows("invoices", "invoice_number, currency") == [(f"INV-{n}", "USD") for n in (100, 101, 102)]
    joined = rows(
        "invoices i JOIN store.main.invoice_lines l USING (invoice_number)", "DISTINCT invoice_number"
    )
    assert len(joined) == 3


def test_every_value_of_an_invoice_has_its_place(book, load, warehouse):
    load(book)
    with read_store(warehouse) as store:
        places = store.connection.execute(
            "SELECT row_id, page, left_pt, top_pt FROM store._datacraft.places WHERE column_name = 'total_amount' ORDER BY row_id"
        ).fetchall()
    assert [(row, page) for row, page, _, _ in places] == [(0, 1), (1, 2), (2, 3)]
    assert all(left > 300 and top > 200 for _, _, left, top in places)


def test_invoices_of_several_files_become_one_table(tmp_path, load, rows):
    paths = [made.path for made in make_invoices(tmp_path, repeats=1)][:4]
    load(*paths)
    assert len(rows("invoices")) == 4
    types = {row[0] for row in rows("invoices", "typeof(total_amount) || typeof(invoice_date)")}
    assert types == {"DOUBLEDATE"}


def drawn(path: Path, total: str, amount: str = "30.00") -> Path:
    drawer = Drawer(path, Style(rules="grid"))
    drawer.text("Invoice", 16, bold=True)
    drawer.text("Invoice No: X-1")
    drawer.text("Date: 2024-05-06")
    columns = [
        DrawnColumn("Description", 120),
        DrawnColumn("Qty", 40),
        DrawnColumn("Price", 60),
        DrawnColumn("Amount", 60),
    ]
    drawer.table(columns, [["Lamp", "3", "10.00", amount], ["Chair", "2", "35.00", "70.00"]])
    drawer.y -= 12
    drawer.text("Net total: 100.00")
    drawer.text("VAT 20%: 20.00")
    drawer.text(f"Total: {total}")
    drawer.save()
    return path


@pytest.mark.parametrize(
    ("total", "amount", "said"),
    [("120.00", "30.00", None), ("130.00", "30.00", "130.00"), ("120.00", "33.00", "33.00")],
)
def test_what_does_not_add_up_is_a_finding(tmp_path, total, amount, said):
    heads, _ = read_tables(drawn(tmp_path / "i.pdf", total, amount))
    told = [f for f in heads.findings if f.code == "invoice_mismatch"]
    assert bool(told) == (said is not None)
    if said is not None:
        assert any(said in finding.message and finding.examples[0].page == 1 for finding in told)
    row = dict(zip(heads.columns, heads.rows[0], strict=True))
    assert (row["invoice_number"], row["invoice_date"], row["total_amount"]) == (
        "X-1",
        dt.date(2024, 5, 6),
        float(total),
    )


def test_a_list_of_invoices_is_a_table_like_any_other(tmp_path):
    drawer = Drawer(tmp_path / "list.pdf", Style(rules="grid"))
    drawer.text("Invoices of May", 14)
    columns = [DrawnColumn(h, 80) for h in ("Invoice No", "Invoice Date", "Customer", "Total")]
    drawer.table(columns, [[f"INV-{n}", f"2024-05-0{n}", "Acorn Stores", f"{n}0.00"] for n in range(1, 7)])
    drawer.save()
    (table,) = read_tables(tmp_path / "list.pdf")
    assert table.name == "list"
    assert table.columns == ["invoice_no", "invoice_date", "customer", "total"]
    assert len(table.rows) == 6
