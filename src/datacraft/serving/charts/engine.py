"""`VisualizationEngine`: the chart of a result."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from datacraft.contracts.answer import Chart, ResultColumn
from datacraft.serving.charts.bars import draw_bars, draw_many_bars
from datacraft.serving.charts.choose import Kind, choose_kind
from datacraft.serving.charts.drawing import Drawing
from datacraft.serving.charts.lines import draw_lines
from datacraft.serving.charts.points import draw_histogram, draw_scatter
from datacraft.serving.charts.shape import Row, Shape
from datacraft.serving.explain.headline import headline
from datacraft.serving.outline import Outline
from datacraft.serving.outputs import OutputFacts

_DRAW: dict[Kind, Callable[[Shape], Drawing]] = {
    "line": draw_lines,
    "bar": draw_bars,
    "grouped_bar": partial(draw_many_bars, stacked=False),
    "stacked_bar": partial(draw_many_bars, stacked=True),
    "scatter": draw_scatter,
    "histogram": draw_histogram,
}
_IN_WORDS: dict[Kind, str] = {
    "number": "One result",
    "table": "Table",
    "line": "Line chart",
    "bar": "Bar chart",
    "grouped_bar": "Grouped bar chart",
    "stacked_bar": "Stacked bar chart",
    "scatter": "Scatter plot",
    "histogram": "Histogram",
}


class VisualizationEngine:
    """Picks and draws charts for results. Safe to use from several threads."""

    def choose(
        self,
        outline: Outline,
        facts: Sequence[OutputFacts],
        columns: Sequence[ResultColumn],
        rows: Sequence[Row],
        asked_kind: Kind | None = None,
        *,
        truncated: bool = False,
        told: str | None = None,
    ) -> Chart:
        """Return the chart that fits a result.

        Args:
            outline: of the query that gave the result.
            facts: of each column.
            columns: of the result, as in the answer.
            rows: of the result.
            asked_kind: the chart that the question asks for; taken where the result allows it.
            truncated: the row limit cut the result, so that nothing may be summed up.
            told: the headline of the rows, for those who can't see the chart; by default it is worked out.
        """
        shape = Shape.of(outline, facts, columns, rows, truncated=truncated)
        kind = choose_kind(shape, asked_kind)
        drawing = _DRAW[kind](shape) if kind in _DRAW else None
        title = drawing.title if drawing else shape.title(shape.measures)
        if told is None:
            told = headline(outline, facts, rows, truncated=truncated) if rows else "no rows"
        note = f" ({drawing.note} shown)" if drawing and drawing.note else ""
        return Chart(
            kind=kind,
            title=title,
            plotly=drawing.figure if drawing else None,
            alt=f"{_IN_WORDS[kind]}: {title}{note}. {told[:1].upper()}{told[1:]}.",
        )
