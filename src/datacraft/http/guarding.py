"""What stands before every request: is it from this very site, and who sends it."""

from __future__ import annotations

import logging
from http.cookies import CookieError, SimpleCookie
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers
from starlette.responses import RedirectResponse

from datacraft.access.signin import Credentials, Forbidden, NotSignedIn
from datacraft.access.signin.binding import is_loopback
from datacraft.access.signin.iap import HEADER as IAP_HEADER
from datacraft.access.signin.signin import CALLBACK
from datacraft.contracts.errors import DataCraftError
from datacraft.http.errors import RequestError, error_response

if TYPE_CHECKING:
    from collections.abc import Mapping

    from starlette.types import ASGIApp, Receive, Scope, Send

    from datacraft.access.signin import Caller
    from datacraft.access.signin.signin import SignIn

log = logging.getLogger(__name__)

SESSION_COOKIE = "datacraft_session"
SIGN_IN_PATH = "/signin"
OPEN_PATHS = frozenset({"/health", "/ready", SIGN_IN_PATH, f"{SIGN_IN_PATH}/begin", CALLBACK, "/signout"})
"""Whom a platform asks, and where people sign in and out."""

METRICS_PATH = "/metrics"
"""Open to this machine itself: a deployment's proxy looks there whether a revision has loaded its data."""

_SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})


def credentials_of(headers: Mapping[str, str], cookies: Mapping[str, str]) -> Credentials:
    """Return what a request brings to show who sends it."""
    return Credentials(
        authorization=headers.get("authorization"),
        assertion=headers.get(IAP_HEADER),
        session=cookies.get(SESSION_COOKIE),
    )


def cookies_of(headers: Mapping[str, str]) -> dict[str, str]:
    """Return a request's cookies; none where they can't be read."""
    try:
        parsed = SimpleCookie(headers.get("cookie", ""))
    except CookieError:
        return {}
    return {name: morsel.value for name, morsel in parsed.items()}


class SameSiteMiddleware:
    """Turns away what another site makes a visitor's browser send: changes, and connections of the page.

    A browser says where a request comes from (`Sec-Fetch-Site`, else `Origin`), and no script can change that. What
    says neither is no browser, and has no cookies that somebody else could use.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle a request."""
        if scope["type"] == "http" and scope["method"] not in _SAFE_METHODS and _is_foreign(scope):
            error = RequestError(
                "cross_site",
                "Another site's page has sent this.",
                hint="Send it from the page itself, or from a program.",
            )
            request_id = scope.get("state", {}).get("request_id", "")
            await error_response(error, request_id)(scope, receive, send)
            return
        if scope["type"] == "websocket" and _is_foreign(scope):
            await receive()
            await send({"type": "websocket.close", "code": 1008, "reason": "another site's page"})
            return
        await self.app(scope, receive, send)


def _is_foreign(scope: Scope) -> bool:
    headers = Headers(scope=scope)
    site = headers.get("sec-fetch-site")
    if site is not None:
        return site not in ("same-origin", "none")
    origin = headers.get("origin")
    if origin is None:
        return False
    # No script can set x-forwarded-host on a request to another site without asking that first.
    ours = {headers.get("host", ""), headers.get("x-forwarded-host", "").split(",")[0].strip()}
    return urlsplit(origin).netloc not in ours - {""}


class SignInMiddleware:
    """Knows who calls, before anything else sees the request; turns away whom nobody knows."""

    def __init__(self, app: ASGIApp, sign_in: SignIn, *, has_form: bool) -> None:
        self.app = app
        self._sign_in = sign_in
        self._has_form = has_form

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle a request."""
        if scope["type"] not in ("http", "websocket") or scope["path"] in OPEN_PATHS:
            await self.app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        if scope["path"] == METRICS_PATH and _is_this_machine(scope):
            await self.app(scope, receive, send)
            return
        try:
            caller = await run_in_threadpool(
                self._sign_in.identify, credentials_of(headers, cookies_of(headers))
            )
        except DataCraftError as error:
            await self._turn_away(error, scope, receive, send)
            return
        scope.setdefault("state", {})["caller"] = caller
        await self.app(scope, receive, send)

    async def _turn_away(self, error: DataCraftError, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "websocket":
            await receive()
            await send({"type": "websocket.close", "code": 1008, "reason": error.code})
            return
        if not isinstance(error, NotSignedIn | Forbidden):
            log.error("who calls can't be told: %s", error.message)
        wants_page = scope["method"] == "GET" and "text/html" in Headers(scope=scope).get("accept", "")
        if self._has_form and isinstance(error, NotSignedIn) and wants_page:
            await RedirectResponse(SIGN_IN_PATH, status_code=303)(scope, receive, send)
            return
        request_id = scope.get("state", {}).get("request_id", "")
        await error_response(error, request_id)(scope, receive, send)


def _is_this_machine(scope: Scope) -> bool:
    """Tell whether a request was begun on this machine, and is not passed on by a proxy there."""
    client = scope.get("client")
    passed_on = {"x-forwarded-for", "forwarded", "via"} & set(Headers(scope=scope).keys())
    return client is not None and is_loopback(client[0]) and not passed_on


def caller_of(scope: Scope) -> Caller:
    """Return who the middleware has found to call."""
    caller: Caller = scope["state"]["caller"]
    return caller


def address_of(scope: Scope) -> str:
    """Return from where a request comes, for the audit log; a proxy's own address where one is between."""
    client = scope.get("client")
    forwarded = Headers(scope=scope).get("x-forwarded-for", "")
    direct = client[0] if client else "unknown"
    return f"{direct}, for {forwarded}" if forwarded else direct
