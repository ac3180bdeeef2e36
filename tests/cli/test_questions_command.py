"""`datacraft questions`: checked, proposed, added to, counted."""

from __future__ import annotations

from pathlib import Path

from command_line import Command

SET = """name: shop
version: 1
data: sales.csv
cases:
  - id: all
    question: How much did we sell?
    gold: [SELECT sum(sales) FROM sales]
    tags: [total]
  - id: north
    question: sales in the North
    gold: [SELECT sum(sales) FROM sales WHERE region = 'North']
    tags: [filter]
"""


def test_checking_a_sound_set_ends_well_and_names_its_content(datacraft: Command, folder: Path) -> None:
    (folder / "shop.yaml").write_text(SET)
    run = datacraft("questions", "check", "shop.yaml")
    assert run.code == 0
    assert "2 cases, 0 errors" in run.err


def test_a_broken_gold_is_reported_and_ends_with_2(datacraft: Command, folder: Path) -> None:
    (folder / "shop.yaml").write_text(SET.replace("sum(sales) FROM sales]", "sum(nothing) FROM sales]"))
    run = datacraft("questions", "check", "shop.yaml")
    assert run.code == 2
    assert "error all: gold 1 does not run" in run.out


def test_proposed_cases_pass_the_check_and_are_never_overwritten(datacraft: Command, folder: Path) -> None:
    assert datacraft("questions", "new", "new.yaml", "--data", "sales.csv", "--count", 8).code == 0
    checked = datacraft("questions", "check", "new.yaml", "--data", "sales.csv")
    assert (checked.code, "0 errors" in checked.err) == (0, True)
    assert datacraft("questions", "new", "new.yaml", "--data", "sales.csv").code == 2


def test_thumbs_down_become_drafts(datacraft: Command, folder: Path) -> None:
    from datacraft.config import load_settings
    from datacraft.serving import build_handler

    (folder / "shop.yaml").write_text(SET)
    with build_handler(load_settings(), ["sales.csv"]) as handler:
        answer = handler.ask("sales by product")
        handler.feedback(answer.question_id, "down", comment="not by month")
    run = datacraft("questions", "add", "shop.yaml", "--from-log")
    assert run.code == 0
    assert "sales by product" in run.out
    assert "not by month" in (folder / "shop.yaml").read_text()
    assert "0 drafts" in datacraft("questions", "add", "shop.yaml", "--from-log").err
    assert datacraft("questions", "add", "shop.yaml").code == 2


def test_cases_are_counted_and_parted(datacraft: Command, folder: Path) -> None:
    (folder / "shop.yaml").write_text(SET)
    counted = datacraft("questions", "stats", "shop.yaml").out
    assert [line.split() for line in counted.splitlines() if line.startswith("kind")] == [
        ["kind", "filter", "1", "1", "0", "0"],
        ["kind", "total", "1", "1", "0", "0"],
    ]
    assert datacraft("questions", "split", "shop.yaml", "--part", "tune").out == "all\ttune\nnorth\ttune\n"
    assert datacraft("questions", "split", "shop.yaml", "--part", "dev").code == 2
