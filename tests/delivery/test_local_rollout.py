"""A rollout on this machine: nobody's request fails, open sessions stay, and what does not serve changes nothing."""

from __future__ import annotations

import os
import signal
import time
from collections import Counter
from pathlib import Path

import httpx
import pytest
from load import asking
from local_deployment import Deployment, is_there, until
from websockets.sync.client import connect

from datacraft.contracts.deployment import DeployRequest, TrafficSplit
from datacraft.delivery.targets.errors import NeverReady, NoSuchRevision

pytestmark = pytest.mark.e2e

RATE = 20


def test_no_request_fails_while_versions_change_and_change_back(deployment: Deployment) -> None:
    first = deployment.roll_out()
    with asking(f"http://127.0.0.1:{deployment.port}", RATE) as load:
        time.sleep(1)
        second = deployment.roll_out()
        until(lambda: deployment.state(first.name) == "standby")
        third = deployment.roll_out()
        until(lambda: deployment.state(first.name) == "stopped")
        assert deployment.target.rollback().name == second.name
        until(lambda: deployment.state(third.name) == "stopped")
        assert deployment.target.rollback().name == first.name
        until(lambda: deployment.state(second.name) == "stopped")
        time.sleep(1)
    assert load.failed == []
    assert load.answered > 5 * RATE


def test_an_open_session_stays_with_its_version_until_it_ends(deployment: Deployment) -> None:
    first = deployment.roll_out()
    with connect(f"ws://127.0.0.1:{deployment.port}/_stcore/stream", subprotocols=["streamlit"]) as session:
        second = deployment.roll_out()
        assert session.ping().wait(10)
        status = deployment.target.status()
        assert [(one.name, one.state, one.traffic) for one in status.revisions] == [
            (second.name, "ready", 100),
            (first.name, "draining", 0),
        ]
    until(lambda: deployment.state(first.name) == "standby")


def test_a_session_that_does_not_end_is_ended_after_its_time(deployment: Deployment) -> None:
    deployment.drain_s = 0.5
    first = deployment.roll_out()
    with connect(f"ws://127.0.0.1:{deployment.port}/_stcore/stream", subprotocols=["streamlit"]):
        deployment.roll_out()
        until(lambda: deployment.state(first.name) == "stopped")


def test_a_version_that_never_becomes_ready_changes_nothing(deployment: Deployment, tmp_path: Path) -> None:
    first = deployment.roll_out()
    good, deployment.data = deployment.data, tmp_path / "broken.csv"
    deployment.data.write_bytes(b"\x00\xff" * 100)
    target = deployment.target
    bad = target.apply(target.plan(DeployRequest(channel="production", again=True)))
    until(lambda: "broken" in str(target.status().revision(bad.name)))
    with pytest.raises(NeverReady, match="not ready within"):
        target.wait_ready(bad.name, 0.2)
    with pytest.raises(NeverReady):
        target.traffic(TrafficSplit.all_to(bad.name))
    target.discard(bad.name)
    until(lambda: deployment.state(bad.name) in ("stopped", "failed"))
    deployment.data = good
    assert [one.name for one in target.status().serving] == [first.name]
    assert target.status().problems == ()
    assert deployment.ask().status_code == 200


def test_a_version_that_dies_over_and_over_is_given_up(deployment: Deployment, tmp_path: Path) -> None:
    deployment.data = tmp_path / "nothing.csv"
    with pytest.raises(NeverReady, match=r"nothing\.csv"):
        deployment.roll_out()
    (revision,) = deployment.target.status().revisions
    assert revision.problem is not None
    until(lambda: deployment.state(revision.name) == "failed")
    assert deployment.target.url() is None


def test_new_sessions_are_split_as_said_and_each_stays_where_it_is(
    deployment: Deployment, tmp_path: Path
) -> None:
    stable = deployment.roll_out()
    deployment.data = tmp_path / "canary.csv"
    deployment.data.write_text("region,revenue\nNorth,1\n")
    canary = deployment.roll_out(percent=25, channel="canary")
    seen: Counter[str] = Counter()
    for _ in range(40):
        with httpx.Client(base_url=f"http://127.0.0.1:{deployment.port}") as session:
            (table,) = {session.get("/ready").json()["tables"][0] for _ in range(5)}
        seen[table] += 1
    assert seen == {"sales": 30, "canary": 10}
    deployment.target.traffic(TrafficSplit.all_to(stable.name))
    until(lambda: deployment.state(canary.name) == "stopped")
    assert deployment.target.status().serving[0].name == stable.name


def test_a_rollback_leads_to_what_served_before_and_no_further(deployment: Deployment) -> None:
    first = deployment.roll_out()
    with pytest.raises(NoSuchRevision, match="no former"):
        deployment.target.rollback()
    second = deployment.roll_out()
    assert deployment.target.rollback().name == first.name
    with pytest.raises(NoSuchRevision, match="no former"):
        deployment.target.rollback()
    assert deployment.target.rollback(second.tag).name == second.name


def test_what_served_last_stands_by_and_is_gone_back_to_without_a_start(deployment: Deployment) -> None:
    first = deployment.roll_out()
    pid = deployment.pid(first.name)
    deployment.roll_out()
    until(lambda: deployment.state(first.name) == "standby")
    assert deployment.target.rollback().name == first.name
    assert deployment.pid(first.name) == pid
    assert deployment.ask().status_code == 200


def test_what_stood_by_and_died_is_started_again_for_a_rollback(deployment: Deployment) -> None:
    first = deployment.roll_out()
    deployment.roll_out()
    until(lambda: deployment.state(first.name) == "standby")
    os.kill(deployment.pid(first.name), signal.SIGKILL)
    until(lambda: deployment.state(first.name) == "stopped")
    assert deployment.target.rollback().name == first.name
    assert deployment.ask().status_code == 200


def test_a_rollback_to_what_cannot_start_any_more_changes_nothing(deployment: Deployment) -> None:
    first = deployment.roll_out()
    data, deployment.data = deployment.data, deployment.folder / "other.csv"
    deployment.data.write_text("region,revenue\nNorth,1\n")
    deployment.roll_out()
    third = deployment.roll_out()
    until(lambda: deployment.state(first.name) == "stopped")
    data.unlink()
    with pytest.raises(NeverReady, match=r"sales\.csv"):
        deployment.target.rollback(first.name)
    assert [one.name for one in deployment.target.status().serving] == [third.name]
    assert deployment.ask().status_code == 200
    until(lambda: deployment.state(first.name) != "starting")


def test_stopping_ends_every_process_and_applying_starts_the_same_again(deployment: Deployment) -> None:
    revision = deployment.roll_out()
    pid = deployment.pid(revision.name)
    deployment.target.stop()
    assert not is_there(pid)
    until(lambda: not deployment.supervisors())
    assert "stopped" in deployment.target.status().problems[0]
    assert deployment.roll_out(again=False).name == revision.name
    assert deployment.ask().status_code == 200
