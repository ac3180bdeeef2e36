"""What is known of a container image: how it was built, where it was pushed to, what is in it."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

BuilderName = Literal["docker", "podman", "buildah"]
Variant = Literal["plain", "documents"]

IMAGE_NAME = "datacraft-app"


class _Record(BaseModel):
    model_config = ConfigDict(frozen=True)


class Vulnerability(_Record):
    """A known vulnerability of a package that is in the image."""

    package: str
    version: str
    advisory: str = Field(description="For example GHSA-… or PYSEC-….")
    fixed_in: tuple[str, ...] = ()


class VulnerabilityCheck(_Record):
    """Whether the packages were held against the known vulnerabilities, and what was found."""

    checked: bool
    reason: str = Field(default="", description="Why nothing was checked.")
    found: tuple[Vulnerability, ...] = ()


class ImageFacts(_Record):
    """What an image says of itself."""

    schema_version: Literal[1] = 1
    image: str
    id: str = Field(description="Digest of its configuration.")
    size_bytes: int = Field(description="Of all layers, unpacked; about, where the builder rounds.")
    layers: tuple[str, ...] = Field(description="Digests of the unpacked layers, the base's first.")
    user: str
    ports: tuple[str, ...]
    entrypoint: tuple[str, ...]
    command: tuple[str, ...]
    environment: dict[str, str]
    labels: dict[str, str]
    health_check: tuple[str, ...] = Field(
        description="The command that tells its health; empty: there is none."
    )

    @property
    def revision(self) -> str | None:
        """The commit that it was built from."""
        return self.labels.get("org.opencontainers.image.revision")


class BuiltImage(_Record):
    """An image that was built on this machine."""

    schema_version: Literal[1] = 1
    builder: BuilderName
    tags: tuple[str, ...] = Field(description="Names with their tags, that of the commit first.")
    variant: Variant
    facts: ImageFacts
    sbom: Path = Field(description="CycloneDX file of the Python packages in it.")
    vulnerabilities: VulnerabilityCheck


class PushedImage(_Record):
    """An image that a registry took."""

    schema_version: Literal[1] = 1
    references: tuple[str, ...] = Field(description="Names with their tags.")
    digest: str = Field(
        pattern=r"^sha256:[0-9a-f]{64}$", description="Of the manifest, as the registry has it."
    )
    pinned: str = Field(description="The name by which nothing else is ever deployed: with the digest.")
