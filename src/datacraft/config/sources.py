"""Where settings come from: arguments, environment variables, the file. Each value keeps its origin."""

from __future__ import annotations

import difflib
import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, get_args

from pydantic import BaseModel
from pydantic.fields import FieldInfo
from pydantic_settings import PydanticBaseSettingsSource

from datacraft.config.settings import Settings
from datacraft.config.yaml_file import read_yaml
from datacraft.contracts.errors import ConfigError

PREFIX = "DATACRAFT_"
CONFIG_VARIABLE = "DATACRAFT_CONFIG"

PUBLIC_NAMES = {
    "GCP_PROJECT_ID": "gcp.project_id",
    "GCP_REGION": "gcp.region",
    "GCS_BUCKET_NAME": "gcp.bucket",
    "BQ_DATASET": "gcp.dataset",
    "BEST_MODEL_NAME": "model",
    "PORT": "serve.port",
    "AIP_HTTP_PORT": "serve.port",
    "AIP_PREDICT_ROUTE": "serve.predict_route",
    "AIP_HEALTH_ROUTE": "serve.health_route",
    "STORAGE_EMULATOR_HOST": "registry.endpoint",
    "BIGQUERY_EMULATOR_HOST": "gcp.bigquery_endpoint",
    "OTEL_EXPORTER_OTLP_ENDPOINT": "telemetry.otlp_endpoint",
    "EMAIL_SMTP_USER": "notify.smtp_user",
}
"""Names that the outside world already uses. The `DATACRAFT_` name of the same setting goes first."""

# What Kubernetes sets in every container for a service that is called datacraft or datacraft-something.
_KUBERNETES = re.compile(r"_SERVICE_(HOST|PORT)(_|$)|_PORT_\d+_(TCP|UDP)(_|$)")


@dataclass(frozen=True, slots=True)
class Layer:
    """Values of one origin, nested as the settings are, and each dotted key's exact origin."""

    values: dict[str, Any] = field(default_factory=dict)
    origins: dict[str, str] = field(default_factory=dict)

    def put(self, key: str, value: object, origin: str) -> None:
        """Set a dotted key."""
        *sections, name = key.split(".")
        place = self.values
        for section in sections:
            place = place.setdefault(section, {})
        place[name] = value
        self.origins[key] = origin


class LayerSource(PydanticBaseSettingsSource):
    """A layer, as pydantic-settings wants it."""

    def __init__(self, layer: Layer) -> None:
        super().__init__(Settings)
        self.layer = layer

    def get_field_value(self, field: FieldInfo, field_name: str) -> tuple[Any, str, bool]:
        """Return the layer's value of a field."""
        return self.layer.values.get(field_name), field_name, False

    def __call__(self) -> dict[str, Any]:
        """Return every value of the layer."""
        return self.layer.values


@cache
def setting_fields() -> dict[str, FieldInfo]:
    """Return every setting by its dotted key, in the order in which they are declared."""
    return dict(_leaves(Settings, ""))


def _leaves(model: type[BaseModel], prefix: str) -> Iterator[tuple[str, FieldInfo]]:
    for name, info in model.model_fields.items():
        if isinstance(info.annotation, type) and issubclass(info.annotation, BaseModel):
            yield from _leaves(info.annotation, f"{prefix}{name}.")
        else:
            yield f"{prefix}{name}", info


def variable_name(key: str) -> str:
    """Return the environment variable of a dotted key: `serve.port` is `DATACRAFT_SERVE__PORT`."""
    return PREFIX + key.upper().replace(".", "__")


def read_arguments(arguments: Mapping[str, object]) -> Layer:
    """Take the dotted keys that a command line or a caller gives; None means that it doesn't.

    Raises:
        ConfigError: there is no such setting.
    """
    layer = Layer()
    for key, value in arguments.items():
        if key not in setting_fields():
            raise ConfigError(f"There is no setting {key!r}.", hint=suggestion(key, setting_fields()))
        if value is not None:
            layer.put(key, value, "argument")
    return layer


def read_environment(environ: Mapping[str, str]) -> Layer:
    """Take the settings that stand in environment variables. An empty one counts as unset.

    Raises:
        ConfigError: a `DATACRAFT_…` variable is none of ours but nearly reads as one. Others are left alone:
            platforms make variables of their own that start with a service's name.
    """
    known = {variable_name(key): key for key in setting_fields()}
    layer = Layer()
    for variable, key in [*PUBLIC_NAMES.items(), *known.items()]:
        if value := environ.get(variable, "").strip():
            layer.put(key, value, f"environment {variable}")
    ours = {name.removeprefix(PREFIX) for name in [*known, CONFIG_VARIABLE]}
    for variable in environ:
        name = variable.removeprefix(PREFIX)
        if name == variable or name in ours or _KUBERNETES.search(variable):
            continue
        if close := difflib.get_close_matches(name, ours, n=1, cutoff=0.8):
            raise ConfigError(
                f"Environment variable {variable} is not a setting.",
                hint=f"Did you mean {PREFIX}{close[0]}? Else unset it.",
            )
    return layer


def read_file(path: Path) -> Layer:
    """Take the settings of a YAML file. Its relative paths start at the file's own folder.

    Raises:
        ConfigError: the file can't be read or isn't YAML; names the line.
    """
    file = read_yaml(path)
    layer = Layer(file.values, {key: f"{path}:{line}" for key, line in file.lines.items()})
    for key, info in setting_fields().items():
        if Path in (info.annotation, *get_args(info.annotation)) and key in file.lines:
            *sections, name = key.split(".")
            place: Any = file.values
            for section in sections:
                place = place[section]
            place[name] = _beside(path, place[name])
    return layer


def _beside(file: Path, value: object) -> object:
    """Return a path, or each of a list of paths, taken from the folder of `file`."""
    if isinstance(value, str):
        if value.startswith(("bigquery://", "gs://")):
            return value
        return os.path.join(os.path.abspath(file.parent), os.path.expanduser(value))  # noqa: PTH100, PTH111, PTH118
    return [_beside(file, item) for item in value] if isinstance(value, list) else value


def suggestion(key: str, allowed: Mapping[str, object]) -> str:
    """Return what to write instead of an unknown key."""
    close = difflib.get_close_matches(key, list(allowed), n=1, cutoff=0.6)
    said = f"Did you mean {close[0]}? " if close else ""
    return f"{said}Allowed: {', '.join(allowed)}."
