"""The first screen: what can be asked, with questions that this very data answers."""

from __future__ import annotations

import streamlit as st

from datacraft.http.datasets import DataSet
from datacraft.ui.state import PageState
from datacraft.ui.style import scroll_to
from datacraft.ui.words import counted, html, label


def show_welcome(state: PageState, data: DataSet) -> None:
    """Draw the greeting and the example questions."""
    st.html(
        f'<div class="dc-hello"><h2>What would you like to know?</h2><p>{_about(data)}</p></div>'
        + ('<p class="dc-overline">For example</p>' if data.examples else "")
    )

    scroll_to(".dc-header", state.conversation)

    def ask(question: str) -> None:
        state.pending = question

    with st.container(key="examples"):
        for number, question in enumerate(data.examples):
            st.button(
                label(question[:1].upper() + question[1:]),
                key=f"example_{number}",
                on_click=ask,
                args=(question,),
                width="stretch",
            )


def _about(data: DataSet) -> str:
    from datacraft.profiles import plural

    tables = [table for table in data.model.tables if not table.bridge]
    things = [
        html(f"{table.rows:,} {plural(table.entity)}" if table.rows is not None else plural(table.entity))
        for table in tables[:3]
    ]
    more = f" and {counted(len(tables) - 3, 'more table')}" if len(tables) > 3 else ""
    return (
        f"There are {', '.join(things)}{more} to ask about. "
        "Ask for totals, rankings, trends, shares or lists, in plain words; "
        "every answer shows how your question was read."
    )
