"""What a number of cases could have shown: power of McNemar's test (Connor 1987)."""

from __future__ import annotations

import math

from datacraft.evaluation.statistics.intervals import quantile


def cases_needed(
    difference: float, discordant: float, *, alpha: float = 0.05, power: float = 0.8
) -> int | None:
    """Return how many cases show a difference of two accuracies with the given power; None where none do.

    n = (z_alpha sqrt(psi) + z_power sqrt(psi - d^2))^2 / d^2 (Connor 1987, formula 2).

    Args:
        difference: of the accuracies, as a fraction.
        discordant: share psi of the cases that exactly one of the two gets right.
        alpha: two-sided level of the test, corrected for the number of comparisons.
        power: chance of seeing the difference.
    """
    distance = abs(difference)
    if distance == 0:
        return None
    psi = max(discordant, distance)  # no difference is larger than what they disagree on
    z_alpha, z_power = quantile(1 - alpha / 2), quantile(power)
    root = z_alpha * math.sqrt(psi) + z_power * math.sqrt(max(0.0, psi - distance**2))
    return math.ceil((root / distance) ** 2)


def smallest_difference(
    n: int, discordant: float, *, alpha: float = 0.05, power: float = 0.8
) -> float | None:
    """Return the smallest difference of accuracies that `n` cases show with that power; None where none is."""
    psi = min(1.0, discordant)
    shown = cases_needed(psi, psi, alpha=alpha, power=power) if psi > 0 else None
    if shown is None or shown > n:
        return None
    low, high = 0.0, psi
    for _ in range(50):  # the need falls as the difference grows
        middle = (low + high) / 2
        needed = cases_needed(middle, psi, alpha=alpha, power=power)
        low, high = (middle, high) if needed is None or needed > n else (low, middle)
    return high
