"""Evidence of made-up candidates, whose true quality is known."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from datacraft.contracts.question_set import Case
from datacraft.evaluation.measuring.arrays import CandidateArrays, Rate
from datacraft.evaluation.selection import Evidence

Floats = NDArray[np.float64]


def evidence(
    name: str,
    right: Floats | list[float],
    *,
    wrong: Floats | None = None,
    reliable: Floats | None = None,
    latency_ms: Floats | float = 100.0,
    cost_usd: float = 0.0,
    bias: float = 10.0,
    probes: Floats | None = None,
) -> Evidence:
    """Return a candidate that got `right` of the cases, 0 or 1 each; `wrong` says which wrong ones were shown."""
    right = np.asarray(right, dtype=np.float64)
    n = len(right)
    one, none = np.ones(n), np.zeros(n)
    shown = none if wrong is None else wrong * (1 - right)
    rates = {
        "accuracy": Rate(right, one),
        "answered": Rate(np.maximum(right, shown), one),
        "honesty": Rate(1 - shown, one),
        "wrong_shown": Rate(shown, one),
        "refusals": Rate(none, none),
        "explanation": Rate(right, one),
        "chart": Rate(none, none),
        "reliable": Rate(one if reliable is None else reliable, one),
    }
    cases = tuple(_case(number) for number in range(n))
    latency = np.broadcast_to(np.asarray(latency_ms, dtype=np.float64), (n,)).reshape(n, 1).copy()
    score = bias if probes is None else float(probes.mean())
    arrays = CandidateArrays(cases, rates, latency, cost_usd * n, n)
    return Evidence(name, name, arrays, score, np.zeros(0) if probes is None else probes)


_CASES: dict[int, Case] = {}


def _case(number: int) -> Case:
    if number not in _CASES:
        _CASES[number] = Case(id=f"c{number}", question="q", gold=("SELECT 1",))
    return _CASES[number]
