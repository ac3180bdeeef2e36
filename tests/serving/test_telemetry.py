"""Telemetry survives crashes, full disks and floods, and keeps only what it may."""

from __future__ import annotations

import datetime as dt
import os
import resource
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from datacraft.contracts.telemetry import TelemetryRecord
from datacraft.serving.telemetry import RecordTail, TelemetryWriter, read_records, read_writers
from datacraft.serving.telemetry.writer import append

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
        assert len(list(tmp_path.glob("*.jsonl"))) == 1
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
    with TelemetryWriter(tmp_path / "file" / "telemetry", keep_days=7) as writer:
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


def test_nothing_is_left_but_records_where_nothing_was_lost(tmp_path: Path) -> None:
    with TelemetryWriter(tmp_path) as writer:
        writer.put(record(1))
        writer.flush()
        (alive,) = read_writers(tmp_path)
        assert (alive.alive, alive.handed_over, alive.written, alive.lost) == (True, 1, 1, 0)
    assert [path.suffix for path in tmp_path.iterdir()] == [".jsonl"]


def test_records_that_find_no_place_are_counted_and_told_afterwards(tmp_path: Path) -> None:
    with TelemetryWriter(tmp_path, queue_size=5) as writer:
        for number in range(50):
            writer.put(record(number))
        lost = writer.figures().lost
        assert 0 < lost <= 45  # the writer may have begun, and made room
        writer.flush()
        figures = writer.figures()
    assert (figures.written, figures.waiting) == (50 - lost, 0)
    assert figures.busy_s > 0
    (told,) = read_writers(tmp_path)
    assert (told.handed_over, told.written, told.lost, told.alive) == (50, 50 - lost, lost, False)
    assert told.lost_at is not None


def test_a_record_that_is_no_text_is_lost_alone(tmp_path: Path) -> None:
    with TelemetryWriter(tmp_path) as writer:
        writer.put(record(1, question="\ud800"))
        writer.put(record(2))
    assert [one.question_id for one in read_records(tmp_path)] == ["q2"]
    assert writer.lost == 1


def test_what_a_full_disk_took_in_part_is_taken_back(tmp_path: Path) -> None:
    path = tmp_path / "2024-01-02_1.jsonl"
    append(path, b"whole\n")
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    kept = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100, before[1]))
    try:
        with pytest.raises(OSError):
            append(path, b"x" * 200 + b"\n")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
        signal.signal(signal.SIGXFSZ, kept)
    append(path, b"next\n")
    assert path.read_bytes() == b"whole\nnext\n"


def test_days_that_are_too_old_go_with_the_first_record_of_a_day(tmp_path: Path) -> None:
    for name in ("2023-12-30_1.jsonl", "2023-12-31.parquet", "2024-01-01_1.jsonl", "notes.txt"):
        (tmp_path / name).write_text("")
    with TelemetryWriter(tmp_path, keep_days=1, clock=lambda: NOW) as writer:
        writer.put(record(1))
    assert sorted(path.name[:10] for path in tmp_path.iterdir()) == ["2024-01-01", "2024-01-02", "notes.txt"]


@pytest.mark.parametrize("content", [b"", b"dctally1", b"x" * 64, b"dctally1" + b"\xff" * 56])
def test_a_tally_that_is_none_is_passed_over(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "2024-01-02_1_a.tally").write_bytes(content)
    assert read_writers(tmp_path) == []


def test_a_killed_process_leaves_whole_lines_and_a_count_of_what_it_took_along(tmp_path: Path) -> None:
    assert_kills_are_survived(tmp_path, times=3)


@pytest.mark.e2e
def test_a_hundred_killed_processes_lose_a_second_each_at_most(tmp_path: Path) -> None:
    assert_kills_are_survived(tmp_path, times=100)


KILLED_OFTEN = """
import datetime as dt, os, random, signal, sys, time
from pathlib import Path
from datacraft.contracts.telemetry import TelemetryRecord
from datacraft.serving.telemetry import TelemetryWriter

chance = random.Random(1)
for number in range(int(sys.argv[2])):
    child = os.fork()
    if child == 0:
        writer = TelemetryWriter(Path(sys.argv[1]) / str(number))
        start, count = time.monotonic(), 0
        while True:
            writer.put(TelemetryRecord(
                at=dt.datetime.now(dt.UTC), question_id=f"q{count}", question="x" * 300,
                sql=f"SELECT sum(a) FROM t WHERE b = {count}",
            ))
            count += 1
            time.sleep(max(0.0, start + count / 1_000 - time.monotonic()))
    time.sleep(chance.uniform(0.1, 0.8))
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
"""


def assert_kills_are_survived(folder: Path, times: int) -> None:
    subprocess.run([sys.executable, "-c", KILLED_OFTEN, str(folder), str(times)], check=True)
    written = 0
    for number in range(times):
        for path in (folder / str(number)).glob("*.jsonl"):
            *whole, last = path.read_bytes().split(b"\n")
            for line in whole:
                TelemetryRecord.model_validate_json(line)
            assert len(last) < 2_000  # torn, or nothing
        records = list(read_records(folder / str(number)))
        (told,) = read_writers(folder / str(number))
        assert not told.alive
        assert [one.question_id for one in records] == [f"q{n}" for n in range(len(records))]
        # The batch that is being written when the end comes may be on disk and not yet counted.
        assert told.written <= len(records) <= told.handed_over
        assert told.lost >= told.handed_over - len(records)
        last_at = records[-1].at if records else told.last_at - dt.timedelta(seconds=0.5)
        assert told.last_at - last_at <= dt.timedelta(seconds=1)
        written += len(records)
    assert written > times * 50
