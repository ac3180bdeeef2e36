"""Moving a channel by hand: a reason, a confirmation, and what came of it.

What is asked for is kept in the session, so that the question stays open when the page is drawn again meanwhile.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import streamlit as st

from datacraft.access.audit import recorded
from datacraft.access.permissions import Permission
from datacraft.access.signin import Caller
from datacraft.contracts.access import AuditAction
from datacraft.contracts.errors import DataCraftError
from datacraft.delivery.config import load_delivery_config
from datacraft.delivery.promotion import promote_by_evidence, rollback_target
from datacraft.http.service import Service
from datacraft.registry import Mandate, ObjectStore, Pointer
from datacraft.registry.channels import read_pointer, roll_back
from datacraft.ui.caller import page_caller, person, source_of
from datacraft.ui.notices import show_problem

NOTICE = "releases_notice"
"""What is told once the page is drawn again."""
_ASKED = "releases_asked"


@dataclass(frozen=True, slots=True)
class Wish:
    """What somebody wants a channel to do: to name a release, or, without one, to go back."""

    channel: str
    release: str | None = None

    @property
    def verb(self) -> str:
        """The word on the button that does it."""
        return "Roll back" if self.release is None else "Promote"


def ask_for(wish: Wish) -> None:
    """Ask for a name, a reason and a word when the page is drawn next; a button's callback."""
    st.session_state[_ASKED] = wish


def show_question(service: Service, store: ObjectStore) -> None:
    """Draw the question that is open, if one is."""
    wish = st.session_state.get(_ASKED)
    if not isinstance(wish, Wish):
        return
    pointer = read_pointer(store, wish.channel)
    try:
        target = wish.release or rollback_target(pointer)
    except DataCraftError as error:
        _forget()
        show_problem(error)
        return
    _confirm(service, store, wish, pointer, target)


def _forget() -> None:
    st.session_state.pop(_ASKED, None)


@st.dialog("Are you sure?", on_dismiss=_forget)
def _confirm(service: Service, store: ObjectStore, wish: Wish, pointer: Pointer, target: str) -> None:
    way = "will name" if wish.release else f"will go back from {pointer.release_id} to"
    st.write(f"The channel {wish.channel} {way} {target}.")
    st.caption(
        "Services follow within a minute. It stays in the channel's history with your name and reason."
    )
    caller = page_caller(service)
    by = person(caller, "move_by")
    reason = st.text_input("Reason", key="move_reason", max_chars=300)
    ready = bool(by and reason.strip())
    if not st.button(wish.verb, type="primary", key="move_confirm", disabled=not ready):
        st.caption("" if ready else "It must be said who wants it, and why.")
        return
    mandate = Mandate(by, reason.strip(), dt.datetime.now(dt.UTC))
    try:
        after = _moved(service, store, wish, target, mandate, caller)
    except DataCraftError as error:
        show_problem(error, "Nothing was changed")
        return
    _forget()
    st.session_state[NOTICE] = f"{wish.channel} names {after.release_id}."
    st.rerun()


def _moved(
    service: Service, store: ObjectStore, wish: Wish, target: str, mandate: Mandate, caller: Caller
) -> Pointer:
    """Move the channel, and write into the audit log how that ended."""
    pointer = read_pointer(store, wish.channel)
    told = f"from {pointer.release_id or 'nothing'} to {target}: {mandate.reason}"
    action: AuditAction = "rollback" if wish.release is None else "promote"
    with recorded(
        service.state.audit, mandate.by, action, f"channel {wish.channel}", source_of(caller), told
    ):
        caller.require(Permission.MOVE_CHANNELS)
        if wish.release is None:
            return roll_back(store, pointer, target, mandate)
        signers = service.settings.registry.signers
        config = load_delivery_config()
        return promote_by_evidence(store, config, pointer, target, mandate, signers=signers)
