"""An answer on the page: the sentence, the chart, the table, the SQL, and how the question was read."""

from __future__ import annotations

import copy
import re
import textwrap
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

# Plotly looks for pandas in `sys.modules` when it draws: two visitors' first charts at once would find it half
# imported. Importing both here, before anything is drawn, leaves no such moment.
import pandas  # type: ignore[import-untyped]  # noqa: F401
import plotly.graph_objects  # type: ignore[import-untyped]  # noqa: F401
import streamlit as st

from datacraft.access.permissions import Permission
from datacraft.access.signin import Caller
from datacraft.contracts.answer import Answer, Chart
from datacraft.http.running import running_service
from datacraft.serving.formats import format_cell
from datacraft.serving.provenance import model_facts
from datacraft.ui.caller import record, source_of
from datacraft.ui.feedback import show_feedback
from datacraft.ui.state import PageState, Shown
from datacraft.ui.table import csv_file, show_table
from datacraft.ui.words import counted, html, label

Ask = Callable[[str], None]

_CHART_HEIGHT = 380
_TITLE_WIDTH = 40  # characters
_FONT = '"Source Sans", "Source Sans 3", sans-serif'
_NOT_UNDERSTOOD = ("not_understood", "refused", "bad_input")
_OFFERED = 3
_READ = "How I read it"
_LABELS = {
    "Chart": ":material/bar_chart: Chart",
    "Table": ":material/table: Table",
    "SQL": ":material/code: SQL",
    _READ: f":material/lightbulb: {_READ}",
}


def show_answer(state: PageState, shown: Shown, ask: Ask, examples: Sequence[str]) -> None:
    """Draw a question and its answer.

    Args:
        state: of the page.
        shown: the answer.
        ask: takes the question that a button stands for.
        examples: questions to offer where this one was not understood.
    """
    answer = shown.answer
    st.html(f'<div class="dc-question"><p>{html(answer.question)}</p></div>')
    with st.container(key=f"answer_{answer.question_id}"):
        if answer.error is not None:
            _show_error(answer, ask, examples, sql=state.caller.may(Permission.SEE_SQL))
        else:
            _show_result(answer, sql=state.caller.may(Permission.SEE_SQL))
            _show_foot(state, shown)


def show_question(question: str) -> None:
    """Draw a question that has no answer yet."""
    st.html(f'<div class="dc-question"><p>{html(question)}</p></div>')


def _show_error(answer: Answer, ask: Ask, examples: Sequence[str], *, sql: bool) -> None:
    error = answer.error
    assert error is not None  # the caller has checked
    hint = f"<p>{html(error.hint)}</p>" if error.hint else ""
    st.html(f'<div role="status"><p class="dc-back">{html(error.message)}</p>{hint}</div>')
    choices = error.choices
    if not choices and error.code in _NOT_UNDERSTOOD:
        choices = list(examples[:_OFFERED])
        if choices:
            st.html('<p class="dc-meta">These can be answered:</p>')
    if choices:
        with st.container(key=f"choices_{answer.question_id}", gap="small"):
            for number, choice in enumerate(choices):
                st.button(
                    label(choice), key=f"choice_{answer.question_id}_{number}", on_click=ask, args=(choice,)
                )
    if answer.sql and sql:
        with st.expander("The SQL that was tried"):
            st.code(answer.sql, language="sql", wrap_lines=True)


def _show_result(answer: Answer, *, sql: bool) -> None:
    chart = answer.chart
    figure = _figure(answer)
    st.html(
        f'{figure}<p class="dc-sentence" role="status">{html(answer.explanation)}</p>{_fallback(answer)}{_notes(answer)}'
    )
    drawn = chart if chart is not None and chart.plotly is not None else None
    names = [name for name in _LABELS if name != "Chart" or drawn is not None]
    if figure:  # the table would only repeat it
        names = [_READ, "SQL", "Table"]
    if not sql:
        names.remove("SQL")
    tabs = dict(zip(names, st.tabs([_LABELS[name] for name in names]), strict=True))
    if drawn is not None:
        with tabs["Chart"]:
            _show_chart(answer, drawn)
    with tabs["Table"]:
        if answer.rows:
            show_table(answer, key=f"table_{answer.question_id}")
        else:
            st.html('<p class="dc-empty">There are no rows.</p>')
    if sql:
        with tabs["SQL"]:
            st.code(answer.sql or "", language="sql", wrap_lines=True)
    with tabs[_READ]:
        st.html(_reading(answer))


