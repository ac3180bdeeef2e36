"""Load the settings: arguments before environment before file before defaults."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from datacraft.config.secrets import mask_value
from datacraft.config.settings import Settings
from datacraft.config.sources import (
    CONFIG_VARIABLE,
    Layer,
    LayerSource,
    read_arguments,
    read_environment,
    read_file,
    suggestion,
)
from datacraft.contracts.errors import ConfigError

FILE_NAME = "datacraft.yaml"


def load_settings(
    path: Path | None = None,
    *,
    arguments: Mapping[str, object] | None = None,
    environ: Mapping[str, str] | None = None,
) -> Settings:
    """Read the settings that hold here and now.

    Args:
        path: The file; otherwise what `DATACRAFT_CONFIG` names, otherwise `datacraft.yaml` in the working
            folder, which need not be there.
        arguments: Dotted keys, such as `{"serve.port": 9000}`; a None is skipped.
        environ: The environment variables; by default those of this process.

    Raises:
        ConfigError: a value or key is wrong; names each one's file and line, variable or argument, and what
            is allowed.
    """
    environ = os.environ if environ is None else environ
    layers = [read_arguments(arguments or {}), read_environment(environ)]
    if file := _find_file(path, environ):
        layers.append(read_file(file))
    origins: dict[str, str] = {}
    for layer in reversed(layers):
        origins.update(layer.origins)
    try:
        settings = Settings(_build_sources=(tuple(LayerSource(layer) for layer in layers), {}))
    except ValidationError as error:
        raise _explain(error.errors(), layers) from error
    settings._origins.update(origins)
    return settings


def _find_file(path: Path | None, environ: Mapping[str, str]) -> Path | None:
    if path is not None:
        return path
    if named := environ.get(CONFIG_VARIABLE):
        return Path(named)
    default = Path(FILE_NAME)
    return default if default.exists() else None


def _explain(errors: Sequence[ErrorDetails], layers: Sequence[Layer]) -> ConfigError:
    """Turn pydantic's findings into one error: a line for each, with where it stands."""
    lines, hints = [], []
    for error in errors:
        key = ".".join(str(part) for part in error["loc"])
        where = _origin(key, layers)
        if error["type"] == "extra_forbidden":
            parent, _, name = key.rpartition(".")
            lines.append(f"{where}: unknown key {key!r}.")
            hints.append(suggestion(name, _section(parent).model_fields))
        else:
            # Only a plain value is repeated: a whole section would bury the message.
            given = error["input"]
            shown = "" if isinstance(given, dict | list) else f", not {mask_value(key, given)!r}"
            lines.append(f"{where}: {key}: {_plain(error)}{shown}.")
    return ConfigError(
        "\n".join(lines), hint=" ".join(hints) or "`datacraft config show` lists every setting."
    )


def _plain(error: ErrorDetails) -> str:
    """Return pydantic's message as a person would say it."""
    message = error["msg"].removeprefix("Input ").removeprefix("Value error, ")
    return message.split(", unable to")[0]


def _origin(key: str, layers: Sequence[Layer]) -> str:
    """Return where the key, or the nearest part above it, was set."""
    while key:
        for layer in layers:
            if key in layer.origins:
                return layer.origins[key]
        key = key.rpartition(".")[0]
    return "settings"


def _section(key: str) -> type[BaseModel]:
    """Return the model of a dotted section; the settings themselves for ""."""
    model: type[BaseModel] = Settings
    for name in filter(None, key.split(".")):
        annotation: Any = model.model_fields[name].annotation
        model = annotation
    return model
