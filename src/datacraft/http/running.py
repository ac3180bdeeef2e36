"""The service that this process runs, for the page: Streamlit starts the page's script without arguments."""

from __future__ import annotations

import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from starlette.concurrency import run_in_threadpool

if TYPE_CHECKING:
    from datacraft.http.service import Service

_lock = threading.Lock()
_running: Service | None = None


@asynccontextmanager
async def running(service: Service) -> AsyncIterator[None]:
    """Start a service, be its process, and close it in the end."""
    global _running
    service.start()
    with _lock:
        _running = service
    try:
        yield
    finally:
        with _lock:
            _running = None
        await run_in_threadpool(service.close)


def running_service() -> Service:
    """Return the service of this process.

    Where the page is run by Streamlit itself (`streamlit run frontend/app.py`), it is made from the settings
    that hold.

    Raises:
        ConfigError: the settings are wrong, the state database can't be opened, or strangers could ask.
    """
    global _running
    with _lock:
        if _running is None:
            from streamlit import config

            from datacraft.access.signin.binding import check_binding
            from datacraft.config import load_settings
            from datacraft.http.service import Service

            settings = load_settings()
            check_binding(config.get_option("server.address") or "0.0.0.0", settings.access)
            _running = Service(settings)
            _running.start()
        return _running
