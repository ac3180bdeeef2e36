"""Telemetry in a table: sent from where it is written, brought to where it is read."""

from __future__ import annotations

import datetime as dt
import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Collection, Iterator, Sequence
from pathlib import Path

import bigquery_emulator as emulator
import pytest

from datacraft.config import load_settings
from datacraft.contracts.errors import WarehouseUnavailable
from datacraft.contracts.telemetry import TelemetryRecord
from datacraft.monitoring.metrics import TelemetryMetrics
from datacraft.monitoring.metrics.bringing import bring_records
from datacraft.serving import build_handler
from datacraft.serving.telemetry import TelemetryWriter
from datacraft.serving.telemetry.table import TableSender, TelemetryTable, mirror, was_mirrored

NOW = dt.datetime(2026, 3, 10, 12, tzinfo=dt.UTC)


class FakeTable:
    """A table in memory that can be away."""

    name = "p.d.t"

    def __init__(self) -> None:
        self.rows: list[tuple[str, bytes]] = []
        self.is_away = False
        self.attempts = 0
        self.tried = threading.Event()
        self.asked: list[tuple[dt.datetime, dt.datetime]] = []

    def insert(self, writer: str, lines: Sequence[bytes]) -> int:
        self.attempts += 1
        self.tried.set()
        if self.is_away:
            raise WarehouseUnavailable("BigQuery can't be reached.")
        self.rows += [(writer, line) for line in lines]
        return 0

    def between(
        self, start: dt.datetime, end: dt.datetime, without: Collection[str]
    ) -> Iterator[tuple[dt.date, str]]:
        self.asked.append((start, end))
        for writer, line in self.rows:
            at = dt.datetime.fromisoformat(json.loads(line)["at"])
            if start <= at < end and writer not in without:
                yield at.date(), line.decode().rstrip()

    def close(self) -> None:
        pass


def record(number: int, at: dt.datetime = NOW, session: str = "s") -> TelemetryRecord:
    return TelemetryRecord(at=at, question_id=f"q{number}", session=session, question="how much?")


def line(number: int, at: dt.datetime = NOW) -> bytes:
    return record(number, at).model_dump_json().encode() + b"\n"


def until(is_so: object, seconds: float = 20) -> None:
    deadline = time.monotonic() + seconds
    while not is_so():  # type: ignore[operator]
        assert time.monotonic() < deadline
        time.sleep(0.01)


def test_what_is_written_is_sent_once(tmp_path: Path) -> None:
    table = FakeTable()
    sender = TableSender(table)
    with TelemetryWriter(tmp_path, pass_on=sender.put) as writer:
        for number in range(1_200):
            writer.put(record(number))
    sender.close()
    assert [json.loads(text)["question_id"] for _, text in table.rows] == [f"q{n}" for n in range(1_200)]
    assert {len(list(tmp_path.glob(f"*_{name}.jsonl"))) for name, _ in table.rows} == {1}


def test_a_table_that_is_away_gets_everything_when_it_is_back() -> None:
    table = FakeTable()
    table.is_away = True
    sender = TableSender(table, patience_s=0.01)
    sender.put("w", [line(1)])
    until(lambda: table.attempts > 2)
    sender.put("w", [line(2)])
    table.is_away = False
    until(lambda: len(table.rows) == 2)
    sender.close()
    assert (sender.lost, [text for _, text in table.rows]) == (0, [line(1), line(2)])


def test_only_so_many_lines_wait_and_the_rest_is_counted() -> None:
    table = FakeTable()
    table.is_away = True
    sender = TableSender(table, most=10, patience_s=60)
    sender.put("w", [line(0)])
    assert table.tried.wait(20)
    sender.put("w", [line(number) for number in range(1, 25)])
    table.is_away = False
    sender.close()
    assert sender.lost == 15
    assert [text for _, text in table.rows] == [line(number) for number in range(15, 25)]


def test_closing_waits_for_no_table_that_stays_away() -> None:
    table = FakeTable()
    table.is_away = True
    sender = TableSender(table, patience_s=60)
    sender.put("w", [line(1)])
    started = time.monotonic()
    sender.close(timeout_s=30)
    assert time.monotonic() - started < 25


def test_others_records_are_brought_and_own_ones_are_not(tmp_path: Path) -> None:
    table = FakeTable()
    (tmp_path / "2026-03-10_77_0a0a0a0a.jsonl").write_bytes(line(1))
    yesterday = NOW - dt.timedelta(days=1)
    table.rows = [("77_0a0a0a0a", line(1)), ("8_0b0b0b0b", line(2)), ("8_0b0b0b0b", line(3, yesterday))]
    assert mirror(table, tmp_path, NOW, days=3) == 2
    assert (tmp_path / "2026-03-10_table.jsonl").read_bytes() == line(2)
    assert (tmp_path / "2026-03-09_table.jsonl").read_bytes() == line(3, yesterday)
    (window,) = [
        one for one in TelemetryMetrics([tmp_path]).read(NOW, [2 * 86_400]).windows if one.scope == "all"
    ]
    assert window.requests == 3


def test_days_that_are_over_are_asked_for_once(tmp_path: Path) -> None:
    table = FakeTable()
    mirror(table, tmp_path, NOW, days=30)
    mirror(table, tmp_path, NOW, days=30)
    assert [(end - start).days for start, end in table.asked] == [31, 2]
    assert len(table.asked) == 2


