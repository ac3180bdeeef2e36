"""The thresholds of a policy, on the figures of one window.

A share of few questions is beyond a threshold by chance now and then (5 refused of 22, on a holiday's night), so that
chance is asked as for the error budget: how often would as many go badly if the true share were the threshold?
"""

from __future__ import annotations

from collections.abc import Iterator

from datacraft.contracts.metrics import WindowMetrics
from datacraft.contracts.monitoring import Alert, MonitoringPolicy
from datacraft.monitoring.health.burning import at_least

ERROR_RATE, SUCCESS_RATE, LATENCY, THUMBS = "error rate", "success rate", "latency", "thumbs"


def measured(judged: WindowMetrics, policy: MonitoringPolicy) -> list[str]:
    """Return which thresholds there is enough to judge by."""
    if judged.requests < policy.min_requests:
        return []
    names = [ERROR_RATE, SUCCESS_RATE]
    if judged.latency is not None:
        names.append(LATENCY)
    if _thumbs(judged) >= policy.min_requests:
        names.append(THUMBS)
    return names


def missed(judged: WindowMetrics, policy: MonitoringPolicy) -> list[Alert]:
    """Return the thresholds that are missed, of those that there is enough to judge by."""
    names = measured(judged, policy)
    return [
        Alert(name=name, severity="ticket", message=why)
        for name, why in _missed(judged, policy)
        if name in names
    ]


def _missed(judged: WindowMetrics, policy: MonitoringPolicy) -> Iterator[tuple[str, str]]:
    window = f"in the last {policy.window_h:g} hours"
    error_rate, answer_rate = judged.error_rate or 0.0, judged.answer_rate or 0.0
    waited = judged.requests - judged.rejected
    if _surely_above(judged.failed, judged.requests, policy.max_error_rate, policy):
        yield (
            ERROR_RATE,
            (
                f"{judged.failed:,} of {judged.requests:,} questions failed inside {window} ({error_rate:.1%}); at most "
                f"{policy.max_error_rate:.1%} may."
            ),
        )
    if _surely_above(waited - judged.answered + judged.fallback, waited, 1 - policy.min_success_rate, policy):
        yield (
            SUCCESS_RATE,
            (
                f"{judged.answered - judged.fallback:,} of {waited:,} questions were answered "
                f"{window} ({answer_rate:.1%}); at least {policy.min_success_rate:.1%} should be."
            ),
        )
    p95 = judged.latency.p95 if judged.latency else 0.0
    if p95 > policy.max_latency_p95_ms:
        yield (
            LATENCY,
            (
                f"5 % of the answers took more than {p95:,.0f} ms {window}; at most {policy.max_latency_p95_ms:,.0f} ms "
                "are wanted."
            ),
        )
    disliked, thumbs = judged.disliked or 0, _thumbs(judged)
    if _surely_above(disliked, thumbs, policy.max_thumbs_down, policy):
        yield (
            THUMBS,
            (
                f"{disliked} of {thumbs} thumbs point down {window}; at most {policy.max_thumbs_down:.0%} should."
            ),
        )


def _surely_above(bad: int, of: int, most: float, policy: MonitoringPolicy) -> bool:
    return of > 0 and bad / of > most and at_least(bad, of, most) <= policy.service_level.alpha


def _thumbs(judged: WindowMetrics) -> int:
    return (judged.liked or 0) + (judged.disliked or 0)
