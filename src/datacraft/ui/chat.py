"""The conversation: the answers so far, the question box, and the asking itself."""

from __future__ import annotations

import streamlit as st

from datacraft.contracts.answer import Answer
from datacraft.contracts.errors import DataCraftError
from datacraft.http.datasets import DataSet
from datacraft.http.service import Service
from datacraft.ui.answer import show_answer, show_question
from datacraft.ui.notices import show_problem
from datacraft.ui.state import PageState
from datacraft.ui.style import scroll_to

_TURNS_SHOWN = 20
_STEPS = {
    "reading": "Reading the question",
    "linking": "Looking up what it is about",
    "asking": "Asking the model",
    "trying": "Trying the query",
    "checking": "Checking the SQL",
    "running": "Asking the data",
    "drawing": "Drawing the chart",
}


def show_conversation(state: PageState, data: DataSet | None) -> None:
    """Draw the answers of the open conversation, the latest ones where there are many."""
    examples = data.examples if data is not None else ()
    hidden = len(state.turns) - _TURNS_SHOWN
    if hidden > 0:
        st.html(f'<p class="dc-empty">{hidden} earlier answers of this conversation are not shown.</p>')

    def ask(question: str) -> None:
        state.pending = question

    for shown in state.turns[-_TURNS_SHOWN:]:
        show_answer(state, shown, ask, examples)
    if state.arrived:
        state.arrived = False
        scroll_to(".dc-question", state.turns[-1].answer.question_id)


def show_question_box(state: PageState, service: Service, data: DataSet | None) -> None:
    """Draw the question box; what is typed there is asked in the same run."""
    typed = st.chat_input(
        "Ask a question in plain words",
        max_chars=service.settings.serve.max_question_chars,
        disabled=data is None,
        key="question",
    )
    if typed:
        state.pending = typed


def answer_pending(state: PageState, service: Service, data: DataSet) -> None:
    """Ask the question that waits, if one does, and say meanwhile what is being done.

    Whatever else the visitor clicks ends this run of the script; the question still waits then, and is asked
    by the next run.
    """
    question = state.pending
    if question is None:
        return
    show_question(question)
    working = st.empty()
    working.html(_working("Waiting for a turn"))
    try:
        for event in service.submit(question, state.conversation, data, "page").events():
            if isinstance(event, Answer):
                _keep(state, service, event)
            else:
                working.html(_working(_STEPS[event.step]))
    except DataCraftError as error:
        state.pending = None
        service.metrics.error(error.code)
        working.empty()
        show_problem(error)
    else:
        st.rerun()


def _keep(state: PageState, service: Service, answer: Answer) -> None:
    state.add(answer)
    state.pending = None
    try:
        service.history.save_turn(state.owner, answer)
    except DataCraftError as error:
        state.notice = error.message


def _working(what: str) -> str:
    return f'<p class="dc-working" role="status"><i></i>{what} …</p>'