def _figure(answer: Answer) -> str:
    if answer.chart is None or answer.chart.kind != "number" or not answer.rows:
        return ""
    value = format_cell(answer.rows[0][-1], unit=answer.columns[-1].unit)
    return f'<p class="dc-figure">{html(value)}</p>'


def _show_chart(answer: Answer, chart: Chart) -> None:
    st.plotly_chart(
        _figure_json(chart),
        theme=None,
        key=f"chart_{answer.question_id}",
        alt=chart.alt,
        config={
            "displaylogo": False,
            "displayModeBar": True,
            "modeBarButtons": [["toImage"]],
            "toImageButtonOptions": {"format": "png", "scale": 2, "filename": _file_name(answer.question)},
        },
    )


def _figure_json(chart: Chart) -> dict[str, Any]:
    """Return the chart in the page's type, its title broken so that a phone shows it beside the button."""
    figure: dict[str, Any] = copy.deepcopy(chart.plotly or {})
    layout = figure.setdefault("layout", {})
    layout.setdefault("height", _CHART_HEIGHT)
    layout["font"] = {**layout.get("font", {}), "family": _FONT}
    lines = textwrap.wrap(layout.get("title", {}).get("text", ""), _TITLE_WIDTH, break_long_words=False)
    layout["title"] = {
        "text": "<br>".join(lines),
        "font": {"size": 15},
        **{"x": 0, "xref": "container", "y": 1, "yref": "container", "yanchor": "top", "pad": {"t": 8}},
    }
    layout["margin"] = {**layout.get("margin", {}), "t": 26 + 20 * max(1, len(lines)), "l": 48, "r": 12}
    return figure


def _show_foot(state: PageState, shown: Shown) -> None:
    answer = shown.answer
    with st.container(key=f"feet_{answer.question_id}", horizontal=True, gap="small"):
        if answer.rows and state.caller.may(Permission.EXPORT):
            st.download_button(
                "CSV",
                data=partial(_exported, state.caller, answer, source_of(state.caller)),
                file_name=f"{_file_name(answer.question)}.csv",
                mime="text/csv",
                icon=":material/download:",
                key=f"csv_{answer.question_id}",
                on_click="ignore",
                type="tertiary",
            )
        show_feedback(state, shown)
        st.html(f'<p class="dc-meta">{html(_meta(answer))}</p>')


def _exported(caller: Caller, answer: Answer, source: str) -> bytes:
    told = f"{counted(len(answer.rows), 'row')} of the answer {answer.question_id}"
    record(running_service(), caller, "export", "CSV", told, source)
    return csv_file(answer)


def _fallback(answer: Answer) -> str:
    return f'<p class="dc-warning" role="note">{html(answer.fallback)}</p>' if answer.fallback else ""


def _notes(answer: Answer) -> str:
    items = "".join(f"<li>{html(note)}</li>" for note in answer.notes)
    return f'<ul class="dc-notes">{items}</ul>' if items else ""


def _reading(answer: Answer) -> str:
    spans = "".join(
        f'<dt>{html(span.text)}</dt><dd>{html(span.meaning)}<span class="dc-kind">{html(span.kind)}</span></dd>'
        for span in answer.reading
    )
    sure = f"{answer.confidence:.0%} sure of this reading." if answer.confidence is not None else ""
    return f'<dl class="dc-reading">{spans}</dl><p class="dc-meta">{sure}</p>'


def _meta(answer: Answer) -> str:
    parts = [counted(len(answer.rows), "row") + (" shown" if answer.truncated else "")]
    milliseconds = answer.timings.total_ms
    parts.append(f"{milliseconds:.0f} ms" if milliseconds < 1_000 else f"{milliseconds / 1_000:.1f} s")
    facts = model_facts(answer)
    if answer.release_id:
        facts = [answer.release_id, *facts[1:]] if len(facts) < 2 else [*facts, answer.release_id]
    return " · ".join([*parts, *facts])


def _file_name(question: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", question.lower()).strip("-")[:60] or "answer"
