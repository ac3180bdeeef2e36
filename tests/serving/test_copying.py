"""Copies for a shadow: only where they are wanted, and never in the way of an answer."""

from __future__ import annotations

import datetime as dt
import os
import sys
import threading
import time
from pathlib import Path

import pytest

from datacraft.config import load_settings
from datacraft.contracts.answer import Answer
from datacraft.contracts.proposal import Turn
from datacraft.contracts.shadow import ShadowCopy, ShadowOrder
from datacraft.http.datasets import open_data_set
from datacraft.serving import copying
from datacraft.serving.copying import FORGOTTEN_S, ORDER, Copies

sys.path += [str(Path(__file__).parents[1] / name) for name in ("delivery", "http")]

from http_server import write_sales
from releases import OLD, Model, empty_shop

RELEASE = "20260101T000000Z_abc1234"


def order(state: Path, release: str = RELEASE) -> Path:
    place = state / "copies"
    (state / ORDER).write_text(ShadowOrder(release_id=release, folder=str(place)).model_dump_json())
    return place


def answer(number: int, release: str | None = RELEASE, rows: int = 1) -> Answer:
    return Answer(
        question_id=str(number), question=f"question {number}", release_id=release, sql="SELECT 1",
        rows=[[1]] * rows, asked_at=dt.datetime.now(dt.UTC),
    )  # fmt: skip


def written(place: Path) -> list[ShadowCopy]:
    return [
        ShadowCopy.model_validate_json(line)
        for path in sorted(place.glob("*.jsonl"))
        for line in path.read_text().splitlines()
    ]


def test_nothing_is_copied_where_nobody_wants_it(tmp_path: Path) -> None:
    copies = Copies(tmp_path)
    copies.put(answer(1), ())
    copies.close()
    assert list(tmp_path.iterdir()) == []


def test_answers_of_the_wanted_release_are_copied_with_what_was_asked_before(tmp_path: Path) -> None:
    place = order(tmp_path)
    copies = Copies(tmp_path)
    copies.put(answer(1), [Turn(question="before", sql="SELECT 0")])
    copies.put(answer(2, release="20260102T000000Z_abc1234"), ())
    copies.put(answer(3, release=None), ())
    copies.put(answer(4, rows=1_001), ())
    copies.close()
    (copy,) = written(place)
    assert (copy.question, copy.turns[0].question, copy.answer.rows) == ("question 1", "before", ((1,),))
    assert copies.left_out == 1


def test_an_order_whose_giver_has_died_is_none(tmp_path: Path) -> None:
    place = order(tmp_path)
    past = time.time() - FORGOTTEN_S - 1
    os.utime(tmp_path / ORDER, (past, past))
    copies = Copies(tmp_path)
    copies.put(answer(1), ())
    copies.close()
    assert written(place) == []


def test_an_order_is_followed_within_a_second_and_so_is_its_end(tmp_path: Path) -> None:
    now = 0.0
    copies = Copies(tmp_path, clock=lambda: now)
    copies.put(answer(1), ())
    place = order(tmp_path)
    now = 1.1
    copies.put(answer(2), ())
    (tmp_path / ORDER).unlink()
    now = 2.2
    copies.put(answer(3), ())
    copies.close()
    assert [one.question_id for one in written(place)] == ["2"]


def test_a_disk_that_hangs_holds_up_no_answer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    order(tmp_path)
    hangs, stuck = threading.Event(), threading.Event()

    def slow(*_: object, **__: object) -> str:
        stuck.set()
        hangs.wait(30)
        raise OSError("the disk is gone")

    monkeypatch.setattr(copying.Path, "mkdir", slow)
    copies = Copies(tmp_path, waiting=3)
    copies.put(answer(0), ())
    assert stuck.wait(30)
    for number in range(1, 10):
        copies.put(answer(number), ())  # returns, though nothing can be written: else the test would hang
    assert copies.left_out == 6
    hangs.set()
    copies.close()


def test_a_file_that_is_full_takes_no_more(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    place = order(tmp_path)
    monkeypatch.setattr(copying, "_MOST_BYTES", 100)
    copies = Copies(tmp_path)
    for number in range(5):
        copies.put(answer(number), ())
    copies.close()
    assert len(written(place)) == 1
    assert copies.left_out == 4


@pytest.mark.parametrize("broken", ["", "{", '{"schema_version": 9}'])
def test_an_order_that_cannot_be_read_is_none(tmp_path: Path, broken: str) -> None:
    (tmp_path / ORDER).write_text(broken)
    copies = Copies(tmp_path)
    copies.put(answer(1), ())
    copies.close()
    assert [path.name for path in tmp_path.iterdir()] == [ORDER]


@pytest.mark.parametrize(
    ("keeps_questions", "serves", "copied"), [(True, True, 1), (False, True, 0), (True, False, 0)]
)
def test_only_what_is_served_and_may_be_kept_is_copied(
    tmp_path: Path, keeps_questions: bool, serves: bool, copied: int
) -> None:
    """A person's own file, or a command's, is other data than the candidate is asked about."""
    sales = write_sales(tmp_path)
    state = tmp_path / "state"
    (state / "registry").mkdir(parents=True)
    shop = empty_shop(state / "registry")
    shop.publish(OLD, Model())
    settings = load_settings(
        environ={},
        arguments={"state_dir": state, "telemetry.questions": "stored" if keeps_questions else "none"},
    )
    place = order(state, OLD)
    with open_data_set(settings, [sales], restore=lambda _: (), own=not serves).handler as handler:
        assert handler.ask("total revenue by region").release_id == OLD
    assert len(written(place)) == copied
