"""The canary of the latest delivery, live: what its arms do, what the test says, and a person's word."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import streamlit as st

from datacraft.contracts.canary import CanaryPlan, CanaryVerdict
from datacraft.contracts.errors import DataCraftError
from datacraft.delivery.canary import read_journal, say
from datacraft.delivery.deliveries import DeliveryJournal
from datacraft.http.service import Service
from datacraft.ui.notices import show_problem
from datacraft.ui.releases.deciding import ask_for_word
from datacraft.ui.words import html

_LOOK_S = 5.0


def show_canary(service: Service, delivery: DeliveryJournal, *, may_decide: bool) -> None:
    """Draw the canary, where the delivery has one on this machine."""
    folder = service.settings.state_dir / "deliveries" / delivery.run_id / "canary"
    if (folder / "journal.jsonl").exists():
        is_over = delivery.end is not None and delivery.end.final
        _live(service, folder, may_decide=may_decide and not is_over)


@st.fragment(run_every=_LOOK_S)
def _live(service: Service, folder: Path, *, may_decide: bool) -> None:
    try:
        known = read_journal(folder)
    except DataCraftError as error:
        show_problem(error, "The canary's journal can't be read")
        return
    if known is None:
        return
    plan, verdicts = known
    st.html(f'<p class="dc-heading">Canary of {html(plan.candidate)}</p>')
    if not verdicts:
        st.html('<p class="dc-meta">Nothing is concluded yet.</p>')
        return
    last = verdicts[-1]
    st.html(f'<p class="dc-sentence">{_told(last)}</p>{_rates(last)}')
    st.plotly_chart(
        _chart(plan, verdicts), width="stretch", key="canary_chart", config={"displaylogo": False}
    )
    if may_decide:
        caption = "Roll back at any time; promote what waits for a person."
        ask_for_word(
            service,
            "canary",
            partial(say, folder),
            caption=caption,
            may_promote=last.decision == "ask_person",
        )


def _told(verdict: CanaryVerdict) -> str:
    return f"<b>{html(verdict.decision.replace('_', ' '))}</b> at {verdict.percent} %: {html(' '.join(verdict.reasons))}"


def _rates(verdict: CanaryVerdict) -> str:
    def shown(rate: float | None) -> str:
        return "–" if rate is None else f"{rate:.1%}"

    rows = "".join(
        f"<tr><th scope=row>{html(one.metric.replace('_', ' '))}</th><td>{shown(one.canary.rate)}</td>"
        f"<td>{shown(one.baseline.rate)}</td><td>{one.canary.requests:,} / {one.baseline.requests:,}</td></tr>"
        for one in (verdict.primary, *verdict.guardrails)
    )
    header = "<tr><th></th><th>canary</th><th>baseline</th><th>requests</th></tr>"
    return f'<div class="dc-scroll"><table class="dc-table">{header}{rows}</table></div>'


def _chart(plan: CanaryPlan, verdicts: list[CanaryVerdict]) -> dict[str, object]:
    """Return the difference over time with its bound, as Plotly takes it."""
    times = [one.at for one in verdicts]
    low = [100 * one.primary.low for one in verdicts]
    high = [100 * one.primary.high for one in verdicts]
    middle = [None if one.primary.difference is None else 100 * one.primary.difference for one in verdicts]
    band = {
        "x": [*times, *reversed(times)], "y": [*high, *reversed(low)], "fill": "toself", "mode": "lines",
        "line": {"width": 0}, "fillcolor": "rgba(11,107,93,0.18)", "hoverinfo": "skip",
    }  # fmt: skip
    line = {
        "x": times,
        "y": middle,
        "mode": "lines+markers",
        "line": {"color": "#0b6b5d"},
        "name": "difference",
    }
    across = {"type": "line", "xref": "paper", "x0": 0, "x1": 1, "opacity": 0.5}
    layout = {
        "height": 260, "margin": {"l": 10, "r": 10, "t": 30, "b": 10}, "showlegend": False,
        "title": {"text": "Success rate: canary less baseline, in points", "font": {"size": 13}},
        "yaxis": {"range": [max(-40, min([*low, -10])), min(40, max([*high, 10]))]},
        "shapes": [
            {**across, "y0": 0, "y1": 0, "line": {"width": 1}},
            {**across, "y0": -100 * plan.margin, "y1": -100 * plan.margin, "line": {"width": 1, "dash": "dot"}},
        ],
    }  # fmt: skip
    return {"data": [band, line], "layout": layout}
