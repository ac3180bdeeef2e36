"""The composite score and its parts, of a candidate as measured, of bootstrap draws, and of swapped cases.

composite = w1 performance + w2 (100 - bias) + w3 speed + w4 reliability, where speed = 100 min(1, budget / p95)
and reliability = 100 x calls answered or honestly refused / calls. All parts are from 0 to 100.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from datacraft.contracts.policy import PerformanceWeights, SelectionPolicy
from datacraft.evaluation.measuring.arrays import CandidateArrays
from datacraft.evaluation.measuring.performance import weighted

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

_Chosen = TypeVar("_Chosen", np.int64, np.bool_)

PARTS = ("performance", "bias", "speed", "reliability")
_CHUNK = 500
"""Draws whose latencies are held at the same time: 500 x 420 cases x 5 repeats are 8 MB."""


@dataclass(frozen=True)
class Evidence:
    """What is known of one candidate.

    Attributes:
        name: for people.
        config_id: identifies the config.
        arrays: what it did, case by case; of all candidates on the same cases.
        bias: bias score, 0 to 100, lower is better.
        bias_probes: what each probe of the bias tests adds, 0 to 100, with `bias` as its mean; of all
            candidates on the same probes. Without them a difference of bias counts in the score, but not as
            evidence that two candidates differ.
    """

    name: str
    config_id: str
    arrays: CandidateArrays
    bias: float
    bias_probes: Floats = field(default_factory=lambda: np.zeros(0))

    @property
    def cases(self) -> int:
        """Cases that were asked."""
        return len(self.arrays.cases)


class Scorer:
    """Computes parts and composites under one policy."""

    def __init__(self, policy: SelectionPolicy, performance: PerformanceWeights) -> None:
        self._policy = policy
        self._performance = performance
        self._names = [*performance.shares(), "reliable"]
        self.weights = np.array([policy.weights.shares()[part] for part in PARTS])

    def drawn(self, evidence: Evidence, cases: NDArray[np.int64], probes: NDArray[np.int64]) -> Floats:
        """Return the parts of bootstrap draws: draws x 4.

        Args:
            evidence: of a candidate.
            cases: draws x cases; which case stands at each place.
            probes: draws x probes, likewise.
        """
        hits, of = self._stacked(evidence)
        counts = _counts(cases, evidence.cases)
        known = evidence.arrays.latency_ms
        latency = _p95_in_chunks(cases, lambda chosen: known[chosen].reshape(len(chosen), -1))
        bias = np.full(len(cases), evidence.bias)
        if len(evidence.bias_probes):
            bias = evidence.bias_probes[probes].mean(axis=1)
        return self._parts(counts @ hits, counts @ of, latency, bias)

    def swapped_difference(self, first: Evidence, second: Evidence, swaps: Flags) -> Floats:
        """Return the difference of the composites where the flagged cases' and probes' outcomes are swapped.

        Args:
            first: a candidate.
            second: another one.
            swaps: rows x (cases + probes).
        """
        cases, probes = swaps[:, : first.cases], swaps[:, first.cases :]
        return self._swapped(first, second, cases, probes) - self._swapped(second, first, cases, probes)

    def _swapped(self, mine: Evidence, other: Evidence, cases: Flags, probes: Flags) -> Floats:
        """Return the composites of a candidate that has the other's outcomes at the flagged places."""
        flags = cases.astype(np.float64)
        hits, of = self._stacked(mine)
        other_hits, other_of = self._stacked(other)
        own, others = mine.arrays.latency_ms, other.arrays.latency_ms
        latency = _p95_in_chunks(cases, lambda flagged: _mixed(own, others, flagged))
        bias = np.zeros(len(cases))  # without probes there is nothing to swap: no evidence of a difference
        if len(mine.bias_probes):
            bias = np.where(probes, other.bias_probes, mine.bias_probes).mean(axis=1)
        parts = self._parts(
            hits.sum(axis=0) + flags @ (other_hits - hits),
            of.sum(axis=0) + flags @ (other_of - of),
            latency,
            bias,
        )
        composites: Floats = parts @ self.weights
        return composites

    def _stacked(self, evidence: Evidence) -> tuple[Floats, Floats]:
        rates = [evidence.arrays.rates[name] for name in self._names]
        return np.stack([rate.hits for rate in rates], axis=1), np.stack([rate.of for rate in rates], axis=1)

    def _parts(self, hits: Floats, of: Floats, p95_ms: Floats, bias: Floats) -> Floats:
        """Return rows x 4 of rows x rates (the performance score's, and `reliable` last).

        What can't be measured is no merit: it counts 0.
        """
        performance = weighted(hits[:, :-1], of[:, :-1], self._performance)
        reliability = np.zeros(len(hits))
        np.divide(100 * hits[:, -1], of[:, -1], out=reliability, where=of[:, -1] > 0)
        budget_ms = self._policy.latency_budget_s * 1_000
        speed = 100 * np.minimum(1.0, budget_ms / np.maximum(p95_ms, 1e-9))
        return np.stack([np.nan_to_num(performance, nan=0.0), 100 - bias, speed, reliability], axis=1)


def _counts(draws: NDArray[np.int64], cases: int) -> Floats:
    """Return draws x cases: how often each case is in each draw."""
    places = draws + cases * np.arange(len(draws))[:, None]
    found = np.bincount(places.ravel(), minlength=cases * len(draws))
    return found.reshape(len(draws), cases).astype(np.float64)


def _p95_in_chunks(rows: NDArray[_Chosen], latencies: Callable[[NDArray[_Chosen]], Floats]) -> Floats:
    """Return the 95th percentile of the latencies of each row, in milliseconds."""
    chunks = (rows[start : start + _CHUNK] for start in range(0, len(rows), _CHUNK))
    return np.concatenate([_p95(latencies(chunk)) for chunk in chunks])


def _p95(latencies: Floats) -> Floats:
    missing = ~np.isfinite(latencies)
    if not missing.any():
        return np.asarray(np.quantile(latencies, 0.95, axis=1))
    found = np.full(len(latencies), np.inf)  # where no call was made there is no speed
    known = ~missing.all(axis=1)
    found[known] = np.nanquantile(latencies[known], 0.95, axis=1)
    return found


def _mixed(mine: Floats, other: Floats, cases: Flags) -> Floats:
    """Return rows x (cases x repeats) of one's latencies, the other's where a case is flagged."""
    width = max(mine.shape[1], other.shape[1])
    return np.where(cases[:, :, None], _wide(other, width), _wide(mine, width)).reshape(len(cases), -1)


def _wide(latencies: Floats, width: int) -> Floats:
    missing = width - latencies.shape[1]
    return np.pad(latencies, ((0, 0), (0, missing)), constant_values=np.nan) if missing else latencies
