"""The page: its sections, in the order in which they are drawn."""

from __future__ import annotations

import logging
from collections.abc import Callable
from functools import partial

import streamlit as st

from datacraft.access.permissions import Permission
from datacraft.contracts.errors import DataCraftError, InputError
from datacraft.http.datasets import DataSet
from datacraft.http.errors import NotReady
from datacraft.http.running import running_service
from datacraft.http.service import Service
from datacraft.registry import ServedModel
from datacraft.ui.brought import show_brought
from datacraft.ui.caller import page_caller, show_caller, show_sign_in
from datacraft.ui.chat import answer_pending, show_conversation, show_question_box
from datacraft.ui.header import show_header
from datacraft.ui.history import show_history
from datacraft.ui.notices import show_loading, show_problem, tell_once
from datacraft.ui.reviewing import show_review
from datacraft.ui.sources import show_data, show_served, show_upload
from datacraft.ui.state import PageState, page_state
from datacraft.ui.style import apply_style
from datacraft.ui.welcome import show_welcome

log = logging.getLogger(__name__)

_BROKEN = DataCraftError("The page could not be drawn.", hint="Reload it; your history is kept.")


def show_page() -> None:
    """Draw the page for one visitor; Streamlit calls this at each of their actions."""
    apply_style()
    try:
        service = running_service()
    except DataCraftError as error:
        show_header(None, None)
        show_problem(error, "The page can't start")
        return
    try:
        caller = page_caller(service)
    except DataCraftError as error:
        show_header(None, None)
        show_problem(error, "Sign in to ask")
        show_sign_in()
        return
    pages = [st.Page(partial(_guarded, _show_sections, service), title="Ask", url_path="ask", default=True)]
    if caller.may(Permission.EVALUATION):
        pages.append(
            st.Page(partial(_guarded, _show_releases, service), title="Releases", url_path="releases")
        )
        pages.append(
            st.Page(partial(_guarded, _show_monitoring, service), title="Monitoring", url_path="monitoring")
        )
    if caller.may(Permission.OTHERS_HISTORY):
        pages.append(st.Page(partial(_guarded, _show_others, service), title="History", url_path="history"))
    st.navigation(pages, position="sidebar").run()


def _guarded(show: Callable[[Service], None], service: Service) -> None:
    try:
        show(service)
    except Exception:  # the edge of the page: the log has the traceback, the visitor gets a way on
        log.exception("the page failed inside")
        show_problem(_BROKEN, "Something went wrong inside")


def _show_releases(service: Service) -> None:
    from datacraft.ui.releases.page import show_releases

    _show_frame(service)
    show_releases(service)


def _show_monitoring(service: Service) -> None:
    from datacraft.ui.monitoring.page import show_monitoring

    _show_frame(service)
    show_monitoring(service)


def _show_frame(service: Service) -> None:
    data, _ = _data(page_state(service), service)
    served, _ = _served(service, data)
    show_header(data, served)
    with st.sidebar:
        show_caller(page_caller(service))


def _show_others(service: Service) -> None:
    from datacraft.ui.others import show_others

    show_header(None, None)
    with st.sidebar:
        show_caller(page_caller(service))
    show_others(service)


def _show_sections(service: Service) -> None:
    state = page_state(service)
    data, problem = _data(state, service)
    served, served_problem = _served(service, data)
    show_header(data, served)
    with st.sidebar:
        show_history(state, service)
        show_data(state, data)
        if state.caller.may(Permission.UPLOAD):
            show_upload(state, service)
        show_served(served)
        show_caller(state.caller)
    show_question_box(state, service, data)
    own = state.own_files(service)
    if served_problem is not None:
        show_problem(served_problem, "No model can answer just now")
    show_conversation(state, data)
    if data is not None:
        if own is not None:
            show_review(state, service, own)
        if not state.turns and state.pending is None:
            if own is not None:
                show_brought(own.brought)
            show_welcome(state, data)
        answer_pending(state, service, data)
    elif service.loading and state.upload is None:
        show_loading(is_loading=True)
    elif problem is not None:
        show_problem(problem, "There is nothing to ask about yet")
    tell_once(state.notice)
    state.notice = None


def _data(state: PageState, service: Service) -> tuple[DataSet | None, DataCraftError | None]:
    try:
        return state.data(service), None
    except (NotReady, InputError) as error:
        return None, error


def _served(service: Service, data: DataSet | None) -> tuple[ServedModel | None, DataCraftError | None]:
    if data is None:
        return None, None
    try:
        return data.handler.served(), None
    except DataCraftError as error:
        return None, error
