"""An endpoint of Vertex AI: the target against a stub of its REST API."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest
from vertex_stub import ENDPOINT, PROJECT, Cloud, serving

from datacraft.config import load_settings
from datacraft.contracts.deployment import DeployRequest, Revision, TrafficSplit
from datacraft.contracts.errors import AccessDenied, ConfigError
from datacraft.delivery.targets import (
    DeploymentChanged,
    DeploymentError,
    NeverReady,
    NoSuchRevision,
    TargetQuota,
    TargetUnavailable,
    roll_out,
)
from datacraft.delivery.targets import google as google_calls
from datacraft.delivery.targets.vertex import wire
from datacraft.delivery.targets.vertex.target import VertexTarget

IMAGE = "us-east1-docker.pkg.dev/shop-project/mlops-models/datacraft-app"
RELEASE = "20260102T030405Z_abc1234"
TAG = "r20260102t030405z-abc1234"


@pytest.fixture
def cloud() -> Cloud:
    return Cloud()


@pytest.fixture
def endpoint(cloud: Cloud) -> Iterator[str]:
    with serving(cloud) as address:
        yield address


@pytest.fixture(autouse=True)
def short_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(google_calls, "_FIRST_PAUSE_S", 0.001)


class Cloudy:
    """The target, with settings that a test can change."""

    def __init__(self, endpoint: str, **settings: object) -> None:
        self.arguments = {"gcp.project_id": PROJECT, "deploy.vertex.endpoint": endpoint, **settings}

    def target(self, image: str = "1", **settings: object) -> VertexTarget:
        arguments = {"deploy.vertex.image": f"{IMAGE}:{image}", **self.arguments, **settings}
        chosen = load_settings(arguments=arguments, environ={})
        return VertexTarget(chosen, wire.Vertex.of(chosen), poll_s=0.01)

    def roll_out(self, image: str = "1", *, timeout_s: float = 5, **request: object) -> Revision:
        target = self.target(image)
        request = {"channel": "production", **request}
        return roll_out(target, target.plan(DeployRequest.model_validate(request)), timeout_s=timeout_s)


@pytest.fixture
def cloudy(endpoint: str) -> Cloudy:
    return Cloudy(endpoint)


def shares(target: VertexTarget) -> dict[str, int]:
    return {one.name: one.traffic for one in target.status().serving}


def test_the_first_deployment_makes_endpoint_and_model_as_the_settings_say(
    cloud: Cloud, endpoint: str
) -> None:
    cloudy = Cloudy(
        endpoint,
        **{
            "gcp.bucket": "shop-models",
            "deploy.vertex.service_account": "app@shop-project.iam.gserviceaccount.com",
            "deploy.vertex.env": "COLOUR=blue, SIZE=10",
            "deploy.vertex.min_replicas": 2,
        },
    )
    revision = cloudy.roll_out(release_id=RELEASE)
    assert (revision.state, revision.traffic, revision.tag) == ("ready", 100, TAG)
    assert revision.release_id == RELEASE
    spec = cloud.versions[0]["containerSpec"]
    assert spec["imageUri"] == f"{IMAGE}:1"
    assert (spec["ports"], spec["predictRoute"], spec["healthRoute"]) == (
        [{"containerPort": 8501}],
        "/predict",
        "/ready",
    )
    variables = {one["name"]: one["value"] for one in spec["env"]}
    assert variables["DATACRAFT_CHANNEL"] == "production"
    assert variables["GCS_BUCKET_NAME"] == "shop-models"
    assert variables["COLOUR"] == "blue"
    assert cloud.endpoint is not None
    (deployed,) = cloud.endpoint["deployedModels"]
    assert deployed["dedicatedResources"] == {
        "machineSpec": {"machineType": "n1-standard-2"}, "minReplicaCount": 2, "maxReplicaCount": 3,
    }  # fmt: skip
    assert deployed["serviceAccount"] == "app@shop-project.iam.gserviceaccount.com"
    assert cloudy.target().url() == f"{endpoint}/v1/{ENDPOINT}:predict"


def test_a_second_deployment_moves_traffic_only_once_it_is_ready(cloud: Cloud, cloudy: Cloudy) -> None:
    first = cloudy.roll_out("1")
    target = cloudy.target("2")
    plan = target.plan(DeployRequest(channel="production"))
    assert [(one.field, one.before, one.after) for one in plan.changes] == [
        ("image", f"{IMAGE}:1", f"{IMAGE}:2")
    ]
    second = target.apply(plan)
    assert second.state == "starting"
    assert shares(target) == {first.name: 100}
    target.wait_ready(second.name, 5)
    status = target.traffic(TrafficSplit.all_to(second.name))
    assert shares(target) == {second.name: 100}
    assert status.problems == ()


def test_only_what_serves_and_the_way_back_go_on_running(cloud: Cloud, cloudy: Cloudy) -> None:
    for image in "123":
        cloudy.roll_out(image)
    assert cloud.running() == {"2": 0, "3": 100}
    states = {one.name[-1]: one.state for one in cloudy.target().status().revisions}
    assert states == {"3": "ready", "2": "standby", "1": "stopped"}


def test_a_revision_that_does_not_start_changes_nothing(cloud: Cloud, cloudy: Cloudy) -> None:
    first = cloudy.roll_out("1")
    cloud.broken_images.add(f"{IMAGE}:bad")
    with pytest.raises(NeverReady, match="never became ready"):
        cloudy.roll_out("bad")
    assert shares(cloudy.target()) == {first.name: 100}
    assert cloud.running() == {"1": 100}
    assert cloudy.roll_out("2").traffic == 100


def test_a_revision_that_hangs_is_given_up_after_its_time(cloud: Cloud, cloudy: Cloudy) -> None:
    first = cloudy.roll_out("1")
    cloud.hanging_images.add(f"{IMAGE}:slow")
    with pytest.raises(NeverReady, match="not ready within"):
        cloudy.roll_out("slow", timeout_s=0.2)
    assert shares(cloudy.target()) == {first.name: 100}


def test_what_another_process_has_begun_is_waited_for(cloud: Cloud, cloudy: Cloudy) -> None:
    cloudy.roll_out("1")
    cloud.ready_after_s = 0.2
    target = cloudy.target("2")
    begun = target.apply(target.plan(DeployRequest(channel="production")))
    assert cloudy.target("2").wait_ready(begun.name, 5).state == "ready"


def test_traffic_is_split_by_revision(cloud: Cloud, cloudy: Cloudy) -> None:
    stable = cloudy.roll_out("1", release_id=RELEASE)
    target = cloudy.target("1")
    canary = roll_out(target, target.plan(DeployRequest(channel="canary")), timeout_s=5, percent=5)
    assert shares(target) == {stable.name: 95, canary.name: 5}
    assert cloud.running() == {"1": 95, "2": 5}
    more = roll_out(target, target.plan(DeployRequest(channel="canary")), timeout_s=5, percent=25)
    assert more.name == canary.name
    assert {one.channel: one.traffic for one in target.status().serving} == {"production": 75, "canary": 25}
    target.traffic(TrafficSplit.all_to(TAG))
    assert shares(target) == {stable.name: 100}
    target.discard(canary.name)
    assert cloud.running() == {"1": 100}
    with pytest.raises(DeploymentError, match="gets traffic"):
        target.discard(stable.name)


def test_a_rollback_leads_back_and_deploys_anew_what_was_ended(cloud: Cloud, cloudy: Cloudy) -> None:
    first, second, third = (cloudy.roll_out(image) for image in "123")
    target = cloudy.target("3")
    assert target.rollback().name == second.name
    assert target.rollback().name == first.name
    assert shares(target) == {first.name: 100}
    with pytest.raises(NoSuchRevision, match="no former"):
        target.rollback()
    assert target.rollback(third.name).traffic == 100
    with pytest.raises(NoSuchRevision):
        target.rollback("datacraft-app-00099")


def test_a_rollback_to_what_does_not_come_up_changes_nothing(cloud: Cloud, cloudy: Cloudy) -> None:
    first, _, third = (cloudy.roll_out(image) for image in "123")
    cloud.broken_images.add(f"{IMAGE}:1")
    with pytest.raises(NeverReady):
        cloudy.target("3").rollback(first.name)
    assert shares(cloudy.target("3")) == {third.name: 100}


def test_nothing_changes_where_nothing_has_changed(cloud: Cloud, cloudy: Cloudy) -> None:
    first = cloudy.roll_out("1", release_id=RELEASE)
    cloud.calls.clear()
    assert cloudy.roll_out("1", release_id="20260203T030405Z_def5678").name == first.name
    assert {method for method, _ in cloud.calls} == {"GET"}
    assert cloudy.roll_out("1", again=True).name != first.name


def test_a_plan_for_what_somebody_else_has_changed_is_refused(cloud: Cloud, cloudy: Cloudy) -> None:
    cloudy.roll_out("1")
    target = cloudy.target("2")
    plan = target.plan(DeployRequest(channel="production"))
    cloudy.roll_out("3")
    versions = len(cloud.versions)
    with pytest.raises(DeploymentChanged):
        target.apply(plan)
    assert len(cloud.versions) == versions


def test_a_change_between_look_and_write_is_refused_by_the_etag(cloud: Cloud, cloudy: Cloudy) -> None:
    first = cloudy.roll_out("1")
    cloudy.roll_out("2")
    settings = load_settings(arguments=cloudy.arguments, environ={})
    looked_at = wire.Vertex.of(settings).endpoint()
    cloudy.target().rollback()
    assert looked_at is not None
    with pytest.raises(DeploymentChanged):
        wire.Vertex.of(settings).update(looked_at, "trafficSplit")
    assert shares(cloudy.target()) == {first.name: 100}


def test_a_quota_is_waited_for_a_while(cloud: Cloud, cloudy: Cloudy) -> None:
    cloud.failures = [("POST", 429), ("POST", 429)]
    assert cloudy.roll_out("1").traffic == 100
    cloud.failures = [("POST", 429)] * 20
    with pytest.raises(TargetQuota, match="quota"):
        cloudy.roll_out("2")
    assert len(cloud.failures) == 16


def test_a_failure_inside_is_not_repeated_as_it_may_have_been_done(cloud: Cloud, cloudy: Cloudy) -> None:
    first = cloudy.roll_out("1")
    cloud.failures = [("PATCH", 503)]
    with pytest.raises(TargetUnavailable):
        cloudy.roll_out("2")
    assert [method for method, _ in cloud.calls].count("PATCH") == 2
    assert shares(cloudy.target()) == {first.name: 100}


def test_who_may_not_is_told_what_it_needs(cloud: Cloud, cloudy: Cloudy) -> None:
    cloud.failures = [("GET", 403)]
    with pytest.raises(AccessDenied) as caught:
        cloudy.target().status()
    assert "roles/aiplatform.user" in str(caught.value.hint)


def test_a_target_that_is_not_there_is_said_so(cloud: Cloud) -> None:
    with serving(cloud) as address:
        pass
    with pytest.raises(TargetUnavailable):
        Cloudy(address).target().status()


def test_a_stopped_endpoint_runs_nothing_and_is_deployed_anew(cloud: Cloud, cloudy: Cloudy) -> None:
    stable = cloudy.roll_out("1")
    target = cloudy.target("1")
    roll_out(target, target.plan(DeployRequest(channel="canary")), timeout_s=5, percent=25)
    target.stop()
    assert cloud.running() == {}
    assert target.url() is None
    assert "No revision gets traffic" in target.status().problems[0]
    again = cloudy.roll_out("1")
    assert again.traffic == 100
    assert again.name != stable.name


def test_the_log_of_what_serves_is_read_in_order(cloud: Cloud, cloudy: Cloudy) -> None:
    cloudy.roll_out("1")
    cloud.log = [
        {"timestamp": f"2026-01-01T00:00:0{n}Z", "jsonPayload": {"message": f"line {n}"}} for n in range(5)
    ]
    assert cloudy.target().logs(lines=2) == ["2026-01-01T00:00:03Z line 3", "2026-01-01T00:00:04Z line 4"]
    assert cloud.endpoint is not None
    (deployed,) = cloud.endpoint["deployedModels"]
    assert f'labels.deployed_model_id="{deployed["id"]}"' in cloud.asked_log["filter"]


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"deploy.vertex.image": None}, "No image"),
        ({"deploy.vertex.env": "COLOUR"}, "NAME=value"),
        ({"deploy.vertex.env": "AIP_HTTP_PORT=80"}, "sets AIP_HTTP_PORT"),
    ],
)
def test_settings_that_cannot_be_are_named(endpoint: str, settings: dict[str, object], said: str) -> None:
    arguments = {"gcp.project_id": PROJECT, "deploy.vertex.endpoint": endpoint} | settings
    if "deploy.vertex.image" not in settings:
        arguments["deploy.vertex.image"] = IMAGE
    chosen = load_settings(arguments=arguments, environ={})
    with pytest.raises(ConfigError, match=said):
        VertexTarget(chosen, wire.Vertex.of(chosen)).plan(DeployRequest(channel="production"))


def test_a_status_is_data(cloudy: Cloudy) -> None:
    assert cloudy.target().status().problems
    cloudy.roll_out("1")
    assert json.loads(cloudy.target().status().model_dump_json())["target"] == "vertex"
