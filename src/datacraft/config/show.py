"""The effective settings as rows, for people: `datacraft config show`."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

from datacraft.config.secrets import mask_value
from datacraft.config.settings import Settings
from datacraft.config.sources import setting_fields


class EffectiveSetting(NamedTuple):
    """One row; `value` has its secrets masked, `origin` is "default", "file:line", "environment NAME" or "argument"."""

    key: str
    value: str
    origin: str


def effective_settings(settings: Settings) -> list[EffectiveSetting]:
    """Return every setting with the value that holds and where it comes from."""
    origins = settings.origins
    rows = []
    for key in setting_fields():
        value, origin = _value(settings, key), origins.get(key, "default")
        if key == "registry.url" and value is None:
            value = settings.registry_url
            origin = f"gcp.bucket, {origins['gcp.bucket']}" if "gcp.bucket" in origins else "default"
        rows.append(EffectiveSetting(key, _text(mask_value(key.rpartition(".")[2], value)), origin))
    return rows


def _value(settings: Settings, key: str) -> object:
    value: object = settings
    for name in key.split("."):
        value = getattr(value, name)
    return value


def _text(value: object) -> str:
    """Write a value as the YAML file would."""
    match value:
        case None:
            return "null"
        case bool():
            return str(value).lower()
        case list() | tuple():
            return "[" + ", ".join(_text(item) for item in value) + "]"
        case Path():
            return str(value)
        case _:
            return str(value)
