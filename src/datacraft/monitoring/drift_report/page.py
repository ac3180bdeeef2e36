"""The page: one file that opens offline, follows the reader's light or dark, and can be printed."""

from __future__ import annotations

from collections.abc import Sequence
from importlib.resources import files

from datacraft.contracts.drift import LINE, Band, ColumnDrift, DriftReport, SchemaFinding, Severity, Side
from datacraft.evaluation.reports.markup import Markup, element, joined
from datacraft.evaluation.reports.sections.blocks import chip, fold, section, table, tile
from datacraft.monitoring.drift_report.drawing import picture
from datacraft.profiles.drift.words import percent

_BAND_CLASS = {Band.DRIFTED: "bad", Band.POSSIBLE: "warn", Band.STEADY: "good", Band.UNKNOWN: ""}
_SEVERITY_CLASS = {Severity.BREAKING: "bad", Severity.SERIOUS: "warn", Severity.NOTE: ""}
_VERDICT = {
    "drifted": ("The data have drifted", "bad"),
    "steady": ("No drift", "good"),
    "unknown": ("Nothing to compare", ""),
}


def page(report: DriftReport) -> str:
    """Return the report as one HTML document."""
    title = f"Drift of {report.current.name or 'the data'}"
    chips = [
        f"against {report.baseline.name or 'the baseline'}",
        f"{len(report.columns)} columns",
        f"false alarms at most {percent(report.alpha)} of the runs",
        f"{report.created_at:%Y-%m-%d %H:%M} UTC",
    ]
    return document(title, chips, drift_sections(report))


def drift_sections(report: DriftReport) -> list[Markup | None]:
    """Return the report's parts, the verdict first."""
    return [_summary(report), _findings(report.findings), *_columns(report.columns), _reading(report)]


def document(title: str, chips: Sequence[str], sections: Sequence[Markup | None]) -> str:
    """Return parts as one HTML document with our style, which opens offline."""
    body = element(
        "body",
        element("header", element("h1", title), element("p", *(chip(shown) for shown in chips))),
        element("main", *(one for one in sections if one is not None)),
    )
    head = element(
        "head",
        element("meta", charset="utf-8"),
        element("meta", name="viewport", content="width=device-width, initial-scale=1"),
        element("meta", name="color-scheme", content="light dark"),
        element("title", title),
        element(
            "style", _asset("datacraft.evaluation.reports", "report.css"), _asset(__package__, "drift.css")
        ),
    )
    return f"<!doctype html>\n{element('html', head, body, lang='en')}\n"


def _asset(package: str, name: str) -> Markup:
    return Markup(files(package).joinpath("templates", name).read_text(encoding="utf-8"))


def _summary(report: DriftReport) -> Markup:
    said, class_ = _VERDICT[report.verdict]
    counted = {band: sum(column.band is band for column in report.columns) for band in Band}
    grave = sum(one.severity is not Severity.NOTE for one in report.findings)
    notes = len(report.findings) - grave
    tiles = element(
        "div",
        tile("Score", f"{report.score:.2f}", f"drift from {LINE:g} on", class_=class_),
        tile("Columns drifted", str(counted[Band.DRIFTED]), f"{counted[Band.POSSIBLE]} to be watched"),
        tile("Findings", str(grave), f"{notes} {'note' if notes == 1 else 'notes'}"),
        tile("Rows before", _rows(report.baseline), f"{report.baseline.created_at:%Y-%m-%d}"),
        tile("Rows now", _rows(report.current), f"{report.current.created_at:%Y-%m-%d}"),
        class_="tiles",
    )
    return section(
        "summary",
        "Summary",
        None,
        element("p", f"{said}. {report.words}", class_=f"verdict {class_}".strip()),
        tiles,
    )


def _rows(side: Side) -> str:
    return f"{side.rows:,}"


def _findings(findings: Sequence[SchemaFinding]) -> Markup | None:
    if not findings:
        return None
    listed = (
        element("li", chip(one.severity.value, _SEVERITY_CLASS[one.severity]), " ", one.words)
        for one in findings
    )
    return section(
        "findings",
        "Findings",
        "What is different beyond statistics.",
        element("ul", *listed, class_="findings"),
    )


