"""`Google`: calls of Google's services for a target, tried again where that is safe, with errors that say what to do."""

from __future__ import annotations

import random
import re
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

from google.api_core import exceptions as google_errors
from google.auth.credentials import AnonymousCredentials
from google.auth.exceptions import DefaultCredentialsError, GoogleAuthError
from google.auth.transport.requests import AuthorizedSession
from requests import RequestException

from datacraft.contracts.errors import AccessDenied, DataCraftError
from datacraft.delivery.targets.errors import (
    DeploymentChanged,
    DeploymentError,
    TargetQuota,
    TargetUnavailable,
)

if TYPE_CHECKING:
    from google.auth.credentials import Credentials

DEFAULT_REGION = "us-east1"
CALL_S = 30.0
_LOGGING = "https://logging.googleapis.com"
_SCOPE = "https://www.googleapis.com/auth/cloud-platform"
_TRIES = 4
_FIRST_PAUSE_S = 0.5
_CALLED = re.compile(r"^[A-Z]+ https?://\S+: ")  # the client puts the call before what the server says
_Result = TypeVar("_Result")


class NotThere(DeploymentError):
    """There is no such resource."""


@dataclass(frozen=True)
class Google:
    """What all calls of one target have in common.

    Attributes:
        title: of the service, for people.
        resource: that is deployed to.
        roles: that an account needs, for people.
        section: of the settings.
        credentials: of the account.
        endpoint: of a stand-in; null: Google's own.
    """

    title: str
    resource: str
    roles: str
    section: str
    credentials: Credentials
    endpoint: str | None

    def call(self, request: Callable[[], _Result]) -> _Result:
        """Send a request; again after a while where the quota is used up, as then nothing was done.

        Raises:
            DataCraftError: see `explain`.
        """
        for tried in range(1, _TRIES + 1):
            try:
                return request()
            except (google_errors.GoogleAPICallError, GoogleAuthError, RequestException) as error:
                if not isinstance(error, google_errors.TooManyRequests) or tried == _TRIES:
                    raise self.explain(error) from error
                time.sleep(_FIRST_PAUSE_S * 2 ** (tried - 1) * random.uniform(0.5, 1.5))
        raise AssertionError("the last try returns or raises")

    def send(self, method: str, url: str, body: object = None, **query: str) -> dict[str, Any]:
        """Send JSON as this account; return what comes back.

        Raises:
            DataCraftError: see `explain`.
        """

        def ask() -> dict[str, Any]:
            with AuthorizedSession(self.credentials) as session:  # type: ignore[no-untyped-call]
                response = session.request(  # type: ignore[no-untyped-call]
                    method, url, json=body, params=query, timeout=CALL_S
                )
            if response.status_code != 200:
                raise google_errors.from_http_response(response)  # type: ignore[no-untyped-call]
            return dict(response.json())

        return self.call(ask)

    def log_lines(self, project: str, chosen: str, lines: int) -> list[str]:
        """Return the last entries of Cloud Logging that a filter chooses, the latest last."""
        wanted = {
            "resourceNames": [f"projects/{project}"],
            "filter": chosen,
            "orderBy": "timestamp desc",
            "pageSize": lines,
        }
        found = self.send("POST", f"{self.endpoint or _LOGGING}/v2/entries:list", wanted)
        return [_line(entry) for entry in reversed(found.get("entries", []))]

    def explain(self, error: Exception) -> DataCraftError:
        """Return what an error of Google's means for a deployment."""
        said = _CALLED.sub("", getattr(error, "message", None) or str(error))
        match error:
            case google_errors.NotFound():
                return NotThere(f"{self.resource}: {said}")
            case google_errors.Forbidden() | google_errors.Unauthorized() | GoogleAuthError():
                return AccessDenied(
                    f"{self.title} does not let this account do that with {self.resource}: {said}",
                    hint=f"It needs {self.roles}.",
                )
            case google_errors.Conflict():  # ABORTED, ALREADY_EXISTS
                return DeploymentChanged(
                    f"{self.resource} was changed by somebody else meanwhile; nothing was done: {said}",
                    hint="Look at `datacraft deploy status`, and plan again.",
                )
            case google_errors.TooManyRequests():
                return TargetQuota(
                    f"The quota of {self.title} is used up: {said}",
                    hint="Try again later, or have the quota raised: console.cloud.google.com/iam-admin/quotas.",
                )
            case google_errors.ServerError() | RequestException() | google_errors.RetryError():
                return TargetUnavailable(
                    f"{self.title} can't be reached, or fails: {said}",
                    hint="Look at `datacraft deploy status` before trying again: it may have been done.",
                )
        return DeploymentError(
            f"{self.title} refuses it: {said}", hint=f"Check the settings under {self.section}."
        )


def credentials_for(title: str, endpoint: str | None) -> Credentials:
    """Return the account of this machine; a stand-in asks for none.

    Raises:
        AccessDenied: there is none.
    """
    if endpoint is not None:
        return AnonymousCredentials()  # type: ignore[no-untyped-call]
    import google.auth

    try:
        found, _ = google.auth.default(scopes=[_SCOPE])
    except DefaultCredentialsError as error:
        raise AccessDenied(
            f"There are no credentials for {title}.", hint="Run: gcloud auth application-default login"
        ) from error
    return found


def _line(entry: dict[str, Any]) -> str:
    content = entry.get("textPayload") or entry.get("jsonPayload", {}).get("message") or ""
    return f"{entry.get('timestamp', '')} {content}".strip()
