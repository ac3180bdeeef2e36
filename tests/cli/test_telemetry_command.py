"""`datacraft telemetry`: days become Parquet, persons are forgotten, and the audit log says who did it."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

from command_line import Command

from datacraft.access import StateStore
from datacraft.contracts.answer import Answer
from datacraft.contracts.telemetry import TelemetryRecord
from datacraft.serving.telemetry import TelemetryWriter, read_records

PAST = dt.datetime.now(dt.UTC) - dt.timedelta(days=3)


def write(folder: Path, *sessions: str, days_ago: int = 3) -> None:
    at = dt.datetime.now(dt.UTC) - dt.timedelta(days=days_ago)
    with TelemetryWriter(folder / ".datacraft" / "telemetry", clock=lambda: at) as writer:
        for session in sessions:
            writer.put(TelemetryRecord(at=at, question_id=f"of {session}", session=session, question="q"))


def sessions(folder: Path) -> list[str | None]:
    return [one.session for one in read_records(folder / ".datacraft" / "telemetry")]


def test_days_that_are_over_become_parquet_and_old_ones_go(datacraft: Command, folder: Path) -> None:
    write(folder, "a", "b")
    write(folder, "now", days_ago=0)
    write(folder, "old", days_ago=500)
    run = datacraft("telemetry", "compact")
    assert run.code == 0, run.err
    assert f"{PAST:%Y-%m-%d}" in run.out
    assert "1 days became Parquet; 1 files were older" in run.err
    assert sessions(folder) == ["a", "b", "now"]


def test_with_nothing_to_do_nothing_is_done(datacraft: Command) -> None:
    run = datacraft("telemetry", "compact")
    assert run.code == 0
    assert "0 days became Parquet" in run.err


def test_a_conversation_is_forgotten_and_the_audit_log_says_by_whom(datacraft: Command, folder: Path) -> None:
    write(folder, "a", "b")
    datacraft("telemetry", "compact")
    write(folder, "a", days_ago=0)
    run = datacraft("telemetry", "forget", "--session", "a", "--by", "officer")
    assert (run.code, run.out.strip()) == (0, "2"), run.err
    assert sessions(folder) == ["b"]
    log = datacraft("audit", "list", "--action", "forget").out
    assert "officer" in log
    assert "2 records of 1 conversations in 2 files" in log


def test_a_person_s_conversations_come_from_the_history(datacraft: Command, folder: Path) -> None:
    write(folder, "a", "b", "c")
    state = StateStore(f"sqlite:///{folder}/.datacraft/datacraft.db")
    for session, owner in (("a", "ann@example.com"), ("b", "bob@example.com"), ("c", "ann@example.com")):
        state.history.save_turn(
            owner, Answer(question_id=session, session=session, question="q", asked_at=PAST)
        )
    state.close()
    assert datacraft("telemetry", "forget", "--user", "ann@example.com").code == 0
    assert sessions(folder) == ["b"]
    assert datacraft("telemetry", "forget", "--user", "nobody@example.com").code == 3


def test_nobody_named_is_wrong_usage(datacraft: Command) -> None:
    run = datacraft("telemetry", "forget")
    assert run.code == 2
    assert "Give --session or --user." in run.err


def test_what_may_be_left_is_told(datacraft: Command, folder: Path) -> None:
    write(folder, "a")
    (folder / ".datacraft" / "telemetry" / "2024-01-01.parquet").write_bytes(b"rubbish")
    run = datacraft("telemetry", "forget", "--session", "a")
    assert run.code == 4
    assert "Something may be left" in run.err
    assert "2024-01-01.parquet" in run.err
