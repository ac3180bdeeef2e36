"""A stub of BigQuery's REST API on loopback, for what no emulator does: Google's own client talks to it.

It knows one table, `orders`, and answers as its `Script` says. Shapes: https://cloud.google.com/bigquery/docs/reference/rest
"""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

PROJECT, DATASET = "shop-project", "shop"
COLUMNS = [
    ("orders", "order_id", "INT64"),
    ("orders", "region", "STRING"),
    ("orders", "placed_at", "TIMESTAMP"),
]


@dataclass
class Failure:
    """An error as BigQuery sends it. `times` None: for ever."""

    status: int
    reason: str
    message: str
    times: int | None = None


@dataclass
class Script:
    """What the stub answers, and what it was asked."""

    rows: list[list[Any]] = field(default_factory=lambda: [[1, "north"], [2, "south"]])
    schema: list[tuple[str, str]] = field(
        default_factory=lambda: [("order_id", "INTEGER"), ("region", "STRING")]
    )
    page: int = 1_000
    dry_bytes: int = 0
    statement_type: str = "SELECT"
    dry_failure: Failure | None = None
    job_failure: Failure | None = None
    result_failure: Failure | None = None
    hangs: bool = False
    permissions: list[str] = field(default_factory=list)
    table: dict[str, Any] = field(default_factory=dict)
    views: set[str] = field(default_factory=set)
    jobs: list[dict[str, Any]] = field(default_factory=list)
    cancelled: list[str] = field(default_factory=list)
    pages: int = 0

    def configurations(self, *, dry: bool) -> list[dict[str, Any]]:
        """Return the configurations of the jobs that questions made."""
        found = [job["configuration"] for job in self.jobs]
        asked = [c for c in found if "INFORMATION_SCHEMA" not in c["query"]["query"]]
        return [c for c in asked if bool(c.get("dryRun")) is dry]


@contextmanager
def serving(script: Script) -> Iterator[str]:
    """Serve the script and yield the address."""

    class Handler(_Handler):
        answers = script

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


class _Handler(BaseHTTPRequestHandler):
    answers: Script
    protocol_version = "HTTP/1.1"

    def log_message(self, *_: object) -> None:
        """Say nothing."""

    def do_GET(self) -> None:
        path, _, query = self.path.partition("?")
        if match := re.search(r"/queries/([^/]+)$", path):
            self._results(match[1], query)
        elif match := re.search(r"/tables/([^/]+)$", path):
            view = {"type": "VIEW", "numBytes": "0"} if match[1] in self.answers.views else {}
            self._send(_table(match[1], {**self.answers.table, **view}))
        elif match := re.search(r"/jobs/([^/]+)$", path):
            self._send(self._job(match[1]))
        else:
            self._fail(Failure(404, "notFound", f"Not found: {path}"))

    def do_POST(self) -> None:
        path = self.path.partition("?")[0]
        body = json.loads(self.rfile.read(int(self.headers.get("Content-Length") or 0)) or b"{}")
        if path.endswith(":testIamPermissions"):
            held = [p for p in body["permissions"] if p in self.answers.permissions]
            self._send({"permissions": held} if held else {})
        elif match := re.search(r"/jobs/([^/]+)/cancel$", path):
            self.answers.cancelled.append(match[1])
            self._send({"job": self._job(match[1])})
        elif path.endswith("/jobs"):
            self._insert(body)
        else:
            self._fail(Failure(404, "notFound", f"Not found: {path}"))

    def _insert(self, body: dict[str, Any]) -> None:
        self.answers.jobs.append(body)
        ours = "INFORMATION_SCHEMA" in body["configuration"]["query"]["query"]
        dry = body["configuration"].get("dryRun")
        failure = None if ours else self.answers.dry_failure if dry else self.answers.job_failure
        if _happens(failure):
            self._fail(failure)
            return
        self._send(self._job(body["jobReference"]["jobId"]))

    def _job(self, job_id: str) -> dict[str, Any]:
        body = next(job for job in self.answers.jobs if job["jobReference"]["jobId"] == job_id)
        dry = body["configuration"].get("dryRun")
        statistics = {
            "totalBytesProcessed": str(self.answers.dry_bytes),
            "query": {
                "statementType": self.answers.statement_type,
                "totalBytesProcessed": str(self.answers.dry_bytes),
            },
        }
        if not dry:  # every query has a result table, from which the Storage API reads
            table = {"projectId": PROJECT, "datasetId": "_results", "tableId": "anon1"}
            query = {**body["configuration"]["query"], "destinationTable": table}
            body = {**body, "configuration": {**body["configuration"], "query": query}}
        state = "RUNNING" if self.answers.hangs and not dry and not self._schema_job(job_id) else "DONE"
        return {**body, "kind": "bigquery#job", "status": {"state": state}, "statistics": statistics}

    def _schema_job(self, job_id: str) -> bool:
        body = next(job for job in self.answers.jobs if job["jobReference"]["jobId"] == job_id)
        return "INFORMATION_SCHEMA" in body["configuration"]["query"]["query"]

    def _results(self, job_id: str, query: str) -> None:
        ours = self._schema_job(job_id)
        if not ours and _happens(self.answers.result_failure):
            self._fail(self.answers.result_failure)
            return
        reference = {"projectId": PROJECT, "jobId": job_id, "location": "US"}
        if self.answers.hangs and not ours:
            threading.Event().wait(0.05)
            self._send({"jobReference": reference, "jobComplete": False})
            return
        rows = [list(row) for row in COLUMNS] if ours else self.answers.rows
        schema = (
            [(n, "STRING") for n in ("table_name", "column_name", "data_type")]
            if ours
            else self.answers.schema
        )
        start = int(re.search(r"pageToken=(\d+)", query)[1]) if "pageToken=" in query else 0  # type: ignore[index]
        asked = re.search(r"maxResults=(\d+)", query)
        size = min(self.answers.page, int(asked[1]) if asked else self.answers.page)
        shown = rows[start : start + size]
        self.answers.pages += not ours
        self._send(
            {
                "jobReference": reference,
                "jobComplete": True,
                "totalRows": str(len(rows)),
                "schema": {"fields": [{"name": n, "type": t, "mode": "NULLABLE"} for n, t in schema]},
                "rows": [{"f": [{"v": None if v is None else str(v)} for v in row]} for row in shown],
                **({"pageToken": str(start + size)} if start + size < len(rows) else {}),
            }
        )

    def _fail(self, failure: Failure | None) -> None:
        assert failure is not None
        error = {"reason": failure.reason, "message": failure.message, "domain": "global"}
        self._send(
            {"error": {"code": failure.status, "message": failure.message, "errors": [error]}}, failure.status
        )

    def _send(self, body: dict[str, Any], status: int = 200) -> None:
        data = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)


def _happens(failure: Failure | None) -> bool:
    """Tell whether a failure still happens, and count it."""
    if failure is None or failure.times == 0:
        return False
    if failure.times is not None:
        failure.times -= 1
    return True


def _table(name: str, more: dict[str, Any]) -> dict[str, Any]:
    return {
        "kind": "bigquery#table",
        "type": "TABLE",
        "tableReference": {"projectId": PROJECT, "datasetId": DATASET, "tableId": name},
        "numRows": "1200",
        "numBytes": "48000",
        "tableConstraints": {"primaryKey": {"columns": ["order_id"]}},
        **more,
    }
