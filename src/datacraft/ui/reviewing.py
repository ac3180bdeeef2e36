"""Cells of a visitor's documents that could not be read for certain: looked at, and accepted, corrected or left empty."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from datacraft.access.audit import recorded
from datacraft.access.permissions import Permission
from datacraft.contracts.errors import DataCraftError, InputError
from datacraft.http.service import Service
from datacraft.http.uploads import Upload
from datacraft.ingest.review import Decision, UncertainCell, picture_of, uncertain_cells
from datacraft.ingest.store import read_store
from datacraft.ui.caller import page_caller, person, source_of
from datacraft.ui.notices import show_problem
from datacraft.ui.state import PageState
from datacraft.ui.words import counted, html

_AT_ONCE = 8
_LATER, _ACCEPT, _CORRECT, _EMPTY = "Later", "Accept", "Correct", "Leave empty"


def show_review(state: PageState, service: Service, upload: Upload) -> None:
    """Draw how many cells wait, with a button to look at them; nothing where none does."""
    if not any(table.cells_uncertain for table in upload.brought.report.tables):
        return
    waiting = _waiting(upload)
    if not waiting:
        return
    told = (
        "It is empty until you have looked at it; answers do not count it."
        if len(waiting) == 1
        else "They are empty until you have looked at them; answers do not count them."
    )
    title = f"{counted(len(waiting), 'cell')} could not be read for certain"
    st.html(f'<div class="dc-state dc-calm" role="status"><h3>{title}</h3><p>{told}</p></div>')
    if st.button(
        "Look at it" if len(waiting) == 1 else "Look at them", icon=":material/visibility:", key="review"
    ):
        _review(state, service, upload)


def _waiting(upload: Upload) -> list[UncertainCell]:
    with read_store(upload.brought.warehouse) as store:
        return uncertain_cells(store)


@st.dialog("What stands there?", width="large")
def _review(state: PageState, service: Service, upload: Upload) -> None:
    waiting = _waiting(upload)
    cells = waiting[:_AT_ONCE]
    if len(waiting) > len(cells):
        st.caption(f"{len(cells)} of {len(waiting)}; the others come next.")
    with st.form("review_form", border=False):
        for cell in cells:
            _show_cell(cell)
        by = person(page_caller(service), "review_by")
        reason = st.text_input("Reason", key="review_reason", max_chars=300).strip()
        saved = st.form_submit_button("Save", type="primary")
    if saved:
        _save(state, service, cells, by, reason)


def _show_cell(cell: UncertainCell) -> None:
    place = f"page {cell.page}" if cell.page is not None else "no page"
    file = cell.path.rpartition("/")[2]
    with st.container(key=f"cell_{cell.item_id}", border=True):
        st.html(
            f'<p class="dc-sentence"><b>{html(cell.column)}</b> in {html(cell.table)} '
            f'<span class="dc-meta">({html(file)}, {place})</span></p>'
        )
        try:
            st.image(picture_of(cell))
        except InputError as error:
            st.caption(error.message)
        read = f"Read as “{html(cell.seen)}”" if cell.seen else "Nothing was read"
        st.html(f'<p class="dc-meta">{read}: {html(cell.doubt)}.</p>')
        st.text_input("Value", value=cell.seen, key=f"cell_value_{cell.item_id}", max_chars=500)
        st.radio(
            "What to do",
            [_LATER, _ACCEPT, _CORRECT, _EMPTY],
            key=f"cell_verb_{cell.item_id}",
            horizontal=True,
        )


def _decisions(cells: Sequence[UncertainCell]) -> list[Decision]:
    made: list[Decision] = []
    for cell in cells:
        verb = st.session_state.get(f"cell_verb_{cell.item_id}")
        value = str(st.session_state.get(f"cell_value_{cell.item_id}", ""))
        if verb == _CORRECT or (verb == _ACCEPT and value.strip() != cell.seen.strip()):
            made.append(Decision(cell.item_id, "correct", value))
        elif verb == _ACCEPT:
            made.append(Decision(cell.item_id, "accept"))
        elif verb == _EMPTY:
            made.append(Decision(cell.item_id, "dismiss"))
    return made


def _save(state: PageState, service: Service, cells: Sequence[UncertainCell], by: str, reason: str) -> None:
    decisions = _decisions(cells)
    if not (by and reason and decisions and state.upload):
        st.caption("Decide on a cell; and it must be said who, and why.")
        return
    caller = page_caller(service)
    target = f"{counted(len(decisions), 'cell')} of {', '.join(sorted({cell.table for cell in cells}))}"
    try:
        with (
            recorded(service.state.audit, by, "decide", target, source_of(caller), reason),
            st.spinner("Writing what you said"),
        ):
            caller.require(Permission.UPLOAD)
            service.uploads.review(state.owner, state.upload, decisions, by, reason)
    except InputError as error:
        show_problem(InputError(error.message), "Nothing was changed")
        return
    except DataCraftError as error:
        show_problem(error, "Nothing was changed")
        return
    state.notice = f"{counted(len(decisions), 'cell')} decided."
    st.rerun()
