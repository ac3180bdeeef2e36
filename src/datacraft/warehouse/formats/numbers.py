"""Numbers: separators of thousands, decimal commas, currency and percent signs, negatives in parentheses."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import replace

from datacraft.contracts.semantic import ColumnType
from datacraft.warehouse.formats.format import Format
from datacraft.warehouse.loading.quoting import literal

CURRENCIES = {
    "$": "USD", "US$": "USD", "€": "EUR", "£": "GBP", "¥": "JPY", "₹": "INR", "₩": "KRW", "₽": "RUB", "₺": "TRY",
    "₫": "VND", "฿": "THB", "₪": "ILS", "R$": "BRL", "C$": "CAD", "A$": "AUD", "zł": "PLN", "Kč": "CZK",
}  # fmt: skip
_CODES = [
    "USD", "EUR", "GBP", "JPY", "INR", "CHF", "CAD", "AUD", "CNY", "SEK", "NOK", "DKK", "PLN", "CZK", "BRL", "MXN",
]  # fmt: skip
UNITS = {**CURRENCIES, **{code: code for code in _CODES}}

_SIGNS = "-+−"
_SPACES = " \u00a0\u202f"
_SYMBOL = "|".join(re.escape(symbol) for symbol in sorted(UNITS, key=len, reverse=True))
_DECORATED = re.compile(
    rf"\(?[{_SIGNS}]?\s?(?P<before>{_SYMBOL})?\s?[{_SIGNS}]?"
    rf"(?P<body>[0-9][0-9.,'’{_SPACES}]*|[.,][0-9]+)\s?(?P<after>{_SYMBOL})?(?P<percent>\s?%)?\)?-?"
)

# Separator of thousands, decimal mark, how it looks; the usual English way first, so that it wins a tie.
_STYLES = [(",", ".", "1,234.56"), (".", ",", "1.234,56"), (_SPACES, ",", "1 234,56"), (_SPACES, ".", "1 234.56"),
           ("'’", ".", "1'234.56")]  # fmt: skip

# 1,234 may be a whole number or, with a decimal comma, a small one.
_RIVALS = {"1,234": "1.234,56", "1.234": "1234.56", "1,234.56": "1.234,56", "1.234,56": "1,234.56"}

_WHOLE = "(0|[1-9][0-9]{0,17})"
PLAIN = [
    Format("number", ColumnType.INTEGER, "1234", rf"[-+]?{_WHOLE}", "TRY_CAST({v} AS BIGINT)"),
    # Whole numbers that went through a tool which knows only floats.
    Format(
        "number",
        ColumnType.INTEGER,
        "1234.0",
        r"[-+]?(0|[1-9][0-9]{0,14})(\.0)?",
        "CAST(TRY_CAST({v} AS DOUBLE) AS BIGINT)",
    ),
    Format(
        "number",
        ColumnType.NUMBER,
        "1234.56",
        # An exponent needs its sign: 12E4 is more often a code.
        r"[-+]?(0|[1-9][0-9]{0,17})?(\.[0-9]*)?([eE][-+][0-9]{1,3})?",
        "TRY_CAST({v} AS DOUBLE)",
        european=False,
    ),
]


_DOT_OF_THREE = re.compile(r"[1-9][0-9]{0,2}[.][0-9]{3}")


def number_formats(values: Collection[str]) -> list[Format]:
    """Return plain number formats, and those that the decorations in `values` suggest."""
    if any(_DOT_OF_THREE.fullmatch(value) for value in values) and all(
        _DOT_OF_THREE.fullmatch(value) or value.isdigit() for value in values
    ):
        plain = [*PLAIN[:-1], replace(PLAIN[-1], rival="1.234")]
    else:
        plain = PLAIN
    return plain + _decorated(values)


def _decorated(values: Collection[str]) -> list[Format]:
    matches = [match for value in values if (match := _DECORATED.fullmatch(value))]
    if not matches or len(matches) < 0.5 * len(values):
        return []
    symbols = {symbol for match in matches for symbol in (match["before"], match["after"]) if symbol}
    units = {UNITS[symbol] for symbol in symbols}
    percents = sum(1 for match in matches if match["percent"])
    if len(units) > 1 or (percents and units):
        return []  # amounts in different currencies are not one measure
    unit = "%" if percents else next(iter(units), None)
    marks = {character for match in matches for character in match["body"].strip() if not character.isdigit()}
    styles = [style for style in _STYLES if marks & set(style[0] + style[1])] or _STYLES[:1]
    return [
        _styled(style, unit, symbols, whole=whole)
        for style in styles
        for whole in ((True, False) if unit is None else (False,))
    ]


def _styled(style: tuple[str, str, str], unit: str | None, symbols: set[str], *, whole: bool) -> Format:
    """Return the format of numbers in one style; `whole`: without a decimal part."""
    group, decimal, look = style
    separator = f"[{re.escape(group)}]"
    mark = re.escape(decimal)
    thousands = rf"[1-9][0-9]{{0,2}}({separator}[0-9]{{3}})+"
    indian = rf"[1-9][0-9]?({separator}[0-9]{{2}})+{separator}[0-9]{{3}}"
    # Prices have no three decimals: in "€ 1.234" the point parts thousands.
    decimals = "[0-9]{0,2}" if unit not in (None, "%") else "[0-9]*"
    digits = rf"({thousands}|{indian}|{_WHOLE})"
    body = digits if whole else rf"({digits}({mark}{decimals})?|{mark}[0-9]+)"
    symbol = (
        "(" + "|".join(re.escape(s) for s in sorted(symbols, key=len, reverse=True)) + r")?"
        if symbols
        else ""
    )
    percent = r"\s?%" if unit == "%" else ""
    sign = f"[{_SIGNS}]?"
    pattern = rf"{sign}\s?{symbol}\s?{sign}{body}\s?{symbol}{percent}-?"
    removed = (
        group + _SPACES + _SIGNS + "()%" + "".join(sorted({c for s in symbols for c in s if c != decimal}))
    )
    number = f"TRY_CAST(translate({{v}}, {literal(decimal + removed)}, '.') AS DOUBLE)"
    negative = "starts_with({v}, '(') OR contains({v}, '-') OR contains({v}, '−')"
    value = f"CASE WHEN {negative} THEN -1 ELSE 1 END * {number}" + (" / 100" if unit == "%" else "")
    shown = look.split(decimal)[0] if whole else look
    return Format(
        "number",
        ColumnType.INTEGER if whole else ColumnType.NUMBER,
        _label(shown, unit),
        rf"({pattern}|\({pattern}\))",
        f"CAST({value} AS BIGINT)" if whole else value,
        unit=unit,
        rival=_label(_RIVALS[shown], unit) if shown in _RIVALS else None,
        european=decimal == ",",
    )


def _label(shown: str, unit: str | None) -> str:
    return shown if unit is None else f"{shown} %" if unit == "%" else f"{shown} with {unit}"
