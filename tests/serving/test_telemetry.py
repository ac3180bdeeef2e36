"""Telemetry survives crashes, full disks and floods, and keeps only what it may."""

from __future__ import annotations

import datetime as dt
import os
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from datacraft.contracts.telemetry import TelemetryRecord
from datacraft.serving.telemetry import RecordTail, TelemetryPolicy, TelemetryWriter, read_records

NOW = dt.datetime(2024, 1, 2, tzinfo=dt.UTC)


def record(number: int, **more: object) -> TelemetryRecord:
    return TelemetryRecord(at=NOW, question_id=f"q{number}", **more)  # type: ignore[arg-type]


def test_records_are_on_disk_within_a_second_without_closing(tmp_path: Path) -> None:
    writer = TelemetryWriter(tmp_path)
    writer.put(record(1))
    deadline = time.monotonic() + 1
    while not list(read_records(tmp_path)) and time.monotonic() < deadline:
        time.sleep(0.01)
    assert [r.question_id for r in read_records(tmp_path)] == ["q1"]
    writer.close()


def test_many_threads_lose_nothing(tmp_path: Path) -> None:
    with TelemetryWriter(tmp_path) as writer, ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda n: writer.put(record(n)), range(2_000)))
        assert writer.flush()
        assert len(list(tmp_path.iterdir())) == 1
    assert {r.question_id for r in read_records(tmp_path)} == {f"q{n}" for n in range(2_000)}
    assert writer.lost == 0


def test_a_day_has_a_file_of_its_own(tmp_path: Path) -> None:
    days = [NOW]
    with TelemetryWriter(tmp_path, clock=lambda: days[0]) as writer:
        writer.put(record(1))
        writer.flush()
        days[0] = NOW + dt.timedelta(days=1)
        writer.put(record(2))
    assert [path.name[:10] for path in sorted(tmp_path.iterdir())] == ["2024-01-02", "2024-01-03"]


def test_nothing_is_made_before_the_first_record(tmp_path: Path) -> None:
    with TelemetryWriter(tmp_path / "state" / "telemetry"):
        pass
    assert not (tmp_path / "state").exists()
    assert list(read_records(tmp_path / "nowhere")) == []


KILLED = """
import sys, datetime as dt
from pathlib import Path
from datacraft.contracts.telemetry import TelemetryRecord
from datacraft.serving.telemetry import TelemetryWriter
writer = TelemetryWriter(Path(sys.argv[1]))
number = 0
while True:
    writer.put(TelemetryRecord(at=dt.datetime.now(dt.UTC), question_id=f"q{number}", question="x" * 300))
    if number % 50 == 0:
        writer.flush()
        print(number, flush=True)
    number += 1
"""


