"""Sensitivity: what moves the score of a config, as a tornado, and how strong each of its parts is."""

from __future__ import annotations

from collections.abc import Sequence

from datacraft.contracts.sensitivity import FactorKind, SensitivityReport
from datacraft.evaluation.reports.charts.rows import Row, Span, intervals, tornado
from datacraft.evaluation.reports.gathered import Gathered
from datacraft.evaluation.reports.markup import Child, Markup, element
from datacraft.evaluation.reports.sections.blocks import figure, fold, ranged, section, share, table

_KINDS: dict[FactorKind, str] = {"config": "config", "wording": "questions", "data": "data"}


def sensitivity(gathered: Gathered) -> Markup | None:
    """Return the section; nothing where it was not measured."""
    report = gathered.sensitivity
    if report is None or not report.factors:
        return None
    spans = [
        Span(f"{factor.name.rpartition('.')[2]} ({_KINDS[factor.kind]})", factor.worst, factor.best)
        for factor in report.factors
    ]
    return section(
        "sensitivity",
        "Sensitivity",
        f"How far the score of {report.config.title}, {ranged(report.score)} on {report.cases} cases of the part "
        f"{report.split}, moves when one thing alone is changed.",
        element(
            "div",
            figure(
                "Change of the score",
                tornado(spans, "Change of the score by factor", "points of performance"),
            ),
            _effects(report),
            class_="pair",
        ),
        fold("Every change with its interval", _levels(report)),
        _effects_table(report),
    )


def _effects(report: SensitivityReport) -> Markup | None:
    if not report.effects:
        return None
    rows = [
        Row(
            one.part,
            one.strength,
            f"{one.strength.value:.1f}",
            strong=place == 0,
        )
        for place, one in enumerate(report.effects)
    ]
    drawn = intervals(rows, "Strength of each part", "points, all else at random (Morris' μ*)", zero=True)
    return figure("Strength of each part of the config", drawn)


def _effects_table(report: SensitivityReport) -> Markup | None:
    if not report.effects:
        return None
    rows = [
        (one.part, f"{one.mean:+.1f}", ranged(one.strength), f"{one.spread:.1f}", str(one.strength.n))
        for one in report.effects
    ]
    return fold(
        "Effects of the config's parts",
        element(
            "p",
            "Each effect crosses two thirds of a part's range while all else is drawn at random. A spread as large as "
            "the strength says that the effect is not the same everywhere.",
            class_="note",
        ),
        table(["part", "mean", "strength", "spread", "paths"], rows, numbers=range(1, 5)),
    )


def _levels(report: SensitivityReport) -> Markup:
    rows: list[Sequence[Child]] = [
        (
            factor.name,
            level.label,
            f"{level.score:.1f}",
            f"{level.change.value:+.1f} ({level.change.low:+.1f} to {level.change.high:+.1f})",
            share(level.wrong_shown),
            str(level.change.n),
            element("span", level.example, class_="wrap") if level.example else None,
        )
        for factor in report.factors
        for level in factor.levels
    ]
    return table(
        ["factor", "changed to", "score", "change", "wrong but shown", "cases", "for example"],
        rows,
        numbers=range(2, 6),
    )
