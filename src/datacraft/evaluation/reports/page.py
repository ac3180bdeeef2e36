"""The HTML report: one file that opens offline, follows the reader's light or dark, and can be printed."""

from __future__ import annotations

from importlib.resources import files

from datacraft.evaluation.reports.gathered import Gathered
from datacraft.evaluation.reports.markup import Markup, element
from datacraft.evaluation.reports.sections.bias import bias
from datacraft.evaluation.reports.sections.blocks import chip
from datacraft.evaluation.reports.sections.failures import failures
from datacraft.evaluation.reports.sections.ranking import ranking
from datacraft.evaluation.reports.sections.reproduce import reproduce
from datacraft.evaluation.reports.sections.sensitivity import sensitivity
from datacraft.evaluation.reports.sections.slices import slices
from datacraft.evaluation.reports.sections.summary import summary
from datacraft.evaluation.reports.sections.tradeoffs import tradeoffs
from datacraft.evaluation.reports.sections.tuning import tuning

_SECTIONS = {
    "Summary": summary,
    "Ranking": ranking,
    "Cost and speed": tradeoffs,
    "Slices": slices,
    "Bias": bias,
    "Failures": failures,
    "Tuning": tuning,
    "Sensitivity": sensitivity,
    "Make it again": reproduce,
}


def page(gathered: Gathered) -> str:
    """Return the report as one HTML document."""
    made = {name: drawn for name, section in _SECTIONS.items() if (drawn := section(gathered)) is not None}
    evaluation = gathered.evaluation
    title = f"Evaluation of {evaluation.question_set.name} {evaluation.question_set.version}"
    chips = [
        f"{len(gathered.questions.of(evaluation.split))} cases"
        + (f", part {evaluation.split}" if evaluation.split else ""),
        f"{len(evaluation.candidates)} {'candidate' if len(evaluation.candidates) == 1 else 'candidates'}",
        f"{evaluation.calls:,} calls, ${evaluation.cost_usd:,.2f}",
        f"{evaluation.created_at:%Y-%m-%d %H:%M} UTC",
    ]
    body = element(
        "body",
        element("header", element("h1", title), element("p", *(chip(shown) for shown in chips))),
        element("nav", *(element("a", name, href=f"#{_id_of(drawn)}") for name, drawn in made.items())),
        element("main", *made.values()),
        element("script", _asset("report.js")),
    )
    head = element(
        "head",
        element("meta", charset="utf-8"),
        element("meta", name="viewport", content="width=device-width, initial-scale=1"),
        element("meta", name="color-scheme", content="light dark"),
        element("title", title),
        element("style", _asset("report.css")),
    )
    return f"<!doctype html>\n{element('html', head, body, lang='en')}\n"


def _id_of(drawn: Markup) -> str:
    """Return the id of a section, which its markup starts with."""
    return drawn.partition('id="')[2].partition('"')[0]


def _asset(name: str) -> Markup:
    return Markup(
        files("datacraft.evaluation.reports").joinpath("templates", name).read_text(encoding="utf-8")
    )
