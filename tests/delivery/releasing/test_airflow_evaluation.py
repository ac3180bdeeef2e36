"""Airflow by its REST API, on the wire: signing in, one run for each delivery, waiting, failures with their log."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from datacraft.contracts.errors import NobodyChosen
from datacraft.delivery.releasing import AirflowEvaluation, AirflowFailed
from datacraft.delivery.releasing.airflow import AirflowPlace

RUN = "delivery_one"


@dataclass
class Airflow:
    """An Airflow that behaves as told.

    Attributes:
        states: of the run, in turn; the last one stays.
        failed: tasks that failed.
        published: what the task `publish` gave.
        broken: answers to give instead, in turn: a status, or None for a dropped connection.
        expired: requests after which a token is not taken any more.
    """

    states: list[str] = field(default_factory=lambda: ["queued", "running", "success"])
    failed: tuple[str, ...] = ()
    published: Any = field(default_factory=lambda: {"step": "publish", "digest": "abc"})
    broken: list[int | None] = field(default_factory=list)
    expired: int = 10**6
    runs: dict[str, Any] = field(default_factory=dict)
    seen: list[str] = field(default_factory=list)
    signed_in: int = 0
    url: str = ""

    def answer(self, method: str, path: str, body: Any, token: str | None) -> tuple[int, Any]:
        self.seen.append(f"{method} {path}")
        if path == "/auth/token":
            if body != {"username": "admin", "password": "secret"}:
                return 401, {"detail": "Invalid credentials"}
            self.signed_in += 1
            return 201, {"access_token": f"token-{self.signed_in}"}
        if self.broken:
            return self.broken.pop(0) or 0, {"detail": "broken"}
        if token != f"Bearer token-{self.signed_in}":
            return 401, {"detail": "Not authenticated"}
        self.expired -= 1
        if self.expired == 0:
            self.signed_in += 1  # the token that was given is not the latest any more
            return 401, {"detail": "expired"}
        where = path.removeprefix("/api/v2/dags/model_pipeline_dag")
        if method == "PATCH":
            assert body == {"is_paused": False}
            return 200, {}
        if method == "POST":
            if body["dag_run_id"] in self.runs:
                return 409, {"detail": "exists"}
            self.runs[body["dag_run_id"]] = body
            return 200, body
        if where.endswith("/xcomEntries/return_value"):
            return (404, {"detail": "none"}) if self.published is None else (200, {"value": self.published})
        if "/logs/" in where:
            return 200, {"content": [{"event": "Loading"}, {"event": "The data has no rows."}]}
        if where.endswith("/taskInstances"):
            tasks = [{"task_id": name, "state": "failed", "try_number": 2} for name in self.failed]
            return 200, {"task_instances": [{"task_id": "data", "state": "success"}, *tasks]}
        state = self.states.pop(0) if len(self.states) > 1 else self.states[0]
        return 200, {"state": state}


@contextmanager
def running(airflow: Airflow) -> Iterator[Airflow]:
    class Handler(BaseHTTPRequestHandler):
        def _do(self) -> None:
            length = int(self.headers.get("Content-Length") or 0)
            body = json.loads(self.rfile.read(length)) if length else None
            status, answer = airflow.answer(
                self.command, self.path.partition("?")[0], body, self.headers.get("Authorization")
            )
            if not status:
                self.connection.close()
                return
            content = json.dumps(answer).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        do_GET = do_POST = do_PATCH = _do  # noqa: N815 - names of the library

        def log_message(self, *_: object) -> None:
            """Keep quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    airflow.url = f"http://127.0.0.1:{server.server_address[1]}"
    try:
        yield airflow
    finally:
        server.shutdown()
        server.server_close()


def evaluation(airflow: Airflow, **place: Any) -> AirflowEvaluation:
    where = AirflowPlace(airflow.url, **{"password": "secret", **place})
    return AirflowEvaluation(
        where, {"questions": "shop"}, lambda ref: f"release of {ref['digest']}", sleep=lambda _: None
    )


def test_a_run_is_started_waited_for_and_its_release_returned():
    with running(Airflow()) as airflow:
        evaluates = evaluation(airflow)
        name = evaluates.start("one")
        assert evaluates.wait(name) == "release of abc"
    assert airflow.runs[RUN] == {"dag_run_id": RUN, "logical_date": None, "conf": {"questions": "shop"}}
    assert airflow.signed_in == 1


def test_a_delivery_that_is_gone_on_with_has_one_run():
    with running(Airflow()) as airflow:
        evaluation(airflow).start("one")
        assert evaluation(airflow).start("one") == RUN
    assert list(airflow.runs) == [RUN]


@pytest.mark.parametrize("broken", [[503], [500, 502], [429], [None], [None, 503]])
def test_what_heals_is_tried_again(broken):
    with running(Airflow(broken=broken)) as airflow:
        evaluates = evaluation(airflow)
        assert evaluates.wait(evaluates.start("one")) == "release of abc"


def test_a_token_that_runs_out_is_renewed():
    with running(Airflow(expired=3)) as airflow:
        evaluates = evaluation(airflow)
        assert evaluates.wait(evaluates.start("one")) == "release of abc"


def test_a_failed_task_is_named_with_the_end_of_its_log():
    with running(Airflow(states=["running", "failed"], failed=("evaluate",))) as airflow:
        evaluates = evaluation(airflow)
        with pytest.raises(AirflowFailed, match=r"evaluate[\s\S]*The data has no rows"):
            evaluates.wait(evaluates.start("one"))


def test_without_a_winner_the_code_is_that_of_nobody_chosen():
    with running(Airflow(states=["failed"], failed=("require_winner",))) as airflow:
        evaluates = evaluation(airflow)
        with pytest.raises(NobodyChosen) as raised:
            evaluates.wait(evaluates.start("one"))
    assert raised.value.exit_code == 14


def test_a_run_that_ends_without_a_release_is_a_failure():
    with running(Airflow(published=None)) as airflow:
        evaluates = evaluation(airflow)
        with pytest.raises(AirflowFailed, match="no release"):
            evaluates.wait(evaluates.start("one"))


def test_a_run_that_hangs_ends_at_its_deadline():
    with running(Airflow(states=["running"])) as airflow:
        evaluates = evaluation(airflow, deadline_s=0.2)
        with pytest.raises(AirflowFailed, match="running after"):
            evaluates.wait(evaluates.start("one"))


def test_a_wrong_password_is_told_without_it():
    with running(Airflow()) as airflow:
        evaluates = evaluation(airflow, password="hunter2")
        with pytest.raises(AirflowFailed) as raised:
            evaluates.start("one")
    assert "AIRFLOW_PASSWORD" in str(raised.value.hint)
    assert "hunter2" not in f"{raised.value.message} {raised.value.hint} {evaluates.__dict__}"


def test_one_that_is_not_there_is_told():
    evaluates = AirflowEvaluation(
        AirflowPlace("http://127.0.0.1:9", password="secret"), {}, lambda ref: "", sleep=lambda _: None
    )
    with pytest.raises(AirflowFailed, match="does not answer"):
        evaluates.start("one")
