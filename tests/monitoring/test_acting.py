"""What looks lead to: the right act, as seldom as the policy says, and kept whatever happens."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from looks import START, look, published

from datacraft.contracts.alarm import Act, AlarmEvent, Word
from datacraft.contracts.errors import DataCraftError, InputError
from datacraft.contracts.monitoring import DecisionPolicy, ProductionReport
from datacraft.monitoring.alarms import Hands, MonitoringPlace, Outcome, act, answer_act
from datacraft.registry import Mandate, open_store
from datacraft.registry.channels import promote, read_pointer, roll_back, rollback_targets


@dataclass
class World:
    """A registry with two releases, the second of which serves since `START`, and hands that write down."""

    place: MonitoringPlace
    names: list[str]
    did: list[str] = field(default_factory=list)
    told: list[str] = field(default_factory=list)
    fails: Callable[[], None] = lambda: None

    @property
    def hands(self) -> Hands:
        return Hands(self.tell, self.re_evaluate, self.roll_back)

    def tell(self, events: tuple[AlarmEvent, ...], one: Act | None) -> None:
        self.told += [f"{event.kind} {event.alarm.name}" for event in events]
        self.told += [f"{one.action} {one.state}"] if one is not None else []

    def re_evaluate(self, one: Act) -> tuple[str, str]:
        self.fails()
        self.did.append("re_evaluate")
        return "run 7", "The incumbent stayed."

    def roll_back(self, one: Act) -> tuple[str, str]:
        store = self.place.store
        pointer = read_pointer(store, "production")
        target = next(rollback_targets(pointer.channel))
        roll_back(store, pointer, target, Mandate("monitoring", one.reason, one.at))
        self.did.append(f"roll_back {target}")
        return target, "taken back"

    def look(
        self, hours: float, *wrong: str, policy: DecisionPolicy | None = None, **more: object
    ) -> Outcome:
        report = look(hours, *wrong, release=self.serves, **more)  # type: ignore[arg-type] - as look takes it
        return act(self.place, report, policy or DecisionPolicy(), self.hands)

    @property
    def serves(self) -> str | None:
        return read_pointer(self.place.store, "production").release_id


@pytest.fixture
def world(tmp_path: Path) -> World:
    store = open_store(f"file://{tmp_path}")
    names = [published(store, START - dt.timedelta(days=days)) for days in (30, 1)]
    for name, days in zip(names, (29, 0), strict=True):
        pointer = read_pointer(store, "production")
        promote(store, pointer, name, Mandate("ann", "good", START - dt.timedelta(days=days)))
    return World(MonitoringPlace(store, "production"), names)


def test_a_release_of_today_that_fails_is_taken_back_once(world):
    outcome = world.look(1, "error budget", page=True)
    assert world.did == [f"roll_back {world.names[0]}"]
    assert world.serves == world.names[0]
    assert outcome.act is not None
    assert outcome.act.state == "done"
    for hours in (2, 3, 4):
        world.look(hours, "error budget", page=True)
    assert len(world.did) == 1
    assert world.told == ["opened error budget", "roll_back started", "roll_back done"]


def test_what_was_wrong_before_the_release_is_not_its_fault(world):
    world.look(-3, "latency")
    world.look(1, "latency")
    assert world.did == []


def test_a_release_that_serves_for_long_is_not_taken_back(world):
    outcome = world.look(24 * 10, "success rate")
    assert world.did == ["re_evaluate"]
    assert outcome.act is not None
    assert outcome.act.outcome == "The incumbent stayed."
    assert outcome.act.reference == "run 7"


def test_drift_that_lasts_starts_one_evaluation_and_not_another_before_the_cool_down_is_over(world):
    days = 24 * 10
    for hours in range(days, days + 48, 6):
        world.look(hours, "data drift")
    assert world.did == ["re_evaluate", "re_evaluate"]
    assert [one.at.hour for one in world.place.acts(START + dt.timedelta(days=20))] == [6, 6]


def test_nothing_wrong_leads_to_nothing(world):
    for hours in range(0, 60, 6):
        world.look(hours)
    assert (world.did, world.told) == ([], [])


def test_no_more_acts_a_week_than_the_policy_says(world):
    policy = DecisionPolicy(acts_per_week=2, cool_down_h=0)
    outcomes = [world.look(24 * 10 + hours, "thumbs", policy=policy) for hours in range(0, 30, 6)]
    assert world.did == ["re_evaluate"] * 2
    assert "2 may be" in (outcomes[-1].decision.held or "")


def test_latency_of_an_old_release_is_told_and_nothing_is_done(world):
    outcome = world.look(24 * 10, "latency")
    assert outcome.decision.action is None
    assert world.told == ["opened latency"]


def test_an_act_that_takes_a_person_waits_and_is_done_when_allowed(world):
    policy = DecisionPolicy(approval=("re_evaluate",))
    outcome = world.look(24 * 10, "thumbs", policy=policy)
    assert outcome.act is not None
    assert (outcome.act.state, world.did) == ("waiting", [])
    later = world.look(24 * 12, "thumbs", policy=policy)
    assert "waits for a person" in (later.decision.held or "")
    word = Word(by="ann", reason="yes", at=START)
    done = answer_act(world.place, outcome.act.id, word, world.hands, allowed=True)
    assert (done.state, world.did) == ("done", ["re_evaluate"])
    with pytest.raises(InputError, match="does not wait"):
        answer_act(world.place, outcome.act.id, word, world.hands, allowed=True)


def test_a_declined_act_is_not_done(world):
    outcome = world.look(24 * 10, "thumbs", policy=DecisionPolicy(approval=("re_evaluate",)))
    assert outcome.act is not None
    word = Word(by="ann", reason="a load test", at=START)
    one = answer_act(world.place, outcome.act.id, word, world.hands, allowed=False)
    assert (one.state, one.outcome, world.did) == ("declined", "declined by ann: a load test", [])


def test_an_act_that_fails_says_why_and_the_alarm_stays(world):
    def broken() -> None:
        raise DataCraftError("Airflow is away.", hint="Start it.")

    world.fails = broken
    outcome = world.look(24 * 10, "thumbs")
    assert outcome.act is not None
    assert (outcome.act.state, outcome.act.outcome) == ("failed", "Airflow is away. Start it.")
    assert [one.name for one in world.place.read_book().open] == ["thumbs"]
    assert world.told[-1] == "re_evaluate failed"


def test_an_act_whose_process_died_holds_nothing_up_for_ever(world):
    def dies() -> None:
        raise KeyboardInterrupt

    world.fails = dies
    policy = DecisionPolicy(cool_down_h=0)
    with pytest.raises(KeyboardInterrupt):
        world.look(24 * 10, "thumbs", policy=policy)
    world.fails = lambda: None
    assert "is not over yet" in (world.look(24 * 10 + 6, "thumbs", policy=policy).decision.held or "")
    world.look(24 * 11 + 6, "thumbs", policy=policy)
    assert world.did == ["re_evaluate"]


def test_muted_alarms_neither_speak_nor_act(world):
    def muted(book):
        word = Word(by="ann", reason="sale", at=START)
        return book.model_copy(update={"mutes": {"thumbs": word}}), None

    world.place.change_book(muted)
    world.look(24 * 10, "thumbs")
    assert (world.did, world.told) == ([], [])


def test_tickets_wait_for_the_end_of_the_quiet_hours_and_pages_do_not(world):
    policy = DecisionPolicy(quiet_hours=(22, 6), acts_per_week=0)
    world.look(24 * 10 + 23, "latency", policy=policy)
    assert world.told == []
    world.look(24 * 10 + 23.5, "latency", "error budget", page=True, policy=policy)
    assert "opened error budget" in world.told
    other = DecisionPolicy(quiet_hours=(22, 6), acts_per_week=0)
    world.told.clear()
    world.look(24 * 10 + 31, "latency", policy=other)
    assert "resolved latency" not in world.told


def test_a_pinned_channel_is_left_where_it_is(world):
    from datacraft.registry.channels import pin

    pointer = read_pointer(world.place.store, "production")
    pin(world.place.store, pointer, Mandate("ann", "audit", START))
    world.look(1, "error budget", page=True)
    assert world.serves == world.names[1]


def test_reports_are_kept_and_read_back(world):
    outcome = world.look(6, "latency")
    names = list(world.place.report_names(START + dt.timedelta(days=1)))
    assert [f"monitoring/production/reports/{name}/report.json" for name in names] == [outcome.report]
    assert isinstance(world.place.read_report(names[0]), ProductionReport)
