"""Accuracy without labels: what the confidence of production's own answers says.

As NannyML's CBPE does (confidence-based performance estimation, https://nannyml.readthedocs.io/en/stable/how_it_works/
performance_estimation.html): where an answer of confidence c is right with the chance r(c), production's accuracy is the
mean of r over its answers. r is an isotonic regression of right on confidence, fitted to the cases that the release was
evaluated on. It holds as long as an answer's confidence means what it meant then, which the graded cases check.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from datacraft.contracts.judgement import CallRecord
from datacraft.contracts.monitoring import AccuracyEstimate, Grading

_FEWEST = 50
_DRAWS = 400
_SURE = 3.0
"""Standard deviations by which graded cases must miss what is expected of them."""
_Floats = NDArray[np.float64]


def estimate_accuracy(
    evaluated: Sequence[CallRecord], confidences: Sequence[float], grading: Grading | None
) -> AccuracyEstimate | None:
    """Estimate how many of production's answers are right.

    Args:
        evaluated: calls of the release when it was evaluated.
        confidences: of production's answers.
        grading: that the estimate is checked against.

    Returns:
        None where there are fewer than 50 answers or cases with a confidence.
    """
    known = [
        (call.confidence, call.judgement.right)
        for call in evaluated
        if call.confidence is not None and call.judgement.outcome == "answered"
    ]
    if min(len(known), len(confidences)) < _FEWEST:
        return None
    sure, right = np.array([one for one, _ in known]), np.array([float(one) for _, one in known])
    asked = np.asarray(confidences, dtype=np.float64)
    value = float(_Calibration(sure, right)(asked).mean())
    rng = np.random.default_rng(len(known))
    drawn = []
    for _ in range(_DRAWS):  # cases are what is known little of; production's answers are what they are
        chosen = rng.integers(0, len(sure), len(sure))
        drawn.append(float(_Calibration(sure[chosen], right[chosen])(asked).mean()))
    low, high = np.quantile(drawn, (0.025, 0.975))
    return AccuracyEstimate(
        answers=len(confidences),
        value=value,
        low=min(value, float(low)),
        high=max(value, float(high)),
        disagrees=None if grading is None else _disagreement(_Calibration(sure, right), len(known), grading),
    )


def _disagreement(calibration: _Calibration, cases: int, grading: Grading) -> str | None:
    """Say where graded cases are right more or less often than their confidence says, beyond chance."""
    known = [one for one in grading.cases if one.confidence is not None and one.outcome == "answered"]
    if len(known) < _FEWEST:
        return None
    chances = calibration(np.array([one.confidence for one in known], dtype=np.float64))
    expected, found = float(chances.sum()), sum(one.right for one in known)
    # What was fitted to few cases is as uncertain as what is compared with it.
    variance = float((chances * (1 - chances)).sum()) * (1 + len(known) / cases)
    if abs(found - expected) <= _SURE * math.sqrt(max(variance, 1.0)):
        return None
    return (
        f"By their confidence {expected:.0f} of the {len(known)} graded answers should be right, and {found} are: "
        "confidence does not mean what it meant when the release was evaluated."
    )


class _Calibration:
    """The chance of being right by confidence: rising steps, straight lines between them.

    Args:
        confidence: of answers.
        right: 1 or 0, of each.
    """

    def __init__(self, confidence: _Floats, right: _Floats) -> None:
        from scipy.optimize import isotonic_regression

        self._at, place = np.unique(confidence, return_inverse=True)
        count = np.bincount(place)
        self._chance = isotonic_regression(np.bincount(place, right) / count, weights=count).x

    def __call__(self, confidence: _Floats) -> _Floats:
        return np.asarray(np.interp(confidence, self._at, self._chance), dtype=np.float64)
