"""The API: which path takes what, who may, and how questions are answered there; `operating` has the rest."""

from __future__ import annotations

import json
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from typing import TYPE_CHECKING, TypeVar, get_args

from pydantic import BaseModel, ValidationError
from pydantic_core import to_json
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

from datacraft.access.permissions import Permission
from datacraft.contracts.answer import Answer
from datacraft.contracts.errors import DataCraftError
from datacraft.http import operating
from datacraft.http.callers import api_session
from datacraft.http.errors import (
    STATUS_OF_CODE,
    RequestError,
    error_response,
    info_response,
    internal_error,
    request_id_of,
)
from datacraft.http.guarding import caller_of
from datacraft.http.models import (
    AskRequest,
    ErrorBody,
    FeedbackReceipt,
    FeedbackRequest,
    KeyRequest,
    MoveRequest,
    StepNote,
)
from datacraft.http.openapi import openapi_document
from datacraft.http.operating import Action, mover

if TYPE_CHECKING:
    from starlette.requests import Request

    from datacraft.access.signin import Caller
    from datacraft.http.service import Event, Service
    from datacraft.http.workers import Job

log = logging.getLogger(__name__)

Model = TypeVar("Model", bound=BaseModel)
Endpoint = Callable[["Request"], Awaitable[Response]]
_NO_STORE = {"Cache-Control": "no-store"}
_METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")


def api_routes(service: Service) -> list[Route]:
    """Return the API's routes; any other path under `/api` is an error in the same shape."""
    document = json.dumps(openapi_document(), ensure_ascii=False)

    async def ask(request: Request) -> Response:
        job = await _submit(service, request)
        answer = None
        async for event in job.stream():
            if isinstance(event, Answer):
                answer = event
        if answer is None:
            raise RequestError("internal", "The question ended without an answer.")
        await _keep(service, request, answer)
        return _answer_response(visible(answer, caller_of(request.scope)), request)

    async def stream(request: Request) -> Response:
        job = await _submit(service, request)
        await job.turn()  # a 429 must come before the stream begins
        return StreamingResponse(
            _server_sent(service, job, request),
            media_type="text/event-stream",
            headers={**_NO_STORE, "X-Accel-Buffering": "no"},
        )

    async def feedback(request: Request) -> Response:
        given = await read_body(request, FeedbackRequest)
        service.feedback(given.question_id, given.thumb, given.comment, service.data, "api")
        return _json(FeedbackReceipt(question_id=given.question_id))

    async def openapi(request: Request) -> Response:
        return Response(document, media_type="application/json")

    async def unknown(request: Request) -> Response:
        raise RequestError(
            "not_found", f"There is no {request.url.path}.", hint="GET /api/openapi.json lists what there is."
        )

    def plain(endpoint: Callable[[Request, Service], Awaitable[Response]]) -> Endpoint:
        return lambda request: endpoint(request, service)

    def reading(model: type[Model], work: Callable[[Request, Service, Model], object]) -> Endpoint:
        async def endpoint(request: Request) -> Response:
            wish = await read_body(request, model)
            found = await run_in_threadpool(work, request, service, wish)
            return Response(to_json(found), media_type="application/json", headers=_NO_STORE)

        return endpoint

    may = Permission
    moves = [
        _route(
            f"/api/channels/{{channel}}/{action}",
            {"POST": (may.MOVE_CHANNELS, reading(MoveRequest, mover(action)))},
            service,
        )
        for action in get_args(Action)
    ]
    return [
        _route("/api/ask", {"POST": (may.ASK, ask)}, service),
        _route("/api/ask/stream", {"POST": (may.ASK, stream)}, service),
        _route("/api/feedback", {"POST": (may.ASK, feedback)}, service),
        _route("/api/me", {"GET": (may.ASK, plain(operating.me))}, service),
        _route("/api/history", {"GET": (may.OWN_HISTORY, plain(operating.history))}, service),
        _route(
            "/api/history/{conversation}", {"GET": (may.OWN_HISTORY, plain(operating.conversation))}, service
        ),
        _route("/api/channels", {"GET": (may.EVALUATION, plain(operating.channels))}, service),
        *moves,
        _route(
            "/api/keys",
            {
                "GET": (may.KEYS, plain(operating.keys)),
                "POST": (may.KEYS, reading(KeyRequest, operating.new_key)),
            },
            service,
        ),
        _route("/api/keys/{key}", {"DELETE": (may.KEYS, plain(operating.revoke_key))}, service),
        _route("/api/audit", {"GET": (may.AUDIT, plain(operating.audit))}, service),
        _route("/api/openapi.json", {"GET": (may.ASK, openapi)}, service),
        _route("/api/{rest:path}", dict.fromkeys(_METHODS, (may.ASK, unknown)), service),
    ]


