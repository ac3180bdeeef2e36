"""Arms read from telemetry files, as serving writes them."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest
from canary_parts import NEW, OLD, after, plan

from datacraft.contracts.answer import Timings
from datacraft.contracts.canary import CanaryWindow
from datacraft.contracts.telemetry import TelemetryRecord
from datacraft.contracts.usage import Usage
from datacraft.delivery.canary.arms import TelemetryArms
from datacraft.serving.telemetry import TelemetryWriter


class Arms:
    """Processes of all channels that write telemetry into one folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.writers = {
            channel: TelemetryWriter(folder, channel=channel, clock=lambda: after())
            for channel in ("production", "baseline", "canary")
        }
        self.count = 0

    def ask(self, channel: str, session: str | None, seconds: float, **changes: object) -> str:
        self.count += 1
        release = NEW if channel == "canary" else OLD
        record = TelemetryRecord(
            at=after(seconds=seconds), question_id=f"q{self.count}", session=session, release_id=release
        )
        self.writers[channel].put(record.model_copy(update=changes))
        return record.question_id

    def thumb(self, channel: str, question_id: str, seconds: float, feedback: str) -> None:
        record = TelemetryRecord(kind="feedback", at=after(seconds=seconds), question_id=question_id)
        self.writers[channel].put(record.model_copy(update={"feedback": feedback}))

    def window(self, now: dt.datetime | None = None, **changes: object) -> CanaryWindow:
        for writer in self.writers.values():
            assert writer.flush()
        return TelemetryArms([self.folder]).window(plan(**changes), now or after(hours=5))


@pytest.fixture
def arms(tmp_path: Path) -> Arms:
    return Arms(tmp_path / "telemetry")


def test_no_telemetry_is_two_arms_without_requests(tmp_path: Path) -> None:
    assert TelemetryArms([tmp_path / "none"]).window(plan(), after(hours=1)) == CanaryWindow()


def test_the_rest_of_production_is_no_arm(arms: Arms) -> None:
    arms.ask("production", "p", 1)
    arms.ask("baseline", "b", 1)
    arms.ask("canary", "c", 1)
    seen = arms.window()
    assert [one.session for one in seen.baseline.sessions] == ["b"]
    assert [one.session for one in seen.canary.sessions] == ["c"]


def test_what_happened_before_the_canary_began_does_not_count(arms: Arms) -> None:
    arms.ask("baseline", "b", -1)
    assert arms.window().baseline.opened == 0


def test_success_is_an_answer_of_the_release_itself(arms: Arms) -> None:
    outcomes = [
        {},
        {"fallback": True},
        {"error": "ambiguous"},
        {"error": "cancelled"},
        {"error": "query_failed"},
    ]
    for place, outcome in enumerate(outcomes):
        arms.ask("canary", "c", place, **outcome)
    (totals,) = arms.window().canary.sessions
    assert (totals.requests, totals.success, totals.error) == (5, 1, 1)


def test_slowness_cost_and_the_last_thumb_are_counted(arms: Arms) -> None:
    arms.ask("canary", "c", 1, timings=Timings(total_ms=5_001), usage=Usage(cost_usd=0.02))
    disliked = arms.ask("canary", "c", 2, timings=Timings(total_ms=4_999), usage=Usage(cost_usd=9))
    liked_at_last = arms.ask("canary", "c", 3)
    arms.thumb("baseline", disliked, 4, "down")
    arms.thumb("canary", liked_at_last, 4, "down")
    arms.thumb("canary", liked_at_last, 5, "up")
    (totals,) = arms.window(cost_cap_usd=0.04).canary.sessions
    assert (totals.slow, totals.cost, totals.thumbs_down) == (1, 1.5, 1)


def test_a_session_counts_once_it_has_been_quiet(arms: Arms) -> None:
    arms.ask("canary", "c", 0)
    early = arms.window(after(seconds=600), session_idle_s=600)
    assert (early.canary.opened, early.canary.sessions, early.canary.last_at) == (1, (), after())
    late = arms.window(after(seconds=610), session_idle_s=600)
    assert [one.closed_at for one in late.canary.sessions] == [after(seconds=600)]


def test_what_a_session_asks_after_it_was_over_does_not_change_what_was_judged(arms: Arms) -> None:
    arms.ask("canary", "c", 0)
    before = arms.window(after(seconds=700), session_idle_s=600).canary.sessions
    arms.ask("canary", "c", 700, error="query_failed")
    assert arms.window(session_idle_s=600).canary.sessions == before


def test_of_a_long_session_the_first_requests_count(arms: Arms) -> None:
    for place in range(8):
        arms.ask("canary", "c", place)
    seen = arms.window(after(seconds=60), session_requests=5)
    assert [(one.requests, one.closed_at) for one in seen.canary.sessions] == [(5, after(seconds=4))]


def test_a_question_without_a_session_stands_alone(arms: Arms) -> None:
    arms.ask("canary", None, 0)
    arms.ask("canary", None, 1)
    assert [one.requests for one in arms.window(after(seconds=60)).canary.sessions] == [1, 1]


def test_a_session_that_saw_both_arms_counts_for_the_first_until_it_left(arms: Arms) -> None:
    for channel, seconds in (("canary", 0), ("canary", 1), ("baseline", 2), ("canary", 3)):
        arms.ask(channel, "s", seconds)
    seen = arms.window()
    assert (seen.crossed, seen.crossed_at) == (1, after(seconds=2))
    assert [one.requests for one in seen.canary.sessions] == [2]
    assert seen.baseline.opened == 0


def test_an_arm_that_answers_with_another_release_is_found_and_does_not_count(arms: Arms) -> None:
    arms.ask("canary", "c", 0, release_id=OLD)
    arms.ask("canary", "c", 1)
    arms.ask("canary", "d", 2, release_id=None)
    seen = arms.window().canary
    assert (seen.strays, seen.stray_at, [one.requests for one in seen.sessions]) == (2, after(seconds=2), [1])


def test_sessions_come_in_the_order_in_which_they_were_over(arms: Arms) -> None:
    arms.ask("canary", "long", 0)
    arms.ask("canary", "short", 1)
    arms.ask("canary", "long", 2)
    assert [one.session for one in arms.window().canary.sessions] == ["short", "long"]
