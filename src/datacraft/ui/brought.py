"""What became of the files that a visitor brought: tables, what was found, and what could not be read."""

from __future__ import annotations

from pathlib import PurePosixPath

import streamlit as st

from datacraft.http.bringing import Brought
from datacraft.ingest.report.model import IngestedTable
from datacraft.ui.words import counted, html
from datacraft.warehouse.report import Finding

_SHOWN = 12


def show_brought(brought: Brought) -> None:
    """Draw a line for each table, what a person should know about it, and the files that were left out."""
    if brought.refused:
        told = "".join(f"<p>{html(text)}</p>" for text in brought.refused)
        title = "This file was left out" if len(brought.refused) == 1 else "These files were left out"
        st.html(f'<div class="dc-state" role="alert"><h3>{title}</h3>{told}</div>')
    rows = "".join(_row(table) for table in brought.report.tables)
    head = "<tr><th>Table</th><th>From</th><th>Holds</th></tr>"
    st.html(f'<table class="dc-columns dc-brought"><thead>{head}</thead><tbody>{rows}</tbody></table>')
    findings = [(table.name, finding) for table in brought.report.tables for finding in _findings(table)]
    if not findings:
        return
    warnings = sum(1 for _, finding in findings if finding.severity == "warning")
    title = f"{counted(len(findings), 'remark')} on how they were read"
    with st.expander(title, icon=":material/fact_check:", expanded=bool(warnings)):
        items = "".join(_item(table, finding) for table, finding in findings[:_SHOWN])
        more = (
            f"<li>{len(findings) - _SHOWN} more: see Browse the data.</li>" if len(findings) > _SHOWN else ""
        )
        st.html(f'<ul class="dc-notes">{items}{more}</ul>')


def _row(table: IngestedTable) -> str:
    files = list(dict.fromkeys(PurePosixPath(source.path).name for source in table.sources))
    shown = files[0] if len(files) == 1 else f"{files[0]} and {len(files) - 1} more"
    doubt = (
        f"<br><small>{counted(table.cells_uncertain, 'cell')} uncertain</small>"
        if table.cells_uncertain
        else ""
    )
    return f"<tr><td>{html(table.name)}</td><td>{html(shown)}</td><td>{counted(table.rows_after, 'row')}{doubt}</td></tr>"


def _findings(table: IngestedTable) -> list[Finding]:
    """Return what was found, warnings first."""
    found = [*table.findings, *(finding for source in table.sources for finding in source.findings)]
    return sorted(found, key=lambda finding: finding.severity != "warning")


def _item(table: str, finding: Finding) -> str:
    examples = "; ".join(example.text + example.place for example in finding.examples[:3])
    shown = f" <small>{html(examples)}</small>" if examples else ""
    return f"<li><b>{html(table)}</b>: {html(finding.message)}{shown}</li>"
