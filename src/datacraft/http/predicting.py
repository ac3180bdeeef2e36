"""Predictions, as Vertex AI asks a custom container for them: instances in, as many predictions out, and no page.

The paths and the port come from Vertex AI itself (`AIP_PREDICT_ROUTE`, `AIP_HEALTH_ROUTE`, `AIP_HTTP_PORT`).
https://cloud.google.com/vertex-ai/docs/predictions/custom-container-requirements
"""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.responses import Response
from starlette.routing import Route

from datacraft.access.signin import Caller
from datacraft.contracts.answer import Answer
from datacraft.contracts.errors import ConfigError, DataCraftError
from datacraft.http.api import read_body, submit, visible
from datacraft.http.callers import new_owner
from datacraft.http.errors import RequestError, error_response, info_response, internal_error, request_id_of
from datacraft.http.middleware import BodyLimitMiddleware, RequestMiddleware
from datacraft.http.models import AskRequest, ErrorBody, Predictions, PredictRequest
from datacraft.http.probes import ready_response
from datacraft.http.running import running

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.types import ASGIApp

    from datacraft.http.service import Service

log = logging.getLogger(__name__)


def prediction_app(service: Service, route: str) -> ASGIApp:
    """Return the application that serves predictions at `route`, and whether it can, and nothing else.

    Raises:
        ConfigError: people are to sign in, which Vertex AI does for them.
    """
    access, health = service.settings.access, service.settings.serve.health_route
    if access.sign_in != "none":
        raise ConfigError(
            f"Predictions are asked for by Vertex AI, which does not sign in by access.sign_in = {access.sign_in!r}.",
            hint="Leave access.sign_in out there: the endpoint's IAM policy says who may ask.",
        )
    caller = Caller("Vertex AI", access.anonymous_role, "anonymous")

    async def predict(request: Request) -> Response:
        request.scope["state"] |= {"caller": caller, "owner": new_owner()}
        try:
            wanted = await read_body(request, PredictRequest)
            # As many at a time as are answered at a time: a batch must not fill the queue for others.
            turns = asyncio.Semaphore(service.settings.serve.concurrency)
            found = await asyncio.gather(
                *(_prediction(service, request, caller, one, turns) for one in wanted.instances)
            )
        except DataCraftError as error:
            service.metrics.error(error.info().code)
            return error_response(error, request_id_of(request))
        except Exception:  # the edge of a request: logged with its id, told calmly
            log.exception("prediction failed inside")
            service.metrics.error("internal")
            return info_response(internal_error(request), request_id_of(request))
        body = Predictions(predictions=list(found))
        return Response(
            body.model_dump_json(), media_type="application/json", headers={"Cache-Control": "no-store"}
        )

    async def ready(request: Request) -> Response:
        return await ready_response(service, request)

    async def nothing(request: Request) -> Response:
        error = RequestError(
            "not_found",
            f"There is no {request.url.path} here: where Vertex AI runs it, only predictions are served, and no page.",
            hint=f'POST {{"instances": [...]}} to {route}; for the page, deploy to Cloud Run.',
        )
        return error_response(error, request_id_of(request))

    return Starlette(
        routes=[
            Route(route, predict, methods=["POST"]),
            Route(health, ready, methods=["GET"]),
            Route("/{rest:path}", nothing),
        ],
        middleware=[
            Middleware(RequestMiddleware, metrics=service.metrics, routes=frozenset((route, health))),
            Middleware(BodyLimitMiddleware, max_bytes=service.settings.serve.max_body_bytes, under=route),
        ],
        lifespan=lambda _: running(service),
    )


async def _prediction(
    service: Service, request: Request, caller: Caller, instance: AskRequest | str, turns: asyncio.Semaphore
) -> Answer | ErrorBody:
    """Answer one question; what can't be answered costs the others of the batch nothing."""
    asked = instance if isinstance(instance, AskRequest) else AskRequest(question=instance)
    async with turns:
        try:
            job = await submit(service, request, asked)
            async for event in job.stream():
                if isinstance(event, Answer):
                    return visible(event, caller)
            raise RequestError("internal", "The question ended without an answer.")
        except DataCraftError as error:
            service.metrics.error(error.info().code)
            return ErrorBody(error=error.info(), request_id=request_id_of(request))
