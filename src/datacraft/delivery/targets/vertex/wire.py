"""`Vertex`: the calls of one endpoint and its model.

By REST with Google's own sign-in and errors, which come with the other clients: google-cloud-aiplatform unpacks to
92 MB for the eight calls that are made here, and would double what the image has to spare.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from datacraft.config import Settings
from datacraft.contracts.errors import ConfigError
from datacraft.delivery.targets.errors import DeploymentChanged, DeploymentError
from datacraft.delivery.targets.google import DEFAULT_REGION, Google, NotThere, credentials_for
from datacraft.delivery.targets.vertex.resources import DeployedModel, Endpoint, Model, Operation

if TYPE_CHECKING:
    from google.auth.credentials import Credentials

_TITLE = "Vertex AI"
NEW = "0"
"""What a split calls the model that is being deployed."""


class OperationFailed(DeploymentError):
    """Vertex AI took an order, and could not do it."""


class Vertex:
    """One endpoint in one region, found by its name for people. What it raises is in `Google.explain`."""

    def __init__(
        self, project: str, region: str, service: str, credentials: Credentials, endpoint: str | None
    ) -> None:
        self.parent = f"projects/{project}/locations/{region}"
        self.service_id = service
        self.model = f"{self.parent}/models/{service}"
        self.root = f"{endpoint or f'https://{region}-aiplatform.googleapis.com'}/v1"
        self._project = project
        self._google = Google(
            title=_TITLE,
            resource=f"the endpoint {service} in {self.parent}",
            roles="roles/aiplatform.user on the project and roles/iam.serviceAccountUser on its account",
            section="deploy.vertex",
            credentials=credentials,
            endpoint=endpoint,
        )

    @classmethod
    def of(cls, settings: Settings) -> Vertex:
        """Return the endpoint that the settings name; nothing is sent yet.

        Raises:
            ConfigError: the project is not named.
            AccessDenied: there are no credentials.
        """
        chosen = settings.deploy.vertex
        if settings.gcp.project_id is None:
            raise ConfigError("Vertex AI needs a project.", hint="Set gcp.project_id, or GCP_PROJECT_ID.")
        region = settings.gcp.region or DEFAULT_REGION
        credentials = credentials_for(_TITLE, chosen.endpoint)
        return cls(settings.gcp.project_id, region, chosen.service, credentials, chosen.endpoint)

    def endpoint(self) -> Endpoint | None:
        """Return the endpoint, of several with its name the oldest; None: there is none."""
        found = self._all(f"{self.parent}/endpoints", "endpoints", filter=f'display_name="{self.service_id}"')
        endpoints = [Endpoint.model_validate(one) for one in found]
        named = [one for one in endpoints if one.display_name == self.service_id]
        return min(named, key=lambda one: (one.create_time is None, one.create_time, one.name), default=None)

    def create(self, endpoint: Endpoint) -> Operation:
        """Begin to make the endpoint."""
        return self._begun("POST", f"{self.parent}/endpoints", endpoint.sent())

    def update(self, endpoint: Endpoint, *fields: str) -> Endpoint:
        """Change these fields, if the endpoint is still what its etag says."""
        assert endpoint.name is not None
        sent = {name: value for name, value in endpoint.sent().items() if name in {*fields, "etag"}}
        told = self._google.send("PATCH", self._url(endpoint.name), sent, updateMask=",".join(fields))
        return Endpoint.model_validate(told)

    def versions(self) -> list[Model]:
        """Return the versions of the model, the newest first."""
        try:
            found = self._all(f"{self.model}:listVersions", "models")
        except NotThere:
            return []
        models = [Model.model_validate(one) for one in found]
        return sorted(models, key=lambda one: int(one.version_id or 0), reverse=True)

    def upload(self, model: Model, *, first: bool) -> Operation:
        """Begin to make a version of the model, or the model with its first one."""
        where = {"modelId": self.service_id} if first else {"parentModel": self.model}
        return self._begun("POST", f"{self.parent}/models:upload", {"model": model.sent(), **where})

    def deploy(self, endpoint: Endpoint, deployed: DeployedModel) -> Operation:
        """Begin to run a version behind the endpoint; it gets no requests yet."""
        return self._begun("POST", f"{endpoint.name}:deployModel", {"deployedModel": deployed.sent()})

    def undeploy(
        self, endpoint: Endpoint, deployed_id: str, split: dict[str, int] | None = None
    ) -> Operation:
        """Begin to end what runs behind the endpoint; `split` first takes its requests away."""
        wanted: dict[str, Any] = {"deployedModelId": deployed_id}
        if split:
            wanted["trafficSplit"] = split
        return self._begun("POST", f"{endpoint.name}:undeployModel", wanted)

    def seen(self, operation: Operation) -> Operation:
        """Return an operation as it is now.

        Raises:
            OperationFailed: it has failed; says why.
        """
        found = Operation.model_validate(self._google.send("GET", self._url(operation.name)))
        if found.error is not None:
            raise OperationFailed(
                f"Vertex AI refuses it: {found.error.message}",
                hint="What the container said is in Cloud Logging, under the endpoint.",
            )
        return found

    def open_operations(self, endpoint: Endpoint) -> list[Operation]:
        """Return what was begun with the endpoint and is not done."""
        found = self._all(f"{endpoint.name}/operations", "operations", filter="done=false")
        return [one for one in map(Operation.model_validate, found) if not one.done]

    def log_lines(self, endpoint: Endpoint, deployed_id: str, lines: int) -> list[str]:
        """Return the last lines that a deployed model's containers have written, the latest last."""
        chosen = (
            'resource.type="aiplatform.googleapis.com/Endpoint" '
            f'resource.labels.endpoint_id="{(endpoint.name or "").rpartition("/")[2]}" '
            f'labels.deployed_model_id="{deployed_id}"'
        )
        return self._google.log_lines(self._project, chosen, lines)

    def url_of(self, endpoint: Endpoint) -> str:
        """Return where predictions are asked for."""
        return f"{self._url(endpoint.name or '')}:predict"

    def _all(self, path: str, key: str, **query: str) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = []
        page = ""
        while True:
            answer = self._google.send(
                "GET", self._url(path), **query, **({"pageToken": page} if page else {})
            )
            found += answer.get(key, [])
            page = answer.get("nextPageToken", "")
            if not page:
                return found

    def _begun(self, method: str, path: str, body: dict[str, Any]) -> Operation:
        return Operation.model_validate(self._google.send(method, self._url(path), body))

    def _url(self, path: str) -> str:
        return f"{self.root}/{path}"


def changed_meanwhile() -> DeploymentChanged:
    """Return the error of somebody else's change."""
    return DeploymentChanged(
        "The endpoint was changed since the plan was made; nobody gets anything new.",
        hint="Look at `datacraft deploy status`, and plan again.",
    )
