"""Alarms and who looks after them; and what monitoring did."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

import streamlit as st

from datacraft.access.audit import recorded
from datacraft.access.permissions import Permission
from datacraft.contracts.access import AuditAction
from datacraft.contracts.alarm import Act, Alarm, AlarmBook, Word
from datacraft.contracts.errors import DataCraftError
from datacraft.http.service import Service
from datacraft.monitoring.alarms import MonitoringPlace
from datacraft.monitoring.alarms.words import acknowledged, muted
from datacraft.ui.caller import page_caller, person, source_of
from datacraft.ui.notices import show_problem
from datacraft.ui.words import counted, html

NOTICE = "monitoring_notice"
"""What is told once the page is drawn again."""
_HOURS = {"a day": 24, "three days": 72, "a week": 168}


def show_alarms(service: Service, place: MonitoringPlace, *, may_answer: bool) -> None:
    """Draw the alarms that last, with what an operator may say to each, and those that are over."""
    book, now = place.read_book(), dt.datetime.now(dt.UTC)
    st.html('<p class="dc-heading">Alarms</p>')
    if not book.alarms:
        st.html('<p class="dc-meta">None at the last look that was kept.</p>')
    gravest_first = sorted(
        book.alarms, key=lambda one: (one.opened_at is None, one.severity != "page", one.name)
    )
    for number, alarm in enumerate(gravest_first):
        with st.container(key=f"alarm_{number}"):
            st.html(_alarm(book, alarm, now))
            if may_answer and alarm.opened_at is not None:
                _answer(service, place, alarm, number)
    if book.past:
        with st.expander(f"{len(book.past)} that are over"):
            rows = "".join(
                f"<tr><td>{html(one.name)}</td><td>{one.first_at:%Y-%m-%d %H:%M}</td>"
                f"<td>{one.resolved_at or one.seen_at:%Y-%m-%d %H:%M}</td><td>{html(one.message)}</td></tr>"
                for one in book.past[:20]
            )
            header = "<tr><th>alarm</th><th>from (UTC)</th><th>until</th><th>what</th></tr>"
            st.html(f'<div class="dc-scroll"><table class="dc-table">{header}{rows}</table></div>')


def _alarm(book: AlarmBook, alarm: Alarm, now: dt.datetime) -> str:
    chips = [
        f'<span class="dc-chip {"dc-warns" if alarm.severity == "page" else ""}">{alarm.severity}</span>'
    ]
    if alarm.opened_at is None:
        chips.append('<span class="dc-chip">seen once, not believed yet</span>')
    if alarm.acknowledged is not None:
        chips.append(f'<span class="dc-chip">{html(alarm.acknowledged.by)} looks after it</span>')
    if book.is_muted(alarm.name, now):
        word = book.mutes[alarm.name]
        until = f" until {word.until:%Y-%m-%d %H:%M}" if word.until else ""
        chips.append(f'<span class="dc-chip">muted by {html(word.by)}{until}</span>')
    return (
        f'<div class="dc-channel"><b>{html(alarm.name)}</b> {" ".join(chips)}<p class="dc-sentence">{html(alarm.message)}'
        f'</p><p class="dc-meta">since {alarm.first_at:%Y-%m-%d %H:%M} UTC, {counted(alarm.looks, "look")} in a row</p></div>'
    )


def _answer(service: Service, place: MonitoringPlace, alarm: Alarm, number: int) -> None:
    with st.popover("Look after it, or mute it"):
        caller = page_caller(service)
        by = person(caller, f"alarm_by_{number}")
        why = st.text_input("Reason", key=f"alarm_why_{number}", max_chars=300).strip()
        length = st.selectbox("Mute for", list(_HOURS), key=f"alarm_hours_{number}")
        ready = bool(by and why)
        left, right = st.columns(2)
        looks = left.button("I look after it", key=f"alarm_ack_{number}", disabled=not ready, width="stretch")
        mutes = right.button("Mute", key=f"alarm_mute_{number}", disabled=not ready, width="stretch")
        if not ready:
            st.caption("It must be said who, and why.")
    if not (looks or mutes):
        return
    now = dt.datetime.now(dt.UTC)
    hours = _HOURS[length or "a day"] if mutes else None
    word = Word(by=by, reason=why, at=now, until=now + dt.timedelta(hours=hours) if hours else None)
    action: AuditAction = "mute" if mutes else "acknowledge"
    try:
        with recorded(service.state.audit, by, action, f"alarm {alarm.name}", source_of(caller), why):
            caller.require(Permission.MOVE_CHANNELS)
            place.change_book(muted(alarm.name, word) if mutes else acknowledged(alarm.name, word))
    except DataCraftError as error:
        show_problem(error, "Nothing was changed")
        return
    st.session_state[NOTICE] = (
        f"{alarm.name} is muted for {length}." if mutes else f"{by} looks after {alarm.name}."
    )
    st.rerun()


def show_acts(acts: Sequence[Act]) -> None:
    """Draw what monitoring did, the latest first."""
    if not acts:
        return
    st.html('<p class="dc-heading">What monitoring did</p>')
    for one in acts:
        if one.state == "waiting":
            st.html(
                f'<div class="dc-state dc-calm"><h3>{html(one.action.replace("_", " "))} waits for a word</h3>'
                f"<p>{html(one.reason)}</p><p><code>datacraft monitor acts allow {html(one.id)} --reason ...</code></p></div>"
            )
    rows = "".join(
        f"<tr><td>{one.at:%Y-%m-%d %H:%M}</td><td>{html(one.action.replace('_', ' '))}</td><td>{html(one.state)}</td>"
        f"<td>{html(', '.join(one.causes))}</td><td>{html(one.outcome)}</td></tr>"
        for one in acts
    )
    header = "<tr><th>when (UTC)</th><th>what</th><th>state</th><th>for</th><th>how it ended</th></tr>"
    st.html(f'<div class="dc-scroll"><table class="dc-table">{header}{rows}</table></div>')
