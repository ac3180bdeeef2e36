"""What building the image for real starts from: a base of Debian with Python, and the packages of the lock.

`python tests/delivery/image_parts.py` makes them beforehand, which CI does beside its other installations; the
tests make what is not there. Both lie in .image-parts.
"""

from __future__ import annotations

import fcntl
import hashlib
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
PARTS = ROOT / ".image-parts"
BASE = PARTS / "base.tar"
WHEELS = PARTS / "wheels"

_PYTHON = "3.11"  # of Debian bookworm
# What images of Debian leave out: downloads, and files for people.
_LEFT_OUT = (
    "var/cache/apt/archives",
    "var/lib/apt/lists",
    *(f"usr/share/{name}" for name in ("doc", "man", "locale")),
)


def make_parts() -> None:
    """Make what is missing; whoever comes second waits for the first."""
    PARTS.mkdir(exist_ok=True)
    with (PARTS / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not BASE.exists():
            _make_base()
        _download_wheels()


def _make_base() -> None:
    folder = PARTS / "base"
    shutil.rmtree(folder, ignore_errors=True)
    packages = "--include=python3,python3-venv,ca-certificates"
    subprocess.run(
        ["debootstrap", "--variant=minbase", packages, "bookworm", folder],
        check=True,
        stdout=subprocess.DEVNULL,
    )
    for name in _LEFT_OUT:
        shutil.rmtree(folder / name)
        (folder / name).mkdir()
    unfinished = BASE.with_suffix(".part")
    subprocess.run(["tar", "-C", folder, "-cf", unfinished, "."], check=True)
    unfinished.rename(BASE)
    shutil.rmtree(folder)


def _download_wheels() -> None:
    """Download what the locks hold, anew where they have changed; pip takes only what has the lock's hash."""
    locks = [ROOT / "requirements" / f"{name}.txt" for name in ("image", "build")]
    wanted = hashlib.sha256(b"".join(lock.read_bytes() for lock in locks)).hexdigest()
    stamp = PARTS / "wheels.sha256"
    if stamp.exists() and stamp.read_text() == wanted:
        return
    subprocess.run(
        [sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--no-deps",
         "--require-hashes", "--only-binary=:all:", "--python-version", _PYTHON, "--dest", WHEELS,
         *(argument for lock in locks for argument in ("-r", lock))],
        check=True,
    )  # fmt: skip
    stamp.write_text(wanted)


if __name__ == "__main__":
    make_parts()
