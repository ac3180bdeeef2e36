"""Which files to read, and as what: paths and folders become sources, told apart by content and suffix."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from datacraft.contracts.errors import DataLoadError
from datacraft.warehouse.report import Finding

_HEAD_BYTES = 64


class SourceKind(StrEnum):
    """How a source is read."""

    DELIMITED = "delimited"
    JSON = "json"
    PARQUET = "parquet"
    SPREADSHEET = "spreadsheet"
    DUCKDB = "duckdb"
    SQLITE = "sqlite"
    XML = "xml"
    PDF = "pdf"
    IMAGE = "image"
    WORD = "word"
    WEB = "web"


DOCUMENTS = frozenset({SourceKind.PDF, SourceKind.IMAGE, SourceKind.WORD, SourceKind.WEB})
"""Kinds that are written for people to look at."""


@dataclass(frozen=True)
class Source:
    """A file to read, with what identifies its content cheaply."""

    path: Path
    kind: SourceKind
    size: int
    mtime_ns: int

    @property
    def stem(self) -> str:
        """The file's name without its suffixes: `orders.csv.gz` -> orders."""
        name = self.path.name.removesuffix(".gz")
        return name.rsplit(".", 1)[0] if "." in name else name


_BY_SUFFIX = {
    ".csv": SourceKind.DELIMITED,
    ".tsv": SourceKind.DELIMITED,
    ".tab": SourceKind.DELIMITED,
    ".txt": SourceKind.DELIMITED,
    ".dat": SourceKind.DELIMITED,
    ".prn": SourceKind.DELIMITED,
    ".fwf": SourceKind.DELIMITED,
    ".json": SourceKind.JSON,
    ".jsonl": SourceKind.JSON,
    ".ndjson": SourceKind.JSON,
    ".xml": SourceKind.XML,
    ".parquet": SourceKind.PARQUET,
    ".pq": SourceKind.PARQUET,
    ".xlsx": SourceKind.SPREADSHEET,
    ".xlsm": SourceKind.SPREADSHEET,
    ".xls": SourceKind.SPREADSHEET,
    ".xlsb": SourceKind.SPREADSHEET,
    ".ods": SourceKind.SPREADSHEET,
    ".duckdb": SourceKind.DUCKDB,
    ".sqlite": SourceKind.SQLITE,
    ".sqlite3": SourceKind.SQLITE,
    ".pdf": SourceKind.PDF,
    ".png": SourceKind.IMAGE,
    ".jpg": SourceKind.IMAGE,
    ".jpeg": SourceKind.IMAGE,
    ".tif": SourceKind.IMAGE,
    ".tiff": SourceKind.IMAGE,
    ".docx": SourceKind.WORD,
    ".htm": SourceKind.WEB,
    ".html": SourceKind.WEB,
}
_DATABASE_SUFFIXES = {".db", ".database"}  # DuckDB's or SQLite's: the content tells
_COMPRESSIBLE = {SourceKind.DELIMITED, SourceKind.JSON}
_SUPPORTED = (
    "CSV, TSV, TXT, JSON, JSONL, XML, Parquet, Excel, DuckDB and SQLite files, tables in PDF, PNG, JPEG, TIFF, Word "
    "(.docx) and HTML files, and folders of these"
)

_SIGNATURES: list[tuple[int, bytes, str, SourceKind | None]] = [
    (0, b"PAR1", "a Parquet file", SourceKind.PARQUET),
    (0, b"SQLite format 3\x00", "a SQLite database", SourceKind.SQLITE),
    (8, b"DUCK", "a DuckDB database", SourceKind.DUCKDB),
    (0, b"PK\x03\x04", "a zip archive, an Excel workbook or a Word file", SourceKind.SPREADSHEET),
    (0, b"\xd0\xcf\x11\xe0", "an old Excel workbook", SourceKind.SPREADSHEET),
    (0, b"\x1f\x8b", "a gzip archive", None),
    (0, b"%PDF", "a PDF document", SourceKind.PDF),
    (0, b"\x89PNG", "an image", SourceKind.IMAGE),
    (0, b"\xff\xd8\xff", "an image", SourceKind.IMAGE),
    (0, b"II*\x00", "an image", SourceKind.IMAGE),
    (0, b"MM\x00*", "an image", SourceKind.IMAGE),
    (0, b"GIF8", "an image", None),
    (0, b"\x7fELF", "a program", None),
]


def find_sources(paths: Sequence[Path | str]) -> tuple[list[Source], list[Finding]]:
    """Expand files and folders into sources, in a stable order, each file once.

    A file that was named must be readable; one that merely lies in a folder is skipped with a finding.

    Raises:
        DataLoadError: a path is missing, unreadable or of no supported kind, or there is nothing to read.
    """
    if not paths:
        raise DataLoadError(
            "No data was given.", hint="Name a file or folder, for example --data orders.csv."
        )
    sources: dict[Path, Source] = {}
    findings: list[Finding] = []
    for given in paths:
        path = Path(given).expanduser()
        for source in _in_folder(path, findings) if require_path(path) else [identify_source(path)]:
            sources.setdefault(source.path, source)
    return list(sources.values()), findings


