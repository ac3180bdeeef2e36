"""Moving a channel by hand: a reason, a confirmation, and what came of it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import streamlit as st

from datacraft.contracts.errors import DataCraftError
from datacraft.delivery.config import load_delivery_config
from datacraft.delivery.promotion import promote_by_evidence, rollback_target
from datacraft.http.service import Service
from datacraft.registry import Mandate, ObjectStore, Pointer
from datacraft.registry.channels import read_pointer, roll_back
from datacraft.ui.notices import show_problem

Change = Callable[[Pointer, Mandate], Pointer]


def ask_to_promote(service: Service, store: ObjectStore, channel: str, release: str) -> None:
    """Ask for a word, then let a channel name a release that its verdicts have accepted."""

    def change(pointer: Pointer, mandate: Mandate) -> Pointer:
        signers = service.settings.registry.signers
        return promote_by_evidence(store, load_delivery_config(), pointer, release, mandate, signers=signers)

    _ask(store, channel, f"The channel {channel} will name {release}.", "Promote", change)


def ask_to_roll_back(store: ObjectStore, channel: str) -> None:
    """Ask for a word, then let a channel name what it named before."""
    pointer = read_pointer(store, channel)
    try:
        target = rollback_target(pointer)
    except DataCraftError as error:
        show_problem(error)
        return
    told = f"The channel {channel} will go back from {pointer.release_id} to {target}."
    _ask(store, channel, told, "Roll back", lambda seen, mandate: roll_back(store, seen, target, mandate))


@st.dialog("Are you sure?")
def _ask(store: ObjectStore, channel: str, told: str, verb: str, change: Change) -> None:
    st.write(told)
    st.caption(
        "Services follow within a minute. It stays in the channel's history with your name and reason."
    )
    by = st.text_input("Your name", key="move_by", max_chars=80)
    reason = st.text_input("Reason", key="move_reason", max_chars=300)
    ready = bool(by.strip() and reason.strip())
    if st.button(verb, type="primary", key="move_confirm", disabled=not ready):
        try:
            mandate = Mandate(by.strip(), reason.strip(), dt.datetime.now(dt.UTC))
            after = change(read_pointer(store, channel), mandate)
        except DataCraftError as error:
            show_problem(error, "Nothing was changed")
            return
        st.session_state["releases_notice"] = f"{channel} names {after.release_id}."
        st.rerun()
    if not ready:
        st.caption("Both are needed.")
