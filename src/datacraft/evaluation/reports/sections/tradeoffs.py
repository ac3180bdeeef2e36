"""Accuracy against what it costs and how long it takes: who is beaten in both is not worth its price."""

from __future__ import annotations

from collections.abc import Callable

from datacraft.contracts.estimate import Estimate
from datacraft.contracts.evaluation import CandidateResult
from datacraft.evaluation.reports.charts.points import Point, pareto
from datacraft.evaluation.reports.gathered import Gathered
from datacraft.evaluation.reports.markup import Markup, element
from datacraft.evaluation.reports.sections.blocks import figure, money, seconds, section


def tradeoffs(gathered: Gathered) -> Markup | None:
    """Return the section; nothing where no candidate has an accuracy."""
    latency = _points(gathered, lambda one: one.latency_p95_ms.value if one.latency_p95_ms else None)
    cost = _points(gathered, lambda one: one.cost_usd / one.calls if one.calls else None)
    if not latency:
        return None
    costs: Markup = (
        figure(
            "Right answers against cost per question",
            pareto(
                cost,
                "Accuracy against cost per question",
                "cost per question",
                "right answers, %",
                format_=money,
            ),
        )
        if any(point.x > 0 for point in cost)
        else element("p", "Every candidate works on this machine: the calls cost nothing.", class_="note")
    )
    return section(
        "tradeoffs",
        "Accuracy, cost and speed",
        "Further up is better, further left is cheaper or faster; coloured are those that nobody beats in both. The "
        "numbers are those of the list below.",
        element(
            "div",
            figure(
                "Right answers against time",
                pareto(
                    latency,
                    "Accuracy against the time within which 95 % are answered",
                    "95 % are answered within",
                    "right answers, %",
                    format_=seconds,
                ),
            ),
            costs,
            class_="pair",
        ),
        element("ol", *(element("li", one.name) for one in gathered.order), class_="legend"),
    )


def _points(gathered: Gathered, measure: Callable[[CandidateResult], float | None]) -> list[Point]:
    found: list[Point] = []
    for number, one in enumerate(gathered.order, start=1):
        accuracy, x = one.rates.get("accuracy"), measure(one)
        if accuracy is not None and x is not None:
            y = Estimate(
                value=100 * accuracy.value, low=100 * accuracy.low, high=100 * accuracy.high, n=accuracy.n
            )
            found.append(Point(str(number), x, y))
    return found
