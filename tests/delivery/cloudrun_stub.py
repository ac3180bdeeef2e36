"""A stub of Cloud Run's REST API v2 on loopback: Google's own client talks to it.

What it holds and answers are Google's own messages, so that the shapes are theirs. It does what Cloud Run does as far as
a deployment can tell: long-running operations, etags, revisions that take a while or never become ready, traffic that
moves only to what is ready, quotas, the service's IAM policy, and its log.
https://cloud.google.com/run/docs/reference/rest/v2/projects.locations.services
"""

from __future__ import annotations

import datetime as dt
import json
import re
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

from google.cloud import run_v2

PROJECT, REGION, SERVICE = "shop-project", "us-east1", "datacraft-app"
PARENT = f"projects/{PROJECT}/locations/{REGION}"
NAME = f"{PARENT}/services/{SERVICE}"
_State = run_v2.Condition.State
_Latest = run_v2.TrafficTargetAllocationType.TRAFFIC_TARGET_ALLOCATION_TYPE_LATEST
_REASONS = {400: "INVALID_ARGUMENT", 403: "PERMISSION_DENIED", 404: "NOT_FOUND", 429: "RESOURCE_EXHAUSTED",
            500: "INTERNAL", 503: "UNAVAILABLE"}  # fmt: skip


class Refused(Exception):
    """An error as Cloud Run sends it."""

    def __init__(self, status: int, reason: str, message: str) -> None:
        super().__init__(message)
        self.status, self.reason, self.message = status, reason, message


