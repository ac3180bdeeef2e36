"""Real builds, a real registry, and images that run as they would elsewhere."""

from __future__ import annotations

import json
import os
import shlex
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
from image_parts import BASE, ROOT

from datacraft.contracts.image import ImageFacts

BASE_IMAGE = "localhost/datacraft-base:1"
NEEDED = ("buildah", "debootstrap", "docker-registry", "git", "unshare")

# Becomes the container: a root that is only read, a /tmp of its own, the image's user. Nothing forks, so that the
# process is the server and gets its signals.
_ENTER = """
set -e
mount --make-rprivate /
mount --bind "$ROOT_FOLDER" "$ROOT_FOLDER"
mount --bind "$DATA_FOLDER" "$ROOT_FOLDER/data"
mount -o remount,bind,ro "$ROOT_FOLDER/data"
mount --bind /dev "$ROOT_FOLDER/dev"
mount -t proc proc "$ROOT_FOLDER/proc"
mount -t tmpfs -o mode=1777 tmpfs "$ROOT_FOLDER/tmp"
mount -o remount,bind,ro "$ROOT_FOLDER"
exec chroot --userspec="$IMAGE_USER" "$ROOT_FOLDER" /usr/bin/env -i "$@"
"""


def what_is_missing() -> str | None:
    """Return why no image can be built here; None: it can."""
    if absent := [name for name in NEEDED if shutil.which(name) is None]:
        return f"{', '.join(absent)} not installed (Debian: apt install buildah debootstrap docker-registry)"
    return None if os.geteuid() == 0 else "building an image for real needs root"


@dataclass(frozen=True)
class Machine:
    """A place for images of its own, as one machine has it."""

    folder: Path

    @property
    def environ(self) -> dict[str, str]:
        """What makes buildah use this place, and need nothing that test machines lack."""
        configuration = self.folder / "storage.conf"
        if not configuration.exists():
            self.folder.mkdir(parents=True, exist_ok=True)
            configuration.write_text(
                f'[storage]\ndriver = "vfs"\ngraphroot = "{self.folder}/images"\nrunroot = "{self.folder}/run"\n'
            )
        return {**os.environ, "CONTAINERS_STORAGE_CONF": str(configuration), "BUILDAH_ISOLATION": "chroot"}

    def buildah(self, *arguments: str | Path) -> str:
        """Run buildah; return what it wrote."""
        run = subprocess.run(["buildah", *arguments], env=self.environ, capture_output=True, text=True)
        assert run.returncode == 0, run.stderr
        return run.stdout.strip()

    def datacraft(self, *arguments: str | Path, cwd: Path, **environ: str) -> tuple[Any, str]:
        """Run `datacraft image ...`; return what it told as JSON, and what it said."""
        command = [sys.executable, "-m", "datacraft.cli", "image", *arguments, "--builder=buildah"]
        run = subprocess.run(
            command, cwd=cwd, env={**self.environ, **environ}, capture_output=True, text=True
        )
        assert run.returncode == 0, run.stderr
        return json.loads(run.stdout), run.stderr

    def take_base(self) -> None:
        """Make the base image from its files."""
        container = self.buildah("from", "scratch")
        self.buildah("add", "--quiet", container, BASE, "/")
        self.buildah("commit", "--quiet", "--rm", container, BASE_IMAGE)

    @contextmanager
    def root_of(self, image: str) -> Iterator[Path]:
        """Give the files of an image."""
        container = self.buildah("from", "--pull-never", image)
        try:
            yield Path(self.buildah("mount", container))
        finally:
            self.buildah("rm", container)


def checkout(folder: Path) -> Path:
    """Copy the project to `folder` and commit it, so that equal files give an equal commit."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT, capture_output=True, text=True, check=True,
    )  # fmt: skip
    for name in filter(None, listed.stdout.split("\0")):
        if (ROOT / name).is_file() and not name.startswith(("tests/", "docs/")):
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(ROOT / name, folder / name)
    moment = {"GIT_AUTHOR_DATE": "2026-01-02T03:04:05Z", "GIT_COMMITTER_DATE": "2026-01-02T03:04:05Z"}
    who = ["-c", "user.name=Test", "-c", "user.email=test@example.com", "-c", "commit.gpgsign=false"]
    for command in (["init", "--quiet"], ["add", "--all"], [*who, "commit", "--quiet", "--message=All"]):
        subprocess.run(["git", *command], cwd=folder, env={**os.environ, **moment}, check=True)
    return folder


@contextmanager
def registry(folder: Path) -> Iterator[str]:
    """Run Debian's registry; yield its host and port."""
    folder.mkdir()
    address = f"127.0.0.1:{free_port()}"
    (folder / "config.yml").write_text(
        f"version: 0.1\nlog: {{level: error}}\nstorage: {{filesystem: {{rootdirectory: {folder}/blobs}}}}\n"
        f"http: {{addr: '{address}'}}\n"
    )
    with (folder / "log").open("wb") as log:
        server = subprocess.Popen(["docker-registry", "serve", folder / "config.yml"], stdout=log, stderr=log)
    try:
        wait_for(f"http://{address}/v2/", server)
        yield address
    finally:
        server.terminate()
        server.wait(20)


def program(root: Path, facts: ImageFacts, data: Path, file: Path) -> Path:
    """Write a command that is the `datacraft` of an image; it hands on the settings that it is started with."""
    image = [f"export ROOT_FOLDER={root} DATA_FOLDER={data} IMAGE_USER={facts.user}"]
    words = shlex.join(f"{name}={value}" for name, value in facts.environment.items())
    given = "$(env | grep -E '^(DATACRAFT_|GCS_|GCP_|STORAGE_|PORT=)' | grep -v '^DATACRAFT_STATE_DIR=')"
    file.write_text(
        "\n".join(
            ("#!/bin/sh", *image, f"exec unshare --mount sh -c {shlex.quote(_ENTER)} sh {words} {given} "
             f"{shlex.join(facts.entrypoint)} \"$@\"\n")
        )
    )  # fmt: skip
    file.chmod(0o755)
    return file


@contextmanager
def running(
    root: Path, facts: ImageFacts, data: Path, *command: str, **environ: str
) -> Iterator[subprocess.Popen[str]]:
    """Run an image: its user, variables and entry point, a root that can't be written, `data` at /data."""
    variables = {**facts.environment, **environ}
    words = [f"{name}={value}" for name, value in variables.items()]
    process = subprocess.Popen(
        [
            "unshare",
            "--mount",
            "sh",
            "-c",
            _ENTER,
            "sh",
            *words,
            *facts.entrypoint,
            *(command or facts.command),
        ],
        env={**os.environ, "ROOT_FOLDER": str(root), "DATA_FOLDER": str(data), "IMAGE_USER": facts.user},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    try:
        yield process
    finally:
        if process.poll() is None:
            process.send_signal(signal.SIGKILL)
        process.communicate()


def wait_for(url: str, server: subprocess.Popen[Any], seconds: float = 60) -> None:
    """Wait until `url` answers."""
    end = time.monotonic() + seconds
    while True:
        try:
            if httpx.get(url).status_code == 200:
                return
        except httpx.TransportError:
            pass
        assert server.poll() is None, f"the server ended: {server.communicate()[0]}"
        assert time.monotonic() < end, f"{url} does not answer"
        time.sleep(0.1)


def free_port() -> int:
    """Return a port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
