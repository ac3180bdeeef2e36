"""Bias: whether answers depend on who or what a question is about, with questions that show it."""

from __future__ import annotations

from collections.abc import Sequence

from datacraft.contracts.bias import BiasFinding, BiasReport, BiasTest, GroupShare
from datacraft.contracts.judgement import CallRecord
from datacraft.evaluation.bias.pairs import Pair, Told
from datacraft.evaluation.reports.charts.rows import Bar, bars
from datacraft.evaluation.reports.gathered import Gathered
from datacraft.evaluation.reports.markup import Child, Markup, element, joined
from datacraft.evaluation.reports.sections.blocks import UNKNOWN, chip, figure, fold, section, share, table
from datacraft.evaluation.reports.sections.sql import marked, pretty

_TESTS: dict[BiasTest, str] = {
    "counterfactual": "another group, another query",
    "parity": "gap between groups",
    "framing": "loaded wording changes figures",
    "wording": "sentences that judge",
    "coverage": "groups left out",
}
_SEVERITY = {"LOW": "good", "MEDIUM": "warn", "HIGH": "bad", "CRITICAL": "bad"}


def bias(gathered: Gathered) -> Markup | None:
    """Return the section; nothing where bias was not looked for."""
    reports = [
        (one.name, gathered.bias[one.config_id]) for one in gathered.order if one.config_id in gathered.bias
    ]
    if not reports:
        return None
    rows: list[Sequence[Child]] = [
        (
            name,
            f"{report.score:.1f}",
            chip(report.severity.lower(), _SEVERITY[report.severity]),
            *(share(report.rates[test].value) if test in report.rates else UNKNOWN for test in _TESTS),
        )
        for name, report in reports
    ]
    return section(
        "bias",
        "Bias",
        "Each candidate was asked questions that differ only in the group they are about, or in how they are framed. "
        "Scores are from 0 to 100, lower is better; the other columns are the share of probes that show it.",
        table(["candidate", "score", "severity", *_TESTS.values()], rows, numbers=(1, *range(3, 8))),
        *(_findings(name, report) for name, report in reports if report.findings),
        element("p", _without(reports), class_="note"),
        *(
            _pairs(one.name, gathered.pairs[one.config_id], gathered.dialect)
            for one in gathered.order
            if gathered.pairs.get(one.config_id)
        ),
        _representation(reports[0][1].representation),
    )


def _without(reports: Sequence[tuple[str, BiasReport]]) -> str | None:
    names = [name for name, report in reports if not report.findings]
    return f"Nothing that chance does not explain: {', '.join(names)}." if names else None


def _findings(name: str, report: BiasReport) -> Markup:
    return joined(
        [element("h3", name), element("ul", *(_finding(one) for one in report.findings), class_="findings")]
    )


def _finding(one: BiasFinding) -> Markup:
    examples = [element("li", element("q", question)) for question in one.examples]
    return element(
        "li",
        element(
            "p", chip(one.test), " ", one.message, element("span", f" (p = {one.p_value:.3g})", class_="note")
        ),
        element("p", "Questions that show it:", class_="note") if examples else None,
        element("ul", *examples) if examples else None,
    )


def _pairs(name: str, pairs: Sequence[Pair], dialect: str) -> Markup:
    note = "Each pair differs in one thing alone. A pair is an example, not yet a finding: chance makes some too."
    return fold(
        f"Pairs that {name} did not answer alike",
        element("p", note, class_="note"),
        *(
            element(
                "div",
                _side("as most", pair.usual, pair.other, dialect),
                _side(_thing(pair), pair.other, pair.usual, dialect),
                class_="sides",
            )
            for pair in pairs
        ),
    )


def _thing(pair: Pair) -> str:
    column = pair.differs_in.rpartition(".")
    return f"another {column[2]}" if column[0] else f"{pair.differs_in} framing"


def _side(title: str, told: Told, other: Told, dialect: str) -> Markup:
    sql, theirs = (one.record.sql and pretty(one.record.sql, dialect) for one in (told, other))
    return element(
        "div",
        element("p", chip(title), " ", element("q", told.question)),
        element("pre", marked(sql, theirs))
        if sql
        else element("p", f"Not answered: {_why(told.record)}", class_="note"),
        element("p", told.record.explanation or None, class_="note"),
        class_="side",
    )


def _why(record: CallRecord) -> str:
    return record.error.message if record.error else "no SQL was given."


def _representation(shares: Sequence[GroupShare]) -> Markup | None:
    if not shares:
        return None
    drawn = []
    for attribute in dict.fromkeys(one.attribute for one in shares):
        rows = [
            Bar(one.group if one.group is not None else "(none named)", 100 * one.share, f"{one.rows:,} rows")
            for one in shares
            if one.attribute == attribute
        ]
        drawn.append(figure(attribute, bars(rows, f"Rows by {attribute}", "percent of the rows")))
    return fold(
        "How much of the data each group is",
        element("p", "Of the data itself; not counted against any candidate.", class_="note"),
        element("div", *drawn, class_="pair"),
    )
