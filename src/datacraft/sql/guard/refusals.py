"""Refusals: what is not allowed, and where it is."""

from __future__ import annotations

import re

from sqlglot import exp

from datacraft.contracts.errors import UnsafeQuery


def refusal(node: exp.Expr, what: str) -> UnsafeQuery:
    """Return the error that says that `what`, found at `node`, is not allowed."""
    return UnsafeQuery(
        f"{what[0].upper()}{what[1:]} is not allowed{place(node)}.",
        hint="Use one plain SELECT over the known tables and columns, with ordinary functions.",
    )


def place(node: exp.Expr) -> str:
    """Return where `node` is in the text, or an empty string where that isn't known."""
    stack, looked_at = [node], 0
    while stack and looked_at < 50:
        found = stack.pop(0)
        looked_at += 1
        meta = found.meta
        if "line" in meta:
            column = max(1, meta["col"] - (meta["end"] - meta["start"]))
            return f" (line {meta['line']}, column {column})"
        stack.extend(found.iter_expressions())
    return ""


def label(node: exp.Expr) -> str:
    """Return what a part is in words: `TableSample` is "a table sample"."""
    words = in_words(re.sub(r"(?<=[a-z])(?=[A-Z])", " ", type(node).__name__).lower())
    return f"{'an' if words[0] in 'aeiou' else 'a'} {words}"


def in_words(name: str) -> str:
    """Return a name of code as words."""
    return name.strip("_").replace("_", " ")
