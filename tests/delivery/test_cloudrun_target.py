"""A service on Cloud Run: Google's own client against a stub of its API."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from cloudrun_stub import NAME, PROJECT, SERVICE, Cloud, as_json, serving
from google.cloud import run_v2

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
from datacraft.delivery.targets.cloudrun import wire
from datacraft.delivery.targets.cloudrun.target import CloudRunTarget

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
        self.arguments = {"gcp.project_id": PROJECT, "deploy.cloudrun.endpoint": endpoint, **settings}

    def target(self, image: str = "1", **settings: object) -> CloudRunTarget:
        arguments = {"deploy.cloudrun.image": f"{IMAGE}:{image}", **self.arguments, **settings}
        chosen = load_settings(arguments=arguments, environ={})
        return CloudRunTarget(chosen, wire.CloudRun.of(chosen), poll_s=0.01)

    def roll_out(self, image: str = "1", *, timeout_s: float = 5, **request: object) -> Revision:
        target = self.target(image)
        request = {"channel": "production", **request}
        return roll_out(target, target.plan(DeployRequest.model_validate(request)), timeout_s=timeout_s)


@pytest.fixture
def cloudy(endpoint: str) -> Cloudy:
    return Cloudy(endpoint)


def shares(target: CloudRunTarget) -> dict[str, int]:
    return {one.name: one.traffic for one in target.status().serving}


def test_the_first_deployment_makes_the_service_as_the_settings_say(cloud: Cloud, endpoint: str) -> None:
    cloudy = Cloudy(
        endpoint,
        **{
            "gcp.bucket": "shop-models",
            "deploy.cloudrun.service_account": "app@shop-project.iam.gserviceaccount.com",
            "deploy.cloudrun.env": "COLOUR=blue, SIZE=10",
            "deploy.cloudrun.secrets": "GEMINI_API_KEY=gemini-key, TOKEN=token:3",
            "deploy.cloudrun.min_instances": 1,
        },
    )
    revision = cloudy.roll_out(release_id=RELEASE)
    assert (revision.state, revision.traffic, revision.tag) == ("ready", 100, TAG)
    assert revision.release_id == RELEASE
    assert cloud.service is not None
    template = as_json(cloud.service.template)
    container = template["containers"][0]
    assert container["resources"]["limits"] == {"memory": "2Gi", "cpu": "2"}
    assert container["ports"] == [{"containerPort": 8501}]
    assert container["startupProbe"]["httpGet"]["path"] == "/ready"
    assert (template["timeout"], template["sessionAffinity"]) == ("300s", True)
    assert template["scaling"] == {"minInstanceCount": 1, "maxInstanceCount": 10}
    assert template["serviceAccount"] == "app@shop-project.iam.gserviceaccount.com"
    variables = {one["name"]: one for one in container["env"]}
    assert variables["DATACRAFT_CHANNEL"]["value"] == "production"
    assert variables["GCS_BUCKET_NAME"]["value"] == "shop-models"
    assert variables["COLOUR"]["value"] == "blue"
    assert variables["GEMINI_API_KEY"]["valueSource"] == {
        "secretKeyRef": {"secret": "gemini-key", "version": "latest"}
    }
    assert variables["TOKEN"]["valueSource"]["secretKeyRef"]["version"] == "3"
    assert cloud.policy.get("bindings") is None


def test_a_second_deployment_moves_traffic_only_once_it_is_ready(cloud: Cloud, cloudy: Cloudy) -> None:
    first = cloudy.roll_out("1")
    target = cloudy.target("2")
    plan = target.plan(DeployRequest(channel="production"))
    assert [(one.field, one.before, one.after) for one in plan.changes] == [
        ("image", f"{IMAGE}:1", f"{IMAGE}:2")
    ]
    second = target.apply(plan)
    assert shares(target) == {first.name: 100}
    target.wait_ready(second.name, 5)
    status = target.traffic(TrafficSplit.all_to(second.name))
    assert shares(target) == {second.name: 100}
    assert status.url == cloud.service.uri  # type: ignore[union-attr]
    assert status.problems == ()


def test_a_revision_that_does_not_start_changes_nothing(cloud: Cloud, cloudy: Cloudy) -> None:
    first = cloudy.roll_out("1")
    cloud.broken_images.add(f"{IMAGE}:bad")
    with pytest.raises(NeverReady, match="failed to start and listen"):
        cloudy.roll_out("bad")
    target = cloudy.target()
    assert shares(target) == {first.name: 100}
    assert target.status().problems == ()
    assert cloud.service is not None
    assert [one.revision for one in cloud.service.traffic] == [first.name]


def test_a_revision_that_hangs_is_given_up_after_its_time(cloud: Cloud, cloudy: Cloudy) -> None:
    first = cloudy.roll_out("1")
    cloud.hanging_images.add(f"{IMAGE}:slow")
    with pytest.raises(NeverReady, match="not ready within"):
        cloudy.roll_out("slow", timeout_s=0.2)
    assert shares(cloudy.target()) == {first.name: 100}
    assert cloudy.roll_out("2").traffic == 100


def test_an_order_that_fails_before_there_is_a_revision_says_why(cloud: Cloud, cloudy: Cloudy) -> None:
    first = cloudy.roll_out("1")
    cloud.refuses_images.add(f"{IMAGE}:gone")
    with pytest.raises(DeploymentError, match=r"refuses it: .*not found"):
        cloudy.roll_out("gone")
    assert shares(cloudy.target()) == {first.name: 100}


def test_a_first_deployment_that_fails_can_be_tried_again(cloud: Cloud, cloudy: Cloudy) -> None:
    cloud.broken_images.add(f"{IMAGE}:bad")
    with pytest.raises(NeverReady):
        cloudy.roll_out("bad")
    assert cloudy.target().url() is None
    assert cloudy.roll_out("good").traffic == 100


def test_traffic_is_split_by_revision_and_each_keeps_its_tag_and_address(
    cloud: Cloud, cloudy: Cloudy
) -> None:
    stable = cloudy.roll_out("1", release_id=RELEASE)
    target = cloudy.target("1")
    canary = target.apply(target.plan(DeployRequest(channel="canary", release_id="20260203T030405Z_def5678")))
    target.wait_ready(canary.name, 5)
    status = target.traffic(TrafficSplit(shares={stable.name: 95, canary.name: 5}))
    assert {one.channel: one.traffic for one in status.serving} == {"production": 95, "canary": 5}
    found = status.revision("r20260203t030405z-def5678")
    assert found is not None
    assert found.name == canary.name
    assert found.url == f"https://{found.tag}---{SERVICE}-abc123-ue.a.run.app"
    target.traffic(TrafficSplit.all_to(TAG))
    assert shares(target) == {stable.name: 100}
    with pytest.raises(NoSuchRevision):
        target.rollback()


def test_a_canary_gets_its_percent_and_more_of_it_without_another_revision(
    cloud: Cloud, cloudy: Cloudy
) -> None:
    stable = cloudy.roll_out("1")
    target = cloudy.target("1")
    canary = roll_out(target, target.plan(DeployRequest(channel="canary")), timeout_s=5, percent=5)
    assert shares(target) == {stable.name: 95, canary.name: 5}
    more = roll_out(target, target.plan(DeployRequest(channel="canary")), timeout_s=5, percent=25)
    assert more.name == canary.name
    assert shares(target) == {stable.name: 75, canary.name: 25}
    assert cloudy.roll_out("1").name == stable.name
    assert shares(target) == {stable.name: 75, canary.name: 25}


def test_a_release_that_is_deployed_again_takes_its_tag_along(cloud: Cloud, cloudy: Cloudy) -> None:
    cloudy.roll_out("1", release_id=RELEASE)
    second = cloudy.roll_out("2", release_id=RELEASE)
    assert cloud.service is not None
    assert [(one.revision, one.tag) for one in cloud.service.traffic if one.tag] == [(second.name, TAG)]


def test_a_rollback_leads_back_and_no_further(cloudy: Cloudy) -> None:
    first, second, third = (cloudy.roll_out(image) for image in "123")
    target = cloudy.target("3")
    assert target.rollback().name == second.name
    assert target.rollback().name == first.name
    with pytest.raises(NoSuchRevision, match="no former"):
        target.rollback()
    assert target.rollback(third.name).traffic == 100
    with pytest.raises(NoSuchRevision):
        target.rollback("datacraft-app-00099")


def test_nothing_changes_where_nothing_has_changed(cloud: Cloud, cloudy: Cloudy) -> None:
    first = cloudy.roll_out("1")
    cloud.calls.clear()
    assert cloudy.roll_out("1").name == first.name
    assert {method for method, _ in cloud.calls} == {"GET"}
    assert cloudy.roll_out("1", again=True).name != first.name


def test_a_plan_for_what_somebody_else_has_changed_is_refused(cloud: Cloud, cloudy: Cloudy) -> None:
    cloudy.roll_out("1")
    target = cloudy.target("2")
    plan = target.plan(DeployRequest(channel="production"))
    cloudy.roll_out("3")
    revisions = len(cloud.revisions)
    with pytest.raises(DeploymentChanged):
        target.apply(plan)
    assert len(cloud.revisions) == revisions


def test_a_change_between_look_and_write_is_refused_by_the_etag(
    cloud: Cloud, cloudy: Cloudy, endpoint: str
) -> None:
    first = cloudy.roll_out("1")
    second = cloudy.roll_out("2")
    settings = load_settings(arguments=cloudy.arguments, environ={})
    service = wire.CloudRun.of(settings).service()
    cloudy.target().rollback()
    assert service is not None
    with pytest.raises(DeploymentChanged):
        wire.CloudRun.of(settings).update(service, "traffic")
    assert shares(cloudy.target()) == {first.name: 100}
    assert second.name in cloud.revisions


def test_a_quota_is_waited_for_a_while(cloud: Cloud, cloudy: Cloudy) -> None:
    cloud.failures = [("POST", 429), ("POST", 429)]
    assert cloudy.roll_out("1").traffic == 100
    cloud.failures = [("PATCH", 429)] * 20
    with pytest.raises(TargetQuota, match="quota"):
        cloudy.roll_out("2")
    assert [one for one in cloud.calls if one == ("PATCH", NAME)] == [("PATCH", NAME)] * 4


def test_a_failure_inside_is_not_repeated_as_it_may_have_been_done(cloud: Cloud, cloudy: Cloudy) -> None:
    first = cloudy.roll_out("1")
    cloud.failures = [("PATCH", 503)]
    cloud.calls.clear()
    with pytest.raises(TargetUnavailable):
        cloudy.roll_out("2")
    assert cloud.calls.count(("PATCH", NAME)) == 1
    assert shares(cloudy.target()) == {first.name: 100}


def test_who_may_not_is_told_what_it_needs(cloud: Cloud, cloudy: Cloudy) -> None:
    cloud.failures = [("GET", 403)]
    with pytest.raises(AccessDenied) as caught:
        cloudy.target().status()
    assert "roles/run.admin" in str(caught.value.hint)


def test_a_target_that_is_not_there_is_said_so(cloud: Cloud) -> None:
    with serving(cloud) as address:
        pass
    with pytest.raises(TargetUnavailable):
        Cloudy(address).target().status()


def test_everybody_is_let_in_only_by_word_and_others_stay_in_the_policy(cloud: Cloud, cloudy: Cloudy) -> None:
    cloud.policy["bindings"] = [
        {
            "role": "roles/run.invoker",
            "members": ["user:ann@shop.example"],
            "condition": {"expression": "request.time.getHours() < 18", "title": "by day"},
        }
    ]
    before = cloud.policy["bindings"]
    cloudy.roll_out("1")
    target = cloudy.target("1", **{"deploy.cloudrun.allow_unauthenticated": True})
    plan = target.plan(DeployRequest(channel="production"))
    assert [(one.field, one.after) for one in plan.changes] == [("open to everybody", "true")]
    target.apply(plan)
    members = {member for one in cloud.policy["bindings"] for member in one["members"]}
    assert members == {"user:ann@shop.example", "allUsers"}
    cloudy.roll_out("2")
    assert cloud.policy["bindings"] == before


def test_a_stopped_service_has_no_instances_and_starts_again(cloud: Cloud, cloudy: Cloudy) -> None:
    first = cloudy.roll_out("1")
    cloudy.target().stop()
    assert cloud.service is not None
    assert cloud.service.scaling.scaling_mode == run_v2.ServiceScaling.ScalingMode.MANUAL
    assert "stopped" in cloudy.target().status().problems[0]
    assert cloudy.roll_out("1").name == first.name
    assert cloudy.target().status().problems == ()


def test_the_log_of_what_serves_is_read_in_order(cloud: Cloud, cloudy: Cloudy) -> None:
    first = cloudy.roll_out("1")
    cloud.log = [{"timestamp": f"2026-01-01T00:00:0{n}Z", "textPayload": f"line {n}"} for n in range(5)]
    assert cloudy.target().logs(lines=2) == ["2026-01-01T00:00:03Z line 3", "2026-01-01T00:00:04Z line 4"]
    assert f'revision_name="{first.name}"' in cloud.asked_log["filter"]


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"deploy.cloudrun.image": None}, "No image"),
        ({"deploy.cloudrun.env": "COLOUR"}, "NAME=value"),
        ({"deploy.cloudrun.env": "PORT=80"}, "sets PORT"),
        ({"deploy.cloudrun.secrets": "KEY="}, "NAME=value"),
    ],
)
def test_settings_that_cannot_be_are_named(endpoint: str, settings: dict[str, object], said: str) -> None:
    arguments = {"gcp.project_id": PROJECT, "deploy.cloudrun.endpoint": endpoint} | settings
    if "deploy.cloudrun.image" not in settings:
        arguments["deploy.cloudrun.image"] = IMAGE
    chosen = load_settings(arguments=arguments, environ={})
    target = CloudRunTarget(chosen, wire.CloudRun.of(chosen))
    with pytest.raises(ConfigError, match=said):
        target.plan(DeployRequest(channel="production"))


def test_a_project_must_be_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="project"):
        wire.CloudRun.of(load_settings(arguments={"state_dir": tmp_path}, environ={}))


def test_a_status_is_data(cloudy: Cloudy) -> None:
    cloudy.roll_out("1")
    found = json.loads(cloudy.target().status().model_dump_json())
    assert found["target"] == "cloudrun"
