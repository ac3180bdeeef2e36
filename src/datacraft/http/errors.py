"""Errors as responses: one shape, and a status that clients can act on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.responses import Response

from datacraft.access.signin import NotSignedIn
from datacraft.contracts.errors import DataCraftError, ErrorInfo
from datacraft.http.models import ErrorBody
from datacraft.http.workers import Busy

if TYPE_CHECKING:
    from starlette.requests import Request

STATUS_OF_CODE = {
    "bad_input": 422,
    "bad_request": 400,
    "not_signed_in": 401,
    "forbidden": 403,
    "cross_site": 403,
    "not_found": 404,
    "method_not_allowed": 405,
    "body_too_large": 413,
    "unsupported_media_type": 415,
    "busy": 429,
    "internal": 500,
    "not_ready": 503,
    "registry": 503,
    "state_unavailable": 503,
    "history_unavailable": 503,
    "sign_in_unavailable": 503,
    "channel_moved": 409,
    "move_refused": 409,
    "gates_rejected": 409,
    "worse_than_production": 409,
    "waits_for_person": 409,
    "warehouse_unavailable": 503,
    "release_invalid": 503,
    "model_failed": 503,
    "model_unavailable": 503,
    "model_busy": 503,
    "model_access_denied": 503,
    "model_not_found": 503,
    "model_budget": 503,
    "model_output_invalid": 503,
    "model_request_rejected": 503,
    "model_too_slow": 504,
    "timeout": 504,
    "limit_exceeded": 504,
}
"""Codes that are not here belong to answers: the server did its part, and the answer says the rest."""


class RequestError(DataCraftError):
    """A request can't be taken as it is; `code` says why."""

    def __init__(self, code: str, message: str, *, hint: str | None = None) -> None:
        super().__init__(message, hint=hint)
        self._code = code

    def info(self) -> ErrorInfo:
        """Return the error as data."""
        return ErrorInfo(code=self._code, message=self.message, hint=self.hint)


class NotReady(DataCraftError):
    """The data or the model is not usable (yet)."""

    code = "not_ready"


def error_response(error: DataCraftError, request_id: str) -> Response:
    """Return an error as its response."""
    headers = {"Retry-After": str(error.retry_after_s)} if isinstance(error, Busy) else {}
    if isinstance(error, NotSignedIn):
        headers["WWW-Authenticate"] = 'Bearer realm="datacraft"'
    return info_response(error.info(), request_id, headers=headers)


def info_response(info: ErrorInfo, request_id: str, *, headers: dict[str, str] | None = None) -> Response:
    """Return an error's data as its response."""
    body = ErrorBody(error=info, request_id=request_id)
    return Response(
        body.model_dump_json(),
        status_code=STATUS_OF_CODE.get(info.code, 500),
        media_type="application/json",
        headers={"Cache-Control": "no-store", **(headers or {})},
    )


def internal_error(request: Request) -> ErrorInfo:
    """Return what a person is told when something broke; the log has the rest."""
    return ErrorInfo(
        code="internal",
        message="Something went wrong inside.",
        hint=f"Try again. If it stays so, report the request's id: {request_id_of(request)}.",
    )


def request_id_of(request: Request) -> str:
    """Return the id that the middleware gave the request."""
    found: str = request.scope.get("state", {}).get("request_id", "")
    return found
