"""Predictions, as Vertex AI asks for them: the real server, with the variables that Vertex AI sets."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from http_server import write_sales

ROUTE = "/v1/endpoints/7/deployedModels/9:predict"
HEALTH = "/v1/endpoints/7/deployedModels/9"


def start(folder: Path, port: int, **environ: str) -> subprocess.Popen[str]:
    vertex = {"AIP_HTTP_PORT": str(port), "AIP_PREDICT_ROUTE": ROUTE, "AIP_HEALTH_ROUTE": HEALTH, "PORT": "1"}
    kept = {name: value for name, value in os.environ.items() if not name.startswith("DATACRAFT_")}
    return subprocess.Popen(
        [sys.executable, "-P", "-m", "datacraft.cli", "serve", "--data", str(write_sales(folder))],
        cwd=folder, env={**kept, **vertex, **environ}, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
    )  # fmt: skip


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture(scope="module")
def container(tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    port = free_port()
    process = start(tmp_path_factory.mktemp("vertex"), port, DATACRAFT_SERVE__MAX_BODY_BYTES="2000")
    try:
        with httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=30) as client:
            end = time.monotonic() + 60
            while True:
                try:
                    if client.get(HEALTH).status_code == 200:
                        break
                except httpx.TransportError:
                    pass
                assert process.poll() is None
                assert time.monotonic() < end
                time.sleep(0.1)
            yield client
    finally:
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=30)


def test_each_instance_gets_its_prediction_in_order(container: httpx.Client) -> None:
    asked = {
        "instances": ["total revenue by region", {"question": "total revenue"}],
        "parameters": {"any": 1},
    }
    reply = container.post(ROUTE, json=asked)
    assert reply.status_code == 200, reply.text
    first, second = reply.json()["predictions"]
    assert sorted(first["rows"]) == [["East", 260], ["North", 510], ["South", 290], ["West", 175]]
    assert second["rows"] == [[1235]]
    assert first["sql"]


def test_a_session_goes_on_from_one_request_to_the_next(container: httpx.Client) -> None:
    first = container.post(ROUTE, json={"instances": ["total revenue by region"]}).json()["predictions"][0]
    follow_up = {"question": "only 2024", "session": first["session"]}
    (second,) = container.post(ROUTE, json={"instances": [follow_up]}).json()["predictions"]
    assert {row[0] for row in second["rows"]} == {"West", "North", "East"}


def test_one_that_cannot_be_answered_costs_the_others_nothing(container: httpx.Client) -> None:
    long = "revenue " * 150
    reply = container.post(ROUTE, json={"instances": ["total revenue of unicorn glitter", "total revenue"]})
    glitter, total = reply.json()["predictions"]
    assert glitter["error"]["message"]
    assert total["rows"] == [[1235]]
    assert container.post(ROUTE, json={"instances": [long, "total revenue"]}).status_code == 200


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({}, 422),
        ({"instances": []}, 422),
        ({"instances": ["total"] * 101}, 422),
        ({"instances": [{"wrong": 1}]}, 422),
        ({"instances": ["x" * 3_000]}, 413),
    ],
)
def test_what_is_no_prediction_request_is_turned_away(
    container: httpx.Client, body: dict[str, object], status: int
) -> None:
    reply = container.post(ROUTE, json=body)
    assert reply.status_code == status
    assert reply.json()["error"]["message"]


@pytest.mark.parametrize("path", ["/", "/api/ask", "/_stcore/health", "/metrics"])
def test_the_page_is_not_served_and_it_says_so(container: httpx.Client, path: str) -> None:
    reply = container.get(path)
    assert reply.status_code == 404
    assert "no page" in reply.json()["error"]["message"]
    assert ROUTE in reply.json()["error"]["hint"]


def test_a_sign_in_that_vertex_does_not_do_is_refused_at_the_start(tmp_path: Path) -> None:
    process = start(tmp_path, free_port(), DATACRAFT_ACCESS__SIGN_IN="api_keys")
    said, _ = process.communicate(timeout=60)
    assert process.returncode == 2
    assert "IAM policy" in said
