"""A stub of Vertex AI's REST API v1 on loopback, as far as a deployment can tell: JSON as the real one writes it.

Endpoints with etags, versions of a model, deploying as a long-running operation that takes a while or fails, a traffic
split that must add up and name what runs, quotas, and the log of containers.
https://cloud.google.com/vertex-ai/docs/reference/rest/v1/projects.locations.endpoints
"""

from __future__ import annotations

import datetime as dt
import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

PROJECT, REGION, SERVICE = "shop-project", "us-east1", "datacraft-app"
PARENT = f"projects/{PROJECT}/locations/{REGION}"
ENDPOINT = f"{PARENT}/endpoints/4242"
MODEL = f"{PARENT}/models/{SERVICE}"
_REASONS = {400: "INVALID_ARGUMENT", 403: "PERMISSION_DENIED", 404: "NOT_FOUND", 409: "ABORTED",
            412: "FAILED_PRECONDITION", 429: "RESOURCE_EXHAUSTED", 500: "INTERNAL", 503: "UNAVAILABLE"}  # fmt: skip
_KNOWN_DEPLOYED = {"model", "displayName", "dedicatedResources", "serviceAccount"}


class Refused(Exception):
    """An error as Vertex AI sends it."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status, self.message = status, message


def _now() -> str:
    return dt.datetime.now(dt.UTC).isoformat().replace("+00:00", "Z")


@dataclass
class Cloud:
    """What there is, and how it behaves."""

    ready_after_s: float = 0.03
    broken_images: set[str] = field(default_factory=set)
    hanging_images: set[str] = field(default_factory=set)
    failures: list[tuple[str, int]] = field(default_factory=list)
    """Method and status of calls that fail, in this order, before any succeeds."""
    endpoint: dict[str, Any] | None = None
    versions: list[dict[str, Any]] = field(default_factory=list)
    log: list[dict[str, Any]] = field(default_factory=list)
    calls: list[tuple[str, str]] = field(default_factory=list)
    asked_log: dict[str, Any] = field(default_factory=dict)
    lock: threading.Lock = field(default_factory=threading.Lock)
    _operations: dict[str, dict[str, Any]] = field(default_factory=dict)
    _bringing: dict[str, tuple[float, dict[str, Any]]] = field(default_factory=dict)
    _etag: int = 0

    def running(self) -> dict[str, int]:
        """What runs, by version, and its percent."""
        endpoint = self.endpoint or {}
        split = endpoint.get("trafficSplit", {})
        return {one["modelVersionId"]: split.get(one["id"], 0) for one in endpoint.get("deployedModels", [])}

    def settle(self) -> None:
        """Let operations end whose time has come."""
        for name, (begun, deployed) in list(self._bringing.items()):
            image = self._version(deployed["modelVersionId"])["containerSpec"]["imageUri"]
            if image in self.hanging_images or time.monotonic() - begun < self.ready_after_s:
                continue
            del self._bringing[name]
            if image in self.broken_images:
                message = (
                    "Model server never became ready. Please validate that your model file or container."
                )
                self._operations[name] = {
                    "name": name,
                    "done": True,
                    "error": {"code": 9, "message": message},
                }
                continue
            self._held()["deployedModels"].append(deployed)
            self._touched()
            self._operations[name] = {"name": name, "done": True, "response": {"deployedModel": deployed}}

    def create(self, sent: dict[str, Any]) -> dict[str, Any]:
        self.endpoint = {
            **sent, "name": ENDPOINT, "createTime": _now(), "labels": sent.get("labels", {}), "deployedModels": [],
            "trafficSplit": {},
        }  # fmt: skip
        self._touched()
        return self._done({"name": ENDPOINT})

    def update(self, sent: dict[str, Any], mask: list[str]) -> dict[str, Any]:
        held = self._held()
        if sent.get("etag", held["etag"]) != held["etag"]:
            raise Refused(409, "The etag does not match: the resource was changed.")
        if unknown := set(mask) - {"trafficSplit", "labels", "displayName", "description"}:
            raise Refused(400, f"update_mask: {unknown}")
        if "trafficSplit" in mask:
            self._check_split(sent.get("trafficSplit", {}))
        for name, value in sent.get("labels", {}).items():
            if not all(letter.islower() or letter.isdigit() or letter in "-_" for letter in name + value):
                raise Refused(400, f"labels: {name}={value}")
        held.update({name: sent.get(name, {}) for name in mask})
        self._touched()
        return held

    def upload(self, sent: dict[str, Any]) -> dict[str, Any]:
        model = sent["model"]
        if self.versions and sent.get("parentModel") != MODEL:
            raise Refused(409, "Model with this ID already exists.")
        if not self.versions and sent.get("modelId") != SERVICE:
            raise Refused(400, "The parent model does not exist.")
        for value in model.get("labels", {}).values():
            if len(value) > 63 or not all(one.islower() or one.isdigit() or one in "-_" for one in value):
                raise Refused(400, f"labels: {value}")
        version = str(len(self.versions) + 1)
        self.versions.append({**model, "name": MODEL, "versionId": version, "versionCreateTime": _now()})
        return self._done({"model": MODEL, "modelVersionId": version})

    def deploy(self, sent: dict[str, Any]) -> dict[str, Any]:
        asked = sent["deployedModel"]
        if unknown := set(asked) - _KNOWN_DEPLOYED:
            raise Refused(400, f"Invalid JSON payload received. Unknown name {unknown}")
        model, _, version = asked["model"].partition("@")
        if model != MODEL or not version:
            raise Refused(404, f"The Model {asked['model']} does not exist.")
        self._version(version)
        account = {"serviceAccount": asked.get("serviceAccount", "service-1@gcp-sa-aiplatform.example.com")}
        number = 9000 + len(self._operations)
        deployed = {
            **asked,
            **account,
            "model": MODEL,
            "modelVersionId": version,
            "id": str(number),
            "createTime": _now(),
        }
        begun = self._begun()
        self._bringing[begun["name"]] = (time.monotonic(), deployed)
        return begun

    def undeploy(self, sent: dict[str, Any]) -> dict[str, Any]:
        held = self._held()
        left = [one for one in held["deployedModels"] if one["id"] != sent["deployedModelId"]]
        if len(left) == len(held["deployedModels"]):
            raise Refused(404, "The DeployedModel does not exist.")
        split = sent.get("trafficSplit", held["trafficSplit"]) if left else {}
        if split.get(sent["deployedModelId"]):
            raise Refused(412, "The DeployedModel still gets traffic.")
        self._check_split(split)
        held.update(deployedModels=left, trafficSplit=split)
        self._touched()
        return self._done({})

    def operation(self, name: str) -> dict[str, Any]:
        if name not in self._operations:
            raise Refused(404, f"Operation {name} does not exist.")
        return self._operations[name]

    def _check_split(self, split: dict[str, int]) -> None:
        if split and sum(split.values()) != 100:
            raise Refused(400, "The traffic percentage values must add up to 100.")
        ids = {one["id"] for one in self._held()["deployedModels"]}
        if unknown := {key for key, share in split.items() if share} - ids:
            raise Refused(400, f"trafficSplit: {unknown} is not deployed.")

    def _version(self, version: str) -> dict[str, Any]:
        return next(one for one in self.versions if one["versionId"] == version)

    def held_or_none(self) -> list[dict[str, Any]]:
        return [self.endpoint] if self.endpoint else []

    def open_operations(self) -> list[dict[str, Any]]:
        return [one for one in self._operations.values() if not one.get("done")]

    def _held(self) -> dict[str, Any]:
        if self.endpoint is None:
            raise Refused(404, "The Endpoint does not exist.")
        return self.endpoint

    def _touched(self) -> None:
        self._etag += 1
        self._held()["etag"] = f"AMEw{self._etag}"

    def _begun(self) -> dict[str, Any]:
        name = f"{ENDPOINT}/operations/{len(self._operations) + 1}"
        self._operations[name] = {"name": name, "metadata": {"genericMetadata": {"createTime": _now()}}}
        return self._operations[name]

    def _done(self, response: dict[str, Any]) -> dict[str, Any]:
        found = self._begun() | {"done": True, "response": response}
        self._operations[found["name"]] = found
        return found


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
        body = json.loads(text) if text else {}
        with self.state.lock:
            self.state.calls.append((self.command, address.path))
            try:
                if self.state.failures and self.state.failures[0][0] == self.command:
                    status = self.state.failures.pop(0)[1]
                    raise Refused(status, f"as the test wants it: {status}")
                self.state.settle()
                self._send(self._route(address.path, query, body), 200)
            except Refused as error:
                said = {"code": error.status, "status": _REASONS[error.status], "message": error.message}
                self._send({"error": said}, error.status)

    def _route(self, path: str, query: dict[str, str], body: dict[str, Any]) -> dict[str, Any]:
        cloud = self.state
        match self.command, path.removeprefix("/v1/"):
            case "POST", "/v2/entries:list":
                cloud.asked_log = body
                return {"entries": cloud.log[-body["pageSize"] :][::-1]}
            case "GET", where if where == f"{PARENT}/endpoints":
                assert query["filter"] == f'display_name="{SERVICE}"'
                return {"endpoints": cloud.held_or_none()}
            case "POST", where if where == f"{PARENT}/endpoints":
                return cloud.create(body)
            case "PATCH", where if where == ENDPOINT:
                return cloud.update(body, query["updateMask"].split(","))
            case "GET", where if where == f"{MODEL}:listVersions":
                if not cloud.versions:
                    raise Refused(404, f"The Model {MODEL} is not found.")
                page = int(query.get("pageToken", "0"))  # two on a page
                more = {"nextPageToken": str(page + 2)} if page + 2 < len(cloud.versions) else {}
                return {"models": cloud.versions[page : page + 2], **more}
            case "POST", where if where == f"{PARENT}/models:upload":
                return cloud.upload(body)
            case "POST", where if where == f"{ENDPOINT}:deployModel":
                return cloud.deploy(body)
            case "POST", where if where == f"{ENDPOINT}:undeployModel":
                return cloud.undeploy(body)
            case "GET", where if where == f"{ENDPOINT}/operations":
                return {"operations": cloud.open_operations()}
            case "GET", where if "/operations/" in where:
                return cloud.operation(where)
        raise Refused(404, f"Not found: {path}")

    def _send(self, body: dict[str, Any], status: int) -> None:
        data = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)
