"""What an image is built from: a checkout of the project, at a commit."""

from __future__ import annotations

import subprocess
from dataclasses import dataclass
from pathlib import Path

from datacraft.contracts.errors import InputError

DOCKERFILE = Path("frontend", "Dockerfile")
LOCK = Path("requirements", "image.txt")
PYTHON = "3.11"
"""Of the base."""


@dataclass(frozen=True, slots=True)
class Source:
    """A checkout.

    Attributes:
        folder: its root.
        revision: its commit; ends in `-dirty` where files differ from it.
        made_at: the commit's time in seconds since 1970: the only time that may be in the image.
    """

    folder: Path
    revision: str
    made_at: int

    @property
    def tag(self) -> str:
        """The commit in short, as releases carry it."""
        commit, *dirty = self.revision.split("-")
        return "-".join([commit[:7], *dirty])


def read_source(folder: Path) -> Source:
    """Return what a checkout is at.

    Raises:
        InputError: the folder is no checkout of the project, or git is not there.
    """
    if not (folder / DOCKERFILE).is_file():
        raise InputError(
            f"There is no {DOCKERFILE} in {folder.absolute()}.",
            hint="Run it in a checkout of the project, or name one with --source.",
        )
    commit, made_at = _git(folder, "log", "-1", "--format=%H %ct").split()
    dirty = _git(folder, "status", "--porcelain", "--untracked-files=normal").strip()
    return Source(folder, f"{commit}-dirty" if dirty else commit, int(made_at))


def _git(folder: Path, *arguments: str) -> str:
    try:
        return subprocess.run(
            ["git", *arguments], cwd=folder, capture_output=True, text=True, check=True, timeout=30
        ).stdout
    except (OSError, subprocess.SubprocessError) as error:
        raise InputError(
            f"Git can't tell at which commit {folder.absolute()} is.",
            hint="An image carries its commit: install git and build in a clone with at least one commit.",
        ) from error
