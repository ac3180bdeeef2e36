"""`Drawing`: what a chart's drawing gives back."""

from __future__ import annotations

from dataclasses import dataclass

from datacraft.serving.charts.style import Json


@dataclass(frozen=True, slots=True)
class Drawing:
    """A Plotly figure, its title, and what a person must know about what it leaves out ("12 of 40")."""

    figure: Json
    title: str
    note: str = ""