def require_path(path: Path) -> bool:
    """Return whether a path is a folder.

    Raises:
        DataLoadError: there is nothing there, or it can't be opened.
    """
    try:
        if path.is_dir():
            return True
        path.stat()
    except FileNotFoundError:
        raise DataLoadError(f"{path} does not exist.", hint=_nearest_hint(path)) from None
    except OSError as error:
        raise DataLoadError(
            f"{path} can't be opened: {error.strerror}.", hint="Check its permissions and the path."
        ) from error
    return False


def _nearest_hint(path: Path) -> str:
    try:
        names = [member.name for member in path.parent.iterdir()]
    except OSError:
        return f"There is no readable folder {path.parent} either; check the path."
    near = difflib.get_close_matches(path.name, names, n=3)
    return (
        f"Did you mean {' or '.join(near)}?"
        if near
        else f"Check the name; the folder is {path.parent.absolute()}."
    )


def _in_folder(folder: Path, findings: list[Finding]) -> Iterable[Source]:
    try:
        members = sorted(p for p in folder.iterdir() if not p.name.startswith((".", "~$")) and p.is_file())
    except OSError as error:
        raise DataLoadError(
            f"The folder {folder} can't be read: {error.strerror}.",
            hint="Check its permissions (reading a folder also needs the right to enter it).",
        ) from error
    sources: list[Source] = []
    for member in members:
        if _suffix_kind(member) is None and member.suffix.lower() not in _DATABASE_SUFFIXES:
            findings.append(_skipped(member, "it is not a kind of file that can be read as a table", "info"))
            continue
        try:
            sources.append(identify_source(member))
        except DataLoadError as error:
            findings.append(_skipped(member, error.message))
    if not sources:
        reasons = "; ".join(finding.message for finding in findings[-3:])
        raise DataLoadError(
            f"The folder {folder} holds no data file that can be read." + (f" {reasons}" if reasons else ""),
            hint=f"DataCraft reads {_SUPPORTED}.",
        )
    return sources


def _skipped(path: Path, why: str, severity: str = "warning") -> Finding:
    return Finding(
        code="skipped_source",
        severity="info" if severity == "info" else "warning",
        message=f"{path.name} was skipped: {why.rstrip('.')}.",
        count=1,
    )


def skipped_source(source: Source, error: DataLoadError) -> Finding:
    """Return the finding for a folder's file that turned out to be unreadable."""
    return _skipped(source.path, error.message)


def identify_source(path: Path) -> Source:
    """Return a file as a source, told by its name and its first bytes.

    Raises:
        DataLoadError: it can't be read, is empty or of no kind that can be read, or its name belies it.
    """
    try:
        stat = path.stat()
        with path.open("rb") as file:
            head = file.read(_HEAD_BYTES)
    except OSError as error:
        raise DataLoadError(
            f"{path} can't be read: {error.strerror}.",
            hint="Check its permissions and that it is a plain file.",
        ) from error
    if not head:
        raise DataLoadError(
            f"{path} is empty (0 bytes).", hint="Export the data again, or leave this file out."
        )
    return Source(path.resolve(), _kind(path, head), stat.st_size, stat.st_mtime_ns)


def _suffix_kind(path: Path) -> SourceKind | None:
    suffixes = [suffix.lower() for suffix in path.suffixes]
    if suffixes and suffixes[-1] == ".gz":
        kind = _BY_SUFFIX.get(suffixes[-2]) if len(suffixes) > 1 else None
        return kind if kind in _COMPRESSIBLE else None
    return _BY_SUFFIX.get(suffixes[-1]) if suffixes else None


def _kind(path: Path, head: bytes) -> SourceKind:
    """Decide how to read a file; its content must not contradict its name."""
    named = _suffix_kind(path)
    signature = next(
        ((what, kind) for at, magic, what, kind in _SIGNATURES if head[at:].startswith(magic)), None
    )
    if named is None and (path.suffix.lower() in _DATABASE_SUFFIXES or not path.suffix):
        if signature and signature[1] is not None:
            return signature[1]
        if not path.suffix and signature is None:
            return SourceKind.DELIMITED
    if named is None:
        what = f", which looks like {signature[0]}" if signature else ""
        raise DataLoadError(
            f"{path} is of no kind that can be read{what}.", hint=f"DataCraft reads {_SUPPORTED}."
        )
    if path.suffix.lower() == ".gz":
        return named
    if signature is not None and signature[1] is not named:
        if named is SourceKind.SQLITE and signature[1] is SourceKind.DUCKDB:
            return SourceKind.DUCKDB
        if named is SourceKind.WORD and signature[1] is SourceKind.SPREADSHEET:
            return named  # both are zip archives; what is inside is looked at when it is read
        raise DataLoadError(
            f"{path} is named {path.suffix} but is {signature[0]}.",
            hint="Give it the right suffix, or export it as the kind its name says.",
        )
    if signature is None and named in {
        SourceKind.PARQUET,
        SourceKind.SPREADSHEET,
        SourceKind.DUCKDB,
        SourceKind.SQLITE,
        SourceKind.PDF,
        SourceKind.IMAGE,
        SourceKind.WORD,
    }:
        raise DataLoadError(
            f"{path} is named {path.suffix} but its content isn't that: it is damaged or was renamed.",
            hint="Export the file again, or give it the suffix of what it really is.",
        )
    return named