@dataclass
class Cloud:
    """What there is, and how it behaves."""

    appears_after_s: float = 0.02
    ready_after_s: float = 0.05
    broken_images: set[str] = field(default_factory=set)
    hanging_images: set[str] = field(default_factory=set)
    failures: list[tuple[str, int]] = field(default_factory=list)
    """Method and status of calls that fail, in this order, before any succeeds."""
    service: run_v2.Service | None = None
    revisions: dict[str, run_v2.Revision] = field(default_factory=dict)
    policy: dict[str, Any] = field(default_factory=lambda: {"version": 1, "etag": "BwX0"})
    log: list[dict[str, Any]] = field(default_factory=list)
    calls: list[tuple[str, str]] = field(default_factory=list)
    asked_log: dict[str, Any] = field(default_factory=dict)
    refuses_images: set[str] = field(default_factory=set)
    """Images for which no revision is ever made: the operation fails."""
    lock: threading.Lock = field(default_factory=threading.Lock)
    _begun: dict[str, float] = field(default_factory=dict)
    _operations: list[str] = field(default_factory=list)
    """The image that each operation, the first is 1, brings or brought."""

    def create(self, service: run_v2.Service, service_id: str) -> run_v2.Service:
        if self.service is not None:
            raise Refused(409, "ALREADY_EXISTS", f"Resource '{service_id}' already exists.")
        service.name = f"{PARENT}/services/{service_id}"
        service.uri = f"https://{service_id}-abc123-ue.a.run.app"
        service.create_time = dt.datetime.now(dt.UTC)
        self.service = service
        self._changed(new_template=True)
        return self.service

    def update(self, sent: run_v2.Service, mask: list[str]) -> run_v2.Service:
        held = self._held()
        if sent.etag and sent.etag != held.etag:
            raise Refused(409, "ABORTED", f"Conflict for resource '{SERVICE}': version mismatch.")
        changed = run_v2.Service(held)
        for path in mask:
            if path not in ("template", "traffic", "scaling", "annotations"):
                raise Refused(400, "INVALID_ARGUMENT", f"update_mask: {path}")
            setattr(changed, path, getattr(sent, path))
        self._check(changed, new_template="template" in mask)
        self.service = changed
        self._changed(new_template="template" in mask)
        return self.service

    def seen(self) -> run_v2.Service:
        """Return the service as it is now: what was begun may have ended."""
        service = self._held()
        for name, revision in self.revisions.items():
            self._settle(name, revision)
        serving = [target for target in service.traffic if target.percent]
        names = {self._name_of(target) for target in serving}
        broken = [name for name in names if self._state(name) == _State.CONDITION_FAILED]
        if all(self._state(name) == _State.CONDITION_SUCCEEDED for name in names):
            service.traffic_statuses = [
                run_v2.TrafficTargetStatus(
                    type_=target.type_, revision=self._name_of(target), percent=target.percent, tag=target.tag,
                    uri=f"https://{target.tag}---{SERVICE}-abc123-ue.a.run.app" if target.tag else "",
                )
                for target in service.traffic
            ]  # fmt: skip
        ready = [name for name in self.revisions if self._state(name) == _State.CONDITION_SUCCEEDED]
        if ready:
            service.latest_ready_revision = f"{NAME}/revisions/{ready[-1]}"
        service.terminal_condition = run_v2.Condition(
            type_="Ready", state=_State.CONDITION_FAILED if broken else _State.CONDITION_SUCCEEDED
        )
        return service

    def revision(self, name: str) -> run_v2.Revision:
        if name not in self.revisions or not self._has_appeared(name):
            raise Refused(404, "NOT_FOUND", f"Resource '{name}' was not found")
        self._settle(name, self.revisions[name])
        return self.revisions[name]

    def begun(self, service: run_v2.Service) -> dict[str, Any]:
        """Return a new operation."""
        self._operations.append(service.template.containers[0].image)
        return self.operation(len(self._operations))

    def operation(self, number: int) -> dict[str, Any]:
        """Return an operation as it is now: done once the revision that it brings is ready, or never will be."""
        service, image = self.seen(), self._operations[number - 1]
        body = {"@type": "type.googleapis.com/google.cloud.run.v2.Service", **as_json(service)}
        found: dict[str, Any] = {"name": f"{PARENT}/operations/{number}", "metadata": body}
        if image in self.refuses_images:
            return {**found, "done": True, "error": {"code": 9, "message": f"Image '{image}' not found."}}
        states = {
            one.conditions[0].state for one in self.revisions.values() if one.containers[0].image == image
        }
        if _State.CONDITION_RECONCILING in states:
            return {**found, "done": False}
        if _State.CONDITION_FAILED in states:
            error = {"code": 9, "message": "The revision is not ready and cannot serve traffic."}
            return {**found, "done": True, "error": error}
        return {**found, "done": True, "response": body}

    def appeared(self) -> list[run_v2.Revision]:
        """Return the revisions that there are by now."""
        return [one for name, one in self.revisions.items() if self._has_appeared(name)]

    def set_policy(self, policy: dict[str, Any]) -> dict[str, Any]:
        if policy.get("etag", self.policy["etag"]) != self.policy["etag"]:
            raise Refused(409, "ABORTED", "There were concurrent policy changes.")
        self.policy = {**policy, "etag": f"{self.policy['etag'][:-1]}{len(self.calls) % 10}"}
        return self.policy

    def _has_appeared(self, name: str) -> bool:
        image = self.revisions[name].containers[0].image
        return (
            image not in self.refuses_images and time.monotonic() - self._begun[name] > self.appears_after_s
        )

    def _held(self) -> run_v2.Service:
        if self.service is None:
            raise Refused(404, "NOT_FOUND", f"Resource '{SERVICE}' was not found")
        return self.service

    def _check(self, service: run_v2.Service, *, new_template: bool) -> None:
        name = service.template.revision
        if new_template and name in self.revisions:
            raise Refused(
                409, "ALREADY_EXISTS", f"Revision named '{name}' with different config already exists."
            )
        if sum(target.percent for target in service.traffic) != 100:
            raise Refused(400, "INVALID_ARGUMENT", "traffic: The sum of percent must be 100.")
        tags = [target.tag for target in service.traffic if target.tag]
        if len(tags) != len(set(tags)):
            raise Refused(400, "INVALID_ARGUMENT", "traffic: Tags must be unique.")
        for tag in tags:
            if not re.fullmatch(r"[a-z][a-z0-9-]*", tag) or len(tag) + len(SERVICE) > 46:
                raise Refused(400, "INVALID_ARGUMENT", f"traffic: Tag {tag} is not valid.")
        for target in service.traffic:
            if target.type_ != _Latest and target.revision not in {*self.revisions, name}:
                raise Refused(400, "INVALID_ARGUMENT", f"traffic: Revision {target.revision} does not exist.")

    def _changed(self, *, new_template: bool) -> None:
        service = self._held()
        self._check(service, new_template=new_template)
        service.generation += 1
        service.etag = f'"CN{service.generation}"'
        if not new_template:
            return
        template = service.template
        revision = run_v2.Revision(
            name=f"{NAME}/revisions/{template.revision}", create_time=dt.datetime.now(dt.UTC),
            labels=dict(template.labels), annotations=dict(template.annotations), scaling=template.scaling,
            timeout=template.timeout, containers=template.containers,
            session_affinity=template.session_affinity,
            service_account=template.service_account or "123-compute@developer.gserviceaccount.com",
            conditions=[run_v2.Condition(type_="Ready", state=_State.CONDITION_RECONCILING)],
        )  # fmt: skip
        self.revisions[template.revision] = revision
        self._begun[template.revision] = time.monotonic()
        service.latest_created_revision = revision.name

    def _settle(self, name: str, revision: run_v2.Revision) -> None:
        image = revision.containers[0].image
        if image in self.hanging_images or time.monotonic() - self._begun[name] < self.ready_after_s:
            return
        ready = run_v2.Condition(type_="Ready", state=_State.CONDITION_SUCCEEDED)
        if image in self.broken_images:
            message = (
                f"The user-provided container failed to start and listen on the port defined provided by the "
                f"PORT=8501 environment variable. Revision '{name}' is not ready and cannot serve traffic."
            )
            ready = run_v2.Condition(type_="Ready", state=_State.CONDITION_FAILED, message=message)
        revision.conditions = [ready]

    def _state(self, name: str) -> Any:
        revision = self.revisions.get(name)
        return revision.conditions[0].state if revision else None

    def _name_of(self, target: run_v2.TrafficTarget) -> str:
        return target.revision or self._held().latest_ready_revision.rpartition("/")[2]


