"""What the page says when something is not as it should be: calmly, and with what to do next."""

from __future__ import annotations

import streamlit as st

from datacraft.contracts.errors import DataCraftError
from datacraft.ui.words import html, label


def show_problem(error: DataCraftError, title: str = "This didn't work") -> None:
    """Draw an error."""
    hint = f"<p>{html(error.hint)}</p>" if error.hint else ""
    st.html(
        f'<div class="dc-state" role="alert"><h3>{html(title)}</h3><p>{html(error.message)}</p>{hint}</div>'
    )


@st.fragment(run_every=1.0)
def show_loading(is_loading: bool) -> None:
    """Draw what is seen while the data is being loaded, and look again every second."""
    from datacraft.http.running import running_service

    st.html(
        '<div class="dc-state dc-calm" role="status"><h3>Getting the data ready</h3>'
        "<p>The files are being read and understood. The page goes on by itself.</p></div>"
    )
    if is_loading and not running_service().loading:
        st.rerun()


def tell_once(notice: str | None) -> None:
    """Show a short notice that goes away by itself."""
    if notice:
        st.toast(label(notice), icon=":material/info:")
