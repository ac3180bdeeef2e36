"""Answers as one HTML page with their charts, that needs no network and no server."""

from __future__ import annotations

import html
import json
from collections.abc import Sequence
from importlib.resources import files
from pathlib import Path
from string import Template
from typing import TYPE_CHECKING

from datacraft.cli.output.talk import unsaid_notes
from datacraft.contracts.errors import ConfigError, InputError
from datacraft.serving.formats import format_cell

if TYPE_CHECKING:
    from datacraft.contracts.answer import Answer

_MOST_ROWS = 200
_TEMPLATES = files("datacraft.cli").joinpath("templates")


def write_page(path: Path, answers: Sequence[Answer], *, title: str) -> None:
    """Write the answers, one under the other, to `path`.

    Raises:
        InputError: it can't be written.
        ConfigError: the library that draws charts is not installed.
    """
    page = _template("page.html").substitute(
        title=html.escape(title),
        answers="\n".join(_section(number, answer) for number, answer in enumerate(answers, start=1)),
        library=_plotly_js() if any(answer.chart and answer.chart.plotly for answer in answers) else "",
    )
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(page, encoding="utf-8")
    except OSError as error:
        raise InputError(
            f"The page can't be written to {path}: {error.strerror or error}.", hint="Choose another place."
        ) from error


def _section(number: int, answer: Answer) -> str:
    figure = answer.chart.plotly if answer.chart else None
    return _template("answer.html").substitute(
        number=number,
        question=html.escape(answer.question),
        sentence=html.escape(_sentence(answer)),
        notes="".join(f'<p class="note">{html.escape(note)}</p>' for note in unsaid_notes(answer)),
        chart=_chart(number, answer) if figure else "",
        rows_open="" if figure or len(answer.rows) > 20 else " open",
        table=_table(answer),
        sql=html.escape(answer.sql or ""),
    )


def _sentence(answer: Answer) -> str:
    if answer.error is None:
        return answer.explanation
    return " ".join([answer.error.message, *answer.error.choices])


def _chart(number: int, answer: Answer) -> str:
    assert answer.chart is not None
    # JSON in HTML: "<" written as an escape can neither end the script nor open a comment.
    figure = json.dumps(answer.chart.plotly, default=str).replace("<", "\\u003c")
    return (
        f'<div class="chart" id="chart-{number}" role="img" aria-label="{html.escape(answer.chart.alt)}"></div>'
        f'<script type="application/json" data-chart="chart-{number}">{figure}</script>'
    )


def _table(answer: Answer) -> str:
    if not answer.rows:
        return ""
    kinds = ["number" if column.type in {"integer", "number"} else "text" for column in answer.columns]
    head = "".join(
        f'<th class="{kind}">{html.escape(column.label or column.name)}</th>'
        for kind, column in zip(kinds, answer.columns, strict=True)
    )
    body = "\n".join(
        "<tr>"
        + "".join(
            f'<td class="{kind}">{html.escape(format_cell(value, unit=column.unit))}</td>'
            for kind, column, value in zip(kinds, answer.columns, row, strict=True)
        )
        + "</tr>"
        for row in answer.rows[:_MOST_ROWS]
    )
    left = len(answer.rows) - _MOST_ROWS
    more = f"<p>{left:,} more rows are not shown.</p>" if left > 0 else ""
    return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>{more}"


def _template(name: str) -> Template:
    return Template(_TEMPLATES.joinpath(name).read_text(encoding="utf-8"))


def _plotly_js() -> str:
    """Return the charts' JavaScript, which the `plotly` package carries."""
    try:
        package = files("plotly")
    except ModuleNotFoundError as error:
        raise ConfigError(
            "Charts on a page need the package plotly.", hint="Install DataCraft with its dependencies."
        ) from error
    return package.joinpath("package_data/plotly.min.js").read_text(encoding="utf-8")
