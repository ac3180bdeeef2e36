"""`PageState`: what one visitor's page remembers between two runs of the script."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from typing import Literal

import streamlit as st

from datacraft.access.history.store import HistoryUnavailable
from datacraft.access.permissions import Permission
from datacraft.access.signin import Caller
from datacraft.contracts.answer import Answer
from datacraft.contracts.errors import InputError
from datacraft.http.callers import COOKIE, new_owner, read_owner
from datacraft.http.datasets import DataSet
from datacraft.http.service import Service
from datacraft.http.uploads import Upload
from datacraft.ui.caller import page_caller

_KEY = "datacraft_page"
_PARAMETER = "c"
_SERVED = ("c", "api")  # how conversations about the served data begin, here and by the API
Thumb = Literal["up", "down"]


@dataclass(slots=True)
class Shown:
    """An answer on the page, and what its reader thinks of it."""

    answer: Answer
    thumb: Thumb | None = None
    comment: str = ""


@dataclass(slots=True)
class PageState:
    """Everything that is not in a widget.

    Attributes:
        owner: whose history it is: of who signed in, else unguessable, from the visitor's cookie.
        caller: who looks at it, as of this run.
        conversation: id of the conversation that is open; unguessable.
        upload: id of the file that the conversation is about; None for the data that is served.
        turns: of the conversation, oldest first.
        pending: a question that was asked and is not answered yet.
        notice: something to tell once, at the next run.
        arrived: whether the last answer is seen for the first time.
    """

    owner: str
    caller: Caller
    conversation: str = ""
    upload: str | None = None
    turns: list[Shown] = field(default_factory=list)
    pending: str | None = None
    notice: str | None = None
    arrived: bool = False

    def begin(self, upload: str | None = None) -> None:
        """Start a new conversation, about an upload or about the data that is served."""
        self.conversation = f"{upload or 'c'}_{secrets.token_urlsafe(24)}"
        self.upload = upload
        self.turns = []
        self.pending = None
        st.query_params.pop(_PARAMETER, None)

    def open(self, service: Service, conversation: str) -> None:
        """Show a conversation of the history.

        Raises:
            InputError: the visitor has no such conversation.
            HistoryUnavailable: the history's database failed.
        """
        saved = service.history.load_conversation(self.owner, conversation)
        self.turns = [
            Shown(turn.answer, turn.feedback.thumb, turn.feedback.comment or "")
            if turn.feedback
            else Shown(turn.answer)
            for turn in saved
        ]
        self.conversation = conversation
        prefix = conversation.partition("_")[0]
        self.upload = None if prefix in _SERVED else prefix
        self.pending = None
        st.query_params[_PARAMETER] = conversation

    def add(self, answer: Answer) -> None:
        """Add an answer to the conversation, which from now on has an address of its own."""
        self.turns.append(Shown(answer))
        self.arrived = True
        st.query_params[_PARAMETER] = self.conversation

    def data(self, service: Service) -> DataSet:
        """Return the data that the conversation is about.

        Raises:
            NotReady: the data that is served is not usable (yet).
            InputError: the uploaded files are no longer there.
        """
        if self.upload is None:
            return service.data
        found = self.own_files(service)
        if found is None:
            raise InputError(
                "The files that this conversation is about are no longer here.",
                hint="Upload them again to go on asking; the answers below stay.",
            )
        return found.data

    def own_files(self, service: Service) -> Upload | None:
        """Return the visitor's own files that the conversation is about; None where it is about others' or they are gone."""
        return None if self.upload is None else service.uploads.get(self.owner, self.upload)


def page_state(service: Service) -> PageState:
    """Return the visitor's state, made at the first run: with the conversation that the address names."""
    caller = page_caller(service)
    if _KEY not in st.session_state:
        owner = caller.owner or read_owner(st.context.cookies.get(COOKIE)) or new_owner()
        state = PageState(owner=owner, caller=caller)
        wanted = st.query_params.get(_PARAMETER)
        state.begin()
        if wanted and caller.may(Permission.OWN_HISTORY):
            _reopen(state, service, wanted)
        st.session_state[_KEY] = state
    found: PageState = st.session_state[_KEY]
    found.caller = caller
    return found


def _reopen(state: PageState, service: Service, conversation: str) -> None:
    try:
        state.open(service, conversation)
    except InputError:
        state.notice = "That conversation is not in your history; here is a new one."
    except HistoryUnavailable as error:
        state.notice = error.message
