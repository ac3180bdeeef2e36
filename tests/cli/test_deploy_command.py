"""`datacraft deploy`, on this machine."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from command_line import Command

from datacraft.delivery.targets.local.process import free_port


@pytest.fixture
def port(datacraft: Command, monkeypatch: pytest.MonkeyPatch) -> Iterator[int]:
    """A free port for people; what serves there is stopped in the end."""
    port = free_port("127.0.0.1")
    monkeypatch.setenv("PORT", str(port))
    yield port
    datacraft("deploy", "stop")


def test_a_service_is_planned_deployed_seen_changed_and_gone_back(
    datacraft: Command, folder: Path, port: int
) -> None:
    plan = datacraft("deploy", "plan", "--data", "sales.csv")
    assert plan.code == 0
    assert f"address: nothing -> 127.0.0.1:{port}" in plan.out
    assert not (folder / ".datacraft" / "deploy" / "desired.json").exists()

    first = datacraft("deploy", "apply", "--data", "sales.csv")
    assert (first.code, first.out) == (0, f"http://127.0.0.1:{port}\n")
    answer = httpx.post(f"http://127.0.0.1:{port}/api/ask", json={"question": "total sales"}).json()
    assert answer["error"] is None
    assert datacraft("deploy", "plan", "--data", "sales.csv").out == ""

    (folder / "more.csv").write_text("region,sales\nNorth,1\n")
    second = datacraft("deploy", "apply", "--data", "more.csv")
    assert second.code == 0
    assert "sales.csv ->" in second.err
    status = json.loads(datacraft("deploy", "status", "--json").out)
    assert [(one["name"], one["traffic"]) for one in status["revisions"]] == [
        ("datacraft-00002", 100),
        ("datacraft-00001", 0),
    ]

    back = datacraft("deploy", "rollback")
    assert (back.code, back.out) == (0, f"http://127.0.0.1:{port}\n")
    shown = datacraft("deploy", "status")
    assert shown.code == 0
    assert shown.out.splitlines()[1].startswith("datacraft-00001\tready\t100 %\tproduction\t")
    assert "DataCraft is at" in datacraft("deploy", "logs").out

    assert datacraft("deploy", "stop").code == 0
    entries = datacraft("audit", "list", "--format", "json").out
    done = [(one["action"], one["target"], one["outcome"]) for one in json.loads(entries)]
    target = "service on local"
    assert done == [
        ("stop", target, "done"), ("rollback", target, "done"), ("deploy", target, "done"), ("deploy", target, "done"),
    ]  # fmt: skip
    after = datacraft("deploy", "status")
    assert after.code == 1
    assert "stopped" in after.err


def test_where_nothing_is_deployed_every_command_says_so(datacraft: Command, folder: Path) -> None:
    assert "Nothing is deployed" in datacraft("deploy", "status").err
    assert datacraft("deploy", "rollback").code == 2
    assert datacraft("deploy", "logs").code == 2
    assert datacraft("deploy", "stop").code == 2


def test_a_port_that_is_taken_is_refused(datacraft: Command, folder: Path) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        run = datacraft("deploy", "apply", "--data", "sales.csv", "--port", other.getsockname()[1])
    assert run.code == 2
    assert "Something else listens on port" in run.err


def test_a_program_that_is_not_there_is_named(datacraft: Command, folder: Path) -> None:
    run = datacraft("deploy", "plan", "--data", "sales.csv", "--program", "older/datacraft")
    assert run.code == 1
    assert "older/datacraft" in run.err


def test_a_target_that_is_none_is_refused(datacraft: Command, folder: Path) -> None:
    run = datacraft("deploy", "status", "--target", "moon")
    assert run.code == 2
    assert "deploy.target" in run.err


def test_a_service_on_cloud_run_is_deployed_by_the_same_commands(
    datacraft: Command, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.syspath_prepend(Path(__file__).parents[1] / "delivery")
    from cloudrun_stub import PROJECT, Cloud, serving

    with serving(Cloud(log=[{"timestamp": "2026-01-01T00:00:00Z", "textPayload": "it serves"}])) as endpoint:
        (folder / "datacraft.yaml").write_text(
            f"deploy:\n  target: cloudrun\n  cloudrun:\n    endpoint: {endpoint}\n"
            f"gcp:\n  project_id: {PROJECT}\n"
        )
        assert "No image" in datacraft("deploy", "plan").err
        for tag in ("1", "2"):
            run = datacraft("deploy", "apply", "--image", f"registry.example/datacraft-app:{tag}")
            assert (run.code, run.out) == (0, "https://datacraft-app-abc123-ue.a.run.app\n")
        assert "image: registry.example/datacraft-app:1 -> registry.example/datacraft-app:2" in run.err
        assert datacraft("deploy", "rollback").code == 0
        shown = datacraft("deploy", "status")
        assert shown.code == 0
        assert "datacraft-app-00001\tready\t100 %\tproduction" in shown.out
        assert datacraft("deploy", "logs").out == "2026-01-01T00:00:00Z it serves\n"
        assert datacraft("deploy", "stop").code == 0
        assert datacraft("deploy", "status").code == 1
