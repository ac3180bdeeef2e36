"""A notice as HTML, for mail: all style is in place, since mail programs drop style sheets."""

from __future__ import annotations

import html
from collections.abc import Iterable
from importlib.resources import files
from string import Template

from datacraft.contracts.notice import DeliveryNotice
from datacraft.delivery.notify.text import compared, facts, judged
from datacraft.delivery.notify.wording import WORDINGS, headline, next_steps, one_line

_COLOURS = {"success": "#0b6b5d", "warning": "#a86b00", "failure": "#b3261e"}
_CELL = "padding:3px 16px 3px 0;text-align:left;vertical-align:top;overflow-wrap:anywhere"


def notice_page(notice: DeliveryNotice) -> str:
    """Return the notice as an HTML document; whatever comes from data is escaped."""
    wording = WORDINGS[notice.status]
    template = files("datacraft.delivery.notify").joinpath("templates", "notice.html").read_text("utf-8")
    return Template(template).substitute(
        headline=_escaped(headline(notice)),
        colour=_COLOURS[wording.tone],
        reason=f'<p style="margin:0 0 8px">{_escaped(notice.reason)}</p>' if notice.reason else "",
        meaning=_escaped(wording.meaning),
        links=_links(notice),
        facts=_rows(facts(notice)),
        scores=_table("Scores", ((score.name, compared(score)) for score in notice.scores)),
        gates=_table("Gates", ((gate.gate, judged(gate)) for gate in notice.gates)),
        steps="".join(f"<li>{_escaped(step)}</li>" for step in next_steps(notice)),
    )


def _escaped(text: str) -> str:
    return html.escape(one_line(text))


def _links(notice: DeliveryNotice) -> str:
    wanted = [("Open the page", notice.deployment_url), ("See the run", notice.workflow_run_url)]
    links = [
        f'<a href="{html.escape(address)}" style="color:#0b6b5d">{label}</a>'
        for label, address in wanted
        if address
    ]
    return f'<p style="margin:0 0 16px">{" &middot; ".join(links)}</p>' if links else ""


def _table(title: str, rows: Iterable[tuple[str, str]]) -> str:
    body = _rows(rows)
    if not body:
        return ""
    heading = f'<h2 style="margin:16px 0 4px;font-size:16px">{title}</h2>'
    return f'{heading}<table style="border-collapse:collapse">{body}</table>'


def _rows(rows: Iterable[tuple[str, str]]) -> str:
    return "".join(
        f'<tr><th scope="row" style="{_CELL};font-weight:600">{_escaped(label)}</th>'
        f'<td style="{_CELL}">{_escaped(value)}</td></tr>'
        for label, value in rows
    )
