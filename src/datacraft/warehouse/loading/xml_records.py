"""XML: the element that comes again and again is a row; what is inside it are its columns.

The parser is expat with everything switched off that reaches outside the document or makes it grow: a document
type declaration with entities ends the reading at once, so neither an external file nor a bomb is ever expanded.
Records are written as JSON lines and then read as such, so that lists inside them become related tables.
"""

from __future__ import annotations

import json
import xml.parsers.expat
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

from datacraft.contracts.errors import DataLoadError

_CHUNK = 1 << 20
_MAX_DEPTH = 64
_MAX_TEXT = 16 << 20

Path_ = tuple[str, ...]


@dataclass
class _Element:
    name: str
    values: dict[str, object]
    text: list[str] = field(default_factory=list)
    size: int = 0


@dataclass(frozen=True)
class XmlRecords:
    """Where the records of a document were written, and the line of each."""

    path: Path
    element: str
    lines: list[int]


def write_records(source: Path, target: Path) -> XmlRecords:
    """Write the records of an XML document as JSON lines.

    Raises:
        DataLoadError: it is no XML, declares entities, is nested too deeply, or no element in it repeats.
    """
    shape = _Shape()
    _parse(source, shape.start, shape.end, lambda _: None)
    record = shape.record()
    if record is None:
        raise DataLoadError(
            f"{source} holds no rows: no element with content comes more than once.",
            hint="Export it as CSV or JSON, or check that it is the right file.",
        )
    repeated = {
        path[len(record) :] for path in shape.repeated if path[: len(record)] == record and path != record
    }
    with target.open("w", encoding="utf-8") as out:
        writer = _Writer(record, repeated, out)
        writer.parser = _parser(source, writer.start, writer.end, writer.text)
        _feed(source, writer.parser)
    return XmlRecords(target, record[-1], writer.lines)


class _Shape:
    """Counts how often each path of elements comes, and which come twice inside one parent."""

    def __init__(self) -> None:
        self.path: list[str] = []
        self.counts: Counter[Path_] = Counter()
        self.full: Counter[Path_] = Counter()
        self.siblings: list[Counter[str]] = [Counter()]
        self.repeated: set[Path_] = set()

    def start(self, name: str, attributes: dict[str, str]) -> None:
        name = _local(name)
        self.path.append(name)
        path = tuple(self.path)
        self.counts[path] += 1
        self.siblings[-1][name] += 1
        if self.siblings[-1][name] > 1:
            self.repeated.add(path)
        self.siblings.append(Counter())
        if attributes:
            self.full[path] += 1
        if len(path) > 1:
            self.full[path[:-1]] += 1

    def end(self, _: str) -> None:
        self.path.pop()
        self.siblings.pop()

    def record(self) -> Path_ | None:
        """Return the path of the rows: the outermost that repeats and has content; the most frequent of several."""
        several = [path for path in self.repeated if self.full[path]]
        if not several:  # a document with one row
            single = [path for path in self.counts if len(path) == 2 and self.full[path]]
            return single[0] if single else None
        depth = min(len(path) for path in several)
        return max((path for path in several if len(path) == depth), key=lambda path: self.counts[path])


class _Writer:
    """Writes each record as one line of JSON."""

    parser: xml.parsers.expat.XMLParserType

    def __init__(self, record: Path_, repeated: set[Path_], out: IO[str]) -> None:
        self.record = record
        self.repeated = repeated
        self.out = out
        self.path: list[str] = []
        self.stack: list[_Element] = []
        self.lines: list[int] = []

    def start(self, name: str, attributes: dict[str, str]) -> None:
        self.path.append(_local(name))
        if self.stack or tuple(self.path) == self.record:
            if not self.stack:
                self.lines.append(self.parser.CurrentLineNumber)
            values: dict[str, object] = {_local(key): value for key, value in attributes.items()}
            self.stack.append(_Element(self.path[-1], values))

    def text(self, text: str) -> None:
        if self.stack:
            element = self.stack[-1]
            element.size += len(text)
            if element.size <= _MAX_TEXT:
                element.text.append(text)

    def end(self, _: str) -> None:
        inside = tuple(self.path[len(self.record) :])
        self.path.pop()
        if not self.stack:
            return
        element = self.stack.pop()
        value = _value(element)
        if not self.stack:
            json.dump(
                value if isinstance(value, dict) else {element.name: value}, self.out, ensure_ascii=False
            )
            self.out.write("\n")
            return
        parent = self.stack[-1].values
        if inside in self.repeated:
            items = parent.setdefault(element.name, [])
            if isinstance(items, list) and value is not None:
                items.append(value)
        elif element.name in parent:  # an attribute of the same name
            parent[f"{element.name}_element"] = value
        else:
            parent[element.name] = value


def _value(element: _Element) -> object:
    text = "".join(element.text).strip()
    if not element.values:
        return text or None
    if text:
        element.values["text"] = text
    return element.values


def _local(name: str) -> str:
    """Return a name without its namespace."""
    return name.rpartition(" ")[2].rpartition(":")[2]


def _parse(
    source: Path,
    start: Callable[[str, dict[str, str]], None],
    end: Callable[[str], None],
    text: Callable[[str], None],
) -> None:
    _feed(source, _parser(source, start, end, text))


def _parser(
    source: Path,
    start: Callable[[str, dict[str, str]], None],
    end: Callable[[str], None],
    text: Callable[[str], None],
) -> xml.parsers.expat.XMLParserType:
    parser = xml.parsers.expat.ParserCreate(namespace_separator=" ")
    parser.buffer_text = True
    depth = 0

    def refuse(*_: object) -> int:
        raise DataLoadError(
            f"{source} declares entities, which can read other files or grow without bound, so it was left alone.",
            hint="Export it without a document type declaration.",
        )

    def opened(name: str, attributes: dict[str, str]) -> None:
        nonlocal depth
        depth += 1
        if depth > _MAX_DEPTH:
            raise DataLoadError(f"{source} is nested too deeply to be a table.", hint="Export it as CSV.")
        start(name, attributes)

    def closed(name: str) -> None:
        nonlocal depth
        depth -= 1
        end(name)

    parser.EntityDeclHandler = refuse
    parser.UnparsedEntityDeclHandler = refuse
    parser.ExternalEntityRefHandler = refuse
    parser.SetParamEntityParsing(xml.parsers.expat.XML_PARAM_ENTITY_PARSING_NEVER)
    parser.StartElementHandler = opened
    parser.EndElementHandler = closed
    parser.CharacterDataHandler = text
    return parser


def _feed(source: Path, parser: xml.parsers.expat.XMLParserType) -> None:
    try:
        with source.open("rb") as file:
            while chunk := file.read(_CHUNK):
                parser.Parse(chunk, False)
            parser.Parse(b"", True)
    except xml.parsers.expat.ExpatError as error:
        what = xml.parsers.expat.errors.messages.get(error.code, "not well-formed")
        raise DataLoadError(
            f"{source} can't be read as XML: {what}, line {error.lineno}.",
            hint="It is damaged or was not written to its end; export it again.",
        ) from error
