"""Asking GitHub's workflow, or a webhook, to evaluate anew: over HTTP on loopback, as they speak."""

from __future__ import annotations

import base64
import datetime as dt
import hashlib
import hmac
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from datacraft.contracts.alarm import Act
from datacraft.contracts.errors import ConfigError
from datacraft.monitoring.asking.github import AskingFailed, dispatch
from datacraft.monitoring.asking.webhook import call

NOW = dt.datetime(2026, 3, 2, 6, tzinfo=dt.UTC)
SECRET = "whsec_" + base64.b64encode(b"a secret of 24 bytes ...").decode()
ACT = Act(
    id="20260302T060000Z_re_evaluate",
    at=NOW,
    channel="production",
    action="re_evaluate",
    causes=("data drift",),
    reason="share of Furniture 33 % -> 12 %",
    release_id="r1",
    evidence="monitoring/production/reports/20260302T060000Z_healthy/report.json",
    state="started",
)


@contextmanager
def server(status: int, reply: dict[str, str] | None = None) -> Iterator[tuple[str, list[dict[str, Any]]]]:
    """Serve one answer; yield the address and what arrives."""
    arrived: list[dict[str, Any]] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            arrived.append({"path": self.path, "headers": dict(self.headers), "body": body})
            self.send_response(status)
            self.end_headers()
            if reply is not None:
                self.wfile.write(json.dumps(reply).encode())

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    listening = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=listening.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{listening.server_address[1]}", arrived
    finally:
        listening.shutdown()
        listening.server_close()


def test_github_is_asked_as_its_api_says():
    with server(204) as (api, arrived):
        assert dispatch(ACT, "acme/sales", "t0ken", api) == "https://github.com/acme/sales/actions"
    (one,) = arrived
    assert one["path"] == "/repos/acme/sales/dispatches"
    assert one["headers"]["Authorization"] == "Bearer t0ken"
    assert one["headers"]["Accept"] == "application/vnd.github+json"
    sent = json.loads(one["body"])
    assert sent["event_type"] == "datacraft-re-evaluate"
    assert sent["client_payload"]["reason"] == ACT.reason
    assert sent["client_payload"]["evidence"] == ACT.evidence


def test_github_takes_no_more_than_ten_properties():
    with server(204) as (api, arrived):
        dispatch(ACT, "acme/sales", "t0ken", api)
    assert len(json.loads(arrived[0]["body"])["client_payload"]) <= 10


@pytest.mark.parametrize("status", [401, 403, 404, 422, 500])
def test_a_refusal_says_what_to_check_and_not_the_token(status):
    with (
        server(status, {"message": "Bad credentials"}) as (api, _),
        pytest.raises(AskingFailed) as caught,
    ):
        dispatch(ACT, "acme/sales", "t0ken", api)
    assert str(status) in caught.value.message
    assert "Bad credentials" in caught.value.message
    assert "GITHUB_TOKEN" in (caught.value.hint or "")
    assert "t0ken" not in caught.value.message


def test_github_that_is_away_is_told():
    with server(204) as (api, _):
        pass
    with pytest.raises(AskingFailed, match="can't be reached"):
        dispatch(ACT, "acme/sales", "t0ken", api)


def test_a_webhook_can_check_who_calls():
    with server(202) as (url, arrived):
        call(ACT, url, SECRET, NOW)
    headers, body = arrived[0]["headers"], arrived[0]["body"]
    assert json.loads(body)["causes"] == ["data drift"]
    signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
    key = base64.b64decode(SECRET.removeprefix("whsec_"))
    expected = base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
    assert headers["webhook-signature"] == f"v1,{expected}"
    assert headers["webhook-timestamp"] == str(int(NOW.timestamp()))


def test_a_webhook_that_declines_is_told():
    with server(410) as (url, _), pytest.raises(AskingFailed, match="answers 410"):
        call(ACT, url, SECRET, NOW)


def test_a_secret_of_another_form_is_named_and_not_shown():
    with pytest.raises(ConfigError, match="MONITORING_WEBHOOK_SECRET") as caught:
        call(ACT, "http://127.0.0.1:9", "whsec_not base64!", NOW)
    assert "not base64" not in caught.value.message
