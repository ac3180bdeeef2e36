"""Two servers on one PostgreSQL, one of them killed under load: what was acknowledged is there, once, in one chain."""

from __future__ import annotations

import datetime as dt
import os
import signal
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import pytest

from datacraft.access import StateStore

sys.path.append(str(Path(__file__).parents[1] / "ui"))

from page_server import PageServer

SALES = "region,revenue\n" + "\n".join(f"{region},{n}" for n, region in enumerate(["North", "South"] * 20))
QUESTION = "total revenue by region"
LOAD_S, AFTER_S = 2.5, 1.5


@dataclass
class Load:
    """People who work on one server until it is gone or they are told to stop, and what they were told was done."""

    url: str
    key: str
    keys: list[str] = field(default_factory=list)
    answers: list[tuple[str, str]] = field(default_factory=list)
    stopped: threading.Event = field(default_factory=threading.Event)

    def start(self) -> list[threading.Thread]:
        jobs = [self._make_keys, self._make_keys, self._ask, self._ask]
        threads = [threading.Thread(target=job, daemon=True) for job in jobs]
        for thread in threads:
            thread.start()
        return threads

    def client(self) -> httpx.Client:
        return httpx.Client(base_url=self.url, headers={"Authorization": f"Bearer {self.key}"}, timeout=20)

    def _make_keys(self) -> None:
        with self.client() as client:
            while not self.stopped.is_set():
                try:
                    made = client.post("/api/keys", json={"name": "load", "days": 1})
                except httpx.TransportError:
                    return
                if made.status_code == 200:
                    self.keys.append(made.json()["about"]["id"])

    def _ask(self) -> None:
        with self.client() as client:
            while not self.stopped.is_set():
                try:
                    told = client.post("/api/ask", json={"question": QUESTION})
                except httpx.TransportError:
                    return
                if told.status_code == 200:
                    self.answers.append((told.json()["session"], told.json()["question_id"]))


@pytest.fixture
def database(postgres_url: str) -> str:
    import psycopg

    with psycopg.connect(postgres_url, autocommit=True) as connection:
        connection.execute("DROP SCHEMA IF EXISTS public CASCADE")
        connection.execute("CREATE SCHEMA public")
    return postgres_url


@pytest.fixture
def replicas(database: str, tmp_path: Path) -> Iterator[tuple[PageServer, PageServer]]:
    data = tmp_path / "sales.csv"
    data.write_text(SALES)
    settings = {"DATACRAFT_DATABASE_URL": database, "DATACRAFT_ACCESS__SIGN_IN": "api_keys"}
    pair = PageServer(data, tmp_path / "one", settings), PageServer(data, tmp_path / "two", settings)
    started = []
    try:
        for one in pair:
            one.start()
            started.append(one)
        yield pair
    finally:
        for one in started:
            one.stop()


def test_a_replica_that_is_killed_under_load_loses_nothing_that_was_acknowledged(
    database: str, replicas: tuple[PageServer, PageServer]
) -> None:
    state = StateStore(database)
    _, key = state.keys.create("ada", "operator", "setup", dt.timedelta(days=1))
    loads = [Load(replica.url, key) for replica in replicas]
    threads = [load.start() for load in loads]
    time.sleep(LOAD_S)
    os.kill(replicas[0].pid, signal.SIGKILL)
    for thread in threads[0]:
        thread.join(30)
    before = len(loads[1].keys), len(loads[1].answers)
    time.sleep(AFTER_S)
    loads[1].stopped.set()
    for thread in threads[1]:
        thread.join(30)
    # Both were at work, and the other one went on.
    assert min(len(load.keys) for load in loads) > 5
    assert min(len(load.answers) for load in loads) > 5
    assert len(loads[1].keys) > before[0]
    assert len(loads[1].answers) > before[1]

    head, broken = state.audit.verify()
    assert broken is None
    entries = state.audit.latest(head.number)
    assert [entry.number for entry in reversed(entries)] == list(range(1, head.number + 1))
    recorded = Counter(entry.detail.partition(",")[0] for entry in entries if entry.action == "key_created")
    for key_id in loads[0].keys + loads[1].keys:
        assert recorded[key_id] == 1

    # What was answered by either is in the history, and a conversation of the killed one goes on at the other.
    owner = state.history.list_conversations(None, limit=1)[0].owner
    for load in loads:
        for session, question_id in load.answers[-20:]:
            (turn,) = state.history.load_conversation(owner, session)
            assert turn.answer.question_id == question_id
    session = loads[0].answers[-1][0]
    with loads[1].client() as client:
        followed = client.post("/api/ask", json={"question": "only North", "session": session})
        assert followed.json()["session"] == session
        assert [row[0] for row in followed.json()["rows"]] == ["North"]
        assert len(client.get(f"/api/history/{session}").json()) == 2
    state.close()
