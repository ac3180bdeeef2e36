"""Charts: which one fits a result, and its Plotly JSON, made without importing Plotly.

`shape` says what there is to draw, `choose` picks the kind, `figures` draws it, `fold` keeps a chart readable
when there are many groups, `timeline` keeps gaps in time visible, `style` holds colours and number formats.
"""

from __future__ import annotations

from datacraft.serving.charts.engine import VisualizationEngine

__all__ = ["VisualizationEngine"]
