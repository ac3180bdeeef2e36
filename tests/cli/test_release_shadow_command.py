"""`datacraft release shadow` and `decide`: what a person reviews, and says."""

from __future__ import annotations

import datetime as dt
import json
import sys
from contextlib import closing
from pathlib import Path

import pytest
from command_line import Command

from datacraft.access import StateStore
from datacraft.contracts.delivery_run import DeliveryWish
from datacraft.contracts.shadow import ShadowCopy, ShadowPlan, ShownAnswer
from datacraft.delivery.deliveries import begin_journal
from datacraft.delivery.shadow import pair, read_words
from datacraft.delivery.shadow.journal import append

sys.path.append(str(Path(__file__).parents[1] / "delivery"))

from releases import NEW, OLD, Shop, empty_shop

NOW = dt.datetime.now(dt.UTC)


@pytest.fixture
def shop(folder: Path) -> Shop:
    root = folder / ".datacraft" / "registry"
    root.mkdir(parents=True)
    return empty_shop(root)


def begin(folder: Path, shop: Shop, strategy: str = "shadow") -> Path:
    wish = DeliveryWish(strategy=strategy, reason="a test", by="ada")  # type: ignore[arg-type]
    run_id = begin_journal(shop.store, wish, NOW).run_id
    return folder / ".datacraft" / "deliveries" / run_id / "shadow"


def answer(revenue: float, sql: str) -> ShownAnswer:
    rows = (("North", revenue), *((f"R{number}", 1.0) for number in range(6)))
    return ShownAnswer(sql=sql, columns=("region", "revenue"), rows=rows, row_count=len(rows), cost_usd=0.01)


def kept(place: Path) -> None:
    append(place / "plan.jsonl", ShadowPlan(candidate=NEW, baseline=OLD, started_at=NOW))
    for number, other in enumerate((10, 10, 11)):
        production = answer(10, f"SELECT {number} AS ours")
        copy = ShadowCopy(question_id=str(number), at=NOW, question=f"revenue {number}", answer=production)
        append(place / "pairs.jsonl", pair(copy, answer(other, f"SELECT {number} AS theirs"), NOW, 50))


def test_differences_are_shown_with_both_sqls_and_rows(folder: Path, shop: Shop, datacraft: Command) -> None:
    kept(begin(folder, shop))
    run = datacraft("release", "shadow")
    assert run.code == 0, run.err
    assert f"{NEW} beside {OLD}, 3 of 200 questions" in run.err
    assert "0.0300 USD" in run.err
    assert "revenue 2" in run.out
    assert "production: SELECT 2 AS ours" in run.out
    assert "candidate: SELECT 2 AS theirs" in run.out
    assert "North | 11\n" in run.out
    assert "7 rows" in run.out
    assert "SELECT 1" not in run.out
    assert "SELECT 1 AS theirs" in datacraft("release", "shadow", "--all").out
    found = json.loads(datacraft("release", "shadow", "--format", "json").out)
    assert found["summary"]["counts"] == {"same": 2, "different": 1}
    assert [one["question"] for one in found["pairs"]] == ["revenue 2"]


def test_a_delivery_without_a_shadow_says_so(folder: Path, shop: Shop, datacraft: Command) -> None:
    begin(folder, shop, "direct")
    run = datacraft("release", "shadow")
    assert run.code == 2
    assert "has no shadow" in run.err


def test_a_word_is_kept_once_and_is_in_the_audit_log(folder: Path, shop: Shop, datacraft: Command) -> None:
    place = begin(folder, shop)
    kept(place)
    run = datacraft("release", "decide", "promote", "--reason", "all the same", "--by", "grace")
    assert run.code == 0, run.err
    assert [(one.decision, one.by) for one in read_words(place)] == [("promote", "grace")]
    again = datacraft("release", "decide", "roll_back", "--reason", "no", "--by", "ada")
    assert again.code == 2
    assert "grace has decided" in again.err
    with closing(StateStore(f"sqlite:///{folder}/.datacraft/datacraft.db")) as state:
        entries = [(one.who, one.outcome) for one in state.audit.latest() if one.action == "decide"]
    assert sorted(entries) == [("ada", "refused"), ("grace", "done")]
