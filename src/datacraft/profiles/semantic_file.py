"""`semantic.yaml` on disk, and the two hidden files beside it.

`.semantic.yaml.inferred.json` is what profiling last concluded; what differs from it in `semantic.yaml` is a
person's edit (see `merge`). `.semantic.yaml.compiled.json` is the checked model of exactly one content of
`semantic.yaml`, so that starting does not read and check YAML again; it may be deleted at any time.
"""

from __future__ import annotations

import hashlib
import logging
import os
import tempfile
from pathlib import Path

from pydantic import ValidationError

from datacraft.contracts.errors import ConfigError
from datacraft.contracts.semantic import SemanticModel

_log = logging.getLogger(__name__)
_COMPILED_FORMAT = "datacraft-semantic-1"


def write_semantic(path: Path, model: SemanticModel) -> None:
    """Write the model as YAML, whole or not at all."""
    from datacraft.profiles.semantic_yaml import to_yaml

    text = to_yaml(model)
    path.parent.mkdir(parents=True, exist_ok=True)
    _replace(path, text)
    _compile(path, text, model)


def read_semantic(path: Path) -> SemanticModel:
    """Read and check a semantic model; a content that was checked before is not checked again.

    Raises:
        ConfigError: the file is missing or unreadable, or its content is wrong; names file, line and key.
    """
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise ConfigError(
            f"The semantic model {path} can't be read: {error.strerror}.",
            hint="Run `datacraft profile` to write it.",
        ) from error
    compiled = _compiled(path, raw)
    if compiled is not None:
        return compiled
    from datacraft.profiles.semantic_yaml import from_yaml

    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        raise ConfigError(
            f"{path}:{line}: this is not UTF-8 text.", hint="Save the file as UTF-8."
        ) from error
    model = from_yaml(text, str(path))
    _compile(path, text, model)
    return model


def write_inferred(path: Path, model: SemanticModel) -> None:
    """Keep what profiling concluded beside the semantic file `path`, to know people's edits by."""
    _replace(_beside(path, "inferred"), model.model_dump_json(exclude_defaults=True))


def read_inferred(path: Path) -> SemanticModel | None:
    """Return what profiling last concluded for the semantic file `path`; None where it never ran.

    Raises:
        ConfigError: the kept copy is damaged.
    """
    kept = _beside(path, "inferred")
    if not kept.exists():
        return None
    try:
        return SemanticModel.model_validate_json(kept.read_bytes())
    except (OSError, ValidationError) as error:
        raise ConfigError(
            f"{kept} is damaged, so edits in {path.name} can't be told from what profiling wrote.",
            hint=f"Delete {kept.name}; then all of {path.name} counts as edited.",
        ) from error


def _beside(path: Path, purpose: str) -> Path:
    return path.with_name(f".{path.name}.{purpose}.json")


def _compile(path: Path, text: str, model: SemanticModel) -> None:
    body = model.model_dump_json(exclude_defaults=True)
    try:
        _replace(_beside(path, "compiled"), f"{_stamp(text.encode())}\n{body}")
    except OSError as error:  # a read-only folder: reading stays right, only slower
        _log.debug("could not keep the compiled form of %s: %s", path, error)


def _compiled(path: Path, raw: bytes) -> SemanticModel | None:
    """Return the checked model of this very content, if there is one."""
    kept = _beside(path, "compiled")
    try:
        stamp, _, body = kept.read_bytes().partition(b"\n")
    except OSError:
        return None
    if stamp.decode("ascii", "replace") != _stamp(raw):
        return None
    try:
        return SemanticModel.model_validate_json(body)
    except ValidationError as error:
        _log.debug("ignoring %s, which an other version wrote: %s", kept, error)
        return None


def _stamp(raw: bytes) -> str:
    return f"{_COMPILED_FORMAT} {hashlib.sha256(raw).hexdigest()}"


def _replace(path: Path, text: str) -> None:
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f"{path.name}.")
    unfinished = Path(name)
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)
        unfinished.chmod(0o644)
        unfinished.replace(path)
    except BaseException:
        unfinished.unlink(missing_ok=True)
        raise
