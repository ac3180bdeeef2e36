"""Files of questions: what is asked, and which lines of the answers are finished already."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from datacraft.contracts.errors import ErrorInfo, InputError


@dataclass(frozen=True, slots=True)
class AskedLine:
    """A line of a file of questions.

    Attributes:
        number: of the line, from 1.
        identity: its `id`; where it has none, its number.
        question: its text; what stands in the line where that can't be asked.
        session: questions of one session follow up on each other.
        problem: why the line can't be asked; None where it can.
    """

    number: int
    identity: str | int
    question: str
    session: str | None = None
    problem: ErrorInfo | None = None


def read_questions(path: Path) -> list[AskedLine]:
    """Read a JSON Lines file of questions; blank lines are none.

    A line that can't be asked is kept with its problem, so that the others are still answered.

    Raises:
        InputError: the file can't be read, or holds no line.
    """
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise InputError(
            f"The questions {path} can't be read: {error.strerror}.", hint="Check the path and its rights."
        ) from error
    lines = raw.removeprefix(b"\xef\xbb\xbf").split(b"\n")
    asked = [_read_line(path, number, line) for number, line in enumerate(lines, start=1) if line.strip()]
    if not asked:
        raise InputError(
            f"{path} holds no questions.", hint='Write one JSON object a line: {"question": "total sales"}'
        )
    return asked


def _read_line(path: Path, number: int, line: bytes) -> AskedLine:
    def bad(what: str, question: str, identity: str | int = number) -> AskedLine:
        hint = (
            'A line reads {"question": "total sales", "id": 1, "session": "a"}; id and session are optional.'
        )
        problem = ErrorInfo(code=InputError.code, message=f"{path}:{number}: {what}.", hint=hint)
        return AskedLine(number, identity, question, problem=problem)

    text = line.decode("utf-8", "replace").strip()
    try:
        fields = json.loads(line)
    except (ValueError, RecursionError):
        return bad("this is not JSON", text)
    if not isinstance(fields, dict):
        return bad("this is not a JSON object", text)
    identity, question, session = fields.get("id"), fields.get("question"), fields.get("session")
    if isinstance(identity, bool) or not isinstance(identity, str | int | None):
        return bad("`id` must be a text or a whole number", str(question or ""))
    identity = number if identity is None else identity
    if not isinstance(question, str) or not question.strip():
        return bad("there is no `question`, or it is no text", "", identity)
    if isinstance(session, bool) or not isinstance(session, str | int | None):
        return bad("`session` must be a text or a whole number", question, identity)
    return AskedLine(number, identity, question, None if session is None else str(session))


def finished_lines(out: Path, asked: Sequence[AskedLine]) -> int:
    """Return how many of the asked lines `out` answers already, and cut a torn last line off.

    Raises:
        InputError: `out` can't be read or written, or answers something else.
    """
    if not out.exists():
        return 0
    try:
        content = out.read_bytes()
        whole = content.rfind(b"\n") + 1
        if whole < len(content):
            with out.open("r+b") as file:
                file.truncate(whole)
    except OSError as error:
        raise InputError(f"{out} can't be used: {error.strerror}.", hint="Choose another --out.") from error
    answered = content[:whole].splitlines()
    same = len(answered) <= len(asked) and all(
        _identity(line) == question.identity for line, question in zip(answered, asked, strict=False)
    )
    if not same:
        raise InputError(
            f"{out} holds answers to other questions, so that it can't be gone on with.",
            hint="Choose another --out, or remove the file.",
        )
    return len(answered)


def _identity(line: bytes) -> object:
    """Return a finished line's `id`; None where it is none of ours."""
    try:
        fields = json.loads(line)
    except ValueError:
        return None
    return fields.get("id") if isinstance(fields, dict) else None
