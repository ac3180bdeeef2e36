"""Starting: settings and a handler that is ready for questions, as fast as can be."""

from __future__ import annotations

import gc
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import typer

    from datacraft.config import Settings
    from datacraft.serving import QueryHandler


@contextmanager
def collector_paused() -> Iterator[None]:
    """Keep the garbage collector out of a part that makes many objects which all stay, such as imports."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        if enabled:
            gc.enable()


def settings_for(context: typer.Context, data: Sequence[Path] | None = None, **arguments: object) -> Settings:
    """Return the settings that hold for a command, with logging set up as they say.

    Args:
        context: of the command; its `obj` is the file that `--config` names, or None.
        data: what `--data` names.
        arguments: other options by the setting's key, with two underscores for the dot; None where not given.

    Raises:
        ConfigError: a setting is wrong.
    """
    with collector_paused():
        from datacraft.config import configure_logging, load_settings

        given: dict[str, object] = {key.replace("__", "."): value for key, value in arguments.items()}
        given["data.paths"] = list(data) if data else None
        settings = load_settings(context.obj, arguments=given)
    configure_logging(settings.log_level)
    if settings.telemetry.otlp_endpoint is not None:
        from datacraft.config.tracing import configure_tracing

        configure_tracing(settings.telemetry.otlp_endpoint)
    return settings


def open_handler(settings: Settings) -> QueryHandler:
    """Return a handler for the data of the settings; to be closed by the caller.

    Raises:
        DataLoadError: there is no data, or it can't be read.
        ConfigError: the semantic file, the registry's address or a folder is wrong.
    """
    with collector_paused():
        from datacraft.serving.assembly import build_handler

        return build_handler(settings)
