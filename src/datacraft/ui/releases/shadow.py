"""The shadow of the latest delivery: how often both answers agreed, and where not, side by side for review."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import streamlit as st

from datacraft.access.permissions import Permission
from datacraft.contracts.errors import DataCraftError
from datacraft.contracts.shadow import Agreement, ShadowPair, ShadowPlan, ShownAnswer
from datacraft.delivery.deliveries import DeliveryJournal
from datacraft.delivery.shadow import read_pairs, read_plan, read_words, say, summary
from datacraft.http.service import Service
from datacraft.ui.caller import page_caller
from datacraft.ui.notices import show_problem
from datacraft.ui.releases.deciding import ask_for_word
from datacraft.ui.words import html

_LOOK_S = 10.0
_WORDS: dict[Agreement, str] = {
    "same": "show the same",
    "different": "show something else",
    "production_only": "only production answered",
    "candidate_only": "only the candidate answered",
    "neither": "neither answered",
}


def show_shadow(service: Service, delivery: DeliveryJournal, *, may_decide: bool) -> None:
    """Draw the shadow, where the delivery has one on this machine."""
    folder = service.settings.state_dir / "deliveries" / delivery.run_id / "shadow"
    if (folder / "plan.jsonl").exists():
        is_over = delivery.end is not None and delivery.end.final
        _live(service, folder, may_decide=may_decide and not is_over)


@st.fragment(run_every=_LOOK_S)
def _live(service: Service, folder: Path, *, may_decide: bool) -> None:
    try:
        plan, pairs, words = read_plan(folder), read_pairs(folder), read_words(folder)
    except DataCraftError as error:
        show_problem(error, "The shadow can't be read")
        return
    if plan is None:
        return
    _show_summary(plan, pairs)
    # These are other people's questions, and what they saw.
    if page_caller(service).may(Permission.OTHERS_HISTORY):
        _show_differences(pairs)
    for word in words:
        told = f"{word.by}: {word.decision.replace('_', ' ')}, {word.reason}"
        st.html(f'<p class="dc-meta">{html(told)}</p>')
    if may_decide and not words:
        caption = "Decide at any time: nobody is served by it yet, and nobody but people judges a shadow."
        ask_for_word(service, "shadow", partial(say, folder), caption=caption, may_promote=True)


def _show_summary(plan: ShadowPlan, pairs: list[ShadowPair]) -> None:
    found = summary(plan, pairs)
    rows = "".join(
        f"<tr><th scope=row>{html(_WORDS[name])}</th><td>{count:,}</td><td>{count / found.asked:.0%}</td></tr>"
        for name, count in sorted(found.counts.items(), key=lambda one: -one[1])
    )
    header = "<tr><th>answers that</th><th>questions</th><th></th></tr>"
    st.html(
        f'<p class="dc-heading">Shadow of {html(plan.candidate)}</p>'
        f'<p class="dc-meta">{found.asked:,} of {plan.questions:,} questions of production were answered by both; '
        f"{html(plan.candidate)} was faster in {found.faster:,}, and cost {found.cost_usd:.4f} USD.</p>"
        + (f'<div class="dc-scroll"><table class="dc-table">{header}{rows}</table></div>' if rows else "")
    )


def _show_differences(pairs: list[ShadowPair]) -> None:
    differing = [one for one in pairs if one.agreement != "same"]
    if not differing:
        return
    chosen = st.selectbox(
        f"Where the two differ ({len(differing):,})",
        range(len(differing)),
        format_func=lambda place: f"{differing[place].question} · {_WORDS[differing[place].agreement]}",
        key="shadow_pair",
    )
    one = differing[chosen]
    st.html(f'<p class="dc-sentence">{html(one.difference)}</p>')
    left, right = st.columns(2)
    for column, who, answer in ((left, "production", one.production), (right, "candidate", one.candidate)):
        with column:
            _show_answer(who, answer)


def _show_answer(who: str, answer: ShownAnswer) -> None:
    st.html(f'<p class="dc-meta"><b>{html(who)}</b> · {answer.total_ms:,.0f} ms</p>')
    if answer.sql:
        st.code(answer.sql, language="sql", wrap_lines=True)
    if answer.error:
        st.html(f'<p class="dc-meta">No answer: {html(answer.error.replace("_", " "))}</p>')
        return
    header = "".join(f"<th>{html(name)}</th>" for name in answer.columns)
    rows = "".join(
        "<tr>" + "".join(f"<td>{html('' if cell is None else str(cell))}</td>" for cell in row) + "</tr>"
        for row in answer.rows
    )
    st.html(f'<div class="dc-scroll"><table class="dc-table"><tr>{header}</tr>{rows}</table></div>')
    if answer.row_count > len(answer.rows):
        st.caption(f"{len(answer.rows):,} of {answer.row_count:,} rows")