def test_what_was_brought_lately_is_not_brought_again(endpoint: str, tmp_path: Path) -> None:
    given = {
        "state_dir": tmp_path,
        "telemetry.table": f"{emulator.PROJECT}.ops.lately",
        "gcp.bigquery_endpoint": endpoint,
    }
    settings, now = load_settings(environ={}, arguments=given), dt.datetime.now(dt.UTC)
    assert not was_mirrored(tmp_path / "telemetry", now, 3_600)
    bring_records(settings, now)
    assert was_mirrored(tmp_path / "telemetry", now, 3_600)
    gone = load_settings(environ={}, arguments={**given, "gcp.bigquery_endpoint": "http://127.0.0.1:9"})
    assert bring_records(gone, now, fresh_s=3_600) == 0


def test_a_day_that_became_parquet_is_complete(tmp_path: Path) -> None:
    (tmp_path / "2026-03-09.parquet").touch()
    table = FakeTable()
    table.rows = [("8_0b0b0b0b", line(3, NOW - dt.timedelta(days=1)))]
    mirror(table, tmp_path, NOW, days=1)
    assert not (tmp_path / "2026-03-09_table.jsonl").exists()


def test_a_table_that_breaks_off_leaves_what_was_there(tmp_path: Path) -> None:
    class Breaking(FakeTable):
        def between(self, *_: object) -> Iterator[tuple[dt.date, str]]:
            yield NOW.date(), "half"
            raise WarehouseUnavailable("BigQuery can't be reached.")

    (tmp_path / "2026-03-10_table.jsonl").write_bytes(line(1))
    with pytest.raises(WarehouseUnavailable):
        mirror(Breaking(), tmp_path, NOW, days=0)
    assert (tmp_path / "2026-03-10_table.jsonl").read_bytes() == line(1)


@pytest.fixture(scope="module")
def endpoint(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    from google.auth.credentials import AnonymousCredentials
    from google.cloud import bigquery

    with emulator.running(tmp_path_factory.mktemp("emulator")) as address:
        client = bigquery.Client(
            emulator.PROJECT, AnonymousCredentials(), client_options={"api_endpoint": address}
        )
        client.create_dataset("ops")
        yield address


def test_bigquery_keeps_returns_and_forgets_records(endpoint: str) -> None:
    end = NOW + dt.timedelta(hours=1)
    with TelemetryTable(f"{emulator.PROJECT}.ops.kept", endpoint=endpoint, keep_days=30) as table:
        assert list(table.between(NOW, end, set())) == []
        assert table.forget(["s"]) == 0
        later = NOW + dt.timedelta(minutes=1)
        lines = [line(2, later), record(1, NOW, "other").model_dump_json().encode()]
        assert table.insert("w1", lines) == 0
        assert table.insert("w1", lines[:1]) == 0  # sent again after an answer that was lost
        table.insert("w2", [line(3)])
        found = [json.loads(text)["question_id"] for _, text in table.between(NOW, end, {"w2"})]
        assert found == ["q1", "q2"]
        assert table.forget(["other"]) == 1
        assert [json.loads(text)["question_id"] for _, text in table.between(NOW, end, ())] == ["q3", "q2"]


def test_an_operator_sees_what_services_on_other_machines_answered(endpoint: str, tmp_path: Path) -> None:
    data = tmp_path / "sales.csv"
    data.write_text("region,sales\nEast,1\nWest,2\n")
    name = f"{emulator.PROJECT}.ops.telemetry"

    def settings(folder: str) -> object:
        return load_settings(
            environ={},
            arguments={
                "state_dir": tmp_path / folder, "telemetry.table": name, "gcp.bigquery_endpoint": endpoint,
                "data.semantic": tmp_path / f"{folder}.yaml",
            },
        )  # fmt: skip

    for place in ("one", "two"):
        with build_handler(settings(place), [data]) as handler:  # type: ignore[arg-type]
            for _ in range(3):
                assert handler.ask("total sales by region", session=place).error is None
    assert bring_records(settings("operator"), dt.datetime.now(dt.UTC)) == 6  # type: ignore[arg-type]

    def datacraft(*arguments: str) -> subprocess.CompletedProcess[str]:
        shared = {"DATACRAFT_TELEMETRY__TABLE": name, "BIGQUERY_EMULATOR_HOST": endpoint}
        command = [sys.executable, "-m", "datacraft.cli", *arguments]
        environment = {**os.environ, **shared, "DATACRAFT_STATE_DIR": str(tmp_path / "operator")}
        return subprocess.run(
            command, cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=120
        )

    looked = datacraft("monitor", "run", "--no-compare", "--report", "health.json")
    assert "Nobody has asked" not in looked.stderr, looked.stderr
    windows = json.loads((tmp_path / "health.json").read_text())["health"]["windows"]
    assert windows[0]["requests"] == 6
    forgot = datacraft("telemetry", "forget", "--session", "one", "--by", "ada")
    assert forgot.returncode == 0, forgot.stderr
    assert f"3 records are gone from {name}" in forgot.stderr
    assert bring_records(settings("operator"), dt.datetime.now(dt.UTC)) == 3  # type: ignore[arg-type]
