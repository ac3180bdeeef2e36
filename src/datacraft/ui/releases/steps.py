"""The latest delivery, step by step."""

from __future__ import annotations

import streamlit as st

from datacraft.contracts.delivery_run import STEP_NAMES, StepName, StepRecord
from datacraft.delivery.deliveries import DeliveryJournal
from datacraft.ui.words import html

_MARKS = {"done": "✓", "skipped": "–", "failed": "✕", "started": "…"}


def show_delivery(journal: DeliveryJournal) -> None:
    """Draw its steps and how it ended."""
    wish, latest = journal.wish, journal.latest()
    ended = (
        journal.end.status.replace("_", " ")
        if journal.end
        else f"under way, or stopped: {journal.next_step()}"
    )
    st.html(
        '<p class="dc-heading">Latest delivery</p>'
        f'<p class="dc-meta">{html(journal.run_id)} by {html(wish.by)}: {html(wish.reason)} · <b>{html(ended)}</b></p>'
        f'<ol class="dc-steps">{"".join(_step(name, latest.get(name)) for name in STEP_NAMES)}</ol>'
    )
    if journal.end is not None and journal.end.error is not None:
        st.html(f'<div class="dc-warning" role="note"><p>{html(journal.end.error.message)}</p></div>')


def _step(name: StepName, record: StepRecord | None) -> str:
    if record is None:
        return f'<li class="dc-todo"><b>{name}</b></li>'
    told = record.error.message if record.error else record.note
    return f'<li class="dc-{record.state}" title="{html(told)}"><b>{name}</b> {_MARKS[record.state]}</li>'
