"""A sequential test of two arms that may be looked at after every session: betting on paired sessions.

The i-th session of one arm is paired with the i-th of the other; of each pair only the difference of the two rates
is looked at. Someone bets on each next difference. Where its mean is not above what is tested, whatever came
before, the expected fortune never grows, so that the chance that it *ever* reaches 1 / alpha is at most alpha
(Ville 1939; Waudby-Smith & Ramdas 2024, "Estimating means of bounded random variables by betting", JRSS B 86).
This holds for any number of requests, however rare errors are, however the requests of a session depend on each
other, and when both arms drift together; nothing is approximated. A mixture of bets is a bet (Robbins 1970; the
mixture SPRT of Johari, Koomen, Pekelis & Walsh 2022, "Always Valid Inference", Operations Research 70). Why this
test and not another: docs/decisions/011.

Arrays may have leading dimensions (simulations); the last one runs over pairs.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from datacraft.contracts.canary import Bets

Floats = NDArray[np.float64]
Side = Literal["above", "below"]

_MOST_LOST = 0.95  # of the fortune by one pair; who may lose all can't win it back
_HALVINGS = 20  # of the range of a difference: bounds are exact to two millionths


@dataclass(frozen=True, slots=True)
class Pairs:
    """Paired sessions.

    Attributes:
        differences: the canary's rate less the baseline's, in [-1, 1].
        weights: how many requests a pair is worth.
    """

    differences: Floats
    weights: Floats


def pair(baseline: tuple[Floats, Floats], canary: tuple[Floats, Floats], correlation: float) -> Pairs:
    """Pair sessions in their order; those of the longer arm wait.

    A pair weighs what its difference is worth: the inverse of 1/n' + 1/m', where n requests of one session that
    correlate by rho tell as much as n' = n / (1 + (n - 1) rho) independent ones (Kish 1965).

    Args:
        baseline: requests of each session, and the sum of the metric over them.
        canary: the same.
        correlation: rho; a wrong guess costs sensitivity, not validity.
    """
    count = min(baseline[0].shape[-1], canary[0].shape[-1])
    (n, own), (m, other) = ((sizes[..., :count], sums[..., :count]) for sizes, sums in (baseline, canary))
    spread = (1 + (n - 1) * correlation) / n + (1 + (m - 1) * correlation) / m
    return Pairs(other / m - own / n, 1 / spread)


def log_fortunes(pairs: Pairs, bets: Bets, *, side: Side, than: float = 0.0) -> Floats:
    """Return the logarithm of the fortune after each pair, of betting that the mean difference is above `than`.

    Args:
        pairs: in the order in which they were completed.
        bets: that are mixed.
        side: "below": of betting that it is below `than`.
        than: in (-1, 1).
    """
    sign = 1.0 if side == "above" else -1.0
    gains = sign * (pairs.differences - than)
    largest = _MOST_LOST / (1 + sign * than)
    mixed = np.full(gains.shape, -np.inf)
    for size, share in zip(*_mixture(bets), strict=True):
        grown = np.log1p(np.minimum(size * pairs.weights, largest) * gains)
        np.cumsum(grown, axis=-1, out=grown)
        np.logaddexp(mixed, grown + math.log(share), out=mixed)
    return mixed


def bounds(pairs: Pairs, bets: Bets, alpha: float) -> tuple[float, float]:
    """Return the least and the greatest mean difference that no bet has ruled out by now.

    Each bound is right at all looks together with a chance of 1 - alpha: they are a confidence sequence
    (Waudby-Smith & Ramdas 2024, section 4). Of no pairs nothing is known.

    Args:
        pairs: of one canary, without leading dimensions.
        bets: that are mixed.
        alpha: of each bound.
    """
    return _bound(pairs, bets, alpha, "above"), _bound(pairs, bets, alpha, "below")


def _bound(pairs: Pairs, bets: Bets, alpha: float, side: Side) -> float:
    """Return the last value that betting on this side does not rule out: the fortune falls towards that side."""
    if pairs.differences.size == 0:
        return -1.0 if side == "above" else 1.0
    ruled_out, open_ = (-1.0, 1.0) if side == "above" else (1.0, -1.0)
    for _ in range(_HALVINGS):
        middle = (ruled_out + open_) / 2
        if log_fortunes(pairs, bets, side=side, than=middle)[-1] >= -math.log(alpha):
            ruled_out = middle
        else:
            open_ = middle
    return ruled_out


def _mixture(bets: Bets) -> tuple[list[float], list[float]]:
    """Return the sizes of bets, evenly on the logarithm, and their shares of the first fortune."""
    sizes = np.geomspace(bets.least, bets.most, bets.count)
    shares = np.exp(-0.5 * (np.log(sizes / bets.centre) / bets.spread) ** 2)
    return list(sizes), list(shares / shares.sum())
