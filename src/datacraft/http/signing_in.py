"""`/signin` and `/signout`: people sign in with an API key or with a provider, and get a session for it."""

from __future__ import annotations

from collections.abc import Callable
from html import escape
from typing import TYPE_CHECKING
from urllib.parse import parse_qs

from starlette.concurrency import run_in_threadpool
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from datacraft.access.sessions import LASTS
from datacraft.access.signin import Credentials, Forbidden, NotSignedIn
from datacraft.access.signin.signin import CALLBACK
from datacraft.contracts.access import AuditAction, AuditRecord
from datacraft.contracts.errors import DataCraftError
from datacraft.http.errors import STATUS_OF_CODE
from datacraft.http.guarding import SESSION_COOKIE, SIGN_IN_PATH, address_of, cookies_of

if TYPE_CHECKING:
    from starlette.requests import Request

    from datacraft.access.signin import Caller
    from datacraft.http.service import Service

_MOST_BYTES = 2_000
_HEADERS = {"Cache-Control": "no-store"}
_PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>DataCraft: sign in</title><style>
body {{ font: 16px/1.5 system-ui, sans-serif; background: #fbfaf7; color: #20241f; display: grid;
  place-content: center; min-height: 90vh; margin: 0; padding: 1rem }}
h1 {{ font-family: Georgia, serif; font-weight: 500; margin: 0 0 1rem }}
label, input, button, .button {{ display: block; width: min(24rem, 90vw); box-sizing: border-box }}
input, button, .button {{ font: inherit; padding: .6rem .8rem; border-radius: .6rem; border: 1px solid #b9b3a5; margin: .4rem 0 }}
button, .button {{ background: #0b6b5d; color: #fff; border: 0; text-align: center; text-decoration: none }} [role=alert] {{ color: #9b2c1f }}
</style></head><body><main><h1>DataCraft</h1>{problem}
{way}</main></body></html>
"""
_BY_KEY = """<form method="post" action="/signin"><label for="key">Your API key</label>
<input id="key" name="key" type="password" autocomplete="current-password" required autofocus>
<button>Sign in</button></form>"""
_BY_PROVIDER = '<a class="button" href="/signin/begin">Sign in</a>'
_ATTEMPT_COOKIE = "datacraft_signing_in"
_ATTEMPT_S = 600


def sign_in_routes(service: Service) -> list[Route]:
    """Return the routes; there are none where nobody signs in here."""
    match service.settings.access.sign_in:
        case "api_keys":
            return _key_routes(service)
        case "oidc":
            return _provider_routes(service)
        case _:
            return []


def _key_routes(service: Service) -> list[Route]:
    async def form(request: Request) -> Response:
        return _page(_BY_KEY)

    async def begin(request: Request) -> Response:
        body = b""
        async for part in request.stream():
            body += part
            if len(body) > _MOST_BYTES:
                return _page(_BY_KEY, "That is no key.", 413)
        key = parse_qs(body.decode("utf-8", "replace")).get("key", [""])[0]

        def enter() -> str:
            return _entered(service, request, lambda: service.sign_in.begin(key))

        try:
            token = await run_in_threadpool(enter)
        except DataCraftError as error:
            return _page(_BY_KEY, error.message, STATUS_OF_CODE.get(error.code, 500))
        return _let_in(request, token)

    return [
        Route(SIGN_IN_PATH, form, methods=["GET"]),
        Route(SIGN_IN_PATH, begin, methods=["POST"]),
        _sign_out(service, _BY_KEY),
    ]


def _provider_routes(service: Service) -> list[Route]:
    oidc = service.sign_in.oidc
    assert oidc is not None  # it is what the settings want

    async def offer(request: Request) -> Response:
        return _page(_BY_PROVIDER)

    async def begin(request: Request) -> Response:
        try:
            attempt, place = await run_in_threadpool(oidc.begin)
        except DataCraftError as error:
            return _page(_BY_PROVIDER, error.message, STATUS_OF_CODE.get(error.code, 500))
        answer = RedirectResponse(place, status_code=303, headers=_HEADERS)
        _set_cookie(answer, request, _ATTEMPT_COOKIE, attempt, _ATTEMPT_S)
        return answer

    async def back(request: Request) -> Response:
        attempt = cookies_of(request.headers).get(_ATTEMPT_COOKIE)
        state, code = (request.query_params.get(name, "") for name in ("state", "code"))

        def enter() -> str:
            return _entered(
                service, request, lambda: service.sign_in.begin_person(oidc.end(attempt, state, code))
            )

        try:
            token = await run_in_threadpool(enter)
        except DataCraftError as error:
            return _page(_BY_PROVIDER, error.message, STATUS_OF_CODE.get(error.code, 500))
        answer = _let_in(request, token)
        answer.delete_cookie(_ATTEMPT_COOKIE, httponly=True, samesite="lax")
        return answer

    return [
        Route(SIGN_IN_PATH, offer, methods=["GET"]),
        Route(f"{SIGN_IN_PATH}/begin", begin, methods=["GET"]),
        Route(CALLBACK, back, methods=["GET"]),
        _sign_out(service, _BY_PROVIDER),
    ]


def _sign_out(service: Service, way: str) -> Route:
    async def end(request: Request) -> Response:
        token = cookies_of(request.headers).get(SESSION_COOKIE)
        if token is not None:
            try:
                await run_in_threadpool(_end, service, token, address_of(request.scope))
            except DataCraftError as error:
                return _page(way, error.message, STATUS_OF_CODE.get(error.code, 500))
        answer = RedirectResponse(SIGN_IN_PATH, status_code=303, headers=_HEADERS)
        answer.delete_cookie(SESSION_COOKIE, httponly=True, samesite="lax")
        return answer

    return Route("/signout", end, methods=["POST"])


def _entered(service: Service, request: Request, enter: Callable[[], tuple[Caller, str]]) -> str:
    """Return the session of who has signed in, once that is recorded; so is who was turned away.

    Raises:
        NotSignedIn, Forbidden: they were.
        StateUnavailable: it can't be written.
    """
    source = f"page, {address_of(request.scope)}"
    try:
        caller, token = enter()
    except (NotSignedIn, Forbidden) as error:
        service.refusals.record(source, error.message)
        raise
    _record(service, caller.name, "login", source, f"{caller.how} {caller.id}, {caller.role}")
    return token


def _end(service: Service, token: str, source: str) -> None:
    try:
        caller = service.sign_in.identify(Credentials(session=token))
    except (NotSignedIn, Forbidden):
        return  # it has ended already
    service.sign_in.end(token)
    _record(service, caller.name, "logout", f"page, {source}", f"{caller.how} {caller.id}")


def _record(service: Service, who: str, action: AuditAction, source: str, detail: str) -> None:
    service.state.audit.append(
        AuditRecord(who=who, action=action, target="page", source=source, outcome="done", detail=detail)
    )


def _let_in(request: Request, token: str) -> Response:
    answer = RedirectResponse("/", status_code=303, headers=_HEADERS)
    _set_cookie(answer, request, SESSION_COOKIE, token, int(LASTS.total_seconds()))
    return answer


def _set_cookie(answer: Response, request: Request, name: str, value: str, seconds: int) -> None:
    secure = request.scope["scheme"] == "https"
    answer.set_cookie(name, value, max_age=seconds, httponly=True, samesite="lax", secure=secure)


def _page(way: str, problem: str = "", status: int = 200) -> Response:
    told = f'<p role="alert">{escape(problem)}</p>' if problem else ""
    return HTMLResponse(_PAGE.format(problem=told, way=way), status_code=status, headers=_HEADERS)
