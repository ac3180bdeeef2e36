"""`CloudRun`: the calls of one service, with errors that say what to do."""

from __future__ import annotations

import random
import re
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

from google.api_core import exceptions as google_errors
from google.auth.credentials import AnonymousCredentials
from google.auth.exceptions import DefaultCredentialsError, GoogleAuthError
from google.auth.transport.requests import AuthorizedSession
from google.cloud import run_v2
from google.iam.v1 import iam_policy_pb2, options_pb2, policy_pb2
from google.protobuf import field_mask_pb2
from requests import RequestException

from datacraft.config import Settings
from datacraft.contracts.errors import AccessDenied, ConfigError, DataCraftError
from datacraft.delivery.targets.errors import (
    DeploymentChanged,
    DeploymentError,
    TargetQuota,
    TargetUnavailable,
)

if TYPE_CHECKING:
    from google.api_core.operation import Operation
    from google.auth.credentials import Credentials

DEFAULT_REGION = "us-east1"
_LOGGING = "https://logging.googleapis.com"
_SCOPE = "https://www.googleapis.com/auth/cloud-platform"
_CALL_S = 30.0
_TRIES = 4
_FIRST_PAUSE_S = 0.5
_CALLED = re.compile(r"^[A-Z]+ https?://\S+: ")  # the client puts the call before what the server says
_Result = TypeVar("_Result")


