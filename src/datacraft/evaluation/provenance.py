"""Which version of the code or configuration results belong to."""

from __future__ import annotations

import hashlib
import subprocess
from functools import cache
from importlib.resources import files
from pathlib import Path

from pydantic import BaseModel


def commit_of(folder: Path, config: BaseModel) -> str:
    """Return git's short hash of a folder's commit; outside a repository, `nogit-` and the config's own hash."""
    try:
        found = subprocess.run(
            ["git", "rev-parse", "--short", "HEAD"],
            cwd=folder,
            capture_output=True,
            text=True,
            timeout=10,
            check=True,
        )
        return found.stdout.strip()
    except (OSError, subprocess.SubprocessError):
        return f"nogit-{hashlib.sha256(config.model_dump_json().encode()).hexdigest()[:8]}"


@cache
def code_digest() -> str:
    """Return a short hash of the product's own files: what other code has answered is not what this one would."""
    package = Path(str(files("datacraft")))
    digest = hashlib.sha256()
    for path in sorted(package.rglob("*")):
        if path.is_file() and path.suffix != ".pyc":
            digest.update(str(path.relative_to(package)).encode())
            digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()[:12]
