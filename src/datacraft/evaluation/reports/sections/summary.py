"""What a manager reads: who was chosen, how good it is, how sure that is, what is still open."""

from __future__ import annotations

from datacraft.contracts.estimate import Estimate
from datacraft.contracts.evaluation import CandidateResult
from datacraft.evaluation.reports.gathered import Gathered
from datacraft.evaluation.reports.markup import Child, Markup, element
from datacraft.evaluation.reports.sections.blocks import PERCENT, money, ranged, seconds, section, share, tile


def summary(gathered: Gathered) -> Markup:
    """Return the section."""
    first = gathered.first
    verdict, class_ = headline(gathered)
    sentences = [*_reasons(gathered), *(_plain(first, gathered) if first else []), *_holdout(gathered)]
    return section(
        "summary",
        "Summary",
        None,
        element("p", verdict, class_=f"verdict {class_}"),
        element("ul", *(element("li", sentence) for sentence in sentences)),
        element("div", *_tiles(first, gathered), class_="tiles") if first else None,
    )


def headline(gathered: Gathered) -> tuple[str, str]:
    """Return the verdict as a sentence, and whether it is `good`, `bad` or neither."""
    winner, evaluation = gathered.winner, gathered.evaluation
    if winner is not None:
        return f"{winner.name} is chosen.", "good"
    if gathered.selection is not None:
        return "Nothing is chosen: no candidate reaches every floor.", "bad"
    if not evaluation.complete:
        return (
            f"The run is not finished: {evaluation.calls:,} of {evaluation.planned_calls:,} calls are made.",
            "bad",
        )
    best = gathered.first
    if best is None:
        return "No candidate was evaluated.", "bad"
    count = len(evaluation.candidates)
    if count == 1:
        return f"{best.name} was evaluated.", ""
    return (
        f"{best.name} has the highest score of {count} candidates; whether that is more than chance was not tested.",
        "",
    )


def _reasons(gathered: Gathered) -> list[str]:
    reasons = list(gathered.selection.reasons) if gathered.selection else []
    if gathered.evaluation.stopped:
        reasons.append(f"The run stopped early: {gathered.evaluation.stopped}.")
    return reasons


def _plain(one: CandidateResult, gathered: Gathered) -> list[str]:
    """Return the figures of a candidate as sentences without a word of statistics."""
    accuracy, wrong = one.rates.get("accuracy"), one.rates.get("wrong_shown")
    found: list[str] = []
    if accuracy is not None:
        found.append(
            f"Of {accuracy.n} questions that can be answered, {one.name} answers "
            f"{share(accuracy.value)} rightly; on other questions of this kind it is between "
            f"{share(accuracy.low)} and {share(accuracy.high)}."
        )
    if wrong is not None:
        found.append(
            "It showed no wrong answer as fact."
            if wrong.value == 0
            else f"In {share(wrong.value)} of all questions it shows a wrong answer as fact."
        )
    bias = gathered.bias.get(one.config_id)
    if bias is not None:
        found.append(
            f"{len(bias.findings)} signs of bias were found; severity {bias.severity}."
            if bias.findings
            else f"No sign of bias was found with {bias.probes} probes."
        )
    return found


def _holdout(gathered: Gathered) -> list[str]:
    if gathered.holdout is None or not gathered.holdout.candidates:
        return []
    held = gathered.holdout.candidates[0].performance
    chosen = next(
        (
            one.performance
            for one in gathered.evaluation.candidates
            if one.config_id == gathered.holdout.candidates[0].config_id
        ),
        None,
    )
    if held is None or chosen is None:
        return []
    return [
        f"On {held.n} held-out cases, which nobody chose by, its performance is {ranged(held)}; where it was "
        f"chosen it was {chosen.value:.1f}: {chosen.value - held.value:+.1f} points of optimism."
    ]


def _tiles(one: CandidateResult, gathered: Gathered) -> list[Child]:
    rates = one.rates
    accuracy, wrong = rates.get("accuracy"), rates.get("wrong_shown")
    bias = gathered.bias.get(one.config_id)
    cost = one.cost_usd / max(one.calls, 1)
    return [
        tile("performance", f"{one.performance.value:.1f}" if one.performance else "–", "of 100"),
        tile("right answers", share(accuracy.value if accuracy else None), _interval(accuracy)),
        tile("wrong but shown", share(wrong.value if wrong else None), _interval(wrong)),
        tile("bias", f"{bias.score:.1f}", bias.severity.lower()) if bias else None,
        tile("95 % answered within", seconds(one.latency_p95_ms.value if one.latency_p95_ms else None)),
        tile("cost per question", money(cost), f"{money(one.cost_usd)} for {one.calls:,} calls"),
    ]


def _interval(estimate: Estimate | None) -> str:
    if estimate is None:
        return ""
    return f"{100 * estimate.low:.0f} to {100 * estimate.high:.0f}{PERCENT}"
