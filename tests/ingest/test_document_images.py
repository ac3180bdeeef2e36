"""What is done to a scan before it is read: levelled, its lines found and taken out, what was passed over found."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
from document_pages import Drawer, DrawnColumn, Style, scanned

from datacraft.warehouse.documents.pages.image_rules import find_rules, without_rules
from datacraft.warehouse.documents.pages.straighten import deskewed, skew_of

SCALE = 300 / 72


def page(folder: Path, rules: str, skew: float):
    drawer = Drawer(folder / "drawn.pdf", Style(rules=rules, page=(420, 420)))
    columns = [DrawnColumn(header, 80) for header in ("Region", "Seller", "Sales")]
    drawer.table(columns, [[f"North {n}", "Ann Smith", f"{n * 1234.5:,.2f}"] for n in range(15)])
    drawer.save()
    (image,) = scanned(folder / "drawn.pdf", random.Random(3), skew=skew)
    return image


@pytest.mark.parametrize("rules", ["none", "grid"])
@pytest.mark.parametrize("skew", [-3.1, -1.4, -0.5, 0.0, 0.3, 0.8, 2.2])
def test_a_page_is_levelled_to_a_tenth_of_a_degree(tmp_path, rules, skew):
    image = page(tmp_path, rules, skew)
    assert skew_of(image, SCALE) == pytest.approx(-skew, abs=0.1)
    assert skew_of(deskewed(image, SCALE), SCALE) == pytest.approx(0, abs=0.1)


def test_the_lines_of_a_table_are_found_and_taken_out(tmp_path):
    image = deskewed(page(tmp_path, "grid", 0.7), SCALE)
    rules = find_rules(image, SCALE)
    across = [rule for rule in rules if rule.horizontal]
    upright = [rule for rule in rules if not rule.horizontal]
    assert (len(across), len(upright)) == (17, 4)
    assert all(rule.end - rule.start > 240 * SCALE for rule in across)
    assert not [
        r for r in find_rules(without_rules(image, rules, SCALE), SCALE) if r.end - r.start > 60 * SCALE
    ]


def test_a_page_without_lines_has_none(tmp_path):
    assert find_rules(deskewed(page(tmp_path, "none", 0.7), SCALE), SCALE) == []
