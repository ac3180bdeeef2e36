"""Figures out of telemetry files: right, and robust to whatever files hold."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path

import duckdb
import pytest
from telemetry_days import NOW, asked, thumb, write

from datacraft.contracts.metrics import Anomaly, MetricsReport, TopicRate, WindowMetrics
from datacraft.contracts.usage import Usage
from datacraft.monitoring.metrics import REPORT_WINDOWS_S, TelemetryMetrics, window_name
from datacraft.serving.telemetry import TelemetryWriter
from datacraft.serving.telemetry.archive import compact

HOUR = 3_600


def report(folder: Path, **more: object) -> MetricsReport:
    return TelemetryMetrics([folder]).read(NOW, REPORT_WINDOWS_S, **more)  # type: ignore[arg-type]


def last_hour(found: MetricsReport, channel: str | None = None) -> WindowMetrics:
    window = found.of(HOUR, channel)
    assert window is not None
    return window


def anomalies(found: MetricsReport) -> set[Anomaly]:
    return {one.anomaly for one in found.findings}


def test_outcomes_are_counted_by_who_could_have_helped(tmp_path: Path) -> None:
    outcomes = [None] * 6 + [
        "query_failed",
        "internal",
        "not_understood",
        "refused",
        "ambiguous",
        "cancelled",
    ]
    write(tmp_path, *(asked(error=outcome) for outcome in outcomes))
    hour = last_hour(report(tmp_path))
    assert (hour.requests, hour.answered, hour.failed) == (12, 6, 2)
    assert (hour.refused, hour.asked_back, hour.rejected) == (2, 1, 1)
    assert hour.success_rate == pytest.approx(6 / 8)
    assert hour.refusal_rate == pytest.approx(3 / 12)
    assert hour.errors["internal"] == 1
    assert sum(hour.errors.values()) == 6


def test_windows_hold_what_happened_within_them_by_release_and_channel(tmp_path: Path) -> None:
    for ago, release, channel in ((60, "r2", "canary"), (2 * HOUR, "r1", "production"), (20 * HOUR, "r1", "production"),
                                  (6 * 24 * HOUR, "r0", "production"), (8 * 24 * HOUR, "r0", "production")):  # fmt: skip
        write(tmp_path, asked(ago, release_id=release, channel=channel))
    found = report(tmp_path)
    assert [getattr(found.of(seconds), "requests", None) for seconds in REPORT_WINDOWS_S] == [1, 2, 3, 4]
    assert found.of(HOUR, "production") is None
    assert last_hour(found, "canary").requests == 1
    week = {(one.channel, one.release_id): one.requests for one in found.windows
            if one.scope == "release" and one.window_s == REPORT_WINDOWS_S[-1]}  # fmt: skip
    assert week == {("canary", "r2"): 1, ("production", "r1"): 2, ("production", "r0"): 1}
    assert found.last_at == NOW - dt.timedelta(minutes=1)


def test_latency_is_told_whole_and_by_step(tmp_path: Path) -> None:
    write(tmp_path, *(asked(ms=number) for number in range(1, 101)), asked(ms=10_000, error="limit_exceeded"))
    hour = last_hour(report(tmp_path, within_ms=[50, 90]))
    assert hour.latency is not None
    assert (hour.latency.p50, hour.latency.p95, hour.latency.p99) == (51, 96, 100)
    assert hour.steps["propose"].p50 == 25.5
    assert hour.within_ms == {50: 50, 90: 90}  # what failed was not fast


def test_a_wrong_answer_shows_by_thumbs_and_by_asking_again_at_once(tmp_path: Path) -> None:
    liked = asked(900)
    changed_mind = asked(800)
    write(tmp_path, liked, thumb(liked, "down"), thumb(liked, "up", 9), changed_mind)
    write(tmp_path, thumb(changed_mind, "up"), thumb(changed_mind, "down", 9))
    for session, second, after in (
        ("again", "sales by region please", 30),
        ("late", "sales by region please", 300),
        ("other", "customers without orders", 30),
    ):
        write(tmp_path, asked(700, session=session, question="total sales by region"))
        write(tmp_path, asked(700 - after, session=session, question=second))
    hour = last_hour(report(tmp_path))
    assert (hour.liked, hour.disliked, hour.rephrased, hour.doubted) == (1, 1, 1, 2)
    assert hour.doubt_rate == pytest.approx(2 / 8)


def test_without_texts_nothing_is_said_of_rephrasing(tmp_path: Path) -> None:
    write(tmp_path, asked(50, session="s"), asked(40, session="s"))
    hour = last_hour(report(tmp_path))
    assert hour.rephrased is None
    assert hour.doubted == 0


def test_topics_cost_and_who_answered(tmp_path: Path) -> None:
    paid = Usage(calls=2, attempts=2, cached=1, input_tokens=900, output_tokens=100, cost_usd=0.02)
    write(
        tmp_path,
        asked(tables=("orders", "people"), usage=paid),
        asked(tables=("orders",), error="query_failed"),
    )
    write(tmp_path, asked(), asked(usage=Usage(cached=1), fallback=True))
    hour = last_hour(report(tmp_path))
    assert hour.topics == {
        "orders": TopicRate(requests=2, answered=1),
        "people": TopicRate(requests=1, answered=1),
    }
    assert (hour.calls, hour.kept_replies, hour.input_tokens, hour.output_tokens) == (2, 2, 900, 100)
    assert (hour.cost_usd, hour.model_share, hour.cache_share, hour.fallback) == (0.02, 0.5, 0.5, 1)


def test_no_telemetry_is_no_request_not_an_error(tmp_path: Path) -> None:
    found = report(tmp_path / "nowhere")
    assert [one.requests for one in found.windows] == [0, 0, 0, 0]
    assert found.last_at is None
    assert last_hour(found).success_rate is None


def test_damaged_lines_are_counted_and_the_others_read(tmp_path: Path) -> None:
    path = write(tmp_path, asked())
    with path.open("ab") as file:
        file.write(b'\x00rubbish\n[1, 2]\n"x"\n{"at": "\xff"}\n{"at": "no time", "question_id": "q"}\n')
    write(tmp_path, asked())
    with path.open("ab") as file:
        file.write(asked().model_dump_json()[:40].encode())
    found = report(tmp_path)
    assert last_hour(found).requests == 2
    (finding,) = found.findings
    assert (finding.anomaly, finding.count) == (Anomaly.UNREADABLE_LINES, 6)
    assert "the first is 2" in finding.words


def test_a_file_that_can_not_be_read_hides_no_other(tmp_path: Path) -> None:
    write(tmp_path, asked())
    (tmp_path / "2025-06-14.parquet").write_bytes(b"PAR1 and then nothing")
    (tmp_path / "2025-06-15_2.jsonl").write_bytes(b"x" * 17_000_000)
    found = report(tmp_path)
    assert last_hour(found).requests == 1
    unreadable = [one.words for one in found.findings if one.anomaly is Anomaly.UNREADABLE_FILE]
    assert len(unreadable) == 2
    assert any("2025-06-14.parquet" in words for words in unreadable)


def test_a_day_that_became_parquet_counts_as_before(tmp_path: Path) -> None:
    yesterday = [asked(13 * HOUR, ms=number, session="s", tables=("orders",)) for number in range(1, 50)]
    path = write(tmp_path, *yesterday, thumb(yesterday[0], "down"), name="2025-06-14_1.jsonl")
    with path.open("ab") as file:
        file.write(b"rubbish\n")
    write(tmp_path, asked())
    before = report(tmp_path)
    compact(tmp_path, NOW)
    assert sorted(one.suffix for one in tmp_path.glob("2025*")) == [".jsonl", ".parquet"]
    after = report(tmp_path)
    assert after.windows == before.windows
    assert [(one.anomaly, one.count) for one in after.findings] == [(Anomaly.UNREADABLE_LINES, 1)]


def test_lines_that_a_crash_left_beside_their_parquet_are_not_read_twice(tmp_path: Path) -> None:
    path = write(tmp_path, asked(13 * HOUR), name="2025-06-14_1.jsonl")
    lines = path.read_bytes()
    compact(tmp_path, NOW)
    path.write_bytes(lines)
    found = report(tmp_path)
    assert found.findings == ()
    assert found.windows[2].requests == 1


def test_what_a_process_lost_is_told_while_it_matters(tmp_path: Path) -> None:
    with TelemetryWriter(tmp_path, queue_size=1) as writer:
        for _ in range(40):
            writer.put(asked())
    now = dt.datetime.now(dt.UTC)
    (finding,) = [one for one in TelemetryMetrics([tmp_path]).read(now, REPORT_WINDOWS_S).findings
                  if one.anomaly is Anomaly.LOST_RECORDS]  # fmt: skip
    assert finding.count == writer.lost > 0
    assert "of its 40 records are lost" in finding.words
    later = TelemetryMetrics([tmp_path]).read(now + dt.timedelta(days=20), REPORT_WINDOWS_S)
    assert Anomaly.LOST_RECORDS not in anomalies(later)


def test_older_and_newer_schemas_count_for_what_they_hold(tmp_path: Path) -> None:
    path = write(tmp_path, asked())
    old = {"at": NOW.isoformat(), "question_id": "old"}
    new = {**old, "question_id": "new", "schema_version": 2, "timings": {"total_ms": "much"}, "mood": "good"}
    with path.open("a") as file:
        file.write(f"{json.dumps(old)}\n{json.dumps(new)}\n")
    with duckdb.connect() as connection:
        connection.execute(
            "COPY (SELECT 'question' AS kind, epoch_us(TIMESTAMPTZ '2025-06-15 11:59:00Z') AS at_us, 'kept' AS "
            f"question_id, 'y' AS later) TO '{tmp_path}/2025-06-15.parquet'"
        )
    found = report(tmp_path)
    assert last_hour(found).requests == 4
    assert anomalies(found) == {Anomaly.NEWER_SCHEMA}


def test_a_clock_that_goes_back_or_ahead_is_named(tmp_path: Path) -> None:
    write(tmp_path, asked(100), asked(99, ms=30_000), asked(98), asked(2_000), asked(-7_200))
    found = report(tmp_path)
    assert last_hour(found).requests == 4
    backwards = [one for one in found.findings if one.anomaly is Anomaly.CLOCK_BACKWARDS]
    assert [one.count for one in backwards] == [1]
    assert Anomaly.FROM_THE_FUTURE in anomalies(found)


def test_what_was_read_twice_counts_once(tmp_path: Path) -> None:
    one = asked()
    write(tmp_path, one)
    write(tmp_path, one, asked(), name="2025-06-15_2.jsonl")
    found = report(tmp_path)
    assert last_hour(found).requests == 2
    assert anomalies(found) == {Anomaly.DUPLICATES}


def test_a_day_of_silence_is_named(tmp_path: Path) -> None:
    write(tmp_path, asked(60 * HOUR), asked(30 * HOUR), asked(10 * HOUR))
    (gap,) = report(tmp_path).findings
    assert gap.anomaly is Anomaly.GAP
    assert "2025-06-13 00:00 to 2025-06-14 06:00" in gap.words


def test_windows_have_names() -> None:
    assert [window_name(one) for one in (300, HOUR, 86_400, 604_800, 90)] == [
        "5 min",
        "1 h",
        "24 h",
        "7 d",
        "90 s",
    ]