class CloudRun:
    """One service in one region. What it raises is in `_explain`."""

    def __init__(
        self, project: str, region: str, service: str, credentials: Credentials, endpoint: str | None
    ) -> None:
        self.parent = f"projects/{project}/locations/{region}"
        self.name = f"{self.parent}/services/{service}"
        self.service_id = service
        self._project = project
        self._credentials = credentials
        self._logging = endpoint or _LOGGING
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
            settings.gcp.project_id, region, chosen.service, _credentials(chosen.endpoint), chosen.endpoint
        )

    def service(self) -> run_v2.Service | None:
        """Return the service; None: there is none."""
        try:
            return self._call(lambda: self._services.get_service(name=self.name, **_once()))
        except _NotThere:
            return None

    def create(self, service: run_v2.Service) -> Operation:
        """Begin to make the service."""
        return self._call(
            lambda: self._services.create_service(
                parent=self.parent, service=service, service_id=self.service_id, **_once()
            )
        )

    def update(self, service: run_v2.Service, *fields: str) -> Operation:
        """Begin to change these fields, if the service is still what its etag says."""
        request = run_v2.UpdateServiceRequest(
            service=service, update_mask=field_mask_pb2.FieldMask(paths=fields)
        )
        return self._call(lambda: self._services.update_service(request=request, **_once()))

    def check(self, operation: Operation) -> None:
        """See whether something that was begun has failed.

        Raises:
            DeploymentError: it has; says why.
        """
        if not self._call(lambda: operation.done(retry=None)):  # type: ignore[no-untyped-call]
            return
        if error := operation.exception(timeout=0):  # type: ignore[no-untyped-call]
            raise self._explain(error)

    def revision(self, name: str) -> run_v2.Revision | None:
        """Return a revision; None: there is none."""
        full = f"{self.name}/revisions/{name}"
        try:
            return self._call(lambda: self._revisions.get_revision(name=full, **_once()))
        except _NotThere:
            return None

    def revisions(self) -> list[run_v2.Revision]:
        """Return the revisions, the newest first."""
        found = self._call(lambda: list(self._revisions.list_revisions(parent=self.name, **_once())))
        return sorted(found, key=lambda one: one.create_time, reverse=True)

    def policy(self) -> policy_pb2.Policy:
        """Return who may do what with the service."""
        # Version 3 is the one that has conditions: an older one would lose them when it is written back.
        options = options_pb2.GetPolicyOptions(requested_policy_version=3)
        request = iam_policy_pb2.GetIamPolicyRequest(resource=self.name, options=options)
        return self._call(lambda: self._services.get_iam_policy(request=request, **_once()))

    def set_policy(self, policy: policy_pb2.Policy) -> None:
        """Replace the policy, if it is still what its etag says."""
        request = iam_policy_pb2.SetIamPolicyRequest(resource=self.name, policy=policy)
        self._call(lambda: self._services.set_iam_policy(request=request, **_once()))

    def log_lines(self, revision: str, lines: int) -> list[str]:
        """Return the last lines that a revision has written, the latest last."""
        wanted: Any = {
            "resourceNames": [f"projects/{self._project}"],
            "filter": 'resource.type="cloud_run_revision" '
            f'resource.labels.service_name="{self.service_id}" '
            f'resource.labels.revision_name="{revision}"',
            "orderBy": "timestamp desc",
            "pageSize": lines,
        }

        def ask() -> list[dict[str, Any]]:
            with AuthorizedSession(self._credentials) as session:  # type: ignore[no-untyped-call]
                response = session.post(f"{self._logging}/v2/entries:list", json=wanted, timeout=_CALL_S)
            if response.status_code != 200:
                raise google_errors.from_http_response(response)  # type: ignore[no-untyped-call]
            return list(response.json().get("entries", []))

        return [_line(entry) for entry in reversed(self._call(ask))]

    def _call(self, request: Callable[[], _Result]) -> _Result:
        """Send a request; again after a while where the quota is used up, as then nothing was done."""
        for tried in range(1, _TRIES + 1):
            try:
                return request()
            except (google_errors.GoogleAPICallError, GoogleAuthError, RequestException) as error:
                if not isinstance(error, google_errors.TooManyRequests) or tried == _TRIES:
                    raise self._explain(error) from error
                time.sleep(_FIRST_PAUSE_S * 2 ** (tried - 1) * random.uniform(0.5, 1.5))
        raise AssertionError("the last try returns or raises")

    def _explain(self, error: Exception) -> DataCraftError:
        said = _CALLED.sub("", getattr(error, "message", None) or str(error))
        match error:
            case google_errors.NotFound():
                return _NotThere(f"{self.name}: {said}")
            case google_errors.Forbidden() | google_errors.Unauthorized() | GoogleAuthError():
                return AccessDenied(
                    f"Cloud Run does not let this account do that with {self.name}: {said}",
                    hint="It needs roles/run.admin on the service and roles/iam.serviceAccountUser on its account.",
                )
            case google_errors.Conflict():  # ABORTED, ALREADY_EXISTS
                return DeploymentChanged(
                    f"{self.name} was changed by somebody else meanwhile; nothing was done: {said}",
                    hint="Look at `datacraft deploy status`, and plan again.",
                )
            case google_errors.TooManyRequests():
                return TargetQuota(
                    f"The quota of Cloud Run is used up: {said}",
                    hint="Try again later, or have the quota raised: console.cloud.google.com/iam-admin/quotas.",
                )
            case google_errors.ServerError() | RequestException() | google_errors.RetryError():
                return TargetUnavailable(
                    f"Cloud Run can't be reached, or fails: {said}",
                    hint="Look at `datacraft deploy status` before trying again: it may have been done.",
                )
        return DeploymentError(
            f"Cloud Run refuses it: {said}", hint="Check the settings under deploy.cloudrun."
        )


class _NotThere(DeploymentError):
    """There is no such resource."""


def _once() -> dict[str, Any]:
    """Return the options of a call that the client does not repeat by itself: `_call` decides that."""
    return {"retry": None, "timeout": _CALL_S}


def _credentials(endpoint: str | None) -> Credentials:
    if endpoint is not None:
        return AnonymousCredentials()  # type: ignore[no-untyped-call]
    import google.auth

    try:
        found, _ = google.auth.default(scopes=[_SCOPE])
    except DefaultCredentialsError as error:
        raise AccessDenied(
            "There are no credentials for Cloud Run.", hint="Run: gcloud auth application-default login"
        ) from error
    return found


def _line(entry: dict[str, Any]) -> str:
    content = entry.get("textPayload") or entry.get("jsonPayload", {}).get("message") or ""
    return f"{entry.get('timestamp', '')} {content}".strip()
