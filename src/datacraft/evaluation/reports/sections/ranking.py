"""The candidates in order, with what each score rests on and which differences are more than chance."""

from __future__ import annotations

from collections.abc import Sequence

from datacraft.contracts.selection import Comparison, RankedCandidate, SelectionReport
from datacraft.evaluation.reports.charts.rows import Row, intervals
from datacraft.evaluation.reports.gathered import Gathered
from datacraft.evaluation.reports.markup import Child, Markup, element, joined
from datacraft.evaluation.reports.sections.blocks import (
    PERCENT,
    chip,
    figure,
    fold,
    money,
    ranged,
    seconds,
    section,
    share,
    table,
)


def ranking(gathered: Gathered) -> Markup:
    """Return the section."""
    selection = gathered.selection
    if selection is None:
        return section(
            "ranking",
            "Ranking",
            "By performance: right answers first, then honesty, refusals, explanations and charts. The line around "
            "a dot is the 95 % interval.",
            _performance(gathered),
            _figures(gathered),
        )
    return section(
        "ranking",
        "Ranking",
        "By the composite of performance, bias, speed and reliability. The line around a dot is the 95 % interval; "
        "candidates whose intervals overlap may still be told apart, since all were asked the same.",
        figure("Composite score", _composites(selection)),
        _parts(selection),
        _figures(gathered),
        _compared(selection.comparisons, gathered.names),
        element("p", _robust(selection, gathered.names), class_="note"),
    )


def _performance(gathered: Gathered) -> Markup:
    rows = [
        Row(one.name, one.performance, ranged(one.performance), strong=place == 0)
        for place, one in enumerate(gathered.order)
        if one.performance is not None
    ]
    return figure("Performance", intervals(rows, "Performance of each candidate", "performance, 0 to 100"))


def _composites(selection: SelectionReport) -> Markup:
    rows = [
        Row(
            one.name + (" (serves)" if one.incumbent else ""),
            one.composite,
            ranged(one.composite),
            strong=one.config_id == selection.selected,
        )
        for one in selection.ranking
    ]
    return intervals(rows, "Composite score of each candidate", "composite score, 0 to 100")


def _parts(selection: SelectionReport) -> Markup:
    weights = selection.policy.weights
    head = [
        "candidate",
        "composite",
        f"performance × {weights.performance:g}",
        f"(100 − bias) × {weights.bias:g}",
        f"speed × {weights.speed:g}",
        f"reliability × {weights.reliability:g}",
        "best?",
        "floors",
    ]
    rows: list[Sequence[Child]] = [
        (
            element("b", one.name) if one.config_id == selection.selected else one.name,
            f"{one.composite.value:.1f}",
            f"{one.performance.value:.1f}",
            f"{100 - one.bias.value:.1f}",
            f"{one.speed.value:.1f}",
            f"{one.reliability.value:.1f}",
            share(one.probability_of_being_best),
            _floors(one),
        )
        for one in selection.ranking
    ]
    return table(head, rows, numbers=range(1, 7))


def _floors(one: RankedCandidate) -> Markup:
    missed = [floor for floor in one.floors if not floor.passed]
    if not missed:
        return chip("reached", "good")
    chips = joined(joined([chip(f"{floor.name} missed", "bad"), " "]) for floor in missed)
    return element("span", chips, class_="wrap")


def _figures(gathered: Gathered) -> Markup:
    head = ["candidate", "config", "right", "wrong but shown", "answered", "p50", "p95", "cost", "calls"]
    rows: list[Sequence[Child]] = [
        (
            one.name,
            element("code", one.config_id),
            ranged(one.rates.get("accuracy"), factor=100, unit=PERCENT),
            ranged(one.rates.get("wrong_shown"), factor=100, unit=PERCENT),
            ranged(one.rates.get("answered"), factor=100, unit=PERCENT),
            seconds(one.latency_p50_ms.value if one.latency_p50_ms else None),
            seconds(one.latency_p95_ms.value if one.latency_p95_ms else None),
            money(one.cost_usd),
            f"{one.calls:,}",
        )
        for one in gathered.order
    ]
    return fold("All figures", table(head, rows, numbers=range(2, 9)))


def _compared(comparisons: Sequence[Comparison], names: dict[str, str]) -> Markup | None:
    if not comparisons:
        return None
    head = ["pair", "difference", "told apart", "p", "only first right", "only second right", "cases needed"]
    rows: list[Sequence[Child]] = [
        (
            f"{names.get(one.first, one.first)} − {names.get(one.second, one.second)}",
            ranged(one.difference),
            chip("yes", "good") if one.distinguishable else chip("no"),
            f"{one.p_value:.3f}",
            str(one.only_first_right),
            str(one.only_second_right),
            f"{one.cases_needed:,}" if one.cases_needed else "–",
        )
        for one in comparisons
    ]
    smallest = max((one.smallest_difference for one in comparisons if one.smallest_difference), default=None)
    power = (
        f"So many cases show differences of accuracy from {100 * smallest:.1f} points on, in 4 of 5 such runs."
        if smallest is not None
        else "So few disagreements can't show any difference of accuracy reliably."
    )
    return fold(
        "Every pair compared",
        table(head, rows, numbers=(1, 3, 4, 5, 6)),
        element("p", f"p-values are corrected for the number of pairs (Holm). {power}", class_="note"),
    )


def _robust(selection: SelectionReport, names: dict[str, str]) -> str | None:
    margin = selection.weights_margin
    if selection.selected is None:
        return None
    if margin is None:
        return "No shift of the weights puts anyone else ahead."
    return (
        f"{names.get(margin.rival, margin.rival)} would be ahead if {100 * margin.moved:.0f}{PERCENT} of the weight "
        f"moved to {margin.to}."
    )
