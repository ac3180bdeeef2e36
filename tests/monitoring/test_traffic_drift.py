"""What is asked, and what becomes of it, against the question set of the release and the time before."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import numpy as np
import pytest

from datacraft.config import Settings
from datacraft.contracts.errors import ReleaseInvalid
from datacraft.contracts.judgement import CallRecord, Judgement
from datacraft.contracts.question_set import Case, QuestionSet
from datacraft.contracts.release import Hyperparameters, QuestionSetRef, ReleaseMetadata
from datacraft.contracts.telemetry import TelemetryRecord
from datacraft.monitoring.traffic_drift import drift_of_traffic, traffic_drift
from datacraft.monitoring.traffic_drift.question_set import questions_of_release
from datacraft.registry import ObjectStore, open_store, publish_release
from datacraft.serving.telemetry import TelemetryPolicy
from datacraft.serving.telemetry.archive import compact

NOW = dt.datetime(2025, 6, 15, 12, tzinfo=dt.UTC)
RELEASE = "20250501T000000Z_abc1234"
MEASURES = ("sales", "profit", "quantity", "discount")
GROUPS = ("region", "segment", "category", "month")


def sql_of(measure: str, group: str) -> str:
    return f"SELECT o.{group}, SUM(o.{measure}) FROM orders AS o GROUP BY 1 ORDER BY 2 DESC LIMIT 10000"


def write_traffic(
    folder: Path,
    *,
    per_day: int = 40,
    days: int = 35,
    new: float = 0.0,
    refused: float = 0.05,
    policy: TelemetryPolicy | None = None,
    seed: int = 1,
    since: int = 7,
) -> None:
    """Write days of conversations of two questions; what is new or refused more often is so in the last days."""
    rng, policy = np.random.default_rng(seed), policy or TelemetryPolicy()
    folder.mkdir(parents=True, exist_ok=True)
    for day in range(days):
        start = NOW - dt.timedelta(days=days - day)
        lines = []
        for number in range(per_day):
            measure, group = rng.choice(MEASURES), rng.choice(GROUPS)
            staff = day >= days - since and rng.random() < new
            gone = rng.random() < (refused if day >= days - since else 0.05)
            record = TelemetryRecord(
                at=start + dt.timedelta(seconds=1 + number * 80_000 // per_day),
                question_id=f"{day}_{number}",
                session=f"{day}_{number // 2}",
                channel="production",
                question=f"how many staff left the {group} team" if staff else f"total {measure} by {group}",
                sql=None if gone else "SELECT COUNT(*) FROM staff" if staff else sql_of(measure, group),
                chart=None if gone else "number" if staff else "bar",
                confidence=None if gone else float(rng.beta(8, 2)),
                error="not_understood" if gone else None,
            )
            lines.append(policy.apply(record).model_dump_json() + "\n")
        (folder / f"{start:%Y-%m-%d}_1_a.jsonl").write_text("".join(lines))


def publish(store: ObjectStore, count: int = 80, **files: bytes) -> None:
    """Publish a release that was chosen by questions like those of the traffic."""
    rng = np.random.default_rng(7)
    cases, calls = [], []
    for number in range(count):
        measure, group = str(rng.choice(MEASURES)), str(rng.choice(GROUPS))
        cases.append(Case(id=f"c{number}", question=f"total {measure} by {group}", gold=("SELECT 1",)))
        for repeat in (0, 1):
            calls.append(CallRecord(
                candidate="x", case=f"c{number}", repeat=repeat, sql=None if number % 20 == 0 else sql_of(measure, group),
                latency_ms=5, judgement=Judgement(outcome="answered", right=True), at=NOW,
            ))  # fmt: skip
    metadata = ReleaseMetadata(
        release_id=RELEASE, selected_model="builtin", provider="builtin",
        hyperparameters=Hyperparameters(temperature=None, top_p=None, top_k=None), strategy="semantic", composite_score=80,
        performance_score=80, bias_score=5, success_rate=99, avg_response_time=0.1, deployment_ready=True,
        selection_methodology="composite", question_set=QuestionSetRef(name="shop", version="1", size=count),
        created_at=NOW, commit="abc1234",
    )  # fmt: skip
    written = {
        "evaluation/questions.json": QuestionSet(name="shop", version=1, cases=tuple(cases)).model_dump_json().encode(),
        "evaluation/calls.jsonl": "".join(f"{one.model_dump_json()}\n" for one in calls).encode(),
    }  # fmt: skip
    publish_release(store, metadata, written | {f"evaluation/{name}": data for name, data in files.items()})


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    (tmp_path / "registry").mkdir()
    return Settings(state_dir=tmp_path)


def test_questions_and_answers_that_stay_alike_are_steady(settings: Settings) -> None:
    write_traffic(settings.state_dir / "telemetry")
    publish(open_store(settings.registry_url))
    found = traffic_drift(settings, NOW)
    assert (found.verdict, found.release_id, found.findings) == ("steady", RELEASE, [])
    assert found.words == "Questions and answers are as those of the time before."
    assert found.against_set is not None
    assert found.against_set.verdict == "steady"
    assert found.against_set.questions == (80, 280)
    assert found.against_before.questions == (1_120, 280)
    assert found.behaviour.verdict == "steady"


def test_a_new_topic_is_found_against_both_and_named(settings: Settings) -> None:
    write_traffic(settings.state_dir / "telemetry", new=0.3)
    publish(open_store(settings.registry_url), 200)
    found = traffic_drift(settings, NOW)
    assert found.verdict == "drifted"
    assert found.against_set is not None
    assert found.against_set.verdict == "drifted"
    assert "staff" in found.against_set.telling_words
    assert "staff" in found.against_before.telling_words
    topic = next(one for one in found.behaviour.columns if one.column == "topic")
    assert topic.band == "drifted"
    assert "new: staff" in topic.words
    assert "They are not those that the release was chosen by" in found.words


def test_answers_that_fail_more_often_drift_though_questions_do_not(settings: Settings) -> None:
    write_traffic(settings.state_dir / "telemetry", refused=0.4)
    found = traffic_drift(settings, NOW)
    assert found.verdict == "drifted"
    outcome = next(one for one in found.behaviour.columns if one.column == "outcome")
    assert "share of refused" in outcome.words
    assert found.words.count("Answers have changed") == 1


@pytest.mark.parametrize("kept", ["hashed", "none"])
def test_a_new_topic_is_found_where_texts_are_not_kept(tmp_path: Path, kept: str) -> None:
    policy = TelemetryPolicy(questions=kept)  # type: ignore[arg-type]
    write_traffic(tmp_path, new=0.3, policy=policy)
    found = drift_of_traffic([tmp_path], None, now=NOW)
    assert found.verdict == "drifted"
    assert not found.against_before.by_text
    assert "new: staff" in found.words
    assert found.against_set is None


def test_a_topic_that_came_yesterday_is_found_today(tmp_path: Path) -> None:
    """Of a week's questions it is one in fifty, of the day's one in seven."""
    write_traffic(tmp_path, new=0.15, per_day=400, since=1)
    found = drift_of_traffic([tmp_path], None, now=NOW, alpha=1.4e-5)
    assert not found.behaviour.drifted
    assert found.day is not None
    assert found.day.drifted
    assert found.verdict == "drifted"
    assert "new: staff" in found.day.behaviour.words


def test_the_last_day_is_told_where_the_window_shows_nothing(tmp_path: Path) -> None:
    """More is refused since yesterday: two in a hundred of the window, and a third of the day."""
    write_traffic(tmp_path, refused=0.4, per_day=200, since=1)
    found = drift_of_traffic([tmp_path], None, now=NOW)
    assert found.words.startswith("In the last 24 hours: ")
    assert not found.window_drifted
    assert "share of refused" in found.words


def test_days_that_became_parquet_say_the_same(tmp_path: Path) -> None:
    write_traffic(tmp_path, new=0.3)
    before = drift_of_traffic([tmp_path], None, now=NOW)
    compact(tmp_path, NOW)
    assert len(list(tmp_path.glob("*.parquet"))) >= 30
    assert drift_of_traffic([tmp_path], None, now=NOW) == before


def test_other_channels_are_others(tmp_path: Path) -> None:
    write_traffic(tmp_path, days=3)
    found = drift_of_traffic([tmp_path], None, now=NOW, channel="canary")
    assert found.against_before.questions == (0, 0)
    assert found.verdict == "unknown"


def test_without_telemetry_or_registry_nothing_is_known_and_it_says_why(settings: Settings) -> None:
    found = traffic_drift(settings, NOW)
    assert (found.verdict, found.score, found.against_set) == ("unknown", 0.0, None)
    assert "nothing can be told" in found.words


def test_a_damaged_question_set_is_a_finding_and_the_rest_is_told(settings: Settings) -> None:
    write_traffic(settings.state_dir / "telemetry")
    (settings.state_dir / "telemetry" / "2025-06-01_2_b.parquet").write_bytes(b"rubbish")
    publish(open_store(settings.registry_url), **{"calls.jsonl": b"{}\n"})
    found = traffic_drift(settings, NOW)
    assert found.verdict == "steady"
    assert found.against_set is None
    assert ["no call" in one or "can't be read" in one for one in found.findings] == [True, True]


def test_a_case_nobody_was_asked_and_repeats_count_once(tmp_path: Path) -> None:
    store = open_store(tmp_path.as_uri())
    publish(store, 5)
    asked = questions_of_release(store, RELEASE)
    assert len(asked) == 5
    assert asked[0].features["topic"] == "(none)"
    assert (asked[1].features["topic"], asked[1].features["form"]) == ("orders", "groups")
    with pytest.raises(ReleaseInvalid):
        (tmp_path / "models" / RELEASE / "evaluation" / "questions.json").write_text("{")
        questions_of_release(store, RELEASE)


def test_of_much_traffic_some_conversations_are_taken_always_the_same(tmp_path: Path) -> None:
    write_traffic(tmp_path, per_day=900, days=14)
    found = [drift_of_traffic([tmp_path], None, now=NOW) for _ in range(2)]
    assert found[0].against_before.questions == (5_000, 5_000)
    assert found[0] == found[1]
