"""Identifiers and literals of DuckDB's SQL, quoted by sqlglot."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

from sqlglot import exp


def identifier(*parts: str) -> str:
    """Return a quoted, possibly dotted identifier."""
    return ".".join(exp.to_identifier(part, quoted=True).sql("duckdb") for part in parts)


@lru_cache(maxsize=4096)
def literal(text: str) -> str:
    """Return a quoted string literal."""
    return exp.Literal.string(text).sql("duckdb")


def literals(texts: Iterable[str]) -> str:
    """Return comma-separated string literals."""
    return ", ".join(literal(text) for text in texts)
