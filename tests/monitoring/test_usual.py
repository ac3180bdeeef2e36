"""The last 24 hours against the days before: what thresholds can't see is found, and what is ordinary raises nothing."""

from __future__ import annotations

import datetime as dt
import math
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from telemetry_days import NOW, asked, thumb, write

from datacraft.contracts.metrics import DayCounts, MetricsReport, WindowMetrics
from datacraft.contracts.monitoring import MonitoringPolicy
from datacraft.monitoring.health import health_of
from datacraft.monitoring.health.usual import DOUBT, ERRORS, REFUSALS, REQUESTS, SLOW, unusual
from datacraft.monitoring.metrics import TelemetryMetrics

POLICY = MonitoringPolicy()


def day(ago: int, asked: int = 2_000, *, ms: float = 100, **counts: int) -> DayCounts:
    """Return a day on which a hundredth failed, a tenth was refused and a fiftieth of the answers was doubted."""
    failed, refused = counts.get("failed", asked // 100), counts.get("refused", asked // 10)
    answered = asked - failed - refused
    quick = round(answered * 0.95)
    took = {
        math.floor(4 * math.log2(ms)): quick,
        math.floor(4 * math.log2(10 * ms)): answered - quick,
    }
    return DayCounts(
        ago=ago, channel="production", requests=asked, answered=answered, failed=failed,
        doubted=counts.get("doubted", answered // 50), took=took,
    )  # fmt: skip


def report(*days: DayCounts) -> MetricsReport:
    return MetricsReport(created_at=NOW, source="made up", days=days)


def names(*days: DayCounts, policy: MonitoringPolicy = POLICY) -> list[str]:
    return [one.name for one in unusual(report(*days), "production", policy)[0]]


def month(today: DayCounts, *, days: int = 28) -> tuple[DayCounts, ...]:
    return today, *(day(ago) for ago in range(1, days + 1))


def test_an_ordinary_day_raises_nothing_and_all_is_measured() -> None:
    alerts, measured = unusual(report(*month(day(0))), "production", POLICY)
    assert alerts == []
    assert measured == [ERRORS, REFUSALS, SLOW, DOUBT]


@pytest.mark.parametrize(
    ("today", "name"),
    [
        (day(0, failed=100), ERRORS),
        (day(0, refused=400), REFUSALS),
        (day(0, ms=200), SLOW),
        (day(0, doubted=120), DOUBT),
    ],
)
def test_what_stays_within_thresholds_and_is_worse_than_usual_is_told(today: DayCounts, name: str) -> None:
    assert names(*month(today)) == [name]


def test_the_words_hold_both_shares() -> None:
    (alert,), _ = unusual(report(*month(day(0, failed=100))), "production", POLICY)
    assert alert.message.startswith(
        "100 of 2,000 questions failed inside in the last 24 hours (5.0%); on the 28 days before it was 1.0% (chance: "
    )


def test_getting_better_is_no_alert() -> None:
    assert names(*month(day(0, failed=0, refused=0, doubted=0, ms=50))) == []


def test_an_effect_that_does_not_matter_is_none_however_many_ask() -> None:
    days = [day(ago, 1_000_000, failed=1_000 if ago else 4_000) for ago in range(29)]
    assert names(*days) == []  # four times as many, and still a half percent


def test_days_that_differ_from_one_another_make_a_different_day_ordinary() -> None:
    failed = [20, 90] * 14
    assert names(day(0, failed=100), *(day(ago, failed=failed[ago - 1]) for ago in range(1, 29))) == []


def test_an_incident_does_not_hide_the_next_one() -> None:
    before = [day(ago, failed=400 if ago in (5, 6, 17) else 20) for ago in range(1, 29)]
    assert names(day(0, failed=100), *before) == [ERRORS]


def test_with_few_days_or_few_questions_nothing_is_said() -> None:
    assert unusual(report(*month(day(0, failed=900), days=6)), "production", POLICY) == ([], [])
    assert unusual(report(*month(day(0, 19, failed=19))), "production", POLICY) == ([], [])
    assert unusual(report(), "production", POLICY) == ([], [])


def test_what_a_source_can_not_tell_is_not_measured() -> None:
    days = [one.model_copy(update={"doubted": None, "took": {}, "channel": None}) for one in month(day(0))]
    assert unusual(report(*days), "production", POLICY)[1] == [ERRORS, REFUSALS]


def test_other_channels_are_not_mixed_in() -> None:
    bad = [day(0, failed=100).model_copy(update={"channel": "canary"})]
    assert names(*month(day(0)), *bad) == []


def test_far_fewer_questions_than_at_the_same_hours_of_the_week_are_a_note() -> None:
    rng = np.random.default_rng(1)
    week = [2_000, 1_900, 500, 400, 1_800, 2_000, 2_100]
    before = [day(ago, int(week[ago % 7] * 1.01**-ago * rng.lognormal(0, 0.05))) for ago in range(1, 29)]
    assert names(day(0, 1_950), *before) == []
    (note,), _ = unusual(report(day(0, 450), *before), "production", POLICY)
    assert (note.name, note.severity) == (REQUESTS, "note")
    assert "450 questions were asked" in note.message


def test_worse_than_usual_is_degraded_with_its_reason() -> None:
    whole = WindowMetrics(
        scope="channel", channel="production", window_s=6 * 3_600, requests=500, answered=470, failed=25
    )
    metrics = report(*month(day(0, failed=100))).model_copy(update={"windows": (whole,)})
    found = health_of(metrics, "production", MonitoringPolicy(service_level={"objective": 0.9}))
    assert found.status == "degraded"
    assert any("on the 28 days before" in one for one in found.reasons)
    assert ERRORS in found.measured


@given(
    st.lists(
        st.tuples(st.integers(0, 3_000), st.integers(0, 100), st.integers(0, 100)), min_size=1, max_size=40
    )
)
def test_whatever_was_counted_nothing_breaks_and_alerts_are_measured(
    days: list[tuple[int, int, int]],
) -> None:
    made = [
        day(ago, asked, failed=asked * failed // 200, refused=asked * refused // 200, doubted=0)
        for ago, (asked, failed, refused) in enumerate(days)
    ]
    alerts, measured = unusual(report(*made), "production", POLICY)
    assert {one.name for one in alerts if one.severity != "note"} <= set(measured)


@given(st.integers(20, 1_000), st.integers(20, 1_000))
def test_more_failures_are_never_less_of_an_alert(fewer: int, more: int) -> None:
    fewer, more = sorted((fewer, more))
    if ERRORS in names(*month(day(0, failed=fewer))):
        assert ERRORS in names(*month(day(0, failed=more)))


def test_chance_alone_alerts_as_rarely_as_the_level_says() -> None:
    """A level of 5 % a look, and beyond: with days that differ by themselves it stays below."""
    policy = MonitoringPolicy(
        false_alarms_per_month=1, looks_per_day=1 / 18, usual={"least_ratio": 1, "least_points": 0}
    )
    assert policy.level == pytest.approx(0.05)
    rng = np.random.default_rng(3)
    false = 0
    for _ in range(400):
        rates = rng.beta(20, 1_980, 29)  # 1 %, of which days have more or less
        days = [day(ago, 2_000, failed=int(rng.binomial(2_000, rate))) for ago, rate in enumerate(rates)]
        false += ERRORS in names(*days, policy=policy)
    assert false <= 34  # 20 are expected; more than 34 would be in 1 of 1,000 runs


def test_telemetry_counts_days_back_from_now(tmp_path: Path) -> None:
    slow = asked(30 * 3_600, ms=100)
    write(
        tmp_path, asked(60, ms=40), asked(23 * 3_600, ms=41, error="query_failed"), slow, thumb(slow, "down")
    )
    write(tmp_path, asked(60, error="ambiguous"), asked(60, error="cancelled"), asked(40 * 86_400))
    days = TelemetryMetrics([tmp_path]).read(NOW, (3_600,), days=29).days
    assert [(one.ago, one.requests, one.answered, one.failed, one.rejected) for one in days] == [
        (0, 4, 1, 1, 1),
        (1, 1, 1, 0, 0),
    ]
    assert (days[0].took, days[1].took) == ({21: 1}, {26: 1})  # 2^(21/4) = 38 ms, 2^(26/4) = 91 ms
    assert days[1].doubted == 1
    assert TelemetryMetrics([tmp_path]).read(NOW, (3_600,)).days == ()


def test_telemetry_of_many_files_and_channels(tmp_path: Path) -> None:
    for ago in range(0, 29):
        name = f"{NOW - dt.timedelta(days=ago, hours=1):%Y-%m-%d}_1.jsonl"
        write(tmp_path, *(asked(ago * 86_400 + 3_600) for _ in range(ago + 1)), name=name)
        write(tmp_path, asked(ago * 86_400 + 3_600, channel="canary"), name=name)
    found = TelemetryMetrics([tmp_path]).read(NOW, (3_600,), days=29).days
    assert [one.requests for one in found if one.channel == "production"] == list(range(1, 30))
    assert [one.requests for one in found if one.channel == "canary"] == [1] * 29
