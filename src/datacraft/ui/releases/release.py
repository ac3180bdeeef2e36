"""One release: its scores beside production's, what the gates and the comparison say, and promoting it."""

from __future__ import annotations

import streamlit as st

from datacraft.contracts.notice import NoticeScore
from datacraft.contracts.verdict import ComparisonVerdict, GatesVerdict
from datacraft.delivery.notify import scores_beside
from datacraft.delivery.overview import ReleaseSeen
from datacraft.ui.releases.moving import Wish, ask_for
from datacraft.ui.words import html, label

_PRODUCTION = "production"


def show_release(release: ReleaseSeen, production: ReleaseSeen | None, *, may_move: bool) -> None:
    """Draw a release, closed unless it serves."""
    serves = _PRODUCTION in release.channels
    with st.expander(label(_title(release)), expanded=serves):
        if release.problem is not None:
            st.html(f'<div class="dc-warning" role="note"><p>{html(release.problem)}</p></div>')
        if release.metadata is not None:
            other = production.metadata if production is not None and not serves else None
            st.html(_scores(scores_beside(release.metadata, other), compared=other is not None))
        if release.comparison is not None:
            st.html(_comparison(release.comparison))
        if release.gates is not None:
            st.html(_gates(release.gates))
        if serves or release.metadata is None or not may_move:
            return
        st.button(
            f"Promote to {_PRODUCTION}",
            key=f"promote_{release.name}",
            icon=":material/arrow_upward:",
            on_click=ask_for,
            args=(Wish(_PRODUCTION, release.name),),
        )


def _title(release: ReleaseSeen) -> str:
    parts = [release.name]
    if release.metadata is not None:
        parts += [release.metadata.selected_model, f"{release.metadata.composite_score:.1f}"]
    parts.append("gates: " + ("not asked" if release.gates is None else _word(release.gates.accepted)))
    return " · ".join([*parts, *(f"serves {name}" for name in release.channels)])


def _word(accepted: bool) -> str:
    return "accepted" if accepted else "rejected"


def _scores(scores: tuple[NoticeScore, ...], *, compared: bool) -> str:
    header = "<th></th><th>this release</th>" + ("<th>production</th><th></th>" if compared else "")
    rows = "".join(_score(score, compared=compared) for score in scores)
    return f'<table class="dc-table"><tr>{header}</tr>{rows}</table>'


def _score(score: NoticeScore, *, compared: bool) -> str:
    unit = f" {score.unit}" if score.unit else ""
    cells = f"<th scope=row>{html(score.name)}</th><td>{score.value:.4g}{unit}</td>"
    if compared:
        other = "–" if score.production is None else f"{score.production:.4g}{unit}"
        cells += f"<td>{other}</td><td>{_tendency(score)}</td>"
    return f"<tr>{cells}</tr>"


def _tendency(score: NoticeScore) -> str:
    if score.production is None or score.value == score.production:
        return ""
    better = (score.value > score.production) == score.higher_is_better
    return '<span class="dc-good">better</span>' if better else '<span class="dc-bad">worse</span>'


def _gates(verdict: GatesVerdict) -> str:
    against = [gate for gate in verdict.gates if not gate.passed]
    rows = "".join(
        f"<tr><th scope=row>{html(gate.gate)}</th><td>{'overridden' if gate.override else 'rejected'}</td><td>"
        f"{html(gate.detail)}"
        + (f"<br>By {html(gate.override.by)}: {html(gate.override.reason)}" if gate.override else "")
        + "</td></tr>"
        for gate in against
    )
    told = f"{_word(verdict.accepted)} on {verdict.created_at:%Y-%m-%d %H:%M} UTC"
    passed = f"{len(verdict.gates) - len(against)} of {len(verdict.gates)} gates pass"
    table = f'<div class="dc-scroll"><table class="dc-table">{rows}</table></div>' if rows else ""
    return f'<p class="dc-meta">Gates: {told}; {passed}.</p>{table}'


def _comparison(verdict: ComparisonVerdict) -> str:
    rows = "".join(
        f"<tr><th scope=row>{html(check.check)}</th><td>{'passed' if check.passed else 'worse'}</td>"
        f"<td>{html(check.detail)}</td></tr>"
        for check in sorted(verdict.checks, key=lambda one: one.passed)
    )
    override = (
        f" Overridden by {html(verdict.override.by)}: {html(verdict.override.reason)}"
        if verdict.override
        else ""
    )
    table = (
        f'<details><summary>{len(verdict.checks)} checks</summary><div class="dc-scroll"><table class="dc-table">'
        f"{rows}</table></div></details>"
        if rows
        else ""
    )
    return f'<p class="dc-meta">{html(verdict.reason)}{override}</p>{table}'
