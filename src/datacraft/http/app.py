"""The application: routes and middleware, alone (`api_app`) or around the page (`page_app`)."""

from __future__ import annotations

import importlib.util
from contextlib import AbstractAsyncContextManager
from pathlib import Path
from typing import TYPE_CHECKING

from starlette.applications import Starlette
from starlette.middleware import Middleware

from datacraft.http.api import api_routes
from datacraft.http.guarding import SameSiteMiddleware, SignInMiddleware
from datacraft.http.middleware import BodyLimitMiddleware, OwnerMiddleware, RequestMiddleware
from datacraft.http.probes import probe_routes
from datacraft.http.running import running
from datacraft.http.signing_in import sign_in_routes

if TYPE_CHECKING:
    from starlette.routing import BaseRoute
    from starlette.types import ASGIApp

    from datacraft.http.service import Service

PAGE_PACKAGE = "datacraft.ui"


def api_app(service: Service) -> ASGIApp:
    """Return the application without the page."""
    return Starlette(
        routes=_routes(service), middleware=_middleware(service), lifespan=lambda _: running(service)
    )


def page_app(service: Service) -> ASGIApp:
    """Return the whole application."""
    import streamlit

    def lifespan(_: object) -> AbstractAsyncContextManager[None]:
        return running(service)

    return streamlit.App(
        page_script(), routes=_routes(service), middleware=_middleware(service), lifespan=lifespan
    )


def page_script() -> Path:
    """Return the script that Streamlit runs for each visitor.

    It is found by its path: the page's package is a layer above this one, and is not imported from here.
    """
    package = importlib.util.find_spec(PAGE_PACKAGE)
    if package is None or package.origin is None:
        raise RuntimeError(f"the package {PAGE_PACKAGE} is not installed")
    return Path(package.origin).with_name("app.py")


def _routes(service: Service) -> list[BaseRoute]:
    return [*probe_routes(service), *sign_in_routes(service), *api_routes(service)]


def _middleware(service: Service) -> list[Middleware]:
    paths = frozenset(getattr(route, "path", "") for route in _routes(service))
    return [
        Middleware(RequestMiddleware, metrics=service.metrics, routes=paths),
        Middleware(SameSiteMiddleware),
        Middleware(
            SignInMiddleware,
            sign_in=service.sign_in,
            has_form=service.settings.access.sign_in in ("api_keys", "oidc"),
        ),
        Middleware(OwnerMiddleware),
        Middleware(BodyLimitMiddleware, max_bytes=service.settings.serve.max_body_bytes),
    ]