def visible(answer: Answer, caller: Caller) -> Answer:
    """Return an answer as a caller may see it."""
    if caller.may(Permission.SEE_SQL):
        return answer
    return answer.model_copy(update={"sql": None, "plan": None})


async def _keep(service: Service, request: Request, answer: Answer) -> None:
    """Save an answer in the history of who signed in; a database that fails costs nobody the answer."""
    owner = caller_of(request.scope).owner
    if owner is None:
        return
    try:
        await run_in_threadpool(service.history.save_turn, owner, answer)
    except DataCraftError as error:
        log.warning("the answer %s is not in the history: %s", answer.question_id, error.message)


def _route(path: str, methods: Mapping[str, tuple[Permission, Endpoint]], service: Service) -> Route:
    """Return a route that lets in who may, and tells every error in the API's shape."""

    async def guarded(request: Request) -> Response:
        try:
            found = methods.get("GET" if request.method == "HEAD" else request.method)
            if found is None:
                raise RequestError("method_not_allowed", f"{path} takes {' and '.join(methods)} only.")
            permission, endpoint = found
            caller_of(request.scope).require(permission)
            return await endpoint(request)
        except DataCraftError as error:
            info = error.info()
            service.metrics.error(info.code)
            return error_response(error, request_id_of(request))
        except Exception:  # the edge of a request: logged with its id, told calmly
            log.exception("request failed inside: %s %s", request.method, path)
            service.metrics.error("internal")
            return info_response(internal_error(request), request_id_of(request))

    return Route(path, guarded, methods=list(_METHODS))


async def _submit(service: Service, request: Request) -> Job[Event]:
    return await submit(service, request, await read_body(request, AskRequest))


async def submit(service: Service, request: Request, asked: AskRequest) -> Job[Event]:
    """Queue a question of a caller.

    Raises:
        RequestError: it is too long, or its session is another one's.
        Busy: too many wait already.
    """
    longest = service.settings.serve.max_question_chars
    if len(asked.question) > longest:
        raise RequestError(
            "bad_input",
            f"The question has {len(asked.question):,} characters; at most {longest:,} can be read.",
            hint="Ask a shorter question, or several one after the other.",
        )
    session = api_session(request.scope["state"]["owner"], asked.session)
    owner = caller_of(request.scope).owner
    if owner is not None and not await run_in_threadpool(service.history.owns, owner, session):
        raise RequestError("not_found", "There is no such session.", hint="Leave `session` out to begin one.")
    return service.submit(asked.question, session, service.data, "api")


async def read_body(request: Request, model: type[Model]) -> Model:
    """Read a request's body.

    Raises:
        RequestError: it is not JSON, or not what is expected.
    """
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != "application/json":
        raise RequestError(
            "unsupported_media_type",
            f"The body is said to be {kind or 'of no type'}.",
            hint="Send JSON, with the header Content-Type: application/json.",
        )
    body = await request.body()
    try:
        return model.model_validate_json(body)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        where = ".".join(str(part) for part in first["loc"])
        code = "bad_request" if first["type"] == "json_invalid" else "bad_input"
        message = f"{where}: {first['msg']}." if where else f"{first['msg']}."
        raise RequestError(code, message, hint="GET /api/openapi.json shows what is expected.") from error


def _answer_response(answer: Answer, request: Request) -> Response:
    """Return an answer; one that ended in a failure of ours or in unusable input is an error response."""
    if answer.error is not None and answer.error.code in STATUS_OF_CODE:
        return info_response(answer.error, request_id_of(request))
    return _json(answer)


async def _server_sent(service: Service, job: Job[Event], request: Request) -> AsyncIterator[str]:
    try:
        async for event in job.stream():
            if isinstance(event, Answer):
                await _keep(service, request, event)
                yield _event("answer", visible(event, caller_of(request.scope)))
            else:
                yield _event("step", StepNote(step=event.step, question_id=event.question_id))
    except DataCraftError as error:
        service.metrics.error(error.code)
        yield _event("error", ErrorBody(error=error.info(), request_id=request_id_of(request)))
    except Exception:  # the edge of a request: the status is sent already, so the stream has to say it
        log.exception("stream failed inside")
        service.metrics.error("internal")
        info = internal_error(request)
        yield _event("error", ErrorBody(error=info, request_id=request_id_of(request)))


def _event(name: str, data: BaseModel) -> str:
    return f"event: {name}\ndata: {data.model_dump_json()}\n\n"


def _json(model: BaseModel) -> Response:
    return Response(model.model_dump_json(), media_type="application/json", headers=_NO_STORE)
