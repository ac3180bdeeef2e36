"""Thumbs up or down under an answer, with a comment for those who want to say more."""

from __future__ import annotations

from functools import partial

import streamlit as st

from datacraft.contracts.errors import DataCraftError
from datacraft.http.running import running_service
from datacraft.ui.state import PageState, Shown, Thumb

_THUMBS: tuple[Thumb, Thumb] = ("down", "up")  # as Streamlit numbers them


def show_feedback(state: PageState, shown: Shown) -> None:
    """Draw the thumbs, and a comment box once one is given."""
    question_id = shown.answer.question_id
    key = f"thumb_{question_id}"
    st.feedback(
        "thumbs",
        key=key,
        default=_THUMBS.index(shown.thumb) if shown.thumb else None,
        on_change=partial(_take, state, shown, key),
    )
    if shown.thumb is not None:
        with (
            st.popover("Comment", type="tertiary", icon=":material/edit:"),
            st.form(f"say_{question_id}", border=False),
        ):
            comment = st.text_area(
                "What was good or wrong?", value=shown.comment, max_chars=2_000, key=f"comment_{question_id}"
            )
            if st.form_submit_button("Send", type="primary"):
                _save(state, shown, shown.thumb, comment.strip())
                st.toast("Thank you.", icon=":material/check:")


def _take(state: PageState, shown: Shown, key: str) -> None:
    chosen: int | None = st.session_state.get(key)
    if chosen is not None:
        _save(state, shown, _THUMBS[chosen], shown.comment)


def _save(state: PageState, shown: Shown, thumb: Thumb, comment: str) -> None:
    shown.thumb, shown.comment = thumb, comment
    service = running_service()
    question_id = shown.answer.question_id
    try:
        service.feedback(question_id, thumb, comment or None, state.data(service), "page")
        service.history.save_feedback(state.owner, question_id, thumb, comment or None)
    except DataCraftError as error:
        st.toast(error.message, icon=":material/warning:")
