"""The report as one HTML page that needs no network."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from importlib.resources import files

from datacraft.evaluation.reports.markup import Markup, element, joined
from datacraft.ingest.report.model import IngestedTable, IngestReport
from datacraft.ingest.report.told import HEADLINES, SUMMARY_HEADS, Entry, entries, passed, summary_rows


def page(report: IngestReport) -> str:
    """Return the page."""
    style = files("datacraft.evaluation.reports.templates").joinpath("report.css").read_text(encoding="utf-8")
    title = HEADLINES[report.status]
    load = "" if report.load_id is None else f"Load {report.load_id}, "
    about = f"{load}{report.started_at:%Y-%m-%d %H:%M:%S} UTC, into {report.warehouse}, DataCraft {report.code_version}"
    head = element(
        "head",
        element("meta", charset="utf-8"),
        element("title", title),
        element("style", Markup(style)),
    )
    body = element(
        "body",
        element(
            "main",
            element("h1", title),
            element("p", about),
            _table(SUMMARY_HEADS, summary_rows(report)),
            _list(
                [Entry(f.severity, f.message, "", tuple(e.text for e in f.examples)) for f in report.findings]
            ),
            *(_section(table) for table in report.tables),
        ),
    )
    return f"<!doctype html>\n{element('html', head, body, lang='en')}\n"


def _section(table: IngestedTable) -> Markup:
    contract = "It has no contract." if table.contract is None else f"Its contract: {table.contract}."
    if table.contract_is_new:
        contract = f"A contract was proposed from this load: {table.contract}."
    columns = [[c.name, c.header, c.type.value, c.unit or "", c.format or ""] for c in table.columns]
    sources = [
        [
            ", ".join(p for p in (s.path, s.place) if p),
            f"{s.rows_read:,}",
            f"{s.rows_set_aside:,}",
            s.sha256[:16],
        ]
        for s in table.sources
    ]
    return element(
        "section",
        element("h2", table.name),
        element("p", f"{contract} {passed(table):,} checks passed."),
        _list(list(entries(table))),
        element("h3", "Columns"),
        _table(["Column", "In the source", "Type", "Unit", "Written as"], columns),
        element("h3", "Sources"),
        _table(["Source", "Rows read", "Set aside", "SHA-256"], sources),
    )


def _list(found: Sequence[Entry]) -> Markup:
    return element("ul", *(_entry(entry) for entry in found)) if found else joined([])


def _entry(entry: Entry) -> Markup:
    def parts() -> Iterator[Markup | str]:
        yield element("strong", entry.outcome.capitalize())
        yield f": {entry.text}"
        if entry.where:
            yield element("small", f" {entry.where}")
        if entry.examples:
            yield element("ul", *(element("li", element("code", example)) for example in entry.examples))

    return element("li", *parts())


def _table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> Markup:
    if not rows:
        return joined([])
    return element(
        "table",
        element("thead", element("tr", *(element("th", head) for head in heads))),
        element("tbody", *(element("tr", *(element("td", cell) for cell in row)) for row in rows)),
    )
