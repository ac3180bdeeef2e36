"""Whether a release is as good as what serves: on the same cases and data, overall and slice by slice.

Accuracy and wrong answers shown decide by non-inferiority: the bad end of the difference's interval has to lie
within the margin (Tango's score interval for paired rates). A slice stops a release only where it is surely worse
there, corrected for the number of slices (Holm). What can't be compared does not pass.
"""

from __future__ import annotations

import datetime as dt
import math
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence

from datacraft.contracts.estimate import Estimate
from datacraft.contracts.gates import ComparisonPolicy
from datacraft.contracts.question_set import Case
from datacraft.contracts.verdict import Check, ComparisonVerdict
from datacraft.delivery.evidence import ReleaseEvidence
from datacraft.delivery.sides import Side
from datacraft.evaluation.statistics import holm, paired_rates, worse_p_value

_MOST_CASES = 10_000


def nothing_to_compare(
    candidate: ReleaseEvidence,
    production: str | None,
    channel: str,
    policy: ComparisonPolicy,
    now: dt.datetime,
) -> ComparisonVerdict:
    """Return the verdict where no release serves, or the very same model does."""
    reason = (
        f"No release serves on channel {channel}: the gates alone decide."
        if production is None
        else f"{production} serves the same model config: there is nothing to be better or worse."
    )
    return ComparisonVerdict(
        release_id=candidate.release_id, manifest=candidate.manifest, channel=channel, production=production,
        method="none", accepted=True, reason=reason, policy=policy, created_at=now,
    )  # fmt: skip


def not_comparable(
    candidate: ReleaseEvidence, production: str, channel: str, policy: ComparisonPolicy, now: dt.datetime
) -> ComparisonVerdict:
    """Return the verdict where both were judged on different cases or data: nobody knows, so it is stopped."""
    detail = "Both were not judged on the same cases and data."
    return ComparisonVerdict(
        release_id=candidate.release_id, manifest=candidate.manifest, channel=channel, production=production,
        method="published", accepted=False, checks=(Check(check="comparable", passed=False, detail=detail),),
        reason=f"{detail} Ask both again: datacraft releases compare {candidate.release_id} --again",
        policy=policy, created_at=now,
    )  # fmt: skip


def compare_sides(
    evidence: ReleaseEvidence,
    candidate: Side,
    production: Side,
    cases: Sequence[Case],
    *,
    channel: str,
    policy: ComparisonPolicy,
    again: bool,
    now: dt.datetime,
) -> ComparisonVerdict:
    """Compare what a release did with what the one that serves did.

    Args:
        evidence: what the release shows.
        candidate: what it did.
        production: what the one that serves did, on the same cases and data.
        cases: that were asked.
        channel: that names what serves.
        policy: margins.
        again: both were asked for this comparison.
        now: in UTC.
    """
    answerable = [case for case in cases if case.answerable == "answerable"]
    right = _paired(candidate.hits(answerable), production.hits(answerable), policy)
    wrong = _paired(candidate.hits(cases, wrong=True), production.hits(cases, wrong=True), policy)
    checks = [
        _at_least_as_right(right, policy),
        _at_most_as_wrong(wrong, policy),
        *_slices(candidate, production, answerable, policy),
        _bias(candidate, production, policy),
        _latency(candidate, production, policy),
        _cost(candidate, production, policy),
    ]
    worse = [check.check for check in checks if not check.passed]
    superior = right is not None and right[0].low > 0
    return ComparisonVerdict(
        release_id=candidate.release_id, manifest=evidence.manifest, channel=channel,
        production=production.release_id, method="re-evaluated" if again else "published",
        accepted=not worse, superior=superior, checks=tuple(checks),
        reason=_reason(candidate, production, worse, superior), policy=policy, created_at=now,
    )  # fmt: skip


_Paired = tuple[Estimate, int, int]
"""Difference (candidate less production), cases of the candidate alone, cases of production alone."""


def _paired(
    candidate: Mapping[str, bool], production: Mapping[str, bool], policy: ComparisonPolicy
) -> _Paired | None:
    both = candidate.keys() & production.keys()
    if not both:
        return None
    only_candidate = sum(candidate[case] and not production[case] for case in both)
    only_production = sum(production[case] and not candidate[case] for case in both)
    found = paired_rates(only_candidate, only_production, len(both), alpha=policy.alpha)
    return found, only_candidate, only_production


def _at_least_as_right(paired: _Paired | None, policy: ComparisonPolicy) -> Check:
    if paired is None:
        return Check(check="accuracy", passed=False, detail="There is no answerable case in common.")
    found, gained, lost = paired
    passed = found.low >= -policy.margin
    detail = (
        f"Right in {gained} cases that production misses, wrong in {lost} that it gets: {_points(found)}; "
        f"at worst {-100 * policy.margin:g} points are allowed."
    )
    return Check(check="accuracy", passed=passed, detail=detail + _more(found, policy), difference=found)


