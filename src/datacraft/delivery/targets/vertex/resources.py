"""Resources of Vertex AI's REST API v1, as far as a deployment reads and writes them.

https://cloud.google.com/vertex-ai/docs/reference/rest/v1/projects.locations.endpoints and .../projects.locations.models
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from pydantic import BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel


class _Resource(BaseModel):
    """What else Vertex AI writes is left out; what is sent holds only what is set."""

    model_config = ConfigDict(frozen=True, alias_generator=to_camel, populate_by_name=True)

    def sent(self) -> dict[str, Any]:
        """Return it as Vertex AI takes it."""
        return self.model_dump(mode="json", by_alias=True, exclude_none=True)


class Variable(_Resource):
    """An environment variable."""

    name: str
    value: str = ""


class Port(_Resource):
    """Where a container listens."""

    container_port: int


class ContainerSpec(_Resource):
    """How a container is run and asked."""

    image_uri: str
    env: tuple[Variable, ...] = ()
    ports: tuple[Port, ...] = ()
    predict_route: str = ""
    health_route: str = ""


class Model(_Resource):
    """A version of the model: an image with its variables."""

    name: str | None = None
    version_id: str | None = None
    display_name: str = ""
    version_description: str | None = None
    container_spec: ContainerSpec | None = None
    labels: dict[str, str] = Field(default_factory=dict)
    version_create_time: dt.datetime | None = None


class MachineSpec(_Resource):
    """What a replica runs on."""

    machine_type: str = ""


class DedicatedResources(_Resource):
    """How many replicas there are, of what."""

    machine_spec: MachineSpec = MachineSpec()
    min_replica_count: int = 1
    max_replica_count: int = 1


class DeployedModel(_Resource):
    """A version that runs behind an endpoint."""

    id: str | None = None
    model: str
    model_version_id: str | None = None
    display_name: str = ""
    dedicated_resources: DedicatedResources = DedicatedResources()
    service_account: str | None = None


class Endpoint(_Resource):
    """The endpoint: what runs behind it, and how its requests are split."""

    name: str | None = None
    display_name: str = ""
    labels: dict[str, str] = Field(default_factory=dict)
    deployed_models: tuple[DeployedModel, ...] = ()
    traffic_split: dict[str, int] = Field(default_factory=dict)
    etag: str | None = None
    create_time: dt.datetime | None = None


class OperationError(_Resource):
    """Why something that was begun has failed."""

    message: str = ""


class Operation(_Resource):
    """Something that was begun."""

    name: str
    done: bool = False
    error: OperationError | None = None
    response: dict[str, Any] | None = None
