"""Loaded databases kept by the identity of their sources, so that a second start opens one at once."""

from __future__ import annotations

import hashlib
import json
import os
import uuid
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path

import duckdb

from datacraft.contracts.errors import ConfigError
from datacraft.warehouse.loading.sources import Source
from datacraft.warehouse.settings import WarehouseSettings

LOADER_VERSION = 2
"""Raised whenever the same files would be loaded differently."""


def cached_database(
    cache_dir: Path, sources: Sequence[Source], settings: WarehouseSettings, build: Callable[[Path], object]
) -> Path:
    """Return the database file for these sources, built by `build(path)` where there is none yet.

    The file appears under its name only when it is whole. Two processes that build at the same time both
    succeed, with equal content. Databases of the same files' earlier content are removed.

    Raises:
        ConfigError: the folder can't be written.
    """
    family, content = _keys(sources, settings)
    database = cache_dir / f"{family}-{content}.duckdb"
    if database.exists():
        return database
    partial = cache_dir / f".{database.stem}.{os.getpid()}.{uuid.uuid4().hex[:8]}.partial"
    try:
        cache_dir.mkdir(parents=True, exist_ok=True)
        partial.touch()
        partial.unlink()
    except OSError as error:
        raise ConfigError(
            f"The cache folder {cache_dir} can't be written: {error.strerror}.",
            hint="Choose another folder for the cache, or free some space.",
        ) from error
    try:
        build(partial)
        partial.replace(database)
    finally:
        partial.unlink(missing_ok=True)
        partial.with_name(partial.name + ".wal").unlink(missing_ok=True)
    for stale in cache_dir.glob(f"{family}-*.duckdb"):
        if stale != database:
            with suppress(FileNotFoundError):  # another process tidied up at the same time
                stale.unlink()
    return database


def _keys(sources: Sequence[Source], settings: WarehouseSettings) -> tuple[str, str]:
    """Return a key of which files these are, and one of what they hold and how they are read."""
    paths = [str(source.path) for source in sources]
    content = {
        "loader": LOADER_VERSION,
        "duckdb": duckdb.__version__,
        "day_first": settings.day_first,
        "sources": [[str(s.path), s.kind, s.size, s.mtime_ns] for s in sources],
    }
    return _digest(paths), _digest(content)


def _digest(value: object) -> str:
    return hashlib.sha256(json.dumps(value).encode()).hexdigest()[:24]
