"""What surrounds every request: an id, a bound on its body, who calls, figures, and safe headers."""

from __future__ import annotations

import logging
import re
import uuid
from time import perf_counter
from typing import TYPE_CHECKING

from starlette.datastructures import Headers, MutableHeaders

from datacraft.config import log_context
from datacraft.http.callers import COOKIE, COOKIE_AGE_S, new_owner, read_owner
from datacraft.http.errors import RequestError, error_response
from datacraft.http.guarding import cookies_of
from datacraft.http.security import headers_for

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

    from datacraft.http.metrics import Metrics

log = logging.getLogger(__name__)

_REQUEST_ID = re.compile(r"[A-Za-z0-9._:-]{1,128}")


class RequestMiddleware:
    """Gives each request an id (the caller's, where it is sound), counts it, and adds safe headers.

    The id is in the response's `X-Request-ID` and in every line that is logged meanwhile.
    """

    def __init__(self, app: ASGIApp, metrics: Metrics, routes: frozenset[str]) -> None:
        self.app = app
        self._metrics = metrics
        self._routes = routes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle a request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        sent = Headers(scope=scope).get("x-request-id", "")
        request_id = sent if _REQUEST_ID.fullmatch(sent) else uuid.uuid4().hex
        scope.setdefault("state", {})["request_id"] = request_id
        started = perf_counter()
        status = 500

        async def send_with_id(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                headers = MutableHeaders(scope=message)
                headers["X-Request-ID"] = request_id
                for name, value in headers_for(scope["path"]).items():
                    headers.setdefault(name, value)
            await send(message)

        with log_context(request_id=request_id):
            try:
                await self.app(scope, receive, send_with_id)
            finally:
                seconds = perf_counter() - started
                path = scope["path"] if scope["path"] in self._routes else "page"
                self._metrics.request(scope["method"], path, status, seconds)
                if path != "page":
                    log.info(
                        "request", extra={"path": path, "status": status, "ms": round(seconds * 1_000, 1)}
                    )


class OwnerMiddleware:
    """Says whose history is meant: that of who signed in, else of an unguessable cookie, issued where there is none."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle a request."""
        if scope["type"] != "http" or not (scope["path"] == "/" or scope["path"].startswith("/api/")):
            await self.app(scope, receive, send)
            return
        state = scope.setdefault("state", {})
        caller = state.get("caller")
        signed_in = caller.owner if caller is not None else None
        owner = signed_in or read_owner(cookies_of(Headers(scope=scope)).get(COOKIE))
        issued = owner is None
        owner = owner or new_owner()
        state["owner"] = owner

        async def send_with_cookie(message: Message) -> None:
            if issued and message["type"] == "http.response.start":
                secure = "; Secure" if scope["scheme"] == "https" else ""
                MutableHeaders(scope=message).append(
                    "Set-Cookie",
                    f"{COOKIE}={owner}; Max-Age={COOKIE_AGE_S}; Path=/; HttpOnly; SameSite=Lax{secure}",
                )
            await send(message)

        await self.app(scope, receive, send_with_cookie)


class BodyLimitMiddleware:
    """Turns away bodies of the API that are too large, before they are read and while they come in."""

    def __init__(self, app: ASGIApp, max_bytes: int, under: str = "/api/") -> None:
        self.app = app
        self._max_bytes = max_bytes
        self._under = under

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle a request."""
        if scope["type"] != "http" or not scope["path"].startswith(self._under):
            await self.app(scope, receive, send)
            return
        said = Headers(scope=scope).get("content-length", "0")
        if said.isdecimal() and int(said) > self._max_bytes:
            request_id = scope.get("state", {}).get("request_id", "")
            await error_response(self._error(), request_id)(scope, receive, send)
            return
        taken = 0

        async def receive_some() -> Message:
            nonlocal taken
            message = await receive()
            taken += len(message.get("body", b""))
            if taken > self._max_bytes:
                raise self._error()
            return message

        await self.app(scope, receive_some, send)

    def _error(self) -> RequestError:
        return RequestError(
            "body_too_large",
            f"The request's body is larger than {self._max_bytes:,} bytes.",
            hint="Send a shorter question.",
        )
