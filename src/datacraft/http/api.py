"""`POST /api/ask`, `/api/ask/stream`, `/api/feedback`."""

from __future__ import annotations

import json
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import TYPE_CHECKING, TypeVar

from pydantic import BaseModel, ValidationError
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

from datacraft.contracts.answer import Answer
from datacraft.contracts.errors import DataCraftError
from datacraft.http.callers import api_session
from datacraft.http.errors import (
    STATUS_OF_CODE,
    RequestError,
    error_response,
    info_response,
    internal_error,
    request_id_of,
)
from datacraft.http.models import AskRequest, ErrorBody, FeedbackReceipt, FeedbackRequest, StepNote
from datacraft.http.openapi import openapi_document

if TYPE_CHECKING:
    from starlette.requests import Request

    from datacraft.http.service import Event, Service
    from datacraft.http.workers import Job

log = logging.getLogger(__name__)

Model = TypeVar("Model", bound=BaseModel)
Endpoint = Callable[["Request"], Awaitable[Response]]
_NO_STORE = {"Cache-Control": "no-store"}


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
        return _answer_response(answer, request)

    async def stream(request: Request) -> Response:
        job = await _submit(service, request)
        await job.turn()  # a 429 must come before the stream begins
        return StreamingResponse(
            _server_sent(service, job, request),
            media_type="text/event-stream",
            headers={**_NO_STORE, "X-Accel-Buffering": "no"},
        )

    async def feedback(request: Request) -> Response:
        given = await _read(request, FeedbackRequest)
        service.feedback(given.question_id, given.thumb, given.comment, service.data, "api")
        return _json(FeedbackReceipt(question_id=given.question_id))

    async def openapi(request: Request) -> Response:
        return Response(document, media_type="application/json")

    async def unknown(request: Request) -> Response:
        raise RequestError(
            "not_found", f"There is no {request.url.path}.", hint="GET /api/openapi.json lists what there is."
        )

    return [
        _route("/api/ask", "POST", ask, service),
        _route("/api/ask/stream", "POST", stream, service),
        _route("/api/feedback", "POST", feedback, service),
        _route("/api/openapi.json", "GET", openapi, service),
        _route("/api/{rest:path}", None, unknown, service),
    ]


def _route(path: str, method: str | None, endpoint: Endpoint, service: Service) -> Route:
    """Return a route that tells every error in the API's shape."""

    async def guarded(request: Request) -> Response:
        try:
            if method is not None and request.method not in (method, "HEAD" if method == "GET" else method):
                raise RequestError("method_not_allowed", f"{path} takes {method} only.")
            return await endpoint(request)
        except DataCraftError as error:
            info = error.info()
            service.metrics.error(info.code)
            return error_response(error, request_id_of(request))
        except Exception:  # the edge of a request: logged with its id, told calmly
            log.exception("request failed inside: %s %s", request.method, path)
            service.metrics.error("internal")
            return info_response(internal_error(request), request_id_of(request))

    return Route(path, guarded, methods=["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"])


async def _submit(service: Service, request: Request) -> Job[Event]:
    asked = await _read(request, AskRequest)
    longest = service.settings.serve.max_question_chars
    if len(asked.question) > longest:
        raise RequestError(
            "bad_input",
            f"The question has {len(asked.question):,} characters; at most {longest:,} can be read.",
            hint="Ask a shorter question, or several one after the other.",
        )
    session = api_session(request.scope["state"]["owner"], asked.session)
    return service.submit(asked.question, session, service.data, "api")


async def _read(request: Request, model: type[Model]) -> Model:
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
                yield _event("answer", event)
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
