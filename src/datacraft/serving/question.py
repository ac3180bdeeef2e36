"""What is done with a question's text before an engine reads it: cleaned, or turned away with a reason."""

from __future__ import annotations

import re
import unicodedata

from datacraft.contracts.errors import InputError, Refused

_SPACES = re.compile(r"\s+")
# Joiners stand inside words of some scripts and inside emoji; other invisible signs only hide things.
_JOINERS = frozenset("\u200c\u200d")
_ASK = "Ask in plain words, for example for a total, a count, a list or a trend."

# Shapes that only SQL has; "select the customers from Texas" is plain English and has none of them.
_SQL = re.compile(
    r"""^\s*\(*\s*(?:
        select\s+(?:\*|distinct\s+\*|[^?]*\(|[\w."]+\s*,\s*[\w."]+).*\bfrom\b   # select *, calls, lists
      | select\b.*\bfrom\b.*(?:;|=|<|>|\bgroup\s+by\b|\border\s+by\b|\blimit\s+\d)
      | select\b[^?]*;\s*$
      | with\s+[\w"]+\s+as\s*\(
      | insert\s+into\s+[\w."]+\s*(?:\(|values\b|select\b)
      | update\s+[\w."]+\s+set\s+[\w."]+\s*=
      | delete\s+from\s+[\w."]+\s*(?:where\b.*[=<>]|;|$)
      | (?:drop|truncate|alter|create)\s+(?:or\s+replace\s+)?(?:temp(?:orary)?\s+)?
            (?:table|view|schema|database|index|macro|function)\s+(?:if\s+(?:not\s+)?exists\s+)?[\w."]+
      | (?:attach|copy|install|load|pragma|export\s+database|import\s+database)\s+['"(\w][^?]*(?:;|['"(=])
      | grant\s+\w+\s+on\b
    )""",
    re.IGNORECASE | re.VERBOSE | re.DOTALL,
)


def clean_question(text: str, *, max_characters: int) -> str:
    """Return `text` fit to be read: composed Unicode, single spaces, nothing invisible.

    Raises:
        InputError: it is empty, too long, or holds control characters or no word at all.
        Refused: it is SQL.
    """
    if len(text) > max_characters:
        raise InputError(
            f"The question has {len(text):,} characters; at most {max_characters:,} can be read.",
            hint="Ask a shorter question, or several one after the other.",
        )
    question = _SPACES.sub(" ", _without_invisible(text)).strip()
    if not question:
        raise InputError("The question is empty.", hint=_ASK)
    if not any(character.isalpha() for character in question):
        raise InputError(f"There is no word in the question {question[:40]!r}.", hint=_ASK)
    if _SQL.match(question):
        raise Refused("This is SQL, and questions are read as plain words.", hint=_ASK)
    return question


def _without_invisible(text: str) -> str:
    """Drop invisible signs; refuse what can't have been typed.

    Raises:
        InputError: the text holds control characters, or halves of characters.
    """
    kept: list[str] = []
    for position, character in enumerate(text, start=1):
        category = unicodedata.category(character)
        if character.isspace() or character in _JOINERS:
            kept.append(character)
        elif category in ("Cc", "Cs"):
            raise InputError(
                f"The question holds a control character (code {ord(character)}) at position {position}.",
                hint="Type the question anew, or paste it as plain text.",
            )
        elif category != "Cf":
            kept.append(character)
    return unicodedata.normalize("NFC", "".join(kept))


def displayable(text: str, max_characters: int) -> str:
    """Return what was typed in a form that can be shown and stored: not longer than allowed, valid Unicode."""
    cut = text if len(text) <= max_characters else f"{text[:max_characters]}…"
    return cut.encode("utf-8", "replace").decode()
