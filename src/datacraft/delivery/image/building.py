"""Builds the image: same checkout and same base, same layers."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from datacraft import __version__
from datacraft.contracts.errors import InputError
from datacraft.contracts.image import IMAGE_NAME, BuiltImage, Variant
from datacraft.delivery.image.builders import Builder
from datacraft.delivery.image.inspecting import inspect_image
from datacraft.delivery.image.sbom import write_sbom
from datacraft.delivery.image.source import DOCKERFILE, LOCK, Source, read_source
from datacraft.delivery.image.vulnerabilities import check_vulnerabilities

_TIMEOUT_S = 1_800
_PINNED = re.compile(r"^(localhost/.+|.+@sha256:[0-9a-f]{64})$")


@dataclass(frozen=True, slots=True)
class BuildOptions:
    """What differs from build to build.

    Attributes:
        base: the image to build on; null: the one that the Dockerfile names.
        variant: `documents` also reads scanned documents.
        wheels: a folder of the lock's packages, for builds without network.
    """

    base: str | None = None
    variant: Variant = "plain"
    wheels: Path | None = None


def build_image(
    builder: Builder, folder: Path, sbom: Path, options: BuildOptions | None = None
) -> BuiltImage:
    """Build the image from the checkout in `folder`, tagged with its commit and `latest`; write its SBOM.

    Raises:
        InputError: the folder is no checkout, or the base is not pinned.
        ImageFailed: the builder could not.
    """
    options = options or BuildOptions()
    if options.base is not None and not _PINNED.match(options.base):
        raise InputError(
            f"The base {options.base!r} may change under its name.",
            hint="Name it by its digest, NAME@sha256:..., or use one of this machine, localhost/NAME.",
        )
    source = read_source(folder)
    tags = image_tags(source, options.variant)
    arguments = [*_arguments(builder, source, options), *(f"--tag={tag}" for tag in tags), str(source.folder)]
    builder.run_visibly("build", *arguments, what="Building the image", timeout_s=_TIMEOUT_S)
    lock = (source.folder / LOCK).read_text(encoding="utf-8")
    return BuiltImage(
        builder=builder.name,
        tags=tags,
        variant=options.variant,
        facts=inspect_image(builder, tags[0]),
        sbom=write_sbom(sbom, lock, source),
        vulnerabilities=check_vulnerabilities(source.folder / LOCK),
    )


def image_tags(source: Source, variant: Variant) -> tuple[str, ...]:
    """Return the names of a checkout's image: by its commit, and `latest`."""
    suffix = "" if variant == "plain" else f"-{variant}"
    return (f"{IMAGE_NAME}:{source.tag}{suffix}", f"{IMAGE_NAME}:latest{suffix}")


def _arguments(builder: Builder, source: Source, options: BuildOptions) -> Iterator[str]:
    yield f"--file={source.folder / DOCKERFILE}"
    created = dt.datetime.fromtimestamp(source.made_at, dt.UTC)
    values = {
        "VERSION": __version__,
        "REVISION": source.revision,
        "CREATED": created.isoformat().replace("+00:00", "Z"),
        "VARIANT": options.variant,
    }
    if options.base is not None:
        values["BASE"] = options.base
    if options.wheels is not None:
        values["PIP_NO_INDEX"] = "1"
        yield f"--build-context=wheels={options.wheels.absolute()}"
    if builder.name == "docker":
        values["SOURCE_DATE_EPOCH"] = str(source.made_at)
    else:
        # Of the formats that these can write, only docker's knows health checks.
        yield from ("--format=docker", f"--timestamp={source.made_at}")
    yield from (f"--build-arg={name}={value}" for name, value in values.items())
