"""Scans: read cell by cell; what is not sure waits for a person, who accepts, corrects or dismisses it."""

from __future__ import annotations

import json
import random
from io import BytesIO
from pathlib import Path

import pytest
from document_corpus import make_scans
from document_pages import Drawer, DrawnColumn, Style, scanned
from document_scores import DocumentScore, score_document
from PIL import Image, ImageDraw
from real_parts import missing_part
from typer.testing import CliRunner

from datacraft.cli.app import app
from datacraft.contracts.errors import DataLoadError, InputError
from datacraft.ingest.review import Decision, decide, picture_of, uncertain_cells
from datacraft.ingest.rollback import roll_back
from datacraft.ingest.store import read_store
from datacraft.warehouse.documents.extras import has_tesseract

ROWS = [["North", "Ann", "1,200.50"], ["South", "Ben", "310.00"], ["East", "Cid", "99.00"], ["West", "Dee", "1,000.00"],
        ["North", "Eva", "720.00"], ["South", "Fay", "15.25"]]  # fmt: skip


@pytest.fixture(autouse=True)
def _tesseract() -> None:
    if not has_tesseract():
        missing_part("tesseract is not installed")


def scan(path: Path, *, turn: int = 0, smudged: bool = False) -> Path:
    """Write a scan of a small table; smudged: the sales of Cid can't be read."""
    pdf = path.with_suffix(".drawn.pdf")
    drawer = Drawer(pdf, Style(size=11, page=(420, 330)))
    drawer.text("Sales of the year", 14)
    drawer.table(
        [DrawnColumn("Region", 80), DrawnColumn("Seller", 80), DrawnColumn("Sales", 80, "right")], ROWS
    )
    top = drawer.height - drawer.y
    drawer.save()
    (image,) = scanned(pdf, random.Random(1), skew=0.6)
    if smudged:
        # The third row from above of six, of which the last one ends at `top`.
        height = 11 * 1.2 + 8
        middle = (top - 3.5 * height) * 300 / 72
        draw = ImageDraw.Draw(image)
        for shift in range(-12, 13, 6):
            draw.line((950, middle + shift - 10, 1240, middle - shift - 2), fill=30, width=4)
    if turn:
        image = image.rotate(turn, expand=True)
    pdf.unlink()
    image.save(path, dpi=(300, 300))
    return path


@pytest.fixture
def smudged(tmp_path: Path) -> Path:
    return scan(tmp_path / "sales.png", smudged=True)


def waiting(warehouse: Path):
    with read_store(warehouse) as store:
        return uncertain_cells(store)


def test_scans_are_read_cell_by_cell(tmp_path):
    score = DocumentScore()
    for document in make_scans(tmp_path, repeats=1, kinds=["grid", "with_total"]):
        score.add(score_document(document))
    assert score.share_right >= 0.95, score.faults
    assert score.share_unmarked <= 0.01, score.faults
    assert score.found == score.planted


@pytest.mark.parametrize(("suffix", "turn"), [("pdf", 90), ("tif", 180)])
def test_a_page_on_its_side_or_head_is_turned(tmp_path, load, rows, suffix, turn):
    load(scan(tmp_path / f"sales.{suffix}", turn=turn))
    assert sorted(rows("sales")) == sorted((r, s, float(v.replace(",", ""))) for r, s, v in ROWS)


def test_what_can_not_be_read_is_empty_and_waits(smudged, load, rows, warehouse):
    report = load(smudged)
    assert [row[2] for row in rows("sales") if row[1] == "Cid"] == [None]
    (cell,) = waiting(warehouse)
    assert (cell.table, cell.column, cell.row_id, cell.page) == ("sales", "sales", 2, 1)
    assert report.tables[0].cells_uncertain == 1
    assert "uncertain_cells" in {f.code for f in report.tables[0].sources[0].findings}
    picture = Image.open(BytesIO(picture_of(cell)))
    assert picture.width > 50
    assert picture.getextrema()[0] < 120


