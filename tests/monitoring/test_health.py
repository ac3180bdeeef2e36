"""Healthy, degraded, down or unknown: from what production wrote, aware of how little that may be."""

from __future__ import annotations

import datetime as dt
import itertools
import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from datacraft.config import load_settings
from datacraft.contracts.metrics import Anomaly, WindowMetrics
from datacraft.contracts.monitoring import HealthReport, MonitoringPolicy, ServiceLevel
from datacraft.contracts.telemetry import TelemetryRecord
from datacraft.monitoring import monitor_production
from datacraft.monitoring.health.burning import at_least
from datacraft.serving.telemetry import TelemetryWriter

NOW = dt.datetime(2026, 3, 10, 12, 0, tzinfo=dt.UTC)


def record(minutes_ago: float, **changes: object) -> TelemetryRecord:
    return TelemetryRecord.model_validate(
        {
            "at": NOW - dt.timedelta(minutes=minutes_ago),
            "question_id": f"q{minutes_ago}",
            "channel": "production",
            "release_id": "r1",
            "timings": {"total_ms": 100, "execute_ms": 60},
            **changes,
        }
    )


class Place:
    """A state folder whose telemetry is written by the product's own writer."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder / "telemetry"
        self.settings = load_settings(environ={}, arguments={"state_dir": folder})

    def write(self, *records: TelemetryRecord, channel: str | None = None) -> None:
        with TelemetryWriter(self.folder, channel=channel, clock=lambda: NOW) as writer:
            for one in records:
                writer.put(one)

    def asked(self, count: int, *, hours: float = 6, failed: int = 0, error: str = "query_failed") -> None:
        """Write questions at even distances, of which the latest failed."""
        step = hours * 60 / (count + 1)
        self.write(
            *(record(step * (n + 1), **({"error": error} if n < failed else {})) for n in range(count))
        )

    def look(self, **policy: object) -> HealthReport:
        return monitor_production(self.settings, MonitoringPolicy.model_validate(policy), NOW).health


def window(report: HealthReport, hours: float) -> WindowMetrics:
    return next(one for one in report.windows if one.window_s == hours * 3_600)


@pytest.fixture
def place(tmp_path: Path) -> Place:
    return Place(tmp_path)


def test_nobody_asked_is_unknown_and_not_healthy(place):
    report = place.look()
    assert report.status == "unknown"
    assert "Nobody has asked" in report.reasons[0]


def test_too_few_questions_are_unknown(place):
    place.asked(19)
    report = place.look()
    assert report.status == "unknown"
    assert "20 are needed" in report.reasons[0]


def test_enough_good_answers_are_healthy_with_their_numbers(place):
    place.asked(100)
    report = place.look()
    assert report.status == "healthy"
    assert "100 of 100" in report.reasons[0]
    assert [(one.release_id, one.requests) for one in report.by_release] == [("r1", 100)]
    six = window(report, 6)
    assert six.latency is not None
    assert (six.latency.p50, six.latency.p95, six.latency.p99) == (100, 100, 100)
    assert six.steps["execute"].p95 == 60


def test_one_failure_in_three_questions_pages_nobody(place):
    place.asked(3, hours=0.05, failed=1)
    report = place.look()
    assert report.status == "unknown"
    assert report.alerts == ()


def test_a_share_of_few_questions_beyond_a_threshold_is_chance(place):
    place.asked(22, failed=5, error="ambiguous")  # 77 % answered, at least 80 % should be
    assert place.look().status == "healthy"
    place.asked(220, failed=75, error="ambiguous")
    assert place.look().status == "degraded"


def test_a_trickle_that_always_fails_is_down(place):
    place.asked(5, hours=0.05, failed=5)
    report = place.look()
    assert report.status == "down"
    assert report.alerts[0].severity == "page"
    assert "is gone in" in report.alerts[0].message


def test_many_failures_of_the_last_hours_degrade(place):
    place.write(*(record(n, **({"error": "query_failed"} if n % 5 == 0 else {})) for n in range(1, 301)))
    report = place.look()
    assert report.status == "degraded"
    assert {alert.name for alert in report.alerts} >= {"error budget", "error rate"}


def test_failures_that_are_over_page_nobody(place):
    place.write(*(record(50 + n / 10, error="query_failed") for n in range(60)))
    place.write(*(record(n / 20) for n in range(900)))
    report = place.look(max_error_rate=0.1)
    assert not [alert for alert in report.alerts if alert.severity == "page"]


def test_what_is_up_to_who_asks_is_no_failure(place):
    place.asked(100, failed=15, error="ambiguous")
    report = place.look()
    assert report.status == "healthy"
    assert window(report, 6).asked_back == 15


def test_answers_of_another_model_are_no_success(place):
    place.write(*(record(n, fallback=n % 2 == 0) for n in range(1, 101)))
    report = place.look()
    assert report.status == "degraded"
    assert [alert.name for alert in report.alerts] == ["success rate"]


def test_slow_answers_degrade(place):
    place.write(*(record(n, timings={"total_ms": 9_000 if n % 10 == 0 else 100}) for n in range(1, 101)))
    report = place.look()
    assert [alert.name for alert in report.alerts if alert.severity != "note"] == ["latency"]


def test_thumbs_count_once_there_are_enough(place):
    place.write(*(record(n) for n in range(1, 101)))
    place.write(
        *(record(n - 0.5, question_id=f"q{n}", kind="feedback", feedback="down") for n in range(1, 20))
    )
    assert place.look().status == "healthy"
    place.write(
        *(record(n - 0.5, question_id=f"q{n}", kind="feedback", feedback="up") for n in range(30, 35))
    )
    assert [alert.name for alert in place.look().alerts] == ["thumbs"]


def test_other_channels_are_not_looked_at(place):
    place.asked(100)
    place.write(*(record(n, error="query_failed") for n in range(1, 101)), channel="canary")
    assert place.look().status == "healthy"


def test_what_is_older_than_the_longest_window_is_not_read(place):
    place.asked(30)
    place.write(*(record(60 * 24 * 9 + n, error="query_failed") for n in range(100)))
    assert place.look().windows[-1].requests == 30


def test_lines_that_are_no_records_are_counted_and_change_nothing(place):
    place.asked(50)
    good = place.folder / "2026-03-10_good.jsonl"
    good.write_text("not json\n[1]\n" + json.dumps({"at": "yesterday"}) + '\n{"at": "2026-')
    report = place.look()
    assert [one.count for one in report.findings if one.anomaly is Anomaly.UNREADABLE_LINES] == [4]
    assert report.status == "healthy"
    assert any(alert.name == "unreadable lines" for alert in report.alerts)


def test_records_of_an_older_schema_and_odd_values_break_nothing(place):
    place.asked(50)
    odd = {
        "at": NOW.isoformat(),
        "question_id": 7,
        "timings": None,
        "usage": {"cost_usd": -1, "calls": "many"},
    }
    place.folder.joinpath("2026-03-10_old.jsonl").write_text(json.dumps(odd) + "\n")
    assert place.look().windows[0].cost_usd == 0


def test_records_of_the_future_are_told_and_do_not_count(place):
    place.asked(50)
    place.write(*(record(-60 * 5 - n, error="query_failed") for n in range(100)))
    report = place.look()
    assert report.status == "healthy"
    assert any(alert.name == "from the future" for alert in report.alerts)


def test_with_a_file_that_can_not_be_read_nothing_is_called_healthy(place):
    place.asked(50)
    (place.folder / "2026-03-10_broken.parquet").write_bytes(b"PAR1 and no more")
    report = place.look()
    assert report.status == "unknown"
    assert "2026-03-10_broken.parquet can't be read" in report.reasons[0]


def test_an_alert_that_could_never_fire_is_told(place):
    place.asked(50)
    report = place.look(service_level={"objective": 0.9})
    notes = [alert.message for alert in report.alerts if alert.name == "never fires"]
    assert len(notes) == 1
    assert "14.4 times" in notes[0]
    assert "10.0" in notes[0]


def test_factors_are_those_of_the_workbook_for_a_period_of_30_days():
    level = ServiceLevel()
    assert [round(level.factor(tier), 1) for tier in level.tiers] == [14.4, 6, 3, 1]


def test_a_fast_alert_mutes_the_slower_ones(place):
    place.write(*(record(n / 2, error="query_failed") for n in range(1, 120)))
    burnt = [alert for alert in place.look().alerts if alert.name == "error budget"]
    assert len(burnt) == 1
    assert "in the last hour" in burnt[0].message


@given(st.integers(1, 60), st.floats(0.001, 0.999))
def test_the_tail_of_the_binomial_is_a_chance_and_falls_with_successes(trials: int, rate: float) -> None:
    chances = [at_least(successes, trials, rate) for successes in range(trials + 1)]
    assert chances[0] == 1
    assert all(0 <= later <= earlier + 1e-12 <= 1 + 1e-9 for earlier, later in itertools.pairwise(chances))