def _columns(columns: Sequence[ColumnDrift]) -> list[Markup | None]:
    moved = [one for one in columns if one.band in {Band.DRIFTED, Band.POSSIBLE}]
    steady = [one for one in columns if one not in moved and not one.expected]
    going_on = [one for one in columns if one not in moved and one.expected]
    return [
        _grid("moved", "What moved", "The column that moved furthest first.", moved),
        _grid("steady", "What stayed", "Within chance, or too little to matter.", steady),
        _going_on(going_on),
    ]


def _grid(id_: str, title: str, intro: str, columns: Sequence[ColumnDrift]) -> Markup | None:
    if not columns:
        return None
    key = element("p", chip("before", "key before"), " ", chip("now", "key now"), class_="note")
    return section(
        id_, title, intro, key, element("div", *(_card(one) for one in columns), class_="multiples")
    )


def _card(drift: ColumnDrift) -> Markup:
    return element(
        "article",
        element(
            "h3",
            element("span", drift.table, class_="table"),
            " ",
            drift.column,
            element("span", chip(drift.band.value, _BAND_CLASS[drift.band]), class_="band"),
        ),
        _meter(drift),
        element("p", drift.words, class_="words"),
        picture(drift),
        fold("figures", _figures(drift)),
        class_=f"card {drift.band.value}",
    )


def _meter(drift: ColumnDrift) -> Markup:
    """The score as a bar, with the line that decides."""
    return element(
        "div",
        element("span", style=f"width: {100 * drift.score:.1f}%"),
        class_="meter",
        role="img",
        aria_label=f"score {drift.score:.2f} of 1, drift from {LINE:g} on",
        title=f"score {drift.score:.2f}",
    )


def _figures(drift: ColumnDrift) -> Markup:
    facts: dict[str, str] = {
        "score": f"{drift.score:.3f}",
        "effect": f"{drift.effect:.3f}",
        "total variation": f"{drift.total_variation:.3f} (chance alone {drift.by_chance:.3f})",
        "moves by itself": f"{drift.spread:.3f}",
        "Jensen-Shannon": f"{drift.jensen_shannon:.3f}",
        "PSI": f"{drift.psi:.3f}",
        "Wasserstein": "–" if drift.wasserstein is None else f"{drift.wasserstein:.3f} standard deviations",
        "p": f"{drift.p_value:.2g} (of all columns {drift.adjusted_p:.2g})",
        "nulls": " → ".join(percent(one) for one in drift.nulls),
        "distinct values": " → ".join(f"{one:,}" for one in drift.distinct),
        "rows": " → ".join(f"{one:,}" for one in drift.rows),
    }
    return element(
        "dl", *(joined([element("dt", name), element("dd", value)]) for name, value in facts.items())
    )


def _going_on(columns: Sequence[ColumnDrift]) -> Markup | None:
    if not columns:
        return None
    rows = [[f"{one.table}.{one.column}", one.expected, one.words] for one in columns]
    intro = "Dates, running numbers and texts that are new in every row change in any data that live."
    return section(
        "going-on", "What goes on by itself", intro, table(["column", "what is compared", "seen"], rows)
    )


def _reading(report: DriftReport) -> Markup:
    items = (
        f"A score of {LINE:g} is the line: about one row in five is different, or values moved by half a standard "
        "deviation, or a new value holds an eighth of the rows. What chance adds at these numbers of rows is taken "
        "off, and what the column moves by itself from one stretch of time to another.",
        f"A difference that could be chance stays below the line, however large it looks. Over all columns together, "
        f"at most {percent(report.alpha)} of the runs raise a false alarm where nothing changed (Holm).",
        "Steady, possible and drifted inform; the score of all data is that of the column that moved furthest, or of "
        "the gravest finding.",
    )
    return section("reading", "How to read it", None, element("ul", *(element("li", item) for item in items)))
