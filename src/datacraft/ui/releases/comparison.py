"""Any two releases side by side."""

from __future__ import annotations

import streamlit as st

from datacraft.contracts.release import ReleaseMetadata
from datacraft.delivery.notify import scores_beside
from datacraft.delivery.overview import Overview
from datacraft.ui.words import html


def show_comparison_of_two(found: Overview) -> None:
    """Draw two boxes to choose releases, and what these say of themselves."""
    whole = {one.name: one.metadata for one in found.releases if one.metadata is not None}
    if len(whole) < 2:
        return
    st.html('<p class="dc-heading">Side by side</p>')
    names = list(whole)
    left, right = st.columns(2)
    first = left.selectbox("One release", names, index=0, key="compare_first")
    second = right.selectbox("Another one", names, index=1, key="compare_second")
    st.html(_table(first, whole[first], second, whole[second]))


def _table(first: str, one: ReleaseMetadata, second: str, other: ReleaseMetadata) -> str:
    facts = [
        ("model", one.selected_model, other.selected_model),
        ("strategy", one.strategy, other.strategy),
        ("prompt", one.prompt.name if one.prompt else "–", other.prompt.name if other.prompt else "–"),
        ("temperature", *(_shown(release.hyperparameters.temperature) for release in (one, other))),
        ("top_p", *(_shown(release.hyperparameters.top_p) for release in (one, other))),
        ("top_k", *(_shown(release.hyperparameters.top_k) for release in (one, other))),
        *(
            (score.name, f"{score.value:.4g} {score.unit}", f"{score.production:.4g} {score.unit}")
            for score in scores_beside(one, other)
            if score.production is not None
        ),
        ("question set", *(f"{r.question_set.name} {r.question_set.version}" for r in (one, other))),
        ("created", *(f"{release.created_at:%Y-%m-%d %H:%M}" for release in (one, other))),
        ("commit", one.commit, other.commit),
    ]
    rows = "".join(
        f"<tr{' class=dc-differs' if left != right else ''}><th scope=row>{html(name)}</th><td>{html(left)}</td>"
        f"<td>{html(right)}</td></tr>"
        for name, left, right in facts
    )
    header = f"<tr><th></th><th>{html(first)}</th><th>{html(second)}</th></tr>"
    return f'<div class="dc-scroll"><table class="dc-table">{header}{rows}</table></div>'


def _shown(value: float | None) -> str:
    return "–" if value is None else f"{value:g}"