def test_a_person_says_what_stands_there(smudged, load, rows, warehouse):
    load(smudged)
    (cell,) = waiting(warehouse)
    (reviewed,) = decide(
        warehouse, [Decision(cell.item_id, "correct", "1,299.00")], who="Ann", reason="it is on the receipt"
    )
    assert (reviewed.version.kind, reviewed.waiting) == ("review", 0)
    assert [row[2] for row in rows("sales") if row[1] == "Cid"] == [1299.0]
    assert waiting(warehouse) == []
    assert load(smudged).status == "unchanged"
    assert roll_back(warehouse, "sales", None).row_count == 6
    assert [row[2] for row in rows("sales") if row[1] == "Cid"] == [None]
    assert len(waiting(warehouse)) == 1


def test_what_is_no_value_of_the_column_is_not_taken(smudged, load, rows, warehouse):
    load(smudged)
    (cell,) = waiting(warehouse)
    for decision in (Decision(cell.item_id, "correct", "many"), Decision(99, "accept")):
        with pytest.raises(InputError):
            decide(warehouse, [decision], who="Ann")
    assert len(waiting(warehouse)) == 1


@pytest.mark.parametrize(("given", "value"), [("1,299.00", 1299.0), ("1299", 1299.0), ("1299.5", 1299.5)])
def test_a_number_may_be_written_otherwise_than_its_column(smudged, load, rows, warehouse, given, value):
    load(smudged)
    (cell,) = waiting(warehouse)
    decide(warehouse, [Decision(cell.item_id, "correct", given)], who="Ann")
    assert [row[2] for row in rows("sales") if row[1] == "Cid"] == [value]


def test_a_person_decides_from_the_command_line(smudged, load, rows, warehouse, tmp_path):
    load(smudged)
    review = ["data", "review"]
    into = ["--into", str(warehouse)]
    listed = CliRunner().invoke(app, [*review, "list", *into, "--pictures", str(tmp_path / "look")])
    shown = json.loads(listed.stdout.splitlines()[0])
    assert (shown["table"], shown["column"], shown["page"]) == ("sales", "sales", 1)
    assert (tmp_path / "look" / f"{shown['cell']}.png").is_file()
    wish = ["correct", str(shown["cell"]), "12", "--reason", "asked Cid"]
    corrected = CliRunner().invoke(app, [*review, *wish, *into])
    assert corrected.exit_code == 0
    assert corrected.stdout == "sales\t6\t0\n"
    assert [row[2] for row in rows("sales") if row[1] == "Cid"] == [12.0]
    history = CliRunner().invoke(app, ["data", "history", "sales", *into]).stdout.splitlines()
    (decided,) = json.loads(history[-1])["decided"]
    assert (decided["verb"], decided["value"], decided["reason"]) == ("correct", "12", "asked Cid")
    assert decided["who"]


def test_a_dismissed_cell_stays_empty_and_is_off_the_list(smudged, load, rows, warehouse):
    load(smudged)
    (cell,) = waiting(warehouse)
    decide(warehouse, [Decision(cell.item_id, "dismiss")], who="Ann")
    assert [row[2] for row in rows("sales") if row[1] == "Cid"] == [None]
    assert waiting(warehouse) == []


def test_a_picture_of_another_file_is_not_shown(smudged, load, warehouse):
    load(smudged)
    (cell,) = waiting(warehouse)
    smudged.write_bytes(b"something else")
    with pytest.raises(InputError, match="no longer the file"):
        picture_of(cell)


def test_without_tesseract_it_is_said_what_to_install(smudged, load, monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(DataLoadError, match="tesseract") as raised:
        load(smudged)
    assert "apt-get install tesseract-ocr" in (raised.value.hint or "")


def test_a_blank_scan_holds_no_table(tmp_path, load):
    Image.new("L", (1200, 1600), 250).save(tmp_path / "blank.png")
    with pytest.raises(DataLoadError, match="No table"):
        load(tmp_path / "blank.png")
