"""How big a statement may be."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class GuardLimits:
    """Upper bounds on a statement; far above what an analyst writes, far below what hurts.

    Attributes:
        characters: length of the text.
        nodes: parts of the parsed tree (a name, a literal and an operator are one each).
        nesting: brackets and CASEs inside each other in the text.
        depth: levels of the parsed tree; a chain of ANDs or ORs counts once.
        queries: SELECTs in the statement.
        joins: joins in the statement.
        cross_joins: products of two sources that no condition links; a source of one row is free, and a
            table is never multiplied by itself.
        range_joins: pairs of sources that are linked by `<`, `>` or BETWEEN alone.
        scans: reads of tables after every CTE is written out where it is used; stops CTEs that double.
    """

    characters: int = 50_000
    nodes: int = 10_000
    nesting: int = 32
    depth: int = 100
    queries: int = 64
    joins: int = 24
    cross_joins: int = 1
    range_joins: int = 2
    scans: int = 100
