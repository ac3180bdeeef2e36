"""Days that are over become Parquet; persons are forgotten; nothing else is ever lost by it."""

from __future__ import annotations

import datetime as dt
import fcntl
import logging
import os
import threading
from pathlib import Path

import duckdb
import pytest

from datacraft.contracts.answer import Timings
from datacraft.contracts.telemetry import QuestionFeatures, TelemetryRecord
from datacraft.contracts.usage import Usage
from datacraft.serving.telemetry import RecordTail, TelemetryWriter, read_records
from datacraft.serving.telemetry.archive import TelemetryBusy, TelemetryFileError, compact, origin_of
from datacraft.serving.telemetry.forgetting import forget

DAY = dt.datetime(2024, 1, 2, 12, tzinfo=dt.UTC)
LATER = dt.datetime(2024, 1, 4, 2, tzinfo=dt.UTC)


def record(number: int, **more: object) -> TelemetryRecord:
    return TelemetryRecord.model_validate(
        {"at": DAY + dt.timedelta(seconds=number, microseconds=number), "question_id": f"q{number}"} | more
    )


FULL = record(
    7, session="s", question="who is it", question_hash="ab", release_id="r", channel="canary", model="m", sql="SELECT ?",
    tables=("t", "u"), rows=3, chart="bar", confidence=0.5, strategy="plan", repairs=1, fallback=True, error="refused",
    timings=Timings(propose_ms=1, render_ms=2, guard_ms=3, execute_ms=4, present_ms=5, total_ms=15.5),
    usage=Usage(calls=1, attempts=2, cached=3, input_tokens=4, output_tokens=5, cost_usd=0.25, estimated_bytes=6),
    features=QuestionFeatures(characters=9, words=3, form="groups", functions=("sum",), joins=1, filtered=True, by_time=False),
)  # fmt: skip
THUMB = TelemetryRecord(kind="feedback", at=DAY, question_id="q7", feedback="down", comment="no")


def write(folder: Path, *records: TelemetryRecord, name: str = "2024-01-02_1_a.jsonl") -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / name
    with path.open("a", encoding="utf-8") as file:
        file.writelines(f"{one.model_dump_json()}\n" for one in records)
    return path


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir() if path.name != ".compacting")


def test_a_record_is_the_same_after_its_day_has_become_parquet(tmp_path: Path) -> None:
    bare = record(1)
    write(tmp_path, bare, FULL, THUMB)
    (done,) = compact(tmp_path, LATER)
    assert (done.day, done.records, done.damaged) == (DAY.date(), 3, 0)
    assert names(tmp_path) == ["2024-01-02.parquet"]
    assert list(read_records(tmp_path)) == [THUMB, bare, FULL]
    assert (tmp_path / "2024-01-02.parquet").stat().st_mode & 0o077 == 0


def test_files_of_all_processes_of_a_day_become_one_and_other_days_stay(tmp_path: Path) -> None:
    for number, name in enumerate(["2024-01-02_1_a", "2024-01-02_2_b", "2024-01-03_1_a", "2024-01-04_1_a"]):
        write(tmp_path, record(number), name=f"{name}.jsonl")
    compact(tmp_path, LATER)
    assert names(tmp_path) == ["2024-01-02.parquet", "2024-01-03.parquet", "2024-01-04_1_a.jsonl"]
    assert len(list(read_records(tmp_path))) == 4
    assert [one.question_id for one in read_records(tmp_path, dt.date(2024, 1, 3))] == ["q2", "q3"]


def test_a_day_waits_until_nobody_writes_it_any_more(tmp_path: Path) -> None:
    write(tmp_path, record(1))
    assert compact(tmp_path, dt.datetime(2024, 1, 3, 0, 30, tzinfo=dt.UTC)) == []
    assert compact(tmp_path / "nowhere", LATER) == []
    assert names(tmp_path) == ["2024-01-02_1_a.jsonl"]


def test_lines_that_come_late_become_a_second_part(tmp_path: Path) -> None:
    write(tmp_path, record(1))
    compact(tmp_path, LATER)
    write(tmp_path, record(2), name="2024-01-02_2_b.jsonl")
    compact(tmp_path, LATER)
    assert names(tmp_path) == ["2024-01-02.parquet", "2024-01-02_2.parquet"]
    assert [one.question_id for one in read_records(tmp_path)] == ["q1", "q2"]


def test_a_crash_before_the_lines_were_removed_doubles_nothing(tmp_path: Path) -> None:
    path = write(tmp_path, record(1), record(2))
    lines = path.read_bytes()
    compact(tmp_path, LATER)
    path.write_bytes(lines)
    (tmp_path / ".2024-01-02.parquet.12345678.tmp").write_text("half")
    assert len(list(read_records(tmp_path))) == 2
    assert compact(tmp_path, LATER) == []
    assert names(tmp_path) == ["2024-01-02.parquet"]


