"""What happens on this machine when something dies, is taken, or is broken."""

from __future__ import annotations

import os
import signal
import socket
from concurrent.futures import ThreadPoolExecutor

import pytest
from local_deployment import Deployment, is_there, until

from datacraft.contracts.deployment import DeployRequest
from datacraft.delivery.targets.errors import (
    AddressTaken,
    DeploymentChanged,
    DeploymentError,
    NoSuchRevision,
)
from datacraft.delivery.targets.local.process import can_listen, free_port
from datacraft.delivery.targets.local.revision import pause_after

pytestmark = pytest.mark.e2e

PRODUCTION = DeployRequest(channel="production")


def test_a_process_that_dies_is_started_again_and_requests_wait_for_it(deployment: Deployment) -> None:
    revision = deployment.roll_out()
    port = deployment.files.observed().revisions[revision.name].port
    assert port is not None
    os.kill(deployment.pid(revision.name), signal.SIGKILL)
    until(lambda: can_listen("127.0.0.1", port))  # it is gone: what it had begun to answer is lost
    assert deployment.ask().status_code == 200
    until(lambda: deployment.state(revision.name) == "ready")
    (found,) = deployment.target.status().serving
    assert found.restarts == 1


def test_a_killed_supervisor_is_replaced_and_the_next_one_takes_over_what_runs(
    deployment: Deployment,
) -> None:
    revision = deployment.roll_out()
    pid = deployment.pid(revision.name)
    (supervisor,) = deployment.supervisors()
    os.kill(supervisor.pid, signal.SIGKILL)
    until(lambda: not deployment.files.is_supervised())
    assert deployment.ask().status_code == 200
    assert "supervisor does not run" in deployment.target.status().problems[0]
    assert deployment.roll_out(again=False).name == revision.name
    assert deployment.pid(revision.name) == pid
    os.kill(pid, signal.SIGKILL)
    until(lambda: deployment.files.observed().revisions[revision.name].restarts == 1)
    until(lambda: deployment.target.status().problems == ())
    assert deployment.ask().status_code == 200


def test_a_supervisor_killed_during_a_rollout_leaves_what_served_and_the_next_rollout_works(
    deployment: Deployment,
) -> None:
    first = deployment.roll_out()
    target = deployment.target
    plan = target.plan(DeployRequest(channel="production", again=True))
    second = target.apply(plan)
    (supervisor,) = deployment.supervisors()
    os.kill(supervisor.pid, signal.SIGKILL)
    with pytest.raises(DeploymentError, match="supervisor does not run"):
        target.wait_ready(second.name, 60)
    target.discard(second.name)
    assert deployment.ask().status_code == 200
    assert [one.name for one in target.status().serving] == [first.name]
    third = deployment.roll_out()
    assert [one.name for one in target.status().serving] == [third.name]
    until(lambda: deployment.state(second.name) == "stopped")


def test_what_a_killed_supervisor_had_started_and_not_written_down_is_ended(deployment: Deployment) -> None:
    revision = deployment.roll_out()
    pid = deployment.pid(revision.name)
    (supervisor,) = deployment.supervisors()
    os.kill(supervisor.pid, signal.SIGKILL)
    until(lambda: not deployment.files.is_supervised())
    observed = deployment.files.observed()
    unwritten = observed.revisions[revision.name].model_copy(update={"process": None, "state": "starting"})
    deployment.files.write_observed(observed.model_copy(update={"revisions": {revision.name: unwritten}}))
    deployment.roll_out(again=False)
    until(lambda: not is_there(pid))
    assert deployment.pid(revision.name) != pid
    assert deployment.ask().status_code == 200


def test_everything_killed_at_once_comes_back_with_one_command(deployment: Deployment) -> None:
    revision = deployment.roll_out()
    pids = [deployment.supervisors()[0].pid, *deployment.pids()]
    assert len(pids) == 4
    for pid in pids:
        os.kill(pid, signal.SIGKILL)
    until(lambda: not any(is_there(pid) for pid in pids))
    assert deployment.roll_out(again=False).name == revision.name
    until(lambda: deployment.target.status().problems == ())
    assert deployment.ask().status_code == 200


