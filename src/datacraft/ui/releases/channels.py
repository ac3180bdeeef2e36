"""Which release each channel names, since when and why; and how it came to that."""

from __future__ import annotations

import streamlit as st

from datacraft.delivery.overview import Overview
from datacraft.registry import Pointer
from datacraft.ui.releases.moving import Wish, ask_for
from datacraft.ui.words import html

_DID = {"promote": "promoted", "rollback": "rolled back", "pin": "pinned", "unpin": "unpinned"}


def show_channels(found: Overview, *, may_move: bool) -> None:
    """Draw the channels, that of production first."""
    st.html('<p class="dc-heading">Channels</p>')
    if not found.channels:
        st.html('<p class="dc-meta">No channel names a release yet: the newest complete one answers.</p>')
    for pointer in sorted(found.channels, key=lambda one: (one.name != "production", one.name)):
        with st.container(key=f"channel_{pointer.name}"):
            _show(pointer, may_move=may_move)


def _show(pointer: Pointer, *, may_move: bool) -> None:
    last = pointer.channel.history[-1] if pointer.channel.history else None
    why = f"{_DID[last.action]} by {last.by}, {last.at:%Y-%m-%d %H:%M} UTC: {last.reason}" if last else ""
    pinned = (
        f'<span class="dc-chip dc-warns">pinned: {html(pointer.channel.pinned)}</span>'
        if pointer.channel.pinned
        else ""
    )
    st.html(
        f'<div class="dc-channel"><b>{html(pointer.name)}</b> {pinned}'
        f'<p class="dc-release">{html(pointer.release_id or "nothing")}</p><p class="dc-meta">{html(why)}</p></div>'
    )
    if last is None:
        return
    left, right = st.columns([1, 1])
    with left, st.popover("History", width="stretch"):
        st.html(_history(pointer))
    if not may_move:
        return
    right.button(
        "Roll back",
        key=f"rollback_{pointer.name}",
        icon=":material/undo:",
        width="stretch",
        on_click=ask_for,
        args=(Wish(pointer.name),),
    )


def _history(pointer: Pointer) -> str:
    rows = "".join(
        f"<tr><td>{change.at:%Y-%m-%d %H:%M}</td><td>{html(change.action)}</td><td>{html(change.release_id or '-')}"
        f"</td><td>{html(change.by)}</td><td>{html(change.reason)}"
        + "".join(
            f"<br>{html(one.check)} overridden by {html(one.by)}: {html(one.reason)}"
            for one in change.overrides
        )
        + "</td></tr>"
        for change in reversed(pointer.channel.history)
    )
    header = "<tr><th>when (UTC)</th><th>what</th><th>release</th><th>who</th><th>why</th></tr>"
    return f'<div class="dc-scroll"><table class="dc-table">{header}{rows}</table></div>'
