"""Every file that the named paths stand for, with the hash of its content."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from datacraft.contracts.errors import DataLoadError
from datacraft.ingest.files.unpacking import Unpacker, UnpackLimits, is_archive, is_packed
from datacraft.warehouse.loading.sources import Source, identify_source, require_path
from datacraft.warehouse.report import Finding

_CHUNK = 4 << 20


@dataclass(frozen=True)
class FoundFile:
    """A file to read.

    Attributes:
        source: where it lies (perhaps unpacked) and how it is read.
        shown: what a person calls it: `march.zip/north/orders.csv`.
        group: the folder or archive that it was found in; empty where the file itself was named.
        origin: the file on disk that was named or found, which must not change while it is read.
        stamp: the origin's size and time of change.
    """

    source: Source
    shown: str
    group: str
    sha256: str
    origin: Path
    stamp: tuple[int, int]


def find_files(
    paths: Sequence[Path], workspace: Path, limits: UnpackLimits
) -> tuple[list[FoundFile], list[Finding]]:
    """Return every file to read, in a stable order, each once; and what was passed over, with reasons.

    A file that was named must be readable; one that merely lies in a folder or archive is passed over.

    Raises:
        DataLoadError: a path is missing, unreadable or of no kind that can be read, or nothing was found.
    """
    if not paths:
        raise DataLoadError("No data was given.", hint="Name a file or folder.")
    search = _Search(Unpacker(workspace, limits), limits.depth)
    found: dict[Path, FoundFile] = {}
    for path in paths:
        given = path.expanduser()
        before = len(search.findings)
        files = list(search.named(given))
        if not files:
            reasons = "; ".join(finding.message for finding in search.findings[before:][:3])
            raise DataLoadError(
                f"{given} holds no file that can be read as a table." + (f" {reasons}" if reasons else ""),
                hint="`datacraft ingest --help` names the kinds of files that can be read.",
            )
        for file in files:
            found.setdefault(file.source.path, file)
    return list(found.values()), search.findings


def require_unchanged(file: FoundFile) -> None:
    """Make sure that what was read is what was hashed.

    Raises:
        DataLoadError: the file was written meanwhile.
    """
    if _stamp(file.origin) != file.stamp:
        raise DataLoadError(
            f"{file.origin} changed while it was read; nothing was loaded.",
            hint="Wait until it is written to its end, then load again.",
        )


class _Search:
    def __init__(self, unpacker: Unpacker, depth: int) -> None:
        self.unpacker = unpacker
        self.depth = depth
        self.findings: list[Finding] = []

    def named(self, path: Path) -> Iterator[FoundFile]:
        """Yield what a path stands for that a person gave."""
        if require_path(path):
            for member in self._walk(path):
                yield from self._tolerant(member, str(member), str(member.parent))
        else:
            yield from self._file(path, str(path), "", path, self.depth)

    def _walk(self, folder: Path) -> Iterator[Path]:
        try:
            members = sorted(folder.iterdir())
        except OSError as error:
            raise DataLoadError(
                f"The folder {folder} can't be read: {error.strerror}.",
                hint="Check its permissions (reading a folder also needs the right to enter it).",
            ) from error
        for member in members:
            if member.name.startswith((".", "~$")) or (member.is_symlink() and member.is_dir()):
                continue
            if member.is_dir():
                yield from self._walk(member)
            elif member.is_file():
                yield member

    def _tolerant(
        self, path: Path, shown: str, group: str, origin: Path | None = None, depth: int | None = None
    ) -> Iterator[FoundFile]:
        try:
            yield from self._file(path, shown, group, origin or path, self.depth if depth is None else depth)
        except DataLoadError as error:
            message = f"{shown} was passed over: {error.message.replace(str(path), 'it').rstrip('.')}."
            self.findings.append(Finding(code="skipped_source", message=message, count=1))

    def _file(self, path: Path, shown: str, group: str, origin: Path, depth: int) -> Iterator[FoundFile]:
        stamp = _stamp(origin)
        if not is_packed(path):
            try:
                source = identify_source(path)
            except DataLoadError as error:
                raise renamed(error, path, shown) from error
            yield FoundFile(source, shown, group, _sha256(path), origin, stamp)
            return
        if path.stat().st_size == 0:
            raise DataLoadError(f"{shown} is empty (0 bytes).", hint="Get it again, or leave it out.")
        if depth == 0:
            raise DataLoadError(
                f"{shown} is packed inside too many others.", hint="Unpack the outermost one first."
            )
        members = self.unpacker.unpack(path, shown)
        if not is_archive(path):
            yield from self._file(members[0].path, shown, group, origin, depth - 1)
            return
        for member in sorted(members, key=lambda m: m.name):
            inner = f"{shown}/{member.name}"
            yield from self._tolerant(member.path, inner, shown, origin, depth - 1)


def renamed(error: DataLoadError, path: Path, shown: str) -> DataLoadError:
    """Return the error with what a person calls the file in place of where it lies."""
    resolved = str(path.resolve())
    message = error.message.replace(resolved, shown).replace(str(path), shown)
    return DataLoadError(message, hint=error.hint, choices=error.choices)


def _stamp(path: Path) -> tuple[int, int]:
    try:
        status = path.stat()
    except OSError as error:
        raise DataLoadError(f"{path} can't be read: {error.strerror}.", hint="Check its rights.") from error
    return status.st_size, status.st_mtime_ns


def _sha256(path: Path) -> str:
    digest = hashlib.sha256()
    try:
        with path.open("rb") as file:
            while chunk := file.read(_CHUNK):
                digest.update(chunk)
    except OSError as error:
        raise DataLoadError(f"{path} can't be read: {error.strerror}.", hint="Check its rights.") from error
    return digest.hexdigest()
