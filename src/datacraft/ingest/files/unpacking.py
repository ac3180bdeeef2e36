"""Archives and compressed files, unpacked into a folder of ours within bounds that stop a bomb early.

No name inside an archive is ever used as a path: a member is written under a number, and only the last part of
its name is kept, for what its table is called. An archive whose names try to leave its folder is refused.
"""

from __future__ import annotations

import bz2
import gzip
import lzma
import shutil
import tarfile
import zipfile
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import IO, cast

from datacraft.contracts.errors import DataLoadError

_CHUNK = 1 << 20
_COMPRESSED: dict[str, Callable[[Path], IO[bytes]]] = {
    ".gz": lambda path: cast(IO[bytes], gzip.GzipFile(path)),
    ".bz2": lambda path: cast(IO[bytes], bz2.BZ2File(path)),
    ".xz": lambda path: cast(IO[bytes], lzma.LZMAFile(path)),  # noqa: SIM115 - closed by whoever reads it
}
_TAR_SUFFIXES = (".tar", ".tar.gz", ".tgz", ".tar.bz2", ".tar.xz")
_SKIPPED_NAMES = ("__MACOSX/", ".DS_Store", "Thumbs.db")


@dataclass(frozen=True)
class UnpackLimits:
    """What unpacking one thing that was named may come to.

    Attributes:
        ratio: bytes out for each byte in; judged only beyond `ratio_from_bytes`, which text may well reach.
        free_bytes: of the disk, that stay free.
    """

    total_bytes: int = 50 << 30
    ratio: int = 250
    ratio_from_bytes: int = 64 << 20
    members: int = 10_000
    depth: int = 2
    free_bytes: int = 256 << 20


@dataclass(frozen=True)
class Member:
    """A file that was inside another one: where it lies now, and its name inside."""

    path: Path
    name: str


class Unpacker:
    """Unpacks into one folder and keeps count of all that came out."""

    def __init__(self, folder: Path, limits: UnpackLimits) -> None:
        self.folder = folder
        self.limits = limits
        self._members = 0
        self._bytes = 0

    def unpack(self, path: Path, shown: str) -> list[Member]:
        """Return the files inside an archive or compressed file.

        Raises:
            DataLoadError: it is damaged, encrypted, larger inside than it may be, or has unsafe names.
        """
        size = max(path.stat().st_size, 1)
        before = self._bytes
        try:
            if path.suffix.lower() == ".zip":
                return list(self._zip(path, shown, size, before))
            if path.name.lower().endswith(_TAR_SUFFIXES):
                return list(self._tar(path, shown, size, before))
            with closing(_COMPRESSED[path.suffix.lower()](path)) as stream:
                return [self._write(stream, path.name[: -len(path.suffix)], shown, size, before)]
        except (zipfile.BadZipFile, tarfile.TarError, lzma.LZMAError, EOFError, OSError, ValueError) as error:
            raise DataLoadError(
                f"{shown} can't be unpacked: {error}.",
                hint="It is damaged or was not written to its end; get it again.",
            ) from error

    def _zip(self, path: Path, shown: str, size: int, before: int) -> Iterator[Member]:
        with zipfile.ZipFile(path) as archive:
            infos = [info for info in archive.infolist() if not info.is_dir()]
            _refuse_unsafe(shown, [info.filename for info in infos])
            for info in infos:
                if _is_clutter(info.filename):
                    continue
                if info.flag_bits & 1:
                    raise DataLoadError(
                        f"{shown} is protected by a password.",
                        hint="Unpack it with the password first, then name the files.",
                    )
                with archive.open(info) as stream:
                    yield self._write(stream, info.filename, shown, size, before)

    def _tar(self, path: Path, shown: str, size: int, before: int) -> Iterator[Member]:
        with tarfile.open(path) as archive:
            for info in archive:
                _refuse_unsafe(shown, [info.name])
                if not info.isreg() or _is_clutter(info.name):  # links and devices lead elsewhere
                    continue
                stream = archive.extractfile(info)
                if stream is not None:
                    yield self._write(stream, info.name, shown, size, before)

    def _write(self, stream: IO[bytes], name: str, shown: str, size: int, before: int) -> Member:
        self._members += 1
        if self._members > self.limits.members:
            raise self._too_large(shown, f"holds more than {self.limits.members:,} files")
        folder = self.folder / f"unpacked_{self._members}"
        folder.mkdir()
        target = folder / (PurePosixPath(name.replace("\\", "/")).name or "data")
        with target.open("wb") as out:
            while chunk := stream.read(_CHUNK):
                self._bytes += len(chunk)
                came_out = self._bytes - before
                if self._bytes > self.limits.total_bytes:
                    raise self._too_large(
                        shown, f"would unpack to more than {self.limits.total_bytes >> 20:,} MB"
                    )
                if came_out > self.limits.ratio_from_bytes and came_out > size * self.limits.ratio:
                    raise self._too_large(shown, f"unpacks to over {self.limits.ratio} times its size")
                if self._bytes % (64 << 20) < _CHUNK and self._is_disk_short():
                    raise self._too_large(shown, "would fill the disk")
                out.write(chunk)
        return Member(target, name)

    def _is_disk_short(self) -> bool:
        return shutil.disk_usage(self.folder).free < self.limits.free_bytes

    def _too_large(self, shown: str, why: str) -> DataLoadError:
        return DataLoadError(
            f"{shown} {why}, so it was left alone.",
            hint="If you trust it, unpack it yourself and name the files.",
        )


def is_packed(path: Path) -> bool:
    """Whether a file is read by unpacking it first; told by its name (a workbook is a zip file as well)."""
    name = path.name.lower()
    return name.endswith((".zip", *_TAR_SUFFIXES)) or path.suffix.lower() in _COMPRESSED


def is_archive(path: Path) -> bool:
    """Whether a packed file may hold several files."""
    return path.name.lower().endswith((".zip", *_TAR_SUFFIXES))


def _refuse_unsafe(shown: str, names: list[str]) -> None:
    for name in names:
        parts = PurePosixPath(name.replace("\\", "/")).parts
        if ".." in parts or name.startswith(("/", "\\")) or (len(name) > 1 and name[1] == ":"):
            raise DataLoadError(
                f"{shown} holds a file whose name leads out of it ({name[:80]}), so it was left alone.",
                hint="Such archives are made to overwrite files; don't unpack it.",
            )


def _is_clutter(name: str) -> bool:
    base = PurePosixPath(name).name
    return name.startswith(_SKIPPED_NAMES) or base in _SKIPPED_NAMES or base.startswith(("._", "~$"))
