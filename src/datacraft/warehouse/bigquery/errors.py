"""Google's errors against ours: what failed, on what, and what to do."""

from __future__ import annotations

import re
from collections.abc import Iterator
from concurrent.futures import TimeoutError as FutureTimeout
from contextlib import contextmanager

from google.api_core import exceptions as google
from google.auth import exceptions as auth
from requests import exceptions as http

from datacraft.contracts.errors import (
    AccessDenied,
    BytesLimitExceeded,
    DataCraftError,
    DataNotFound,
    LimitExceeded,
    QueryCancelled,
    QueryFailed,
    QuotaExceeded,
    WarehouseUnavailable,
)

_LOGIN = "Run `gcloud auth application-default login`, or set GOOGLE_APPLICATION_CREDENTIALS to a key file."
# Google's reasons: https://cloud.google.com/bigquery/docs/error-messages
_BY_REASON: dict[str, tuple[type[DataCraftError], str]] = {
    "accessDenied": (
        AccessDenied,
        "The account needs the roles BigQuery Data Viewer (on the data set) and BigQuery Job User (on the project).",
    ),
    "billingNotEnabled": (AccessDenied, "Turn on billing for the project, or name another in GCP_PROJECT_ID."),
    "bytesBilledLimitExceeded": (
        BytesLimitExceeded,
        "Ask about a shorter period or fewer columns, or raise gcp.maximum_bytes_billed.",
    ),
    "notFound": (DataNotFound, "Check GCP_PROJECT_ID and BQ_DATASET; `datacraft profile` reads a changed data set anew."),
    "quotaExceeded": (QuotaExceeded, "Wait until the quota is there again, or have it raised in the Cloud console."),
    "rateLimitExceeded": (QuotaExceeded, "Too many queries at once: try again in a minute."),
    "resourcesExceeded": (LimitExceeded, "Ask about a shorter period or fewer groups."),
    "responseTooLarge": (LimitExceeded, "Ask about a shorter period or fewer groups."),
    "stopped": (QueryCancelled, "Ask again; if it stays so, ask who stops queries in this project."),
    "timeout": (LimitExceeded, "Ask about a shorter period or fewer groups, or raise warehouse.timeout_s."),
    "invalidQuery": (QueryFailed, ""),
    "invalid": (QueryFailed, ""),
    "backendError": (WarehouseUnavailable, "Try again in a minute; https://status.cloud.google.com tells of outages."),
    "internalError": (WarehouseUnavailable, "Try again in a minute; https://status.cloud.google.com tells of outages."),
}  # fmt: skip
_BY_STATUS: tuple[tuple[type[google.GoogleAPICallError], str], ...] = (
    (google.Unauthorized, "accessDenied"),
    (google.Forbidden, "accessDenied"),
    (google.NotFound, "notFound"),
    (google.TooManyRequests, "rateLimitExceeded"),
    (google.BadRequest, "invalidQuery"),
    (google.ServerError, "backendError"),
)
_JOB = re.compile(r"\s*(Location:.*)?\s*Job ID:.*", re.DOTALL)


@contextmanager
def typed_errors(timeout_s: float) -> Iterator[None]:
    """Turn what Google's client raises into our errors.

    Raises:
        DataCraftError: one of those above.
    """
    try:
        yield
    except FutureTimeout as error:
        raise LimitExceeded(
            f"The query was stopped after {timeout_s:g} seconds.",
            hint="Ask about a shorter period or fewer groups, or raise the time limit.",
        ) from error
    except google.RetryError as error:
        cause = error.cause
        if isinstance(cause, google.GoogleAPICallError):
            raise _typed(cause) from error
        raise _unreachable(error) from error
    except google.GoogleAPICallError as error:
        raise _typed(error) from error
    except auth.TransportError as error:
        raise _unreachable(error) from error
    except auth.GoogleAuthError as error:
        raise AccessDenied(
            f"Google Cloud does not know who asks: {_first_line(error)}", hint=_LOGIN
        ) from error
    except (http.RequestException, ConnectionError) as error:
        raise _unreachable(error) from error


def _typed(error: google.GoogleAPICallError) -> DataCraftError:
    reasons = [str(item.get("reason", "")) for item in error.errors or () if isinstance(item, dict)]
    reason = next((reason for reason in reasons if reason in _BY_REASON), None)
    if reason is None:
        reason = next((name for kind, name in _BY_STATUS if isinstance(error, kind)), "backendError")
    if reason == "invalid" and "timed out" in str(error.message).lower():
        reason = "timeout"
    kind, hint = _BY_REASON[reason]
    return kind(f"BigQuery: {_first_line(error)}", hint=hint or None)


def _unreachable(error: Exception) -> WarehouseUnavailable:
    return WarehouseUnavailable(
        f"BigQuery can't be reached ({type(error).__name__}).", hint="Check the network, then try again."
    )


def _first_line(error: Exception) -> str:
    message = getattr(error, "message", None) or str(error)
    # The client puts "; reason: …, message: …" and the request's address around what BigQuery said.
    text = _JOB.sub("", str(message)).strip()
    text = re.sub(r"^(GET|POST) \S+: ", "", text)
    text = text.split("; reason: ")[0]
    first = text.splitlines()[0] if text else type(error).__name__
    return first if first.endswith((".", "!", "?")) else f"{first}."
