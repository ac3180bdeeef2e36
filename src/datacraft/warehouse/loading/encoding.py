"""From bytes in any common encoding to a UTF-8 text file that DuckDB reads."""

from __future__ import annotations

import codecs
import gzip
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, cast

from datacraft.contracts.errors import DataLoadError
from datacraft.warehouse.report import Finding

_CHUNK = 4 << 20
MAX_LINE_BYTES = 16 << 20
_BOMS = [  # UTF-32's little-endian mark starts with UTF-16's, so it comes first
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
    (codecs.BOM_UTF8, "utf-8-sig"),
]
_OTHER_SCRIPTS = [
    "cp1251", "koi8_r", "cp1253", "cp1255", "cp1256", "shift_jis", "euc_jp", "gb18030", "big5", "euc_kr",
]  # fmt: skip
_CONTROL = re.compile(rb"[\x00-\x08\x0e-\x1a\x1c\x7f]")
_HIGH = re.compile(rb"[\x80-\xff]")
_HIGH_RUN = re.compile(rb"[\x80-\xff]{3,}")
"""Words of another script are made of nothing else; accented letters seldom stand three in a row."""
_LETTER = re.compile(rb"[A-Za-z]")


@dataclass(frozen=True)
class TextFile:
    """A UTF-8 text file: the source itself, or a decoded copy."""

    path: Path
    line_ends: int
    findings: list[Finding]

    def head(self, size: int = 1 << 19) -> str:
        """Return the first whole lines, about `size` bytes."""
        with self.path.open("rb") as file:
            data = file.read(size)
            more = bool(file.read(1))
        if more and (cut := data.rfind(b"\n")) > 0:
            data = data[: cut + 1]
        return data.decode("utf-8", errors="ignore").removeprefix("\ufeff")


def as_utf8(path: Path, workspace: Path, *, lines: bool = False) -> TextFile:
    """Return the file as UTF-8 without a byte order mark, decoded into `workspace` where it isn't already.

    Args:
        path: the file.
        workspace: a folder for the decoded copy.
        lines: its lines are rows, so that none may be endless.

    Raises:
        DataLoadError: it is binary, holds nothing but white space, or has an endless line.
    """
    head = next(_chunks(path), b"")
    encoding = _marked_encoding(head) or _unmarked_utf16(head)
    if encoding is None and len(_CONTROL.findall(head)) > len(head) * 0.005:
        raise DataLoadError(
            f"{path} is not text: it holds binary data.",
            hint="Export it as CSV, Parquet or Excel, and give it the suffix of what it is.",
        )
    if not head.strip(b"\x00\xfe\xff\xef\xbb\xbf \t\r\n"):
        raise DataLoadError(
            f"{path} holds no text, only blanks.", hint="Export the data again, or leave it out."
        )
    if encoding is None:
        valid, line_ends = _scan_utf8(path, lines=lines)
        if valid and path.suffix.lower() != ".gz":
            return TextFile(path, line_ends, [])
        encoding = "utf-8" if valid else _single_byte_or_damaged(head)
    return _decode(path, encoding, workspace, lines=lines)


def _open(path: Path) -> BinaryIO:
    return cast(BinaryIO, gzip.open(path, "rb")) if path.suffix.lower() == ".gz" else path.open("rb")


def _chunks(path: Path, *, lines: bool = False) -> Iterator[bytes]:
    since = 0
    try:
        with _open(path) as file:
            while chunk := file.read(_CHUNK):
                since = 0 if b"\n" in chunk or b"\r" in chunk else since + len(chunk)
                if lines and since > MAX_LINE_BYTES:
                    raise DataLoadError(
                        f"{path} has a line of more than {MAX_LINE_BYTES >> 20} MB, which is no row of a table.",
                        hint="Check that it is the right file, or export it again with line ends.",
                    )
                yield chunk
    except (OSError, EOFError) as error:
        raise DataLoadError(
            f"{path} can't be read to its end: {error}.", hint="Export or copy it again."
        ) from error


def _marked_encoding(head: bytes) -> str | None:
    return next((encoding for mark, encoding in _BOMS if head.startswith(mark)), None)


def _unmarked_utf16(head: bytes) -> str | None:
    """UTF-16 of mostly Latin text has a zero in every other byte."""
    sample = head[:4096]
    half = max(1, len(sample) // 2)
    if sample[1::2].count(0) > half * 0.4 and sample[0::2].count(0) < half * 0.1:
        return "utf-16-le"
    if sample[0::2].count(0) > half * 0.4 and sample[1::2].count(0) < half * 0.1:
        return "utf-16-be"
    return None


def _scan_utf8(path: Path, *, lines: bool) -> tuple[bool, int]:
    """Return whether the whole file is valid UTF-8, and its number of line ends."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    line_ends, ended = 0, True
    try:
        for chunk in _chunks(path, lines=lines):
            line_ends += chunk.count(b"\n")
            ended = chunk.endswith(b"\n")
            decoder.decode(chunk)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False, 0
    return True, line_ends + (not ended)


def _single_byte_or_damaged(head: bytes) -> str:
    """Choose for bytes that aren't UTF-8: a few damaged characters, another script, or Western European."""
    text = head.decode("utf-8", errors="replace")
    damaged = text.count("\ufffd")
    sound = sum(1 for character in text if character > "\x7f") - damaged
    if damaged == 0 or sound > 5 * damaged:
        return "utf-8"
    high = len(_HIGH.findall(head))
    in_words = sum(len(run) for run in _HIGH_RUN.findall(head))
    if high < 0.4 * (high + len(_LETTER.findall(head))) and in_words < 0.5 * high:
        return "cp1252"
    import charset_normalizer

    lines = b"\n".join(line for line in head.splitlines() if _HIGH.search(line))[: 1 << 16]
    best = charset_normalizer.from_bytes(lines, cp_isolation=_OTHER_SCRIPTS).best()
    return best.encoding if best is not None else "cp1252"


def _decode(path: Path, encoding: str, workspace: Path, *, lines: bool) -> TextFile:
    """Write a UTF-8 copy; what can't be decoded becomes U+FFFD and is counted."""
    target = workspace / "decoded.csv"
    decoder = codecs.getincrementaldecoder(encoding)(errors="replace")
    line_ends, replaced, ended = 0, 0, True
    with target.open("w", encoding="utf-8", newline="") as out:
        for chunk in _chunks(path, lines=lines):
            text = decoder.decode(chunk)
            line_ends += text.count("\n")
            replaced += text.count("\ufffd")
            ended = text.endswith("\n") if text else ended
            out.write(text)
        out.write(decoder.decode(b"", final=True))
    return TextFile(target, line_ends + (not ended), _encoding_findings(encoding, replaced))


def _encoding_findings(encoding: str, replaced: int) -> list[Finding]:
    findings: list[Finding] = []
    if encoding == "cp1252":
        findings.append(
            Finding(
                code="encoding", severity="info", message="Read as Latin-1 (Windows-1252); it isn't UTF-8."
            )
        )
    elif not encoding.startswith("utf-8"):
        findings.append(Finding(code="encoding", severity="info", message=f"Read as {encoding.upper()}."))
    if replaced:
        findings.append(
            Finding(
                code="undecodable",
                message=f"{replaced} bytes could not be decoded as {encoding.upper()}; each shows as \ufffd.",
                count=replaced,
            )
        )
    return findings
