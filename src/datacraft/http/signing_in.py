"""`/signin` and `/signout`: people sign in on the page with an API key, and get a session for it."""

from __future__ import annotations

import logging
from html import escape
from typing import TYPE_CHECKING
from urllib.parse import parse_qs

from starlette.concurrency import run_in_threadpool
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from datacraft.access.sessions import LASTS
from datacraft.access.signin import Credentials, NotSignedIn
from datacraft.contracts.access import AuditRecord
from datacraft.contracts.errors import DataCraftError
from datacraft.http.errors import STATUS_OF_CODE
from datacraft.http.guarding import SESSION_COOKIE, SIGN_IN_PATH, address_of, cookies_of

if TYPE_CHECKING:
    from starlette.requests import Request

    from datacraft.http.service import Service

log = logging.getLogger(__name__)

_MOST_BYTES = 2_000
_HEADERS = {"Cache-Control": "no-store"}
_PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>DataCraft: sign in</title><style>
body {{ font: 16px/1.5 system-ui, sans-serif; background: #fbfaf7; color: #20241f; display: grid;
  place-content: center; min-height: 90vh; margin: 0; padding: 1rem }}
h1 {{ font-family: Georgia, serif; font-weight: 500; margin: 0 0 1rem }}
label, input, button {{ display: block; width: min(24rem, 90vw); box-sizing: border-box }}
input, button {{ font: inherit; padding: .6rem .8rem; border-radius: .6rem; border: 1px solid #b9b3a5; margin: .4rem 0 }}
button {{ background: #0b6b5d; color: #fff; border: 0 }} [role=alert] {{ color: #9b2c1f }}
</style></head><body><main><h1>DataCraft</h1>{problem}
<form method="post" action="signin"><label for="key">Your API key</label>
<input id="key" name="key" type="password" autocomplete="current-password" required autofocus>
<button>Sign in</button></form></main></body></html>
"""


def sign_in_routes(service: Service) -> list[Route]:
    """Return the routes; there are none where nobody signs in by key."""
    if service.settings.access.sign_in != "api_keys":
        return []

    async def form(request: Request) -> Response:
        return HTMLResponse(_PAGE.format(problem=""), headers=_HEADERS)

    async def begin(request: Request) -> Response:
        body = b""
        async for part in request.stream():
            body += part
            if len(body) > _MOST_BYTES:
                return _again("That is no key.", 413)
        key = parse_qs(body.decode("utf-8", "replace")).get("key", [""])[0]
        try:
            token = await run_in_threadpool(_begin, service, key, address_of(request.scope))
        except DataCraftError as error:
            return _again(error.message, STATUS_OF_CODE.get(error.code, 500))
        answer = RedirectResponse("./", status_code=303, headers=_HEADERS)
        answer.set_cookie(
            SESSION_COOKIE,
            token,
            max_age=int(LASTS.total_seconds()),
            httponly=True,
            samesite="lax",
            secure=request.scope["scheme"] == "https",
        )
        return answer

    async def end(request: Request) -> Response:
        token = cookies_of(request.headers).get(SESSION_COOKIE)
        if token is not None:
            try:
                await run_in_threadpool(_end, service, token, address_of(request.scope))
            except DataCraftError as error:
                return _again(error.message, STATUS_OF_CODE.get(error.code, 500))
        answer = RedirectResponse(SIGN_IN_PATH.lstrip("/"), status_code=303, headers=_HEADERS)
        answer.delete_cookie(SESSION_COOKIE, httponly=True, samesite="lax")
        return answer

    return [
        Route(SIGN_IN_PATH, form, methods=["GET"]),
        Route(SIGN_IN_PATH, begin, methods=["POST"]),
        Route("/signout", end, methods=["POST"]),
    ]


def _begin(service: Service, key: str, source: str) -> str:
    try:
        caller, token = service.sign_in.begin(key)
    except NotSignedIn as error:
        service.state.audit.append(
            AuditRecord(
                who="unknown",
                action="login",
                target="page",
                source=source,
                outcome="refused",
                detail=error.message,
            )
        )
        raise
    service.state.audit.append(
        AuditRecord(
            who=caller.name,
            action="login",
            target="page",
            source=source,
            outcome="done",
            detail=f"key {caller.id}",
        )
    )
    return token


def _end(service: Service, token: str, source: str) -> None:
    try:
        caller = service.sign_in.identify(Credentials(session=token))
    except DataCraftError:
        return  # it has ended already
    service.sign_in.end(token)
    service.state.audit.append(
        AuditRecord(
            who=caller.name,
            action="logout",
            target="page",
            source=source,
            outcome="done",
            detail=f"key {caller.id}",
        )
    )


def _again(problem: str, status: int) -> Response:
    told = f'<p role="alert">{escape(problem)}</p>'
    return HTMLResponse(_PAGE.format(problem=told), status_code=status, headers=_HEADERS)
