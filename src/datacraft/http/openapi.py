"""The OpenAPI document, made from the models that the API reads and writes."""

from __future__ import annotations

from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from datacraft.contracts.answer import Answer
from datacraft.http.models import (
    Alive,
    AskRequest,
    ErrorBody,
    FeedbackReceipt,
    FeedbackRequest,
    Ready,
    StepNote,
)

Json = dict[str, object]

_MEANING = {
    400: "The body is not JSON.",
    413: "The body is too large.",
    415: "The body is of another type.",
    422: "The question is too long, empty or not fit to be read; or a field is missing or unknown.",
    429: "Too many questions are being answered; Retry-After says when to come again.",
    500: "Something broke inside.",
    503: "The data or the model is not usable (yet).",
    504: "The question took too long.",
}
_ASK_ERRORS = (400, 413, 415, 422, 429, 500, 503, 504)


def openapi_document() -> Json:
    """Return the document, OpenAPI 3.1."""
    reads: tuple[type[BaseModel], ...] = (AskRequest, FeedbackRequest)
    writes: tuple[type[BaseModel], ...] = (Answer, StepNote, FeedbackReceipt, ErrorBody, Alive, Ready)
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
            "/health": {"get": _probe("Whether the process is alive.", Alive, ())},
            "/ready": {"get": _probe("Whether questions can be answered.", Ready, (503,))},
            "/metrics": {
                "get": {
                    "summary": "Figures for Prometheus.",
                    "responses": {"200": {"description": "Text format.", "content": {"text/plain": {}}}},
                }
            },
        },
        "components": {"schemas": schemas["$defs"]},
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
            **_errors((400, 413, 415, 422, 503)),
        },
    }


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
