"""Which functions a statement may call, one data file per dialect.

A line of a file is `name [class ...]`: a function's name as the warehouse knows it, and what sqlglot reads
it as, where it has a class of its own. `#` begins a comment. What is not listed is not allowed: functions
that touch files, network, settings, secrets, sessions or time to wait, that make rows or text out of
nothing, or that take code as an argument must stay out.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib.resources import files

DIALECTS = ("duckdb", "bigquery")


@dataclass(frozen=True, slots=True)
class AllowedFunctions:
    """The functions of a dialect: `names` in lower case, `classes` as sqlglot calls them."""

    names: frozenset[str]
    classes: frozenset[str]


@cache
def allowed_functions(dialect: str) -> AllowedFunctions:
    """Return the functions that are allowed in `dialect`."""
    text = files(__package__).joinpath(f"{dialect}.txt").read_text(encoding="utf-8")
    names: set[str] = set()
    classes: set[str] = set()
    for line in text.splitlines():
        name, *kinds = line.partition("#")[0].split() or [""]
        if name:
            names.add(name)
            classes.update(kinds)
    return AllowedFunctions(frozenset(names), frozenset(classes))
