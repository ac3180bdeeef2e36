"""A plan under construction, and what it was read from."""

from __future__ import annotations

from datacraft.contracts.plan import Output
from datacraft.engines.semantic.frame import Frame
from datacraft.engines.semantic.scope import Context, Scope
from datacraft.engines.semantic.vocabulary import Thing


class Draft:
    """The plan of one frame as far as it has come.

    Attributes:
        base: the thing that the question is about.
        dimensions: outputs that are listed.
        groups: outputs that are grouped by.
        measures: outputs that are figures, in the order they were asked for.
        grain: the output that holds the calendar unit, where there is one.
    """

    def __init__(self, context: Context, frame: Frame, base: Thing) -> None:
        self.context = context
        self.frame = frame
        self.base = base
        self.scope = Scope(context, base.table)
        self.dimensions: list[Output] = []
        self.groups: list[Output] = []
        self.measures: list[Output] = []
        self.grain: Output | None = None
