"""What the registry's JSON documents must hold: releases' metadata and channels."""

from __future__ import annotations

import math
from typing import TypeVar

from pydantic import BaseModel, ValidationError
from pydantic_core import from_json

from datacraft.contracts.errors import RegistryError, ReleaseInvalid
from datacraft.contracts.release import SUPPORTED_SCHEMA_VERSION, Channel, ReleaseMetadata

_Document = TypeVar("_Document", bound=BaseModel)

_SHOWN_PROBLEMS = 5


def parse_release(data: bytes, path: str) -> ReleaseMetadata:
    """Read `best_model_metadata.json`. Unknown fields are kept.

    Raises:
        ReleaseInvalid: it is half-written, not JSON, of a newer schema, or a field is missing or wrong;
            names the file and the field.
    """
    metadata = _parse(data, path, ReleaseMetadata, SUPPORTED_SCHEMA_VERSION, ReleaseInvalid)
    for name, value in metadata:
        if isinstance(value, float) and not math.isfinite(value):
            raise ReleaseInvalid(f"{path}: field {name}: should be a finite number.")
    return metadata


def parse_channel(data: bytes, path: str) -> Channel:
    """Read `channels/{name}.json`.

    Raises:
        RegistryError: as `parse_release` says, of a channel.
    """
    return _parse(data, path, Channel, 1, RegistryError)


def _parse(
    data: bytes, path: str, model: type[_Document], supported: int, failure: type[RegistryError]
) -> _Document:
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
