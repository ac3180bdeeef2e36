"""The program that builds and pushes images: docker, podman or buildah, whichever works here."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import get_args

from datacraft.config.secrets import mask_text
from datacraft.contracts.errors import ConfigError, ImageFailed
from datacraft.contracts.image import BuilderName

# What shows that it works; docker's needs its server, the others have none.
_PROBES: dict[BuilderName, tuple[str, ...]] = {
    "docker": ("version", "--format", "{{.Server.Version}}"),
    "podman": ("version", "--format", "{{.Client.Version}}"),
    "buildah": ("--version",),
}
_PROBE_TIMEOUT_S = 20
_LONGEST_REASON = 500


@dataclass(frozen=True, slots=True)
class Builder:
    """One of the programs, and where it lies."""

    name: BuilderName
    path: Path

    def run(self, *arguments: str, what: str, timeout_s: float = 60) -> str:
        """Run a command of it and return what it wrote to stdout.

        Raises:
            ImageFailed: it failed or took too long; `what` says at what, the hint holds its last words.
        """
        return self._run(arguments, what, timeout_s, stderr=subprocess.PIPE)

    def run_visibly(self, *arguments: str, what: str, timeout_s: float) -> None:
        """Run a command that takes a while; what it writes goes to stderr as it comes.

        Raises:
            ImageFailed: it failed or took too long; `what` says at what.
        """
        self._run(arguments, what, timeout_s, stdout=sys.stderr.fileno(), stderr=None)

    def _run(
        self,
        arguments: Sequence[str],
        what: str,
        timeout_s: float,
        stderr: int | None,
        stdout: int = subprocess.PIPE,
    ) -> str:
        try:
            run = subprocess.run(
                [self.path, *arguments],
                stdin=subprocess.DEVNULL,
                stdout=stdout,
                stderr=stderr,
                text=True,
                errors="replace",
                timeout=timeout_s,
            )
        except subprocess.TimeoutExpired as error:
            raise ImageFailed(
                f"{what} took longer than {timeout_s:g} s and was stopped.",
                hint=f"Check {self.name} and the network.",
            ) from error
        except OSError as error:
            raise ImageFailed(f"{self.path} can't be run: {error.strerror or error}.") from error
        if run.returncode != 0:
            reason = mask_text((run.stderr or "").strip())[-_LONGEST_REASON:]
            raise ImageFailed(
                f"{what} failed: {self.name} ended with {run.returncode}.",
                hint=reason or "See what it wrote above.",
            )
        return run.stdout or ""


def find_builder(wanted: BuilderName | None = None) -> Builder:
    """Return the first of docker, podman and buildah that works on this machine, or the one that is wanted.

    Raises:
        ConfigError: none works; says what was tried.
    """
    names: tuple[BuilderName, ...] = (wanted,) if wanted else get_args(BuilderName)
    tried = []
    for name in names:
        found = shutil.which(name)
        if found is None:
            tried.append(f"{name} is not installed")
            continue
        builder = Builder(name, Path(found))
        try:
            builder.run(*_PROBES[name], what=f"Asking {name} for its version", timeout_s=_PROBE_TIMEOUT_S)
        except ImageFailed as error:
            tried.append(f"{name} does not work ({(error.hint or error.message).splitlines()[-1]})")
            continue
        return builder
    raise ConfigError(
        f"Nothing here can build images: {'; '.join(tried)}.",
        hint="Install docker, podman or buildah (Debian: apt install buildah), or start docker's server.",
    )
