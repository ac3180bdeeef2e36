"""What the commands of `datacraft image` do."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import typer

from datacraft.cli.output.talk import say
from datacraft.contracts.errors import ConfigError
from datacraft.delivery.image import build_image, find_builder, inspect_image, push_image
from datacraft.delivery.image.building import BuildOptions, image_tags
from datacraft.delivery.image.source import read_source

if TYPE_CHECKING:
    from datacraft.config import Settings
    from datacraft.contracts.image import BuilderName, BuiltImage, Variant

_REPOSITORY = "mlops-models"


def build(
    source: Path,
    base: str | None,
    variant: Variant,
    wheels: Path | None,
    sbom: Path,
    builder: BuilderName | None,
) -> None:
    """Build the image and write what came of it."""
    built = build_image(find_builder(builder), source, sbom, BuildOptions(base, variant, wheels))
    say(f"Built {built.tags[0]} with {built.builder}: {built.facts.size_bytes / 1e6:,.0f} MB.")
    _say_vulnerabilities(built)
    typer.echo(built.model_dump_json(indent=1))


def _say_vulnerabilities(built: BuiltImage) -> None:
    check = built.vulnerabilities
    if not check.checked:
        say(f"Note: known vulnerabilities were not looked for: {check.reason}")
    for one in check.found:
        better = f", fixed in {', '.join(one.fixed_in)}" if one.fixed_in else ""
        say(f"Warning: {one.package} {one.version} has {one.advisory}{better}.")


def push(
    settings: Settings,
    registry: str | None,
    source: Path,
    variant: Variant,
    plain_http: bool,
    builder: BuilderName | None,
) -> None:
    """Push the image of a checkout and write its digest."""
    where = registry or artifact_registry(settings)
    tags = image_tags(read_source(source), variant)
    pushed = push_image(find_builder(builder), tags, where, plain_http=plain_http)
    say(f"Pushed {pushed.references[0]}.")
    typer.echo(pushed.model_dump_json(indent=1))


def artifact_registry(settings: Settings) -> str:
    """Return the project's own image registry.

    Raises:
        ConfigError: project and region are not set.
    """
    project, region = settings.gcp.project_id, settings.gcp.region
    if project is None or region is None:
        raise ConfigError(
            "No registry is named.", hint="Use --registry, or set GCP_PROJECT_ID and GCP_REGION."
        )
    return f"{region}-docker.pkg.dev/{project}/{_REPOSITORY}"


def inspect(name: str, builder: BuilderName | None) -> None:
    """Write what an image says of itself."""
    typer.echo(inspect_image(find_builder(builder), name).model_dump_json(indent=1))