def test_damaged_and_newer_lines_are_counted_and_kept(tmp_path: Path) -> None:
    path = write(tmp_path, record(1))
    with path.open("ab") as file:
        file.write(
            b'\x00rubbish\n[1]\n{"schema_version": 2, "at": "2024-01-02T13:00:00Z", "question_id": "n", "mood": "x"}\n{"torn'
        )
    (done,) = compact(tmp_path, LATER)
    assert (done.records, done.damaged) == (2, 3)
    with duckdb.connect() as connection:
        assert origin_of(connection, done.path).damaged == 3
    assert [one.question_id for one in read_records(tmp_path)] == ["q1", "n"]
    assert b"mood" in done.path.read_bytes()


def test_a_parquet_file_that_can_not_be_read_is_named_and_hides_no_other(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "2024-01-01.parquet").write_bytes(b"PAR1 and rubbish")
    write(tmp_path, record(1), name="2024-01-03_1_a.jsonl")
    with caplog.at_level(logging.WARNING):
        assert [one.question_id for one in read_records(tmp_path)] == ["q1"]
    assert "2024-01-01.parquet can't be read" in caplog.text
    assert [one.day.day for one in compact(tmp_path, LATER)] == [3]


def test_two_do_not_rewrite_the_same_telemetry(tmp_path: Path) -> None:
    write(tmp_path, record(1))
    handle = os.open(tmp_path / ".compacting", os.O_RDWR | os.O_CREAT)
    fcntl.flock(handle, fcntl.LOCK_EX)
    with pytest.raises(TelemetryBusy):
        compact(tmp_path, LATER)
    os.close(handle)
    assert len(compact(tmp_path, LATER)) == 1


def test_a_folder_that_can_not_be_written_is_an_error_that_names_it(tmp_path: Path) -> None:
    write(tmp_path, record(1))
    (tmp_path / ".compacting").mkdir()
    with pytest.raises(TelemetryFileError, match=str(tmp_path)):
        compact(tmp_path, LATER)


def test_a_day_that_can_not_be_read_keeps_no_other_waiting(tmp_path: Path) -> None:
    (tmp_path / "2024-01-01_1_a.jsonl").mkdir()
    write(tmp_path, record(1))
    with pytest.raises(TelemetryFileError):
        compact(tmp_path, LATER)
    assert names(tmp_path) == ["2024-01-01_1_a.jsonl", "2024-01-02.parquet"]


def test_a_tail_sees_each_record_once_though_its_day_becomes_parquet(tmp_path: Path) -> None:
    write(tmp_path, record(1), record(2))
    tail = RecordTail(tmp_path, DAY.date())
    assert len(list(tail.new())) == 2
    write(tmp_path, record(3))
    compact(tmp_path, LATER)
    write(tmp_path, record(4), name="2024-01-04_1_a.jsonl")
    assert sorted(one.question_id for one in tail.new()) == ["q3", "q4"]
    assert list(tail.new()) == []
    assert len(list(RecordTail(tmp_path, DAY.date()).new())) == 4


def test_a_conversation_is_forgotten_everywhere_with_its_thumbs(tmp_path: Path) -> None:
    write(tmp_path, record(1, session="mine", question="a secret"), record(2, session="other"))
    compact(tmp_path, LATER)
    write(
        tmp_path,
        record(3, session="mine", question="a secret"),
        TelemetryRecord(kind="feedback", at=DAY, question_id="q1", feedback="down", comment="a secret"),
        record(4),
        name="2024-01-04_1_a.jsonl",
    )
    gone = forget(tmp_path, ["mine"])
    assert (gone.records, gone.files, gone.failed) == (3, 2, ())
    assert [one.question_id for one in read_records(tmp_path)] == ["q2", "q4"]
    assert not any(b"secret" in path.read_bytes() for path in tmp_path.iterdir())
    assert forget(tmp_path, ["mine"]).records == 0
    assert forget(tmp_path / "nowhere", ["mine"]).records == 0


def test_what_can_not_be_forgotten_is_told(tmp_path: Path) -> None:
    (tmp_path / "2024-01-01.parquet").write_bytes(b"rubbish")
    write(tmp_path, record(1, session="mine"))
    gone = forget(tmp_path, ["mine"])
    assert gone.records == 1
    assert ["2024-01-01.parquet" in one.message for one in gone.failed] == [True]


def test_forgetting_while_a_process_writes_loses_nothing_of_others(tmp_path: Path) -> None:
    stop = threading.Event()

    def keep_forgetting() -> None:
        while not stop.is_set():
            forget(tmp_path, ["mine"])

    with TelemetryWriter(tmp_path) as writer:
        thread = threading.Thread(target=keep_forgetting)
        thread.start()
        for number in range(3_000):
            writer.put(record(number, session="mine" if number % 2 else "other"))
            if number % 100 == 0:
                writer.flush()
        writer.flush()
        stop.set()
        thread.join()
    forget(tmp_path, ["mine"])
    assert [one.question_id for one in read_records(tmp_path)] == [f"q{n}" for n in range(0, 3_000, 2)]
    assert writer.lost == 0


def test_a_tail_goes_on_after_a_file_was_rewritten(tmp_path: Path) -> None:
    write(tmp_path, record(1, session="mine"), record(2))
    tail = RecordTail(tmp_path, DAY.date())
    assert len(list(tail.new())) == 2
    forget(tmp_path, ["mine"])
    write(tmp_path, record(3))
    assert [one.question_id for one in tail.new()] == ["q3"]
