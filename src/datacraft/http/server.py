"""`serve`: one process, one port: the page, the API and the probes; or predictions, where Vertex AI runs it."""

from __future__ import annotations

import errno
import signal
import socket
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from datacraft.access.signin.binding import check_binding
from datacraft.config import Settings
from datacraft.contracts.errors import InputError

if TYPE_CHECKING:
    from starlette.types import ASGIApp

_GRACE_S = 10  # for what is being answered when the server is told to stop
_BACKLOG = 512
_ANY_HOST = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}


def serve(
    settings: Settings,
    data_paths: Sequence[Path | str] | None = None,
    *,
    on_listening: Callable[[str], None] = lambda url: None,
) -> None:
    """Serve the page and the API until the process is told to stop (SIGINT, SIGTERM).

    Args:
        settings: host, port and limits are in `settings.serve`.
        data_paths: files, folders or databases to ask about; by default those of the settings.
        on_listening: is told the address once the port is bound; the data may still be loading then.

    Raises:
        InputError: the port can't be used, or a data path does not exist.
        ConfigError: the state database can't be opened, the sign-in is not set up, or strangers could ask without one.
    """
    paths = list(settings.asked_about if data_paths is None else data_paths)
    _check_paths(paths, settings.gcp.project_id)
    check_binding(settings.serve.host, settings.access)
    with bind(settings.serve.host, settings.serve.port) as bound:
        import uvicorn

        config = uvicorn.Config(
            _app(settings, paths),
            log_config=None,
            access_log=False,
            server_header=False,
            lifespan="on",
            timeout_graceful_shutdown=_GRACE_S,
        )
        host = _ANY_HOST.get(settings.serve.host, settings.serve.host)
        on_listening(f"http://{host}:{bound.getsockname()[1]}")
        with _stopping_quietly():
            uvicorn.Server(config).run(sockets=[bound])


def _app(settings: Settings, paths: Sequence[Path | str]) -> ASGIApp:
    from datacraft.http.service import Service

    service, route = Service(settings, paths), settings.serve.predict_route
    if route is not None:
        from datacraft.http.predicting import prediction_app

        return prediction_app(service, route)
    from datacraft.http.app import page_app

    return page_app(service)


@contextmanager
def _stopping_quietly() -> Iterator[None]:
    """End normally when told to stop: uvicorn, once it has shut down, raises the signal a second time."""
    signals = (signal.SIGINT, signal.SIGTERM)
    before = {number: signal.signal(number, lambda *_: None) for number in signals}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def bind(host: str, port: int) -> socket.socket:
    """Return a socket that listens where the settings say.

    Raises:
        InputError: somebody else listens there, or the address is not this machine's.
    """
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
    except socket.gaierror as error:
        raise InputError(
            f"The host {host!r} is not known: {error.strerror}.", hint="Use 127.0.0.1, or 0.0.0.0 for all."
        ) from error
    bound = socket.socket(family, kind, protocol)
    try:
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        bound.bind(address)
        bound.listen(_BACKLOG)
    except OSError as error:
        bound.close()
        raise _bind_error(host, port, error) from error
    return bound


def _bind_error(host: str, port: int, error: OSError) -> InputError:
    place = f"port {port} of {host}"
    if error.errno == errno.EADDRINUSE:
        return InputError(
            f"Something listens on {place} already.",
            hint="Stop it, or choose another with --port or PORT (0: any free one).",
        )
    if error.errno == errno.EACCES:
        return InputError(
            f"This user may not listen on {place}.", hint="Choose a port above 1023 with --port or PORT."
        )
    return InputError(f"Can't listen on {place}: {error.strerror}.", hint="Check --host and --port.")


def _check_paths(paths: Sequence[Path | str], project: str | None) -> None:
    from datacraft.warehouse.bigquery import bigquery_address

    for path in paths:
        if bigquery_address(path, project=project) is None and not Path(path).expanduser().exists():
            raise InputError(f"There is no file or folder {path}.", hint="Check --data and data.paths.")
