"""Markup from text: whatever is not markup already is escaped, so that data can hold anything."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable

_UNPRINTABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
_NEVER_CLOSED = frozenset({"input", "meta"})
_VOID = _NEVER_CLOSED | {"line", "rect", "circle", "polygon", "polyline"}


class Markup(str):
    """Text that is markup already."""

    __slots__ = ()


Child = str | None
"""Text to escape, `Markup` to keep, or nothing."""


def text(value: str) -> Markup:
    """Return text as markup that shows it; what no document may hold is shown as a replacement character."""
    return Markup(html.escape(printable(value)))


def printable(value: str) -> str:
    """Return text without what HTML and XML can't hold."""
    return _UNPRINTABLE.sub("\N{REPLACEMENT CHARACTER}", value)


def joined(children: Iterable[Child]) -> Markup:
    """Return the children one after the other."""
    return Markup(
        "".join(
            child if isinstance(child, Markup) else text(child) for child in children if child is not None
        )
    )


def element(tag: str, /, *children: Child, **attributes: str | float | bool | None) -> Markup:
    """Return an element of HTML or SVG.

    Args:
        tag: of the element.
        children: what it holds.
        attributes: a trailing underscore is dropped, others become hyphens; True stands alone, None and False are
            left out; numbers are written with two digits at most.
    """
    told = "".join(_attribute(key, value) for key, value in attributes.items())
    if tag in _VOID and not children:
        return Markup(f"<{tag}{told}>") if tag in _NEVER_CLOSED else Markup(f"<{tag}{told}/>")
    return Markup(f"<{tag}{told}>{joined(children)}</{tag}>")


def _attribute(key: str, value: str | float | bool | None) -> str:
    if value is None or value is False:
        return ""
    name = key.removesuffix("_").replace("_", "-")
    if value is True:
        return f" {name}"
    shown = f"{value:.2f}".rstrip("0").rstrip(".") if isinstance(value, float) else printable(str(value))
    return f' {name}="{html.escape(shown)}"'
