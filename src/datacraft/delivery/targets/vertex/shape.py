"""What is deployed to Vertex AI: from settings to its resources, and back to words for people."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from datacraft.config import Settings
from datacraft.contracts.deployment import DeployRequest, Revision, RevisionState
from datacraft.contracts.errors import ConfigError
from datacraft.delivery.targets.vertex.resources import (
    ContainerSpec,
    DedicatedResources,
    DeployedModel,
    Endpoint,
    MachineSpec,
    Model,
    Port,
    Variable,
)

CHANNEL_VARIABLE = "DATACRAFT_CHANNEL"
TAG, FORMER = "datacraft-tag", "datacraft-former"
PREDICT_ROUTE, HEALTH_ROUTE = "/predict", "/ready"
_KEPT_FORMER = 8  # a label holds 63 letters
_OURS = ("PORT", "AIP_", "VERTEX_")


def model_of(settings: Settings, request: DeployRequest, revision: str, tag: str) -> Model:
    """Return the version of the model that a revision runs.

    Raises:
        ConfigError: the image is not named, or a variable is not written as NAME=value.
    """
    chosen = settings.deploy.vertex
    if chosen.image is None:
        raise ConfigError("No image is named.", hint="Set deploy.vertex.image, or give --image.")
    gcp = settings.gcp
    values = {
        CHANNEL_VARIABLE: request.channel,
        "GCP_PROJECT_ID": gcp.project_id,
        "GCP_REGION": gcp.region,
        "GCS_BUCKET_NAME": gcp.bucket,
        "BQ_DATASET": gcp.dataset,
        **dict(map(_pair, chosen.env)),
    }
    return Model(
        display_name=revision,
        version_description=request.release_id,
        container_spec=ContainerSpec(
            image_uri=chosen.image,
            env=tuple(Variable(name=name, value=value) for name, value in sorted(values.items()) if value),
            ports=(Port(container_port=chosen.port),),
            predict_route=PREDICT_ROUTE,
            health_route=HEALTH_ROUTE,
        ),
        labels={TAG: tag},
    )


def deployed_of(settings: Settings, model: Model) -> DeployedModel:
    """Return how a version runs behind the endpoint."""
    chosen = settings.deploy.vertex
    return DeployedModel(
        model=f"{model.name}@{model.version_id}",
        display_name=model.display_name,
        dedicated_resources=DedicatedResources(
            machine_spec=MachineSpec(machine_type=chosen.machine_type),
            min_replica_count=chosen.min_replicas,
            max_replica_count=max(chosen.min_replicas, chosen.max_replicas),
        ),
        service_account=chosen.service_account,
    )


def _pair(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not equals or not name.isidentifier() or not value:
        raise ConfigError(f"deploy.vertex.env: {text!r} is not written as NAME=value.")
    if name.startswith(_OURS):
        raise ConfigError(f"deploy.vertex.env: Vertex AI itself sets {name}.", hint="Leave it out.")
    return name, value


def fields_of(model: Model, deployed: DeployedModel) -> dict[str, str]:
    """Return what two revisions can differ in, by a name for people.

    The release isn't one of them: a revision follows its channel, and loads what that names by itself.
    """
    spec, resources = model.container_spec, deployed.dedicated_resources
    assert spec is not None
    fields = {
        "image": spec.image_uri,
        "port": ", ".join(str(port.container_port) for port in spec.ports),
        "machine": resources.machine_spec.machine_type,
        "replicas": f"{resources.min_replica_count} to {resources.max_replica_count}",
        "service account": deployed.service_account or "",
        **{f"environment {one.name}": one.value for one in spec.env},
    }
    return {name: value for name, value in fields.items() if value}


def channel_of(model: Model) -> str:
    """Return the channel that a version follows."""
    variables = model.container_spec.env if model.container_spec else ()
    return next((one.value for one in variables if one.name == CHANNEL_VARIABLE), "production")


def running(endpoint: Endpoint, version: str) -> DeployedModel | None:
    """Return a version as it runs behind the endpoint; None: it doesn't."""
    return next((one for one in endpoint.deployed_models if one.model_version_id == version), None)


def shares_of(endpoint: Endpoint) -> dict[str, int]:
    """Return percent by version."""
    versions = {one.id: one.model_version_id for one in endpoint.deployed_models}
    return {
        version: share
        for key, share in endpoint.traffic_split.items()
        if share and (version := versions.get(key))
    }


def split_of(endpoint: Endpoint, shares: Mapping[str, int]) -> dict[str, int]:
    """Return a split as Vertex AI wants it: percent by the id of what runs."""
    ids = {one.model_version_id: one.id for one in endpoint.deployed_models}
    return {key: share for version, share in shares.items() if share and (key := ids.get(version))}


def former_of(endpoint: Endpoint) -> tuple[str, ...]:
    """Return the versions that had the traffic before, the latest last."""
    return tuple(version for version in endpoint.labels.get(FORMER, "").split("_") if version)


def former_label(former: Iterable[str]) -> str:
    """Write down which versions had the traffic before."""
    return "_".join(tuple(former)[-_KEPT_FORMER:])


def revision_of(
    model: Model, service: str, shares: Mapping[str, int], state: RevisionState, problem: str | None = None
) -> Revision:
    """Return a version in the words of every target."""
    version = model.version_id or ""
    assert model.container_spec is not None
    assert model.version_create_time is not None
    return Revision(
        name=name_of(service, int(version)),
        tag=model.labels.get(TAG, ""),
        channel=channel_of(model),
        release_id=model.version_description or None,
        image=model.container_spec.image_uri,
        state=state,
        traffic=shares.get(version, 0),
        created_at=model.version_create_time,
        problem=problem,
    )


def name_of(service: str, version: int) -> str:
    """Return the name of a version for people."""
    return f"{service}-{version:05d}"


def version_of(revision: str) -> str:
    """Return the version that a revision's name means."""
    return revision.rpartition("-")[2].lstrip("0")
