"""Gates of figures: each holds one figure against one threshold, at the bad end of its interval where cases are few."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

from datacraft.contracts.estimate import Estimate
from datacraft.contracts.evaluation import CandidateResult
from datacraft.contracts.gates import GatePolicy
from datacraft.contracts.verdict import GateResult
from datacraft.delivery.evidence import ReleaseEvidence
from datacraft.evaluation.statistics import wilson


@dataclass(frozen=True)
class Figure:
    """What a gate measures.

    Attributes:
        gate: its name.
        title: of the figure, for people.
        read: returns the figure; None where the release does not show it.
        threshold: returns the bound.
        at_least: the figure must be the bound or more; else, or less.
        most: the greatest value that makes sense; the least is 0.
        scale: what the figure is multiplied with to be shown.
        unit: that it then has.
    """

    gate: str
    title: str
    read: Callable[[ReleaseEvidence, GatePolicy], Estimate | None]
    threshold: Callable[[GatePolicy], float]
    at_least: bool
    most: float = math.inf
    scale: float = 1
    unit: str = ""

    def shown(self, value: float) -> str:
        """Write a value for people."""
        return f"{value * self.scale:,.4g}{self.unit}"


def _rate(name: str) -> Callable[[ReleaseEvidence, GatePolicy], Estimate | None]:
    return _of_result(lambda result: result.rates.get(name))


def _of_result(
    read: Callable[[CandidateResult], Estimate | None],
) -> Callable[[ReleaseEvidence, GatePolicy], Estimate | None]:
    def found(evidence: ReleaseEvidence, policy: GatePolicy) -> Estimate | None:
        result = evidence.result(policy.part)
        return read(result) if result else None

    return found


def _cost(result: CandidateResult) -> Estimate | None:
    if result.calls < 1:
        return None
    cost = result.cost_usd / result.calls
    return Estimate(value=cost, low=cost, high=cost, n=result.cases)


def _bias(evidence: ReleaseEvidence, _: GatePolicy) -> Estimate | None:
    """Return the bias score; unknown where no test could be made, though its score is 0 then."""
    if evidence.bias is None or not evidence.bias.rates or evidence.bias.probes < 1:
        return None
    return evidence.ranked.bias if evidence.ranked else None


def _percent(
    gate: str, title: str, rate: str, threshold: Callable[[GatePolicy], float], *, at_least: bool = True
) -> Figure:
    return Figure(gate, title, _rate(rate), threshold, at_least, most=1, scale=100, unit=" %")


FIGURES = (
    Figure(
        "performance", "the performance score", _of_result(lambda one: one.performance),
        lambda policy: policy.min_performance, at_least=True, most=100,
    ),
    _percent("success_rate", "the success rate", "answered", lambda policy: policy.min_success_rate),
    _percent(
        "syntactic_validity", "the share of valid queries", "parses",
        lambda policy: policy.min_syntactic_validity,
    ),
    _percent("executed", "the share of queries that ran", "executed", lambda policy: policy.min_executed),
    _percent(
        "execution_accuracy", "the execution accuracy", "accuracy",
        lambda policy: policy.min_execution_accuracy,
    ),
    _percent(
        "wrong_shown", "the share of wrong answers shown", "wrong_shown",
        lambda policy: policy.max_wrong_shown, at_least=False,
    ),
    Figure("bias", "the bias score", _bias, lambda policy: policy.max_bias, at_least=False, most=100),
    Figure(
        "latency_p95", "the 95th percentile of the latency", _of_result(lambda one: one.latency_p95_ms),
        lambda policy: policy.max_latency_p95_ms, at_least=False, unit=" ms",
    ),
    Figure(
        "cost_per_question", "the cost of a question", _of_result(_cost),
        lambda policy: policy.max_cost_per_question_usd, at_least=False, unit=" USD",
    ),
)  # fmt: skip


def judge_figure(figure: Figure, evidence: ReleaseEvidence, policy: GatePolicy) -> GateResult:
    """Hold a figure against its threshold."""
    threshold, found = figure.threshold(policy), figure.read(evidence, policy)
    if found is None:
        return _unknown(figure, threshold, "is unknown: the release's reports do not show it")
    if flaw := _flaw(figure, found):
        return _unknown(figure, threshold, f"is no evidence: {flaw}")
    small = found.n < policy.small_sample
    judged = _bad_end(figure, found) if small else found.value
    passed = judged >= threshold if figure.at_least else judged <= threshold
    more = None if passed or not small else _more_cases(figure, found, threshold, policy)
    return GateResult(
        gate=figure.gate,
        passed=passed,
        detail=_detail(figure, found, judged, threshold, more),
        value=found.value,
        judged=judged,
        threshold=threshold,
        cases=found.n,
        more_cases=more,
    )


def _unknown(figure: Figure, threshold: float, what: str) -> GateResult:
    title = figure.title[0].upper() + figure.title[1:]
    return GateResult(gate=figure.gate, passed=False, detail=f"{title} {what}.", threshold=threshold)


def _flaw(figure: Figure, found: Estimate) -> str | None:
    """Return why a figure can't be what it says; None where it can."""
    values = (found.value, found.low, found.high)
    if not all(math.isfinite(value) for value in values):
        return "it is not a number"
    if found.n < 1:
        return "it rests on no case"
    slack = 1e-9  # sums of shares end a digit beside the bound
    if not all(-slack <= value <= figure.most + slack for value in values):
        return f"{figure.shown(found.value)} is out of the range of such figures"
    return "its interval is upside down" if found.low > found.high else None


def _bad_end(figure: Figure, found: Estimate) -> float:
    # A bootstrap interval can, now and then, lie beside its figure; the worse of both is judged.
    return min(found.low, found.value) if figure.at_least else max(found.high, found.value)


def _more_cases(figure: Figure, found: Estimate, threshold: float, policy: GatePolicy) -> int | None:
    """Return about how many more cases would let the gate pass, the figure staying as it is; None: none would.

    Of a rate by Wilson's interval; of others, whose intervals narrow as 1 / sqrt(n), by their own width. From
    `small_sample` cases on, the figure itself is judged.
    """
    ahead = found.value - threshold if figure.at_least else threshold - found.value
    if ahead < 0:
        return None
    needed = policy.small_sample
    if figure.most == 1:
        low, high = found.n, policy.small_sample
        while low < high:
            middle = (low + high) // 2
            rate = wilson(found.value * middle, middle)
            settled = rate.low >= threshold if figure.at_least else rate.high <= threshold
            low, high = (low, middle) if settled else (middle + 1, high)
        needed = low
    elif ahead > 0:
        ratio = abs(_bad_end(figure, found) - found.value) / ahead
        needed = math.ceil(min(found.n * ratio * ratio, policy.small_sample))
    return max(1, needed - found.n)


def _detail(figure: Figure, found: Estimate, judged: float, threshold: float, more: int | None) -> str:
    title = figure.title[0].upper() + figure.title[1:]
    worst = f", {figure.shown(judged)} at worst" if judged != found.value else ""
    bound = "at least" if figure.at_least else "at most"
    text = (
        f"{title} is {figure.shown(found.value)} on {found.n} cases{worst}; "
        f"{bound} {figure.shown(threshold)} is needed."
    )
    return text if more is None else f"{text} About {more} more cases like these would settle it."
