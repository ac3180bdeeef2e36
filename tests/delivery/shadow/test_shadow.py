"""A shadow: agreements and differences are kept, its cost is bounded, and a person decides."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from datacraft.contracts.canary import CanaryWord
from datacraft.contracts.errors import InputError
from datacraft.contracts.shadow import ShadowCopy, ShadowOrder, ShadowPlan, ShownAnswer
from datacraft.delivery.shadow import ShadowJournalError, pair, read_pairs, run_shadow, say, summary
from datacraft.delivery.shadow.journal import append
from datacraft.serving.copying import ORDER

NOW = dt.datetime(2026, 3, 1, 12, tzinfo=dt.UTC)
PLAN = ShadowPlan(candidate="new", baseline="old", started_at=NOW, questions=5, max_s=200_000)


@dataclass
class Clock:
    at: dt.datetime = NOW
    slept: int = 0
    on_sleep: dict[int, object] = field(default_factory=dict)

    def now(self) -> dt.datetime:
        return self.at

    def sleep(self, seconds: float) -> None:
        self.at += dt.timedelta(seconds=seconds)
        self.slept += 1


def shown(*rows: tuple[object, ...], columns: str = "region revenue", **other: object) -> ShownAnswer:
    values = {"sql": "SELECT 1", "columns": columns.split(), "rows": rows, "row_count": len(rows), **other}
    return ShownAnswer.model_validate(values)


def failed(code: str) -> ShownAnswer:
    return ShownAnswer(error=code)


def copied(number: int, answer: ShownAnswer | None = None) -> ShadowCopy:
    return ShadowCopy(
        question_id=f"q{number}", at=NOW, question=f"question {number}",
        answer=answer or shown(("North", number), ("South", 2.5), total_ms=10),
    )  # fmt: skip


def put(folder: Path, *copies: ShadowCopy, process: int = 1) -> None:
    for copy in copies:
        append(folder / "copies" / f"{process}.jsonl", copy)


REVENUE = shown(("North", 10.0), ("South", 20.0))
PAIRS = [
    (REVENUE, shown(("South", 20.0), ("North", 10.0)), "same"),
    (REVENUE, shown(("N", 10.0, "x"), columns="a b c"), "different"),
    (REVENUE, shown(("North", 10.0, 1), ("South", 20.0, 2), columns="region revenue orders"), "same"),
    (shown(("North", 10.0, 1), columns="region revenue orders"), shown(("North", 10.0)), "same"),
    (REVENUE, shown(("North", 10.0), ("South", 21.0)), "different"),
    (shown((0.25,), columns="share"), shown((25.0,), columns="percent"), "same"),
    (shown((dt.date(2026, 1, 2), 1)), shown((dt.date(2026, 1, 2), 1)), "same"),
    (shown((dt.date(2026, 1, 2), 1)), shown((dt.date(2026, 1, 3), 1)), "different"),
    (REVENUE, failed("not_understood"), "production_only"),
    (failed("not_understood"), REVENUE, "candidate_only"),
    (failed("not_understood"), failed("refused"), "neither"),
]


@pytest.mark.parametrize(("production", "candidate", "agreement"), PAIRS)
def test_answers_agree_by_what_they_show(
    production: ShownAnswer, candidate: ShownAnswer, agreement: str
) -> None:
    copy = ShadowCopy.model_validate_json(copied(1, production).model_dump_json())
    found = pair(copy, candidate, NOW, 50)
    assert found.agreement == agreement
    assert bool(found.difference) == (agreement != "same")


def test_few_rows_are_kept_and_all_are_compared() -> None:
    rows = [(f"r{number}", number) for number in range(100)]
    found = pair(copied(1, shown(*rows)), shown(*rows[:-1], ("r99", 0)), NOW, 3)
    assert found.agreement == "different"
    assert (len(found.candidate.rows), found.candidate.row_count) == (3, 100)


def run(folder: Path, clock: Clock, plan: ShadowPlan = PLAN, cost_usd: float = 0.0, ask=None):
    said: list[str] = []

    def answers(copy: ShadowCopy) -> ShownAnswer:
        rows = copy.answer.rows if copy.question_id != "q2" else (("North", 0),)
        return shown(*rows, cost_usd=cost_usd, total_ms=5)

    word = run_shadow(plan, folder, folder.parent, ask or answers, clock, say=said.append)
    return word, said


def test_after_enough_copies_a_person_is_asked(tmp_path: Path) -> None:
    folder = tmp_path / "shadow"
    put(folder, *map(copied, range(3)))
    put(folder, *map(copied, range(3, 9)), process=2)
    word, said = run(folder, Clock())
    assert word is None
    assert [one.question_id for one in read_pairs(folder)] == ["q0", "q1", "q2", "q3", "q4"]
    found = summary(PLAN, read_pairs(folder))
    assert found.counts == {"same": 4, "different": 1}
    assert found.faster == 5
    assert "4 same" in said[-1]
    assert not (tmp_path / ORDER).exists()


def test_serving_processes_are_told_meanwhile_whose_answers_to_copy(tmp_path: Path) -> None:
    folder = tmp_path / "shadow"
    orders = []

    def answers(copy: ShadowCopy) -> ShownAnswer:
        orders.append(ShadowOrder.model_validate_json((tmp_path / ORDER).read_text()))
        return shown()

    put(folder, *map(copied, range(5)))
    run(folder, Clock(), ask=answers)
    assert {(one.release_id, one.folder) for one in orders} == {("old", str(folder / "copies"))}


def test_without_copies_it_ends_in_time(tmp_path: Path) -> None:
    clock = Clock()
    word, _ = run(tmp_path / "shadow", clock, PLAN.model_copy(update={"max_s": 60}))
    assert word is None
    assert clock.at == NOW + dt.timedelta(seconds=60)


def test_it_rests_until_midnight_once_a_days_money_is_spent(tmp_path: Path) -> None:
    folder = tmp_path / "shadow"
    put(folder, *map(copied, range(9)))
    plan = PLAN.model_copy(update={"max_cost_usd_per_day": 0.3})
    _, said = run(folder, Clock(), plan, cost_usd=0.1)
    days = [one.at.date().day for one in read_pairs(folder)]
    assert days == [1, 1, 1, 2, 2]
    assert len([one for one in said if "rests until midnight" in one]) == 1


def test_a_word_ends_it_at_the_next_look_and_only_one_counts(tmp_path: Path) -> None:
    folder = tmp_path / "shadow"
    word = CanaryWord(decision="promote", by="grace", reason="looks right", at=NOW)
    with pytest.raises(InputError, match="no shadow"):
        say(folder, word)
    run(folder, Clock(), PLAN.model_copy(update={"max_s": 10}))
    say(folder, word)
    with pytest.raises(InputError, match="grace has decided"):
        say(folder, word)
    assert run(folder, Clock())[0] == word


def test_killed_anywhere_it_goes_on_by_its_first_plan_and_asks_nothing_twice(tmp_path: Path) -> None:
    folder = tmp_path / "shadow"
    put(folder, *map(copied, range(9)))
    asked: list[str] = []

    def dies(copy: ShadowCopy) -> ShownAnswer:
        asked.append(copy.question_id)
        if len(asked) == 3:
            raise KeyboardInterrupt
        return shown()

    with pytest.raises(KeyboardInterrupt):
        run(folder, Clock(), ask=dies)
    with (folder / "pairs.jsonl").open("ab") as file:
        file.write(b'{"torn": ')
    run(folder, Clock(), PLAN.model_copy(update={"questions": 100}), ask=dies)
    assert asked == ["q0", "q1", "q2", "q2", "q3", "q4"]
    assert len(read_pairs(folder)) == 5


def test_a_damaged_line_is_told(tmp_path: Path) -> None:
    folder = tmp_path / "shadow"
    put(folder, copied(1))
    (folder / "pairs.jsonl").write_text("{}\n")
    with pytest.raises(ShadowJournalError, match=r"pairs\.jsonl:1"):
        run(folder, Clock())
    assert not (tmp_path / ORDER).exists()
