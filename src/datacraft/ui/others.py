"""The page History: everybody's conversations, for who may see them; nothing of them can be changed here."""

from __future__ import annotations

import streamlit as st

from datacraft.access.history import Conversation
from datacraft.access.permissions import Permission
from datacraft.contracts.answer import Answer
from datacraft.contracts.errors import DataCraftError
from datacraft.http.service import Service
from datacraft.ui.answer import show_question
from datacraft.ui.caller import page_caller
from datacraft.ui.notices import show_problem
from datacraft.ui.table import show_table
from datacraft.ui.words import counted, html

_LISTED = 500


def show_others(service: Service) -> None:
    """Draw a list to choose from, and the conversation that is chosen."""
    caller = page_caller(service)
    try:
        caller.require(Permission.OTHERS_HISTORY)
        conversations = service.history.list_conversations(None, limit=_LISTED)
        st.html('<p class="dc-heading">Everybody\'s conversations</p>')
        wanted = st.text_input("Find in titles and owners", key="others_wanted").strip().casefold()
        found = [one for one in conversations if wanted in f"{one.title} {one.owner}".casefold()]
        if not found:
            st.html('<p class="dc-empty">There are none.</p>')
            return
        place = st.selectbox(
            f"The latest {len(found):,}",
            range(len(found)),
            format_func=lambda place: _line(found[place]),
            key="others_chosen",
        )
        chosen = found[place]
        for turn in service.history.load_conversation(chosen.owner, chosen.id):
            _show(turn.answer)
            if turn.feedback is not None:
                said = f"thumb {turn.feedback.thumb}: {turn.feedback.comment or 'no comment'}"
                st.html(f'<p class="dc-meta">{html(said)}</p>')
    except DataCraftError as error:
        show_problem(error, "The history can't be shown")


def _line(one: Conversation) -> str:
    return f"{one.updated_at:%Y-%m-%d %H:%M} · {one.title} · {_short(one.owner)} · {counted(one.turns, 'answer')}"


def _short(owner: str) -> str:
    """Return an owner as people can tell them apart: of who never signed in there is only a long random id."""
    return owner if len(owner) < 40 else f"visitor {owner[:6]}"


def _show(answer: Answer) -> None:
    show_question(answer.question)
    if answer.error is not None:
        st.html(f'<p class="dc-meta">{html(answer.error.message)}</p>')
    if answer.explanation:
        st.html(f'<p class="dc-sentence">{html(answer.explanation)}</p>')
    if answer.rows:
        show_table(answer, key=f"others_{answer.question_id}")
    if answer.sql:
        with st.expander("SQL"):
            st.code(answer.sql, language="sql", wrap_lines=True)
