"""Which version of the code or configuration results belong to."""

from __future__ import annotations

import hashlib
import subprocess
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
