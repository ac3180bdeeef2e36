"""`Drawing`: what a chart's drawing gives back."""

from __future__ import annotations

from dataclasses import dataclass

from datacraft.serving.charts.style import Json


@dataclass(frozen=True, slots=True)
class Drawing:
    """A Plotly figure, and what a person must know about what it leaves out."""

    figure: Json
    note: str = ""
