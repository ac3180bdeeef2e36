"""The sidebar's list of earlier conversations."""

from __future__ import annotations

import streamlit as st

from datacraft.access.permissions import Permission
from datacraft.contracts.errors import DataCraftError
from datacraft.http.service import Service
from datacraft.ui.state import PageState
from datacraft.ui.words import html, label

_LISTED = 30


def show_history(state: PageState, service: Service) -> None:
    """Draw the button for a new conversation and, for who may see it, the list of the earlier ones."""
    st.button(
        "New conversation",
        icon=":material/add:",
        width="stretch",
        on_click=state.begin,
        args=(state.upload,),
        key="new_conversation",
    )
    if not state.caller.may(Permission.OWN_HISTORY):
        return
    st.html('<p class="dc-heading">History</p>')
    try:
        conversations = service.history.list_conversations(state.owner, limit=_LISTED)
    except DataCraftError as error:
        st.html(f'<p class="dc-warning">{html(error.message)}</p>')
        return
    if not conversations:
        st.html('<p class="dc-empty">Your questions will be listed here.</p>')
        return
    with st.container(key="history"):
        for conversation in conversations:
            is_open = conversation.id == state.conversation
            st.button(
                label(conversation.title),
                key=f"open_{conversation.id}",
                type="tertiary",
                disabled=is_open,
                width="stretch",
                on_click=_open,
                args=(state, service, conversation.id),
            )
    if any(conversation.id == state.conversation for conversation in conversations):
        with st.popover("Delete this conversation", type="tertiary", icon=":material/delete:"):
            st.write("Its questions and answers will be gone.")
            st.button("Delete", type="primary", on_click=_delete, args=(state, service), key="delete")


def _open(state: PageState, service: Service, conversation: str) -> None:
    try:
        state.open(service, conversation)
    except DataCraftError as error:
        state.notice = error.message


def _delete(state: PageState, service: Service) -> None:
    try:
        service.history.delete(state.owner, state.conversation)
    except DataCraftError as error:
        state.notice = error.message
        return
    state.begin(state.upload)
