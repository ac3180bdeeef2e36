"""What a workbook's values do not tell: hidden rows, macros, formulas that nobody computed, passwords, bombs."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from datacraft.contracts.errors import DataLoadError
from datacraft.warehouse.loading.sources import Source

_MOST_BYTES = 4 << 30
_RATIO = 200
_RATIO_FROM = 128 << 20
_CHUNK = 1 << 20
_LONGEST_TAG = 4_096
_SHEET = re.compile(rb"<(?:\w+:)?sheet\b[^>]*>")
_RELATION = re.compile(rb"<(?:\w+:)?Relationship\b[^>]*>")
_ROW = re.compile(rb"<(?:\w+:)?row\b([^>]*)>")
_HIDDEN = re.compile(rb'\bhidden="(?:1|true)"')
_NUMBER = re.compile(rb'\br="(\d+)"')
_NOT_COMPUTED = re.compile(
    rb"</(?:\w+:)?f>\s*(?:<(?:\w+:)?v\s*/>|<(?:\w+:)?v>\s*</(?:\w+:)?v>|</(?:\w+:)?c>)"
)
_EXTENT = re.compile(rb'<(?:\w+:)?dimension\b[^>]*\bref="[A-Z]+\d+:([A-Z]+)(\d+)"')
_MOST_CELLS = 200_000_000
"""A sheet is held as a grid: two cells at its far corners would take all memory there is."""
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")


@dataclass
class SheetFacts:
    """What a sheet's file says: lines of hidden rows, and how many formulas have no value."""

    hidden_rows: list[int] = field(default_factory=list)
    not_computed: int = 0


@dataclass(frozen=True)
class WorkbookFacts:
    """What a workbook's files say, by sheet."""

    macros: bool
    sheets: dict[str, SheetFacts]


def workbook_facts(source: Source) -> WorkbookFacts:
    """Look into a workbook before it is read.

    Raises:
        DataLoadError: it is protected by a password, or unpacks to far more than it may.
    """
    _refuse_encrypted(source.path)
    if not zipfile.is_zipfile(source.path):
        return WorkbookFacts(False, {})
    try:
        with zipfile.ZipFile(source.path) as archive:
            _refuse_bomb(source.path, archive)
            names = set(archive.namelist())
            macros = any(name.endswith("vbaProject.bin") for name in names)
            sheets: dict[str, SheetFacts] = {}
            for name, member in _members(archive):
                if member in names:
                    _refuse_vast(source.path, name, archive, member)
                    sheets[name] = _sheet_facts(archive, member)
    except (zipfile.BadZipFile, OSError, EOFError, NotImplementedError, RuntimeError) as error:
        raise DataLoadError(
            f"{source.path} can't be read as a workbook: {error}.",
            hint="It is damaged or was not written to its end; save it again.",
        ) from error
    return WorkbookFacts(macros, sheets)


def _refuse_encrypted(path: Path) -> None:
    with path.open("rb") as file:
        if file.read(4) != b"\xd0\xcf\x11\xe0":
            return
        file.seek(0)
        if _ENCRYPTED in file.read(1 << 20):
            raise DataLoadError(
                f"{path} is protected by a password.",
                hint="Open it with the password and save it without one, or as CSV.",
            )


def _refuse_bomb(path: Path, archive: zipfile.ZipFile) -> None:
    unpacked = sum(info.file_size for info in archive.infolist())
    packed = max(path.stat().st_size, 1)
    if unpacked > _MOST_BYTES or (unpacked > _RATIO_FROM and unpacked > packed * _RATIO):
        raise DataLoadError(
            f"{path} would unpack to {unpacked >> 20:,} MB, far more than a workbook of its size, so it was left alone.",
            hint="If you trust it, save it as CSV.",
        )


def _refuse_vast(path: Path, sheet: str, archive: zipfile.ZipFile, member: str) -> None:
    with archive.open(member) as stream:
        found = _EXTENT.search(stream.read(_LONGEST_TAG))
    if found is None:
        return
    columns = 0
    for letter in found.group(1):
        columns = columns * 26 + letter - ord("A") + 1
    cells = columns * int(found.group(2))
    if cells > _MOST_CELLS:
        raise DataLoadError(
            f"{path}: the sheet {sheet} spans {cells:,} cells, more than can be read.",
            hint="Delete what stands far away from the table, or save the sheet as CSV.",
        )


def _members(archive: zipfile.ZipFile) -> Iterator[tuple[str, str]]:
    """Yield each sheet's name and its file in the archive."""
    import html

    try:
        book = archive.read("xl/workbook.xml")
        relations = archive.read("xl/_rels/workbook.xml.rels")
    except KeyError:  # a binary workbook or an OpenDocument sheet
        return
    targets = {}
    for tag in _RELATION.findall(relations):
        number, target = _attribute(tag, "Id"), _attribute(tag, "Target")
        targets[number] = target.removeprefix("/") if target.startswith("/") else f"xl/{target}"
    for tag in _SHEET.findall(book):
        member = targets.get(_attribute(tag, r"\w+:id"))
        if member is not None:
            yield html.unescape(_attribute(tag, "name")), member


def _attribute(tag: bytes, name: str) -> str:
    found = re.search(rb"\b" + name.encode() + rb'="([^"]*)"', tag)
    return found.group(1).decode("utf-8", "replace") if found else ""


def _sheet_facts(archive: zipfile.ZipFile, member: str) -> SheetFacts:
    """Scan a sheet's file in pieces: it may be larger than memory, and parsing it takes longer than reading it."""
    facts = SheetFacts()
    with archive.open(member) as stream:
        left = b""
        while chunk := stream.read(_CHUNK):
            text = left + chunk
            cut = text.rfind(b"</")
            text, left = (
                (text[:cut], text[cut:]) if cut >= 0 and len(text) - cut < _LONGEST_TAG else (text, b"")
            )
            _scan(text, facts)
        _scan(left, facts)
    return facts


def _scan(text: bytes, facts: SheetFacts) -> None:
    if b"hidden=" in text:
        for tag in _ROW.findall(text):
            number = _NUMBER.search(tag)
            if number is not None and _HIDDEN.search(tag):
                facts.hidden_rows.append(int(number.group(1)))
    facts.not_computed += len(_NOT_COMPUTED.findall(text))
