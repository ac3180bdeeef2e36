"""What a service of Cloud Run looks like: from settings to Google's messages, and back to words for people."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from google.cloud import run_v2
from google.iam.v1 import policy_pb2
from google.protobuf import duration_pb2

from datacraft.config import Settings
from datacraft.config.settings import CloudRunSettings
from datacraft.contracts.deployment import DeployRequest, Revision, RevisionState
from datacraft.contracts.errors import ConfigError

CHANNEL_VARIABLE = "DATACRAFT_CHANNEL"
FORMER = "datacraft/former"
TAG, RELEASE = "datacraft/tag", "datacraft/release"
INVOKER, EVERYBODY = "roles/run.invoker", "allUsers"
_KEPT_TAGS = 10
_PROBE_EVERY_S, _PROBE_FAILURES = 5, 48  # four minutes, which is as long as Cloud Run lets it take
_BY_REVISION = run_v2.TrafficTargetAllocationType.TRAFFIC_TARGET_ALLOCATION_TYPE_REVISION
_State = run_v2.Condition.State


def template_of(
    settings: Settings, request: DeployRequest, revision: str, tag: str
) -> run_v2.RevisionTemplate:
    """Return the template of a new revision.

    Raises:
        ConfigError: the image is not named, or a variable is not written as NAME=value.
    """
    chosen = settings.deploy.cloudrun
    if chosen.image is None:
        raise ConfigError("No image is named.", hint="Set deploy.cloudrun.image, or give --image.")
    container = run_v2.Container(
        image=chosen.image,
        ports=[run_v2.ContainerPort(container_port=chosen.port)],
        resources=run_v2.ResourceRequirements(
            limits={"memory": chosen.memory, "cpu": str(chosen.cpu)}, startup_cpu_boost=True
        ),
        env=[*_variables(settings, request), *_secrets(chosen)],
        startup_probe=run_v2.Probe(
            http_get=run_v2.HTTPGetAction(path="/ready", port=chosen.port),
            period_seconds=_PROBE_EVERY_S,
            timeout_seconds=_PROBE_EVERY_S,
            failure_threshold=_PROBE_FAILURES,
        ),
    )
    template = run_v2.RevisionTemplate(
        revision=revision,
        containers=[container],
        scaling=run_v2.RevisionScaling(
            min_instance_count=chosen.min_instances, max_instance_count=chosen.max_instances
        ),
        timeout=duration_pb2.Duration(seconds=chosen.timeout_s),
        session_affinity=True,
        annotations={TAG: tag} | ({RELEASE: request.release_id} if request.release_id else {}),
    )
    if chosen.service_account:
        template.service_account = chosen.service_account
    return template


def _variables(settings: Settings, request: DeployRequest) -> list[run_v2.EnvVar]:
    gcp = settings.gcp
    values = {
        CHANNEL_VARIABLE: request.channel,
        "GCP_PROJECT_ID": gcp.project_id,
        "GCP_REGION": gcp.region,
        "GCS_BUCKET_NAME": gcp.bucket,
        "BQ_DATASET": gcp.dataset,
        **dict(_pair(text, "env") for text in settings.deploy.cloudrun.env),
    }
    return [run_v2.EnvVar(name=name, value=value) for name, value in sorted(values.items()) if value]


def _secrets(chosen: CloudRunSettings) -> Iterable[run_v2.EnvVar]:
    for name, reference in sorted(_pair(text, "secrets") for text in chosen.secrets):
        secret, _, version = reference.partition(":")
        selector = run_v2.SecretKeySelector(secret=secret, version=version or "latest")
        yield run_v2.EnvVar(name=name, value_source=run_v2.EnvVarSource(secret_key_ref=selector))


def _pair(text: str, key: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not equals or not name.isidentifier() or not value:
        raise ConfigError(f"deploy.cloudrun.{key}: {text!r} is not written as NAME=value.")
    if name == "PORT" or name.startswith("K_"):
        raise ConfigError(f"deploy.cloudrun.{key}: Cloud Run itself sets {name}.", hint="Leave it out.")
    return name, value


def fields_of(made: run_v2.RevisionTemplate | run_v2.Revision, *, public: bool) -> dict[str, str]:
    """Return what two revisions can differ in, by a name for people."""
    container = made.containers[0]
    fields = {
        "image": container.image,
        "port": str(container.ports[0].container_port),
        "memory": container.resources.limits.get("memory", ""),
        "cpu": container.resources.limits.get("cpu", ""),
        "timeout": f"{made.timeout.seconds} s",
        "instances": f"{made.scaling.min_instance_count} to {made.scaling.max_instance_count}",
        "session affinity": str(made.session_affinity).lower(),
        "open to everybody": str(public).lower(),
        "service account": made.service_account,
        "release": made.annotations.get(RELEASE, ""),
    }
    for variable in container.env:
        selector = variable.value_source.secret_key_ref
        shown = f"{selector.secret}:{selector.version}" if selector.secret else variable.value
        kind = "from Secret Manager" if selector.secret else "environment"
        fields[f"{kind} {variable.name}"] = shown
    return {name: value for name, value in fields.items() if value}


def channel_of(made: run_v2.Revision) -> str:
    """Return the channel that a revision follows."""
    variables = {one.name: one.value for one in made.containers[0].env}
    return variables.get(CHANNEL_VARIABLE, "production")


def targets(shares: Mapping[str, int], tags: Mapping[str, str]) -> list[run_v2.TrafficTarget]:
    """Return traffic as Cloud Run wants it: percent by revision, and a tag for each that has one."""
    return [
        run_v2.TrafficTarget(
            type_=_BY_REVISION, revision=name, percent=shares.get(name, 0), tag=tags.get(name, "")
        )
        for name in sorted(shares.keys() | tags.keys())
    ]


def shares_of(service: run_v2.Service) -> dict[str, int]:
    """Return percent by revision, as it is now; "latest" is resolved to a name."""
    shares: dict[str, int] = {}
    for status in service.traffic_statuses:
        if status.percent:
            name = status.revision or short(service.latest_ready_revision)
            shares[name] = shares.get(name, 0) + status.percent
    return shares


def tags_of(service: run_v2.Service) -> dict[str, str]:
    """Return the tag by revision, as it is wanted."""
    return {target.revision: target.tag for target in service.traffic if target.tag and target.revision}


def kept_tags(
    service: run_v2.Service, revisions: Iterable[run_v2.Revision], shares: Mapping[str, int]
) -> dict[str, str]:
    """Return the tags of what serves, and of the newest others that could: a broken one would hinder all."""
    tags = tags_of(service)
    able = [short(one.name) for one in revisions if state_of(one)[0] == "ready"]
    newest = [name for name in able if name in tags][:_KEPT_TAGS]
    return {name: tag for name, tag in tags.items() if name in shares or name in newest}


def former_of(service: run_v2.Service) -> tuple[str, ...]:
    """Return what had the traffic before, the latest last."""
    return tuple(name for name in service.annotations.get(FORMER, "").split(",") if name)


def nearest(
    revisions: Iterable[run_v2.Revision], shares: Mapping[str, int], channel: str
) -> run_v2.Revision | None:
    """Return what serves the channel, else what serves most; None: nothing serves."""
    serving = [one for one in revisions if short(one.name) in shares]
    return min(serving, key=lambda one: (channel_of(one) != channel, -shares[short(one.name)]), default=None)


def state_of(revision: run_v2.Revision) -> tuple[RevisionState, str | None]:
    """Return whether a revision can serve, and what keeps it from that."""
    conditions = {condition.type_: condition for condition in revision.conditions}
    ready = conditions.get("Ready")
    if ready is None or ready.state in (_State.CONDITION_PENDING, _State.CONDITION_RECONCILING):
        return "starting", (ready.message or None) if ready else None
    if ready.state == _State.CONDITION_SUCCEEDED:
        return "ready", None
    return "failed", ready.message or "Cloud Run does not say why."


def revision_of(made: run_v2.Revision, shares: Mapping[str, int], addresses: Mapping[str, str]) -> Revision:
    """Return a revision in the words of every target."""
    state, problem = state_of(made)
    name = short(made.name)
    return Revision(
        name=name,
        tag=made.annotations.get(TAG, ""),
        channel=channel_of(made),
        release_id=made.annotations.get(RELEASE) or None,
        image=made.containers[0].image,
        state=state,
        traffic=shares.get(name, 0),
        url=addresses.get(name),
        created_at=made.create_time,
        problem=problem,
    )


def is_public(policy: policy_pb2.Policy) -> bool:
    """Tell whether everybody may call the service."""
    return any(one.role == INVOKER and EVERYBODY in one.members for one in policy.bindings)


def with_public(policy: policy_pb2.Policy, *, public: bool) -> policy_pb2.Policy:
    """Return the policy with or without everybody; other members stay."""
    changed = policy_pb2.Policy()
    changed.CopyFrom(policy)
    for binding in changed.bindings:
        if binding.role == INVOKER and EVERYBODY in binding.members:
            binding.members.remove(EVERYBODY)
    kept = [binding for binding in changed.bindings if binding.members]
    del changed.bindings[:]
    changed.bindings.extend(kept)
    if public:
        changed.bindings.add(role=INVOKER, members=[EVERYBODY])
    return changed


def short(name: str) -> str:
    """Return the last part of a resource's name."""
    return name.rpartition("/")[2]
