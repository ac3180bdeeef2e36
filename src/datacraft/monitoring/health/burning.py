"""How fast the error budget is burnt, by several windows at once (Google, The Site Reliability Workbook, chapter 5).

A tier fires where both of its windows burn at its factor or faster: the long one, so that it matters, the short one,
so that it goes on. With few questions a share says little, so chance is asked too: how often would so many of so many
fail if the true rate were the tier's? One failure in three questions pages nobody; five of five do.
"""

from __future__ import annotations

import math

from datacraft.contracts.monitoring import Alert, BurnTier, ServiceLevel
from datacraft.monitoring.health.windows import Windows

NAME = "error budget"


def burning(windows: Windows, level: ServiceLevel) -> Alert | None:
    """Return the fastest alert that fires; a fast one mutes the slower ones."""
    for tier in level.tiers:
        long = _counts(windows, tier.long_h)
        short = _counts(windows, tier.short_h)
        if not _fires(level, tier, long) or not _fires(level, tier, short):
            continue
        failed, asked = long
        rate = failed / asked / (1 - level.objective)
        hours = level.period_days * 24 / rate
        return Alert(
            name=NAME,
            severity=tier.severity,
            message=(
                f"{failed} of {asked} questions failed inside in the last {_hours(tier.long_h)}, and {short[0]} of "
                f"{short[1]} in the last {_hours(tier.short_h)}: the error budget of {level.period_days:g} days burns "
                f"{rate:.1f} times as fast as it may, and is gone in {_hours(hours)}."
            ),
        )
    return None


def never_fires(level: ServiceLevel) -> list[str]:
    """Return the tiers that nothing could make fire: even if everything failed, the budget burnt too slowly."""
    most = 1 / (1 - level.objective)
    return [
        f"The alert on {tier.budget:.0%} of the budget in {_hours(tier.long_h)} can never fire: it takes "
        f"{level.factor(tier):.1f} times the even rate, and if every question fails it is {most:.1f}."
        for tier in level.tiers
        if level.factor(tier) > most
    ]


def _counts(windows: Windows, hours: float) -> tuple[int, int]:
    found = windows.of(hours)
    return found.failed, found.requests


def _fires(level: ServiceLevel, tier: BurnTier, counts: tuple[int, int]) -> bool:
    failed, asked = counts
    threshold = min(1.0, level.factor(tier) * (1 - level.objective))
    return bool(failed) and failed / asked >= threshold and at_least(failed, asked, threshold) <= level.alpha


def at_least(successes: int, trials: int, rate: float) -> float:
    """Return the chance of so many successes or more in so many trials: the upper tail of the binomial."""
    if successes <= 0 or rate >= 1:
        return 1.0
    from scipy.stats import binom

    return float(binom.sf(successes - 1, trials, rate))


def _hours(hours: float) -> str:
    if hours >= 48:
        return f"{hours / 24:.1f} days".replace(".0 ", " ")
    if hours >= 1:
        return f"{hours:.1f} hours".replace(".0 ", " ").replace("1 hours", "1 hour") if hours != 1 else "hour"
    return f"{math.ceil(hours * 60)} minutes"
