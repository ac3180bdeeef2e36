"""Airflow's REST API as far as a delivery asks it, behaving as told."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


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
