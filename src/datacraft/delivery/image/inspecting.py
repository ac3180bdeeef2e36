"""Looks at an image: what it says of itself, in one form whichever program is asked."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

from pydantic import BaseModel, Field, ValidationError

from datacraft.contracts.errors import ImageFailed
from datacraft.contracts.image import ImageFacts
from datacraft.delivery.image.builders import Builder

_SIZE = re.compile(r"^([\d.]+) ?([kMGT]?B)$")
_UNITS = {"B": 1, "kB": 10**3, "MB": 10**6, "GB": 10**9, "TB": 10**12}


class _HealthCheck(BaseModel):
    """`Test` is `["CMD", word, word, ...]`."""

    test: tuple[str, ...] = Field(default=(), alias="Test")


class _Config(BaseModel):
    """The part that all three write alike; what is not set may be null or missing."""

    user: str = Field(default="", alias="User")
    ports: Mapping[str, object] | None = Field(default=None, alias="ExposedPorts")
    entrypoint: Sequence[str] | None = Field(default=None, alias="Entrypoint")
    command: Sequence[str] | None = Field(default=None, alias="Cmd")
    environment: Sequence[str] | None = Field(default=None, alias="Env")
    labels: dict[str, str] | None = Field(default=None, alias="Labels")
    health_check: _HealthCheck | None = Field(default=None, alias="Healthcheck")


def inspect_image(builder: Builder, image: str) -> ImageFacts:
    """Return what is known of an image on this machine.

    Raises:
        ImageFailed: there is no such image.
    """
    what = f"Looking at {image}"
    try:
        if builder.name == "buildah":
            return _from_buildah(builder, image, what)
        (found,) = json.loads(builder.run("image", "inspect", image, what=what))
        config = {"Healthcheck": found.get("HealthCheck"), **found["Config"]}  # where podman keeps it
        return _facts(image, found["Id"], int(found["Size"]), found["RootFS"]["Layers"], config)
    except (ValueError, KeyError, TypeError, ValidationError) as error:
        raise ImageFailed(f"{what}: {builder.name} described it in a way that is not known.") from error


def _from_buildah(builder: Builder, image: str, what: str) -> ImageFacts:
    found = json.loads(builder.run("inspect", "--type=image", image, what=what))
    docker = found["Docker"]
    (listed,) = json.loads(builder.run("images", "--json", image, what=what))
    return _facts(
        image, found["FromImageID"], _bytes(listed["size"]), docker["rootfs"]["diff_ids"], docker["config"]
    )


def _facts(
    image: str, identity: str, size: int, layers: Sequence[str], config: Mapping[str, Any]
) -> ImageFacts:
    said = _Config.model_validate(config)
    return ImageFacts(
        image=image,
        id=identity if identity.startswith("sha256:") else f"sha256:{identity}",
        size_bytes=size,
        layers=tuple(layers),
        user=said.user,
        ports=tuple(said.ports or ()),
        entrypoint=tuple(said.entrypoint or ()),
        command=tuple(said.command or ()),
        environment=dict(entry.split("=", 1) for entry in said.environment or ()),
        labels=said.labels or {},
        health_check=said.health_check.test[1:] if said.health_check else (),
    )


def _bytes(size: str) -> int:
    """Read `659 MB`."""
    match = _SIZE.match(size)
    if match is None:
        raise ValueError(f"not a size: {size}")
    return round(float(match[1]) * _UNITS[match[2]])
