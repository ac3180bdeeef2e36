"""`CloudRun`: the calls of one service."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from google.cloud import run_v2
from google.iam.v1 import iam_policy_pb2, options_pb2, policy_pb2
from google.protobuf import field_mask_pb2

from datacraft.config import Settings
from datacraft.contracts.errors import ConfigError
from datacraft.delivery.targets.google import CALL_S, DEFAULT_REGION, Google, NotThere, credentials_for

if TYPE_CHECKING:
    from google.api_core.operation import Operation
    from google.auth.credentials import Credentials

_TITLE = "Cloud Run"


class CloudRun:
    """One service in one region. What it raises is in `Google.explain`."""

    def __init__(
        self, project: str, region: str, service: str, credentials: Credentials, endpoint: str | None
    ) -> None:
        self.parent = f"projects/{project}/locations/{region}"
        self.name = f"{self.parent}/services/{service}"
        self.service_id = service
        self._project = project
        self._google = Google(
            title=_TITLE,
            resource=self.name,
            roles="roles/run.admin on the service and roles/iam.serviceAccountUser on its account",
            section="deploy.cloudrun",
            credentials=credentials,
            endpoint=endpoint,
        )
        options = {"api_endpoint": endpoint} if endpoint else None
        # REST, not gRPC: it goes through every proxy, and one stand-in can play it.
        self._services = run_v2.ServicesClient(
            credentials=credentials, transport="rest", client_options=options
        )
        self._revisions = run_v2.RevisionsClient(
            credentials=credentials, transport="rest", client_options=options
        )

    @classmethod
    def of(cls, settings: Settings) -> CloudRun:
        """Return the service that the settings name; nothing is sent yet.

        Raises:
            ConfigError: the project is not named.
            AccessDenied: there are no credentials.
        """
        chosen = settings.deploy.cloudrun
        if settings.gcp.project_id is None:
            raise ConfigError("Cloud Run needs a project.", hint="Set gcp.project_id, or GCP_PROJECT_ID.")
        region = settings.gcp.region or DEFAULT_REGION
        return cls(
            settings.gcp.project_id,
            region,
            chosen.service,
            credentials_for(_TITLE, chosen.endpoint),
            chosen.endpoint,
        )

    def service(self) -> run_v2.Service | None:
        """Return the service; None: there is none."""
        try:
            return self._google.call(lambda: self._services.get_service(name=self.name, **_once()))
        except NotThere:
            return None

    def create(self, service: run_v2.Service) -> Operation:
        """Begin to make the service."""
        return self._google.call(
            lambda: self._services.create_service(
                parent=self.parent, service=service, service_id=self.service_id, **_once()
            )
        )

    def update(self, service: run_v2.Service, *fields: str) -> Operation:
        """Begin to change these fields, if the service is still what its etag says."""
        request = run_v2.UpdateServiceRequest(
            service=service, update_mask=field_mask_pb2.FieldMask(paths=fields)
        )
        return self._google.call(lambda: self._services.update_service(request=request, **_once()))

    def check(self, operation: Operation) -> None:
        """See whether something that was begun has failed.

        Raises:
            DeploymentError: it has; says why.
        """
        if not self._google.call(lambda: operation.done(retry=None)):  # type: ignore[no-untyped-call]
            return
        if error := operation.exception(timeout=0):  # type: ignore[no-untyped-call]
            raise self._google.explain(error)

    def revision(self, name: str) -> run_v2.Revision | None:
        """Return a revision; None: there is none."""
        full = f"{self.name}/revisions/{name}"
        try:
            return self._google.call(lambda: self._revisions.get_revision(name=full, **_once()))
        except NotThere:
            return None

    def revisions(self) -> list[run_v2.Revision]:
        """Return the revisions, the newest first."""
        found = self._google.call(lambda: list(self._revisions.list_revisions(parent=self.name, **_once())))
        return sorted(found, key=lambda one: one.create_time, reverse=True)

    def policy(self) -> policy_pb2.Policy:
        """Return who may do what with the service."""
        # Version 3 is the one that has conditions: an older one would lose them when it is written back.
        options = options_pb2.GetPolicyOptions(requested_policy_version=3)
        request = iam_policy_pb2.GetIamPolicyRequest(resource=self.name, options=options)
        return self._google.call(lambda: self._services.get_iam_policy(request=request, **_once()))

    def set_policy(self, policy: policy_pb2.Policy) -> None:
        """Replace the policy, if it is still what its etag says."""
        request = iam_policy_pb2.SetIamPolicyRequest(resource=self.name, policy=policy)
        self._google.call(lambda: self._services.set_iam_policy(request=request, **_once()))

    def log_lines(self, revision: str, lines: int) -> list[str]:
        """Return the last lines that a revision has written, the latest last."""
        chosen = (
            'resource.type="cloud_run_revision" '
            f'resource.labels.service_name="{self.service_id}" '
            f'resource.labels.revision_name="{revision}"'
        )
        return self._google.log_lines(self._project, chosen, lines)


def _once() -> dict[str, Any]:
    """Return the options of a call that the client does not repeat by itself: `Google.call` decides that."""
    return {"retry": None, "timeout": CALL_S}
