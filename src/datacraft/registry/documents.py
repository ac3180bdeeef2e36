"""What the registry's JSON documents must hold: releases' metadata and manifests, channels, and reports."""

from __future__ import annotations

import math
from typing import TypeVar

from pydantic import BaseModel, ValidationError
from pydantic_core import from_json

from datacraft.contracts.errors import RegistryError, ReleaseInvalid
from datacraft.contracts.release import SUPPORTED_SCHEMA_VERSION, Channel, ReleaseManifest, ReleaseMetadata

_Document = TypeVar("_Document", bound=BaseModel)

_SHOWN_PROBLEMS = 5


def parse_release(data: bytes, path: str) -> ReleaseMetadata:
    """Read `best_model_metadata.json`. Unknown fields are kept.

    Raises:
        ReleaseInvalid: it is half-written, not JSON, of a newer schema, or a field is missing or wrong;
            names the file and the field.
    """
    metadata = parse_document(data, path, ReleaseMetadata, SUPPORTED_SCHEMA_VERSION, ReleaseInvalid)
    for name, value in metadata:
        if isinstance(value, float) and not math.isfinite(value):
            raise ReleaseInvalid(f"{path}: field {name}: should be a finite number.")
    return metadata


def parse_channel(data: bytes, path: str) -> Channel:
    """Read `channels/{name}.json`.

    Raises:
        RegistryError: as `parse_release` says, of a channel.
    """
    return parse_document(data, path, Channel, 1, RegistryError)


def parse_manifest(data: bytes, path: str) -> ReleaseManifest:
    """Read `manifest.json`.

    Raises:
        ReleaseInvalid: as `parse_release` says; also where a byte differs from how manifests are written.
    """
    manifest = parse_document(data, path, ReleaseManifest, 1, ReleaseInvalid)
    if write_document(manifest) != data:
        raise ReleaseInvalid(f"{path} is not as it was written.", hint="Publish the release again.")
    return manifest


def write_document(document: BaseModel) -> bytes:
    """Return a document as the registry holds it."""
    return document.model_dump_json(indent=1).encode()


def parse_document(
    data: bytes, path: str, model: type[_Document], supported: int, failure: type[RegistryError]
) -> _Document:
    """Read a JSON document of the registry, of a schema up to `supported`.

    Raises:
        RegistryError: of the kind `failure`, as `parse_release` says.
    """
    try:
        content = from_json(data, allow_inf_nan=False)
    except ValueError as error:
        kind = "half-written" if "EOF" in str(error) else "not valid JSON"
        raise failure(f"{path} is {kind}: {error}.", hint="Publish it again.") from error
    if not isinstance(content, dict):
        raise failure(f"{path} is not a JSON object.", hint="Publish it again.")
    # The version goes first: a newer document may lack or change any other field.
    version = content.get("schema_version", 1)
    if isinstance(version, int) and version > supported:
        raise failure(
            f"{path} has schema_version {version}; this DataCraft reads up to {supported}.",
            hint="Upgrade DataCraft.",
        )
    try:
        return model.model_validate_json(data, strict=True)
    except ValidationError as error:
        problems = [
            f"field {'.'.join(map(str, found['loc']))}: {found['msg'].removeprefix('Input ').lower()}"
            for found in error.errors(include_url=False, include_input=False)
        ]
        more = f" and {len(problems) - _SHOWN_PROBLEMS} more" if len(problems) > _SHOWN_PROBLEMS else ""
        raise failure(
            f"{path}: {'; '.join(problems[:_SHOWN_PROBLEMS])}{more}.", hint="Publish it again."
        ) from error