@pytest.mark.parametrize("part", ["door", "splitter"])
def test_a_proxy_that_dies_is_started_again(deployment: Deployment, part: str) -> None:
    deployment.roll_out()
    before = getattr(deployment.files.observed().proxy, part).process
    os.kill(before.pid, signal.SIGKILL)
    until(lambda: getattr(deployment.files.observed().proxy, part).process not in (None, before))
    until(lambda: deployment.target.status().problems == ())
    assert deployment.ask().status_code == 200


def test_an_address_that_somebody_else_has_is_refused_before_anything_starts(deployment: Deployment) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", deployment.port))
        other.listen()
        with pytest.raises(AddressTaken, match=str(deployment.port)):
            deployment.roll_out()
    assert deployment.files.desired().revisions == ()
    assert not deployment.supervisors()


def test_a_revision_whose_port_was_taken_meanwhile_gets_another(deployment: Deployment) -> None:
    revision = deployment.roll_out()
    port = deployment.files.observed().revisions[revision.name].port
    deployment.target.stop()
    with socket.socket() as other:
        other.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        other.bind(("127.0.0.1", port))
        other.listen()
        deployment.roll_out(again=False)
        assert deployment.files.observed().revisions[revision.name].port != port
        assert deployment.ask().status_code == 200


def test_a_plan_for_what_has_changed_meanwhile_is_refused(deployment: Deployment) -> None:
    target = deployment.target
    early = target.plan(PRODUCTION)
    deployment.roll_out()
    before = deployment.files.desired()
    with pytest.raises(DeploymentChanged):
        target.apply(early)
    assert deployment.files.desired() == before


def test_of_two_who_deploy_at_once_one_is_refused(deployment: Deployment) -> None:
    plans = [deployment.target.plan(PRODUCTION) for _ in range(2)]
    with ThreadPoolExecutor() as pool:
        tries = [pool.submit(deployment.target.apply, plan) for plan in plans]
    errors = [tried.exception() for tried in tries if tried.exception() is not None]
    assert [type(error) for error in errors] == [DeploymentChanged]
    assert len(deployment.files.desired().revisions) == 1


def test_a_file_that_is_broken_is_named_and_what_runs_goes_on(deployment: Deployment) -> None:
    deployment.roll_out()
    place = deployment.files.path / "desired.json"
    whole = place.read_bytes()
    place.write_bytes(whole[:100])
    with pytest.raises(DeploymentError, match=r"desired\.json"):
        deployment.target.status()
    assert deployment.ask().status_code == 200
    place.write_bytes(whole)
    assert deployment.roll_out(again=False).state == "ready"


def test_a_plan_says_what_would_change_and_hides_what_may_be_secret(deployment: Deployment) -> None:
    target = deployment.target
    assert target.plan(PRODUCTION).first
    name = "DATACRAFT_LLM__GEMINI_ENDPOINT"
    deployment.environment[name] = "http://me:first@127.0.0.1:1"
    deployment.roll_out()
    assert not target.plan(PRODUCTION).needed
    deployment.environment[name] = "http://me:second@127.0.0.1:1"
    (change,) = target.plan(PRODUCTION).changes
    assert change.field == f"environment {name}"
    assert "first" not in change.model_dump_json()
    assert "second" not in change.model_dump_json()


def test_only_the_user_may_read_the_files(deployment: Deployment) -> None:
    deployment.roll_out()
    assert deployment.files.path.stat().st_mode & 0o077 == 0
    assert (deployment.files.path / "desired.json").stat().st_mode & 0o077 == 0


def test_stopping_what_is_not_there_says_so(deployment: Deployment) -> None:
    with pytest.raises(NoSuchRevision, match="Nothing is deployed"):
        deployment.target.stop()


def test_pauses_between_starts_grow_up_to_a_bound() -> None:
    pauses = [pause_after(failures) for failures in range(1, 2_000)]
    assert pauses[0] < pauses[1] < pauses[2]
    assert max(pauses) == pauses[-1] == 30


def test_a_free_port_is_the_wanted_one_unless_it_is_taken() -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        taken = other.getsockname()[1]
        assert free_port("127.0.0.1", taken) != taken
    assert free_port("127.0.0.1", taken) == taken
    assert free_port("127.0.0.1", taken, frozenset({taken})) != taken
