"""Values that belong to persons, told by how they are written and, where there is one, by their checksum.

| what | how it is told | source |
| --- | --- | --- |
| e-mail address | one @, a dot in the domain | |
| IBAN | country, check digits, length by country left open; the number modulo 97 is 1 | ISO 13616 |
| payment card | 13 to 19 digits beginning with 2 to 6, Luhn's checksum | ISO/IEC 7812 |
| telephone number | a leading +, or groups as telephone numbers have them, 8 to 15 digits | ITU-T E.164 |
| US social security number | three groups, with the areas that are never given out left out | SSA |
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from enum import StrEnum

MOST_SAMPLED = 100
_SHARE = 0.8
_FEW = 3
_FEW_WITH_CHECKSUM = 5
"""One in ten numbers fulfils Luhn's by chance, but not five of five."""
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
_IBAN = re.compile(r"[A-Z]{2}\d{2}[A-Z0-9]{11,30}")
_CARD = re.compile(r"[2-6]\d{12,18}")
_SOCIAL_SECURITY = re.compile(r"(?!000|666|9)\d{3}-(?!00)\d{2}-(?!0000)\d{4}")
_PHONE = re.compile(
    r"\+\d[\d\s().\-/]{6,20}\d|\(\d{2,5}\)\s?\d[\d\s.\-]{4,12}\d|\d{3}[-.]\d{3}[-.]\d{4}|0\d{1,4}[\s/-]\d[\d\s-]{4,12}\d"
)


class PrivateKind(StrEnum):
    """What the values of a private column are."""

    EMAIL = "e-mail addresses"
    IBAN = "bank account numbers (IBAN)"
    CARD = "payment card numbers"
    PHONE = "telephone numbers"
    SOCIAL_SECURITY = "US social security numbers"


_IN_TEXT = re.compile(
    r"(?P<email>[^@\s,;<>()\"']+@[^@\s,;<>()\"']+\.\w+)"
    r"|(?P<address>https?://\S+|\b\d{1,3}(?:\.\d{1,3}){3}\b)"
    r"|(?P<account>\b[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,3})?\b)"
    r"|(?P<number>(?<![\w.,])(?:\+|\()?\d(?:[\s().\-/]{0,2}\d){5,}(?![\w]|[.,]\d))",
)
_FEWEST_DIGITS = 7
_AMOUNT = re.compile(r"\d{1,3}(?:[.,\s]\d{3})+|0[.,]\d+")
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}|\d{1,2}[./-]\d{1,2}[./-]\d{4}|(?:(?:19|20)\d{2}[\s-]{0,3}){2,}")


def redacted(text: str) -> str:
    """Return a text with `(e-mail)`, `(address)`, `(account)` or `(number)` for what may name a person.

    A number is one of seven digits or more, as telephones, cards and customers have them; dates, spans of years and
    amounts with their thousands grouped, and fractions, stay. Names of people can't be told from other words and stay, too.
    """
    return _IN_TEXT.sub(_redacted, text)


def _redacted(match: re.Match[str]) -> str:
    found = match[0]
    if match["email"] is not None:
        return "(e-mail)"
    if match["address"] is not None:
        return "(address)"
    if match["account"] is not None:
        return "(account)" if is_iban(found) else found
    if sum(character.isdigit() for character in found) < _FEWEST_DIGITS or _DATE.fullmatch(found):
        return found
    return found if _AMOUNT.fullmatch(found) else "(number)"


def private_kind(values: Sequence[object]) -> PrivateKind | None:
    """Return what most of some different values of a column are, where that is private."""
    texts = [
        str(value).strip()
        for value in values[:MOST_SAMPLED]
        if value is not None and not isinstance(value, bool)
    ]
    for kind, matches in _CHECKS.items():
        few = _FEW_WITH_CHECKSUM if kind in {PrivateKind.CARD, PrivateKind.SOCIAL_SECURITY} else _FEW
        if len(texts) >= few and sum(map(matches, texts)) >= _SHARE * len(texts):
            return kind
    return None


def is_iban(text: str) -> bool:
    """Whether a text is an IBAN: letters count from 10, the first four characters go to the end."""
    plain = text.replace(" ", "").upper()
    if not _IBAN.fullmatch(plain):
        return False
    return int("".join(str(int(character, 36)) for character in plain[4:] + plain[:4])) % 97 == 1


def is_card(text: str) -> bool:
    """Whether a text is the number of a payment card, by Luhn's checksum."""
    plain = re.sub(r"[\s-]", "", text)
    if not _CARD.fullmatch(plain):
        return False
    doubled = (int(digit) * (1 + place % 2) for place, digit in enumerate(reversed(plain)))
    return sum(number - 9 if number > 9 else number for number in doubled) % 10 == 0


def _is_phone(text: str) -> bool:
    return bool(_PHONE.fullmatch(text)) and 8 <= sum(character.isdigit() for character in text) <= 15


_CHECKS: dict[PrivateKind, Callable[[str], bool]] = {
    PrivateKind.EMAIL: lambda text: bool(_EMAIL.fullmatch(text)),
    PrivateKind.IBAN: is_iban,
    PrivateKind.CARD: is_card,
    PrivateKind.SOCIAL_SECURITY: lambda text: bool(_SOCIAL_SECURITY.fullmatch(text)),
    PrivateKind.PHONE: _is_phone,
}