def test_a_killed_process_loses_nothing_that_was_flushed(tmp_path: Path) -> None:
    process = subprocess.Popen(
        [sys.executable, "-c", KILLED, str(tmp_path)], stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    for _ in range(4):
        flushed = int(process.stdout.readline())
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    kept = {r.question_id for r in read_records(tmp_path)}
    assert {f"q{n}" for n in range(flushed + 1)} <= kept


def test_a_normal_exit_without_closing_loses_nothing(tmp_path: Path) -> None:
    script = KILLED.replace("while True:", "while number < 20:").replace(
        "    if number % 50 == 0:", "    if False:"
    )
    subprocess.run([sys.executable, "-c", script, str(tmp_path)], check=True)
    assert len(list(read_records(tmp_path))) == 20


def test_a_torn_last_line_is_passed_over(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    line = record(1).model_dump_json()
    (tmp_path / "2024-01-02_1.jsonl").write_text(f"{line}\n{line[:30]}")
    assert [r.question_id for r in read_records(tmp_path)] == ["q1"]
    assert not caplog.records


def test_a_damaged_line_is_named_and_the_others_are_read(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "a.jsonl").write_text(
        f"{record(1).model_dump_json()}\n\x00rubbish\n{record(2).model_dump_json()}\n"
    )
    assert [r.question_id for r in read_records(tmp_path)] == ["q1", "q2"]
    assert "a.jsonl, line 2" in caplog.text


def test_a_folder_that_can_not_be_written_costs_records_and_one_warning_not_answers(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "file").write_text("")
    with TelemetryWriter(tmp_path / "file" / "telemetry") as writer:
        for number in range(5):
            writer.put(record(number))
            writer.flush()
    assert writer.lost == 5
    assert len(caplog.records) == 1


def test_after_closing_records_are_counted_as_lost(tmp_path: Path) -> None:
    writer = TelemetryWriter(tmp_path)
    writer.close()
    writer.close()
    writer.put(record(1))
    assert writer.lost == 1
    assert writer.flush()


SQL = "SELECT \"a b\", SUM(x) FROM t WHERE y = 'it''s' AND z > -1.5e3 AND d >= CAST('2020-01-01' AS DATE) LIMIT 10"


def hidden(sql: str, dialect: str = "duckdb") -> str | None:
    return TelemetryPolicy(dialect=dialect).apply(record(1, sql=sql)).sql


def test_values_are_masked_in_sql_unless_they_may_be_kept(tmp_path: Path) -> None:
    masked = 'SELECT "a b", SUM(x) FROM t WHERE y = ? AND z > -? AND d >= CAST(? AS DATE) LIMIT ?'
    assert hidden(SQL) == masked
    assert (
        hidden("SELECT `a` FROM t WHERE y = r'x' AND z = \"v\"", "bigquery")
        == "SELECT `a` FROM t WHERE y = ? AND z = ?"
    )
    assert hidden("SELECT 'torn") == "?"
    full = record(1, question="who", sql=SQL, comment="hm")
    assert TelemetryPolicy(values=True).apply(full) == full.model_copy(update={"tables": ("t",)})
    silent = TelemetryPolicy(questions=False).apply(full)
    assert (silent.question, silent.sql, silent.comment, silent.tables) == (None, None, None, ("t",))


@pytest.mark.parametrize(
    ("sql", "dialect", "tables"),
    [
        ('SELECT * FROM "order lines" JOIN main.people AS p ON TRUE', "duckdb", ("order lines", "people")),
        ("WITH a AS (SELECT * FROM t), b AS (SELECT 1 FROM A) SELECT * FROM a, b", "duckdb", ("t",)),
        ("SELECT EXTRACT(YEAR FROM day) FROM t WHERE x IS DISTINCT FROM y", "duckdb", ("t",)),
        ("SELECT * FROM (SELECT TRIM(BOTH FROM name) FROM s) AS q WHERE n > (SELECT 1 FROM u)", "duckdb", ("s", "u")),
        ("SELECT 1 FROM `my-project.shop.orders` AS o", "bigquery", ("orders",)),
        ("SELECT 1", "duckdb", ()),
        ("SELECT 'torn", "duckdb", None),
    ],
)  # fmt: skip
def test_a_record_names_the_tables_that_its_sql_reads(
    sql: str, dialect: str, tables: tuple[str, ...] | None
) -> None:
    assert TelemetryPolicy(dialect=dialect).apply(record(1, sql=sql)).tables == tables


def test_a_tail_reads_each_record_once_and_waits_for_whole_lines(tmp_path: Path) -> None:
    day = tmp_path / "2025-06-02_1.jsonl"
    lines = [record(number).model_dump_json().encode() + b"\n" for number in range(3)]
    (tmp_path / "2025-06-01_1.jsonl").write_bytes(lines[0])
    tail = RecordTail(tmp_path, dt.date(2025, 6, 2))
    day.write_bytes(lines[0] + lines[1][:9])
    assert [one.question_id for one in tail.new()] == ["q0"]
    day.write_bytes(lines[0] + lines[1] + lines[2])
    assert [one.question_id for one in tail.new()] == ["q1", "q2"]
    assert list(tail.new()) == []


def test_every_record_says_which_channel_its_process_follows(tmp_path: Path) -> None:
    with TelemetryWriter(tmp_path, channel="canary") as writer:
        writer.put(record(1))
    assert [one.channel for one in read_records(tmp_path)] == ["canary"]
