"""Numbers in scans: one that is not written as a number is mended or doubted, and never makes its column text."""

from __future__ import annotations

import pytest

from datacraft.warehouse.documents.model import Cell
from datacraft.warehouse.documents.tables.certainty import judge, mend_numbers
from datacraft.warehouse.documents.tables.values import is_number

SOUND = ["20.00", "37.50", "1,240.00", "32.50", "18.25", "40.00"]


def judged(*texts: str) -> list[Cell]:
    rows = [[Cell(text, page=1, confidence=0.96)] for text in texts]
    return [row[0] for row in judge(mend_numbers(rows), set())]


def test_a_speck_behind_a_number_is_mended_and_told() -> None:
    cell = judged(*SOUND, "37.50,")[-1]
    assert (cell.text, cell.seen, cell.doubt) == ("37.50", "37.50,", "")
    assert not is_number("37.5,")


@pytest.mark.parametrize("text", ["12,34.50", "1.234.56", "1,2.50", "1.234,56"])
def test_marks_where_no_number_has_them_are_for_a_person_to_look_at(text: str) -> None:
    *others, cell = judged(*SOUND, text)
    assert cell.doubt
    assert not any(other.doubt for other in others)
