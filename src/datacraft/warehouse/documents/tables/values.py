"""What the texts of a column are: numbers, dates or words; and numbers mended where a reader takes 0 for O."""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal, InvalidOperation

_CURRENCY = r"(?:US\$|[$€£¥]|USD|EUR|GBP|CHF)"
_NUMBER = re.compile(
    rf"(?P<open>\()?\s*(?P<sign>[-+−–])?\s*{_CURRENCY}?\s*[-+−]?\s*(?P<body>\d{{1,3}}(?:[ '’\u00a0\u202f]\d{{3}})+(?:[.,]\d+)?|\d(?:[\d.,]*\d)?|[.,]\d+)"
    rf"\s*{_CURRENCY}?\s*(?P<percent>%)?\s*(?P<close>\))?(?P<after>\s?[-−]|\s?CR|\s?DR)?"
)
_DATE = re.compile(
    r"\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}|\d{1,2}\.? ?[A-Za-z]{3,9}\.?,? ?\d{2,4}|[A-Za-z]{3,9}\.? \d{1,2},? \d{4}|\d{1,2}-[A-Za-z]{3}-\d{2,4}"
)
YEAR = re.compile(r"(?:19|20)\d\d")
LOOKALIKES = str.maketrans({"O": "0", "o": "0", "Q": "0", "D": "0", "l": "1", "I": "1", "|": "1", "i": "1", "!": "1",
                             "S": "5", "s": "5", "B": "8", "Z": "2", "z": "2", "é": "6", "§": "5", "°": "0"})  # fmt: skip
_MOSTLY = 0.7


def is_number(text: str) -> bool:
    """Whether a text is a number or an amount."""
    found = _NUMBER.fullmatch(text.strip())
    return found is not None and bool(found["open"]) == bool(found["close"]) and not is_date(text)


def is_date(text: str) -> bool:
    """Whether a text looks like a date."""
    return _DATE.fullmatch(text.strip()) is not None


def is_typed(text: str) -> bool:
    """Whether a text is a number or a date."""
    return is_number(text) or is_date(text)


def is_numeric_column(texts: Sequence[str]) -> bool:
    """Whether most of the texts of a column (not empty ones) are numbers, taken with what a repair would make of them."""
    if not texts:
        return False
    numbers = sum(1 for text in texts if is_number(text))
    mended = sum(1 for text in texts if is_number(text) or is_number(mend(text) or ""))
    return numbers >= 0.5 * len(texts) and mended >= _MOSTLY * len(texts)


def mend(text: str) -> str | None:
    """Return the number that a text was before letters were read for digits; None where it can't be one.

    Only to be used in a column of numbers.
    """
    if is_number(text) and not re.search(r"\d[ ]+[.,]|[.,][ ]+\d", text):
        return text
    tried = text.translate(LOOKALIKES)
    tried = re.sub(r"(?<=\d)\s+(?=[.,])|(?<=[.,])\s+(?=\d)", "", tried)
    tried = re.sub(r"[{\[]", "(", re.sub(r"[}\]]", ")", tried)).strip(" _'`‘’.,:;~")
    if tried.startswith("(") != tried.endswith(")"):
        return None
    digits = sum(1 for c in text if c.isdigit())
    if is_number(tried) and digits >= 2 and digits >= 0.5 * sum(1 for c in tried if c.isdigit()):
        return tried
    return None


def decimal_mark(texts: Sequence[str]) -> str:
    """Return which mark parts the decimals in most of these numbers: a point, or a comma."""
    commas = points = 0
    for text in texts:
        marks = [c for c in text if c in ".,"]
        if not marks:
            continue
        tail = re.search(r"([.,])(\d+)\D*$", text)
        if tail is None:
            continue
        several = len(set(marks)) > 1
        if several or len(tail.group(2)) != 3:
            if tail.group(1) == ",":
                commas += 1
            else:
                points += 1
        elif len(marks) > 1:  # 1,234,567
            if tail.group(1) == ",":
                points += 1
            else:
                commas += 1
    return "," if commas > points else "."


def is_written_with(text: str, mark: str) -> bool:
    """Whether a number is written as one with this decimal mark: groups of three digits, the mark once at most.

    What is not would make the whole column text for those who read numbers strictly.
    """
    found = _NUMBER.fullmatch(text.strip())
    if found is None:
        return False
    group = re.escape("." if mark == "," else ",")
    whole = rf"(?:\d+|\d{{1,3}}(?:{group}\d{{3}})+|\d{{1,3}}(?:[ '’\u00a0\u202f]\d{{3}})+)"
    return re.fullmatch(rf"{whole}(?:{re.escape(mark)}\d+)?|{re.escape(mark)}\d+", found["body"]) is not None


def number_of(text: str, mark: str) -> Decimal | None:
    """Return the value of a number as it is written; None where it is none. A percent sign is left aside."""
    found = _NUMBER.fullmatch(text.strip())
    if found is None or bool(found["open"]) != bool(found["close"]):
        return None
    body = re.sub(r"['’ \u00a0\u202f]", "", found["body"]).rstrip(".,")
    body = body.replace("." if mark == "," else ",", "").replace(mark, ".")
    try:
        value = Decimal(body)
    except InvalidOperation:
        return None
    negative = (
        bool(found["open"]) or "-" in text or "−" in text or "–" in text or "CR" in (found["after"] or "")
    )
    return -value if negative else value


def decimals_of(text: str, mark: str) -> int:
    """Return how many decimals a number is written with."""
    found = re.search(rf"{re.escape(mark)}(\d+)\D*$", text)
    return len(found.group(1)) if found else 0