@contextmanager
def serving(cloud: Cloud) -> Iterator[str]:
    """Serve it and yield the address."""

    class Handler(_Handler):
        state = cloud

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def as_json(message: Any) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(
        type(message).to_json(
            message, use_integers_for_enums=False, always_print_fields_with_no_presence=False
        )
    )
    return found


class _Handler(BaseHTTPRequestHandler):
    state: Cloud
    protocol_version = "HTTP/1.1"

    def log_message(self, *_: object) -> None:
        """Say nothing."""

    def do_GET(self) -> None:
        self._answer()

    def do_POST(self) -> None:
        self._answer()

    def do_PATCH(self) -> None:
        self._answer()

    def _answer(self) -> None:
        address = urlsplit(self.path)
        query = {key: values[0] for key, values in parse_qs(address.query).items()}
        text = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        path = address.path.removeprefix("/v2/")
        with self.state.lock:
            self.state.calls.append((self.command, path))
            try:
                if self.state.failures and self.state.failures[0][0] == self.command:
                    status = self.state.failures.pop(0)[1]
                    raise Refused(status, _REASONS[status], f"as the test wants it: {status}")
                body = self._route(path, query, text)
            except Refused as error:
                said = {"code": error.status, "status": error.reason, "message": error.message}
                self._send({"error": said}, error.status)
                return
        self._send(body, 200)

    def _route(self, path: str, query: dict[str, str], text: bytes) -> dict[str, Any]:
        cloud = self.state
        match self.command, path:
            case "POST", "entries:list":
                cloud.asked_log = json.loads(text)
                return {"entries": cloud.log[-cloud.asked_log["pageSize"] :][::-1]}
            case "GET", _ if path == NAME:
                return as_json(cloud.seen())
            case "POST", _ if path == f"{PARENT}/services":
                made = cloud.create(run_v2.Service.from_json(text), query["serviceId"])
                return cloud.begun(made)
            case "PATCH", _ if path == NAME:
                mask = query.get("updateMask", "").split(",")
                return cloud.begun(cloud.update(run_v2.Service.from_json(text), mask))
            case "GET", _ if path == f"{NAME}/revisions":
                cloud.seen()
                return {"revisions": [as_json(one) for one in cloud.appeared()]}
            case "GET", _ if path.startswith(f"{NAME}/revisions/"):
                return as_json(cloud.revision(path.rpartition("/")[2]))
            case "GET", _ if path.startswith(f"{PARENT}/operations/"):
                return cloud.operation(int(path.rpartition("/")[2]))
            case "GET", _ if path == f"{NAME}:getIamPolicy":
                return cloud.policy
            case "POST", _ if path == f"{NAME}:setIamPolicy":
                return cloud.set_policy(json.loads(text)["policy"])
        raise Refused(404, "NOT_FOUND", f"Not found: {path}")

    def _send(self, body: dict[str, Any], status: int) -> None:
        data = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)
