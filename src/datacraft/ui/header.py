"""The header: the product's name, the data that is asked about, and who answers."""

from __future__ import annotations

import base64
from functools import cache

import streamlit as st

from datacraft.http.datasets import DataSet
from datacraft.registry import ServedModel
from datacraft.ui.style import ICON, TITLE
from datacraft.ui.words import html


def show_header(data: DataSet | None, served: ServedModel | None) -> None:
    """Draw the header."""
    about = ""
    if data is not None:
        warns = " dc-warns" if served is not None and served.warnings and served.release_id else ""
        by = served.release_id or served.metadata.selected_model if served is not None else "builtin"
        about = (
            f'<span class="dc-about"><span class="dc-dot{warns}"></span><b title="{html(data.name)}">'
            f"{html(data.name)}</b><span>answered by {html(by)}</span></span>"
        )
    st.html(f'<header class="dc-header">{_mark()}<h1 class="dc-name">{TITLE}</h1>{about}</header>')


@cache
def _mark() -> str:
    picture = base64.b64encode(ICON.read_bytes()).decode()
    return f'<img class="dc-mark" alt="" src="data:image/svg+xml;base64,{picture}">'
