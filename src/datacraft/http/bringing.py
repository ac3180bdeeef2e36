"""Files that a person brings become tables of a warehouse of their own, and what was wrong with some is told."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from datacraft.config import Settings
from datacraft.contracts.errors import DataCraftError, InputError
from datacraft.http.datasets import name_of
from datacraft.ingest import IngestOptions, IngestReport, ingest
from datacraft.ingest.files import UnpackLimits
from datacraft.serving.assembly import warehouse_settings
from datacraft.warehouse.report import LoadReport, TableReport

MAX_BYTES = 50_000_000
MAX_FILES = 20
FILE_TYPES = (
    "csv", "tsv", "txt", "xlsx", "xlsm", "xlsb", "xls", "ods", "parquet", "json", "jsonl", "xml", "sqlite", "zip", "gz",
    "pdf", "docx", "html", "htm", "png", "jpg", "jpeg", "tif", "tiff",
)  # fmt: skip
_LIMITS = UnpackLimits(total_bytes=1 << 30, members=200)


@dataclass(frozen=True, slots=True)
class NewFile:
    """A file as it came: its name on the person's machine, and what it holds."""

    name: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Brought:
    """What became of files.

    Attributes:
        warehouse: the file with the tables.
        files: the names of those that were read.
        refused: what is told of each that was not.
        report: how they were read.
    """

    warehouse: Path
    files: tuple[str, ...]
    refused: tuple[str, ...]
    report: IngestReport

    @property
    def name(self) -> str:
        """What a person calls the data."""
        return name_of(self.files)

    def load_report(self, opened: LoadReport) -> LoadReport:
        """Return how the tables came to be, in the form in which every data set's report is."""
        read = {table.name: table for table in self.report.tables}
        tables: list[TableReport] = []
        for table in opened.tables:
            known = read.get(table.table.name)
            if known is None:
                tables.append(table)
                continue
            found = [*known.findings, *(f for source in known.sources for f in source.findings)]
            sources = ", ".join(dict.fromkeys(PurePosixPath(source.path).name for source in known.sources))
            info = table.table.model_copy(update={"source": sources})
            tables.append(TableReport(table=info, findings=found))
        return LoadReport(tables=tables, findings=self.report.findings)


def bring(settings: Settings, folder: Path, files: Sequence[NewFile], say: Callable[[str], None]) -> Brought:
    """Write files into `folder` and load them into a warehouse there.

    Args:
        settings: that hold.
        folder: an empty one.
        files: in the order in which they came.
        say: is told what is done at the moment.

    Raises:
        InputError: none of them may be read.
        DataCraftError: none of them can be read; see `ingest`.
    """
    kept, refused = _looked_over(files)
    if not kept:
        raise InputError(
            " ".join(refused) or "No file came.", hint=f"Upload one of: {', '.join(FILE_TYPES)}."
        )
    place = folder / "files"
    place.mkdir()
    paths = [place / name for name in _names(kept)]
    for path, file in zip(paths, kept, strict=True):
        path.write_bytes(file.content)
    here = f"{place}{os.sep}"
    options = IngestOptions(
        folder / "warehouse.duckdb",
        settings=warehouse_settings(settings),
        limits=_LIMITS,
        say=lambda text: say(text.replace(here, "")),
    )
    try:
        # Of a folder, what can't be read is passed over and told; of a single file it is said at once.
        report = ingest(paths if len(paths) == 1 else [place], options)
    except DataCraftError as error:  # their owner knows files by their names alone
        error.message = " ".join([error.message.replace(here, ""), *refused])
        error.hint = (error.hint or "").replace(here, "") or None
        raise
    report = _without_folder(report, here)
    passed_over = [finding.message for finding in report.findings if finding.code == "skipped_source"]
    unread = [path.name for path in paths if any(text.startswith(f"{path.name} ") for text in passed_over)]
    read = [path.name for path in paths if path.name not in unread]
    return Brought(options.warehouse, tuple(read), (*refused, *passed_over), report)


def _looked_over(files: Sequence[NewFile]) -> tuple[list[NewFile], list[str]]:
    """Return the files that may be read, and what is told of the others."""
    kept: list[NewFile] = []
    refused: list[str] = []
    for number, file in enumerate(files):
        suffix = Path(file.name).suffix.lower().lstrip(".")
        if number >= MAX_FILES:
            refused.append(f"{file.name} was left out: at most {MAX_FILES} files are read at once.")
        elif suffix not in FILE_TYPES:
            refused.append(f"{file.name} is no file of a kind that can be read.")
        elif not file.content:
            refused.append(f"{file.name} is empty.")
        elif len(file.content) > MAX_BYTES:
            size, most = len(file.content) / 1e6, MAX_BYTES / 1e6
            refused.append(f"{file.name} has {size:,.0f} MB; at most {most:,.0f} MB can be uploaded.")
        else:
            kept.append(file)
    return kept, refused


def _names(files: Sequence[NewFile]) -> list[str]:
    """Return a name for each file: of no folder, not hidden, and no two alike."""
    names: list[str] = []
    for file in files:
        plain = PurePosixPath(file.name.replace("\\", "/")).name.lstrip(".~$") or "data"
        stem, dot, suffix = plain.partition(".")
        name, number = plain, 2
        while name.lower() in {taken.lower() for taken in names}:
            name, number = f"{stem} {number}{dot}{suffix}", number + 1
        names.append(name)
    return names


def _without_folder(report: IngestReport, here: str) -> IngestReport:
    """Return the report with files called as their owner knows them."""
    told = IngestReport.model_validate_json(report.model_dump_json().replace(here, ""))
    return told.model_copy(update={"warehouse": ""})
