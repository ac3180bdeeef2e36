"""A person's word about a release that is being tried: who, why, and which."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Literal

import streamlit as st

from datacraft.access.audit import recorded
from datacraft.access.permissions import Permission
from datacraft.contracts.canary import CanaryWord
from datacraft.contracts.errors import DataCraftError
from datacraft.http.service import Service
from datacraft.ui.caller import page_caller, person, source_of
from datacraft.ui.notices import show_problem


def ask_for_word(
    service: Service,
    kind: Literal["canary", "shadow"],
    leave: Callable[[CanaryWord], None],
    *,
    caption: str,
    may_promote: bool,
) -> None:
    """Draw the form, and hand on what is said, written into the audit log."""
    with st.form(f"{kind}_word", border=True):
        st.caption(caption)
        caller = page_caller(service)
        name = person(caller, f"{kind}_by")
        why = st.text_input("Reason", max_chars=300).strip()
        left, right = st.columns(2)
        refusal = "Roll the canary back" if kind == "canary" else "Turn it down"
        back = left.form_submit_button(refusal, width="stretch")
        forward = right.form_submit_button("Promote it", width="stretch", disabled=not may_promote)
    if not (back or forward):
        return
    if not (name and why):
        st.caption("It must be said who wants it, and why.")
        return
    word = CanaryWord(
        decision="roll_back" if back else "promote", by=name, reason=why, at=dt.datetime.now(dt.UTC)
    )
    told = f"{word.decision.replace('_', ' ')}: {why}"
    try:
        with recorded(service.state.audit, name, "decide", kind, source_of(caller), told):
            caller.require(Permission.MOVE_CHANNELS)
            leave(word)
    except DataCraftError as error:
        show_problem(error, "Nothing was said")
        return
    st.toast(
        f"Said; whoever drives the {kind} hears it at the next look, else the next `datacraft release run`."
    )
