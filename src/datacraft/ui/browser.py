"""The data browser: each table's columns with what they mean, its first rows, and how it was read."""

from __future__ import annotations

import streamlit as st
from sqlglot import exp

from datacraft.contracts.errors import DataCraftError
from datacraft.contracts.semantic import Column, Role, Table
from datacraft.http.datasets import DataSet
from datacraft.ui.notices import show_problem
from datacraft.ui.table import by_column
from datacraft.ui.words import counted, html

_PREVIEW_ROWS = 50
_EXAMPLES = 4
_TIMEOUT_S = 10.0
_ROLES = {
    Role.ID: "identifies",
    Role.MEASURE: "measure",
    Role.DIMENSION: "groups and filters",
    Role.TIME: "time",
    Role.FLAG: "yes or no",
    Role.TEXT: "text",
}


@st.dialog("The data", width="large")
def show_browser(data: DataSet) -> None:
    """Draw the browser over the page."""
    tables = {table.name: table for table in data.model.tables}
    name = st.selectbox("Table", list(tables), key="browser_table") if len(tables) > 1 else next(iter(tables))
    table = tables[name]
    st.html(_about(table))
    columns, rows, remarks = st.tabs(["Columns", "First rows", "How it was read"])
    with columns:
        st.html(_columns(table))
    with rows:
        _show_rows(data, table)
    with remarks:
        st.html(_remarks(data, table))


def _about(table: Table) -> str:
    size = (
        f"{counted(table.rows, 'row')}, {counted(len(table.columns), 'column')}."
        if table.rows is not None
        else ""
    )
    described = f" {html(table.description)}" if table.description else ""
    return f'<p class="dc-sentence"><b>{html(table.name)}</b>: one row is one {html(table.entity)}. {size}{described}</p>'


def _columns(table: Table) -> str:
    body = "".join(
        f"<tr><td>{html(column.name)}</td><td>{html(_meaning(column))}</td><td><small>{_values(column)}</small></td></tr>"
        for column in table.columns
    )
    return (
        '<table class="dc-columns"><thead><tr><th>Column</th><th>What it is</th><th>Values</th></tr></thead>'
        f"<tbody>{body}</tbody></table>"
    )


def _meaning(column: Column) -> str:
    kind = f"{column.type}, in {column.unit}" if column.unit else str(column.type)
    told = column.description.rstrip(".") or _ROLES[column.role]
    return f"{told[:1].upper()}{told[1:]} ({kind})"


def _values(column: Column) -> str:
    parts: list[str] = []
    if column.sensitive:
        parts.append("kept private")
    elif column.values:
        shown = ", ".join(str(value) for value in column.values[:_EXAMPLES])
        parts.append(shown + (", …" if len(column.values) > _EXAMPLES or not column.values_complete else ""))
    elif column.minimum is not None:
        parts.append(f"{column.minimum} to {column.maximum}")
    if column.distinct is not None:
        parts.append(f"{column.distinct:,} different")
    if column.null_fraction:
        parts.append(f"{column.null_fraction:.1%} missing")
    return "; ".join(html(part) for part in parts)


def _show_rows(data: DataSet, table: Table) -> None:
    visible = [column.name for column in table.columns if not column.sensitive]
    query = (
        exp.select(*(exp.column(name, quoted=True) for name in visible))
        .from_(exp.Table(this=exp.to_identifier(table.name, quoted=True)))
        .limit(_PREVIEW_ROWS)
    )
    try:
        warehouse = data.handler.warehouse
        result = warehouse.execute(
            query.sql(dialect=warehouse.dialect), timeout_s=_TIMEOUT_S, max_rows=_PREVIEW_ROWS
        )
    except DataCraftError as error:
        show_problem(error)
        return
    st.dataframe(by_column(visible, result.rows), hide_index=True)


def _remarks(data: DataSet, table: Table) -> str:
    findings = list(data.report.findings)
    source = ""
    for report in data.report.tables:
        if report.table.name == table.name:
            findings += report.findings
            source = f'<p class="dc-meta">Read from {html(_without_folder(report.table.source))}.</p>'
    items = "".join(
        f"<li>{html(f'{finding.column}: ' if finding.column else '')}{html(finding.message)}</li>"
        for finding in findings
    )
    nothing = '<p class="dc-empty">Every value could be read as it stands.</p>'
    return source + (f'<ul class="dc-notes">{items}</ul>' if items else nothing)


def _without_folder(source: str) -> str:
    """Visitors need not know where on the server a file lies."""
    return source.replace("\\", "/").rpartition("/")[2]
