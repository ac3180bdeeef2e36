"""Who looks at the page, and what they did there that is recorded."""

from __future__ import annotations

from time import monotonic

import streamlit as st

from datacraft.access.permissions import Permission
from datacraft.access.signin import Caller
from datacraft.contracts.access import AuditAction, AuditRecord
from datacraft.http.guarding import SIGN_IN_PATH, credentials_of
from datacraft.http.service import Service
from datacraft.ui.words import html

_KEY = "datacraft_caller"
_LASTS_S = 3_600.0
# A table brings a button of its own that saves it; who may not export does not see it.
_NO_EXPORT = '<style>[data-testid="stElementToolbar"] { display: none; }</style>'


def page_caller(service: Service) -> Caller:
    """Return who looks at the page; asked at each run, so that a revoked key closes the page.

    The proxy's assertion came when the page connected, and lasts for minutes only: what it said then holds for an
    hour, after which the page has to be loaded again.

    That somebody has come through the proxy is recorded then; who signs in here is recorded where that is done.

    Raises:
        NotSignedIn, Forbidden: nobody who may.
        StateUnavailable: it can't be told.
    """
    known: tuple[Caller, float] | None = st.session_state.get(_KEY)
    if known is not None and known[0].how == "iap" and monotonic() - known[1] < _LASTS_S:
        return known[0]
    headers = {name.lower(): value for name, value in st.context.headers.items()}
    caller = service.sign_in.identify(credentials_of(headers, dict(st.context.cookies)))
    if caller.how == "iap":
        record(service, caller, "login", "page", caller.role, source_of(caller))
    st.session_state[_KEY] = (caller, monotonic())
    return caller


def show_caller(caller: Caller) -> None:
    """Draw who is signed in, with a button to sign out where that is done here."""
    if not caller.may(Permission.EXPORT):
        st.html(_NO_EXPORT)
    if caller.how == "anonymous":
        return
    out = (
        '<form method="post" action="/signout"><button class="dc-signout" type="submit">Sign out</button></form>'
        if caller.how in ("key", "oidc")
        else ""
    )
    st.html(
        '<p class="dc-heading">Signed in</p>'
        f'<dl class="dc-facts"><dt>As</dt><dd>{html(caller.name)}</dd><dt>Role</dt><dd>{caller.role}</dd></dl>{out}'
    )


def person(caller: Caller, key: str) -> str:
    """Return who acts: whoever is signed in; where nobody signs in, who they say they are."""
    if caller.how != "anonymous":
        st.caption(f"As {caller.name}, who is signed in.")
        return caller.name
    return st.text_input("Your name", key=key, max_chars=80).strip()


def show_sign_in() -> None:
    """Draw where to sign in."""
    st.html(f'<p class="dc-meta"><a href="{SIGN_IN_PATH}" target="_self">Sign in</a></p>')


def record(
    service: Service, caller: Caller, action: AuditAction, target: str, detail: str, source: str
) -> None:
    """Write what somebody did on the page into the audit log.

    Raises:
        StateUnavailable: it can't be written, and so must not be done.
    """
    service.state.audit.append(
        AuditRecord(
            who=caller.name, action=action, target=target, source=source, outcome="done", detail=detail
        )
    )


def source_of(caller: Caller) -> str:
    """Return from where somebody looks at the page; to be asked in a run of its script."""
    return f"page, {st.context.ip_address or 'this machine'}, {caller.how} {caller.id}".strip()
