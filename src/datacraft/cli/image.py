"""`datacraft image`: the container image of the page and the API."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from datacraft.cli.start import settings_for
from datacraft.contracts.image import BuilderName, Variant

image = typer.Typer(
    no_args_is_help=True,
    rich_markup_mode=None,
    help="The container image of the page and the API.\n\n\b\nExample:\n  datacraft image build",
)

SourceOption = Annotated[Path, typer.Option(metavar="FOLDER", help="A checkout of the project.")]
BuilderOption = Annotated[
    BuilderName | None,
    typer.Option(metavar="PROGRAM", help="docker, podman or buildah.", show_default="the first that works"),
]


@image.command()
def build(
    context: typer.Context,
    source: SourceOption = Path(),
    base: Annotated[
        str | None,
        typer.Option(
            metavar="NAME@DIGEST", help="The image to build on.", show_default="as frontend/Dockerfile says"
        ),
    ] = None,
    variant: Annotated[
        Variant, typer.Option(metavar="plain|documents", help='"documents" also reads scanned documents.')
    ] = "plain",
    wheels: Annotated[
        Path | None,
        typer.Option(metavar="FOLDER", help="Packages of the lock, for a build without network."),
    ] = None,
    sbom: Annotated[Path, typer.Option(metavar="FILE", help="Where the SBOM goes.")] = Path(
        "dist", "sbom.cdx.json"
    ),
    builder: BuilderOption = None,
) -> None:
    """Build the image, tagged with the commit and `latest`; write its SBOM; tell what is in it, as JSON.

    \b
    Examples:
      datacraft image build
      datacraft image build --variant documents --builder podman
    """
    from datacraft.cli.imaging import build

    settings_for(context)
    build(source, base, variant, wheels, sbom, builder)


@image.command()
def push(
    context: typer.Context,
    registry: Annotated[
        str | None,
        typer.Option(
            metavar="HOST/PATH", help="Where to.", show_default="Artifact Registry of the gcp settings"
        ),
    ] = None,
    source: SourceOption = Path(),
    variant: Annotated[Variant, typer.Option(metavar="plain|documents", help="Which one.")] = "plain",
    plain_http: Annotated[bool, typer.Option("--plain-http", help="The registry has no TLS.")] = False,
    builder: BuilderOption = None,
) -> None:
    """Push the image of the checkout's commit, also as `latest`; tell its digest, as JSON.

    \b
    Examples:
      datacraft image push --registry 127.0.0.1:5000 --plain-http
      datacraft image push --registry us-east1-docker.pkg.dev/my-project/mlops-models
    """
    from datacraft.cli.imaging import push

    push(settings_for(context), registry, source, variant, plain_http, builder)


@image.command()
def inspect(
    context: typer.Context,
    name: Annotated[
        str, typer.Argument(metavar="[IMAGE]", help="Its name and tag.", show_default=False)
    ] = "datacraft-app:latest",
    builder: BuilderOption = None,
) -> None:
    """Tell what an image on this machine says of itself, as JSON: size, commit, user, ports, layers.

    \b
    Example:
      datacraft image inspect datacraft-app:latest
    """
    from datacraft.cli.imaging import inspect

    settings_for(context)
    inspect(name, builder)
