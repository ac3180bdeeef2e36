"""The sidebar's part about the data: what is asked about, a look into it, a file of one's own, who answers."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from datacraft.contracts.errors import DataCraftError
from datacraft.http.bringing import FILE_TYPES, MAX_BYTES, NewFile
from datacraft.http.datasets import DataSet
from datacraft.http.service import Service
from datacraft.registry import ServedModel
from datacraft.ui.browser import show_browser
from datacraft.ui.caller import record, source_of
from datacraft.ui.notices import show_problem
from datacraft.ui.state import PageState
from datacraft.ui.words import counted, html, label

_OTHER_STEPS = 3  # to find them, to write their tables, to understand these
# Nothing is wrong: it is how every installation begins, or what somebody wanted.
_CALM = {"defaults": "Default settings answer", "settings": "Named by the settings"}


def show_data(state: PageState, data: DataSet | None) -> None:
    """Draw what is asked about, with a button to look into it."""
    st.html('<p class="dc-heading">Data</p>')
    if data is not None:
        tables = len(data.model.tables)
        rows = sum(table.rows or 0 for table in data.model.tables)
        st.html(
            f'<dl class="dc-facts"><dt>Source</dt><dd>{html(data.name)}</dd>'
            f"<dt>Holds</dt><dd>{counted(tables, 'table')}, {counted(rows, 'row')}</dd></dl>"
        )
        if st.button("Browse the data", icon=":material/table_view:", width="stretch", key="browse"):
            show_browser(data)
    if state.upload is not None:
        st.button(
            "Back to the shared data",
            icon=":material/undo:",
            width="stretch",
            on_click=state.begin,
            key="back",
        )


def show_upload(state: PageState, service: Service) -> None:
    """Draw the place to drop files; new ones are loaded at once and open a conversation about them."""
    with st.expander("Ask about your own files", icon=":material/upload_file:"):
        files = st.file_uploader(
            "Files",
            type=list(FILE_TYPES),
            accept_multiple_files=True,
            max_upload_size=MAX_BYTES // 1_000_000,
            key=f"upload_{st.session_state.setdefault('uploads_done', 0)}",
            label_visibility="collapsed",
            help="Tables in text files, workbooks, documents and scans, several at once. Only you can ask about them, "
            "and they are deleted after two hours without a question.",
        )
        if not files:
            return
        try:
            source = source_of(state.caller)
            for file in files:
                record(service, state.caller, "upload", file.name, f"{file.size:,} bytes", source)
            new = [NewFile(file.name, file.getvalue()) for file in files]
            key, upload = service.uploads.add(state.owner, new, _progress(len(new)))
        except DataCraftError as error:
            show_problem(error, "This file can't be used" if len(files) == 1 else "These files can't be used")
            return
        st.session_state["uploads_done"] += 1  # an empty box again: the same file may come once more
        state.begin(key)
        rows = sum(table.rows or 0 for table in upload.data.model.tables)
        state.notice = f"{upload.data.name} is ready: {counted(rows, 'row')}."
        st.rerun()


def _progress(files: int) -> Callable[[str], None]:
    """Draw a bar; return what moves it on and says what is done."""
    steps = files + _OTHER_STEPS
    bar = st.progress(0.0, text="Reading the files" if files > 1 else "Reading the file")
    done = 0

    def say(text: str) -> None:
        nonlocal done
        done += 1
        bar.progress(min(done / steps, 1.0), text=label(text.removesuffix(" ...")))

    return say


def show_served(served: ServedModel | None) -> None:
    """Draw which model and release answer, and what a person should know about them."""
    st.html('<p class="dc-heading">Answered by</p>')
    if served is None:
        st.html('<dl class="dc-facts"><dt>Model</dt><dd>builtin</dd></dl>')
        return
    metadata = served.metadata
    facts = {
        "Model": metadata.selected_model,
        "Release": served.release_id or "none yet",
        "Strategy": metadata.strategy,
    }
    if served.release_id:
        facts["Score"] = f"{metadata.composite_score:.1f} of 100"
    rows = "".join(f"<dt>{name}</dt><dd>{html(value)}</dd>" for name, value in facts.items())
    st.html(f'<dl class="dc-facts">{rows}</dl>{_warnings(served)}')


def _warnings(served: ServedModel) -> str:
    told = [f"<p>{html(warning)}</p>" for warning in served.warnings]
    if not told:
        return ""
    if served.source in _CALM:
        return (
            f'<details class="dc-warning dc-calm"><summary>{_CALM[served.source]}</summary>'
            f"{''.join(told)}</details>"
        )
    return f'<div class="dc-warning" role="note">{"".join(told)}</div>'
