"""The OpenAPI document, made from the models that the API reads and writes."""

from __future__ import annotations

from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from datacraft.contracts.access import ApiKey, AuditEntry
from datacraft.contracts.answer import Answer
from datacraft.contracts.release import Channel
from datacraft.http.models import (
    Alive,
    AskRequest,
    ErrorBody,
    FeedbackReceipt,
    FeedbackRequest,
    KeyRequest,
    MoveRequest,
    NewKey,
    Ready,
    StepNote,
)

Json = dict[str, object]

_MEANING = {
    400: "The body is not JSON.",
    401: "Nobody that is known has sent this: no API key that holds, or no session.",
    403: "Who has sent this may not do it, or another site's page has sent it.",
    404: "There is no such session.",
    409: "The channel may not move so: by evidence, a pin, or because somebody else has moved it.",
    413: "The body is too large.",
    415: "The body is of another type.",
    422: "The question is too long, empty or not fit to be read; or a field is missing or unknown.",
    429: "Too many questions are being answered; Retry-After says when to come again.",
    500: "Something broke inside.",
    503: "The data or the model is not usable (yet).",
    504: "The question took too long.",
}
_ASK_ERRORS = (400, 401, 403, 404, 413, 415, 422, 429, 500, 503, 504)


def openapi_document() -> Json:
    """Return the document, OpenAPI 3.1."""
    reads: tuple[type[BaseModel], ...] = (AskRequest, FeedbackRequest, MoveRequest, KeyRequest)
    writes: tuple[type[BaseModel], ...] = (
        Answer, StepNote, FeedbackReceipt, ErrorBody, Alive, Ready, NewKey, ApiKey, AuditEntry, Channel,
    )  # fmt: skip
    _, schemas = models_json_schema(
        [*((model, "validation") for model in reads), *((model, "serialization") for model in writes)],
        ref_template="#/components/schemas/{model}",
    )
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "DataCraft",
            "version": "1",
            "description": "Questions about data in plain words, answered with SQL, rows, a chart and a sentence.",
        },
        "paths": {
            "/api/ask": {"post": _ask()},
            "/api/ask/stream": {"post": _stream()},
            "/api/feedback": {"post": _feedback()},
            **_operating(),
            "/health": {"get": _probe("Whether the process is alive.", Alive, ())},
            "/ready": {"get": _probe("Whether questions can be answered.", Ready, (503,))},
            "/metrics": {
                "get": {
                    "summary": "Figures for Prometheus.",
                    "responses": {"200": {"description": "Text format.", "content": {"text/plain": {}}}},
                }
            },
        },
        "components": {
            "schemas": schemas["$defs"],
            "securitySchemes": {"key": {"type": "http", "scheme": "bearer", "description": "An API key."}},
        },
        "security": [{}, {"key": []}],
    }


def _ask() -> Json:
    return {
        "summary": "Ask a question.",
        "description": "What could not be answered (ambiguous, not understood, refused) is an answer, too: "
        "its `error` says why, and `choices` what to ask instead.",
        "requestBody": _body(AskRequest),
        "responses": {"200": _content("The answer.", Answer), **_errors(_ASK_ERRORS)},
    }


def _stream() -> Json:
    return {
        "summary": "Ask a question, and hear of each step.",
        "description": "Server-sent events: `step` (a StepNote) as each step begins, then `answer` (an Answer), "
        "or `error` (an ErrorBody).",
        "requestBody": _body(AskRequest),
        "responses": {
            "200": {
                "description": "The events.",
                "content": {"text/event-stream": {"schema": {"type": "string"}}},
            },
            **_errors(_ASK_ERRORS),
        },
    }


def _feedback() -> Json:
    return {
        "summary": "Say what you think of an answer.",
        "requestBody": _body(FeedbackRequest),
        "responses": {
            "200": _content("It was taken.", FeedbackReceipt),
            **_errors((400, 401, 403, 413, 415, 422, 503)),
        },
    }


def _operating() -> Json:
    """Return the paths for those who run the service; what each needs is in docs/how-to/sign-in.md."""
    moves: Json = {
        f"/api/channels/{{channel}}/{action}": {
            "parameters": [_path("channel")],
            "post": {
                "summary": summary,
                "requestBody": _body(MoveRequest),
                "responses": {
                    "200": _content("The channel as it is then.", Channel),
                    **_errors((400, 401, 403, 409, 413, 415, 422, 503)),
                },
            },
        }
        for action, summary in (
            ("promote", "Let a channel name a release that the verdicts have accepted."),
            ("rollback", "Let a channel name again what it named before."),
            ("pin", "Keep a channel where it is."),
            ("unpin", "Let a channel move again."),
        )
    }
    return {
        "/api/me": {"get": _found("Who calls, and what they may do.")},
        "/api/history": {"get": _found("One's own conversations; with ?owner=all everybody's.")},
        "/api/history/{conversation}": {
            "parameters": [_path("conversation")],
            "get": _found("The turns of a conversation."),
        },
        "/api/channels": {"get": _found("The channels and their history.")},
        **moves,
        "/api/keys": {
            "get": _found("The API keys, without their secrets."),
            "post": {
                "summary": "Make a key; it is shown this once.",
                "requestBody": _body(KeyRequest),
                "responses": {
                    "200": _content("The key.", NewKey),
                    **_errors((400, 401, 403, 413, 415, 422, 503)),
                },
            },
        },
        "/api/keys/{key}": {
            "parameters": [_path("key")],
            "delete": {
                "summary": "Let a key open nothing from now on.",
                "responses": {"200": _content("The key.", ApiKey), **_errors((401, 403, 422, 503))},
            },
        },
        "/api/audit": {"get": _found("The latest entries of the audit log, the latest first.")},
    }


def _found(summary: str) -> Json:
    return {
        "summary": summary,
        "responses": {
            "200": {"description": "As JSON.", "content": {"application/json": {"schema": {}}}},
            **_errors((401, 403, 422, 503)),
        },
    }


def _path(name: str) -> Json:
    return {"name": name, "in": "path", "required": True, "schema": {"type": "string"}}


def _probe(summary: str, model: type[BaseModel], errors: tuple[int, ...]) -> Json:
    return {"summary": summary, "responses": {"200": _content("Yes.", model), **_errors(errors)}}


def _errors(statuses: tuple[int, ...]) -> Json:
    return {str(status): _content(_MEANING[status], ErrorBody) for status in statuses}


def _body(model: type[BaseModel]) -> Json:
    return {"required": True, "content": {"application/json": {"schema": _reference(model)}}}


def _content(description: str, model: type[BaseModel]) -> Json:
    return {"description": description, "content": {"application/json": {"schema": _reference(model)}}}


def _reference(model: type[BaseModel]) -> Json:
    return {"$ref": f"#/components/schemas/{model.__name__}"}