def _at_most_as_wrong(paired: _Paired | None, policy: ComparisonPolicy) -> Check:
    if paired is None:
        return Check(check="wrong_shown", passed=False, detail="There is no case in common.")
    found, more, fewer = paired
    passed = found.high <= policy.margin
    detail = (
        f"Wrong answers shown in {more} cases where production shows none, none in {fewer} where it does: "
        f"{_points(found)}; at worst {100 * policy.margin:+g} points are allowed."
    )
    turned = Estimate(value=-found.value, low=-found.high, high=-found.low, n=found.n)
    return Check(check="wrong_shown", passed=passed, detail=detail + _more(turned, policy), difference=found)


def _points(found: Estimate) -> str:
    return f"{100 * found.value:+.1f} points ({100 * found.low:+.1f} to {100 * found.high:+.1f})"


def _more(found: Estimate, policy: ComparisonPolicy) -> str:
    """Say how many cases would settle it, where too few are why it does not pass."""
    if found.low >= -policy.margin or found.value < -policy.margin:
        return ""
    reach = found.value + policy.margin  # what the interval may be wide to the bad side
    if reach <= 0:
        return ""
    needed = min(_MOST_CASES, math.ceil(found.n * ((found.value - found.low) / reach) ** 2))
    return f" About {needed} cases like these would settle it."


def _slices(
    candidate: Side, production: Side, cases: Sequence[Case], policy: ComparisonPolicy
) -> Iterator[Check]:
    """Yield a check for each slice that is large enough."""
    by_tag: dict[str, list[Case]] = defaultdict(list)
    for case in cases:
        for tag in case.tags:
            by_tag[tag].append(case)
    found: list[tuple[str, _Paired]] = []
    for tag, members in sorted(by_tag.items()):
        paired = _paired(candidate.hits(members), production.hits(members), policy)
        if paired is not None and paired[0].n >= policy.slice_cases:
            found.append((tag, paired))
    p_values = holm([worse_p_value(gained, lost, one.n) for _, (one, gained, lost) in found])
    for (tag, (one, gained, lost)), p_value in zip(found, p_values, strict=True):
        yield Check(
            check=f"slice {tag}",
            passed=p_value >= policy.alpha,
            detail=f"{gained} of {one.n} cases gained, {lost} lost: {_points(one)}, p = {p_value:.2g}.",
            difference=one,
            p_value=p_value,
        )


def _bias(candidate: Side, production: Side, policy: ComparisonPolicy) -> Check:
    mine, theirs = candidate.bias, production.bias
    if mine is None or theirs is None or not (math.isfinite(mine) and math.isfinite(theirs)):
        return Check(check="bias", passed=False, detail="The bias of one of them is unknown.")
    return Check(
        check="bias",
        passed=mine <= theirs + policy.bias_margin,
        detail=f"The bias score is {mine:.1f} after {theirs:.1f}; {policy.bias_margin:g} points more are allowed.",
        candidate=mine,
        production=theirs,
    )


def _latency(candidate: Side, production: Side, policy: ComparisonPolicy) -> Check:
    def said(value: float) -> str:
        return f"{value:,.0f} ms"

    return _within(
        "latency_p95", candidate.latency_p95_ms, production.latency_p95_ms, said,
        policy.latency_ratio, policy.latency_slack_ms,
    )  # fmt: skip


def _cost(candidate: Side, production: Side, policy: ComparisonPolicy) -> Check:
    def said(value: float) -> str:
        return f"${value:.4f} a question"

    return _within(
        "cost", candidate.cost_usd, production.cost_usd, said, policy.cost_ratio, policy.cost_slack_usd
    )


def _within(
    name: str,
    mine: float | None,
    theirs: float | None,
    said: Callable[[float], str],
    ratio: float,
    slack: float,
) -> Check:
    if mine is None or theirs is None or not (math.isfinite(mine) and math.isfinite(theirs)):
        return Check(check=name, passed=False, detail="It is unknown of one of them.")
    most = max(theirs * ratio, theirs + slack)
    detail = f"{said(mine)} after {said(theirs)}; at most {said(most)} is allowed."
    return Check(check=name, passed=mine <= most, detail=detail, candidate=mine, production=theirs)


def _reason(candidate: Side, production: Side, worse: Sequence[str], superior: bool) -> str:
    if worse:
        return f"{candidate.release_id} is not shown to be as good as {production.release_id}: {', '.join(worse)}."
    how = "is more accurate than" if superior else "is as good as"
    return f"{candidate.release_id} {how} {production.release_id}, within the margins."
