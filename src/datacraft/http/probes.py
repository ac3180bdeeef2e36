"""`/health`, `/ready`, `/metrics`: for those who run the server."""

from __future__ import annotations

from typing import TYPE_CHECKING

from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response
from starlette.routing import Route

from datacraft.contracts.errors import DataCraftError
from datacraft.http.errors import NotReady, error_response, request_id_of
from datacraft.http.models import Alive, Ready

if TYPE_CHECKING:
    from starlette.requests import Request

    from datacraft.http.service import Service

_NO_STORE = {"Cache-Control": "no-store"}


def probe_routes(service: Service) -> list[Route]:
    """Return the routes that a platform asks."""

    async def health(request: Request) -> Response:
        return Response(Alive().model_dump_json(), media_type="application/json", headers=_NO_STORE)

    async def ready(request: Request) -> Response:
        return await ready_response(service, request)

    async def metrics(request: Request) -> Response:
        text = await run_in_threadpool(service.metrics.text)
        return Response(text, headers={"Content-Type": CONTENT_TYPE_PLAIN_0_0_4, **_NO_STORE})

    return [
        Route("/health", health, methods=["GET"]),
        Route("/ready", ready, methods=["GET"]),
        Route("/metrics", metrics, methods=["GET"]),
    ]


async def ready_response(service: Service, request: Request) -> Response:
    """Return whether questions can be answered, as a response."""
    try:
        found = await run_in_threadpool(_ready, service)
    except DataCraftError as error:
        reason = error if isinstance(error, NotReady) else NotReady(error.message, hint=error.hint)
        return error_response(reason, request_id_of(request))
    return Response(found.model_dump_json(), media_type="application/json", headers=_NO_STORE)


def _ready(service: Service) -> Ready:
    """Try the data and the model.

    Raises:
        DataCraftError: one of them is not usable.
    """
    data = service.data
    # Strangers may ask whether it is ready, and need not learn what there is.
    told = service.settings.access.sign_in == "none"
    tables = [table.name for table in data.handler.warehouse.tables()] if told else []
    data.handler.warehouse.execute("SELECT 1", timeout_s=5, max_rows=1)
    served = data.handler.served()
    if served is None:
        return Ready(tables=tables, model="builtin")
    return Ready(
        tables=tables,
        model=served.metadata.selected_model,
        release_id=served.release_id,
        warnings=list(served.warnings) if told else [],
    )
