"""A candidate's figures with their intervals, from its judged calls."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from datacraft.contracts.estimate import Estimate
from datacraft.contracts.evaluation import CandidateResult, SliceResult
from datacraft.contracts.judgement import CallRecord
from datacraft.contracts.policy import PerformanceWeights
from datacraft.contracts.question_set import Case
from datacraft.evaluation.candidates import Candidate
from datacraft.evaluation.measuring.arrays import CandidateArrays, Rate, arrays_of
from datacraft.evaluation.measuring.performance import performance
from datacraft.evaluation.statistics import cluster_ratio, percentile_estimate, wilson

Floats = NDArray[np.float64]

_RESAMPLES = 2_000
_INTERNAL = {"honesty", "explanation"}
"""Rates that only the performance score is made of; others say the same."""


def result_of(
    candidate: Candidate, cases: Sequence[Case], records: Sequence[CallRecord], weights: PerformanceWeights
) -> CandidateResult:
    """Return a candidate's figures on the cases."""
    arrays = arrays_of(cases, records)
    rng = _generator(candidate.config_id)
    asked = int(np.count_nonzero(np.isfinite(arrays.latency_ms).any(axis=1)))
    p50, p95 = _latencies(arrays, (0.5, 0.95), rng, asked)
    return CandidateResult(
        name=candidate.name,
        config_id=candidate.config_id,
        config=dict(candidate.config),
        cases=asked,
        calls=arrays.calls,
        performance=performance_estimate(arrays, weights, rng, asked),
        rates={
            name: rate_estimate(rate, rng)
            for name, rate in arrays.rates.items()
            if name not in _INTERNAL and rate.of.any()
        },
        latency_p50_ms=p50,
        latency_p95_ms=p95,
        mean_latency_ms=float(np.nanmean(arrays.latency_ms)) if arrays.calls else None,
        input_tokens=sum(record.usage.input_tokens for record in records),
        output_tokens=sum(record.usage.output_tokens for record in records),
        cost_usd=arrays.cost_usd,
        mistakes=dict(
            Counter(mistake.kind for record in records for mistake in record.judgement.mistakes).most_common()
        ),
        slices=list(_slices(arrays, rng)),
    )


def rate_estimate(rate: Rate, rng: np.random.Generator) -> Estimate:
    """Return a rate with Wilson's interval; where cases were repeated, with the cluster bootstrap's."""
    if np.all(rate.of <= 1):
        return wilson(float(rate.hits.sum()), int(rate.of.sum()))
    return cluster_ratio(rate.hits, rate.of, rng)


def _generator(config_id: str) -> np.random.Generator:
    """Return a source of random numbers that gives the same figures for the same candidate every time."""
    return np.random.default_rng(int(hashlib.sha256(config_id.encode()).hexdigest()[:16], 16))


def performance_estimate(
    arrays: CandidateArrays, weights: PerformanceWeights, rng: np.random.Generator, asked: int
) -> Estimate | None:
    """Return the performance score with a percentile interval over cases; None where no call was made."""
    cases = len(arrays.cases)
    if not arrays.calls:
        return None
    value = float(performance(arrays, weights, np.ones((1, cases)))[0])
    return percentile_estimate(value, performance(arrays, weights, _draws(cases, rng)), asked)


def _draws(cases: int, rng: np.random.Generator) -> Floats:
    """Return how often each case is in each resample: resamples x cases."""
    # Ten times as fast as `rng.multinomial`, of which this is a case.
    row = np.arange(_RESAMPLES)[:, None] * cases
    drawn = rng.integers(0, cases, size=(_RESAMPLES, cases)) + row
    counts = np.bincount(drawn.ravel(), minlength=_RESAMPLES * cases)
    return counts.reshape(_RESAMPLES, cases).astype(np.float64)


def _latencies(
    arrays: CandidateArrays, shares: Sequence[float], rng: np.random.Generator, asked: int
) -> list[Estimate | None]:
    """Return quantiles of the calls' latencies, each with a percentile interval over cases."""
    known = arrays.latency_ms[np.isfinite(arrays.latency_ms).any(axis=1)]
    if not len(known):
        return [None] * len(shares)
    drawn = known[rng.integers(0, len(known), size=(_RESAMPLES, len(known)))].reshape(_RESAMPLES, -1)
    # nanquantile sorts row by row in Python where anything is missing, which is a hundred times slower; and quantile
    # is twice as fast on rows that numpy has sorted.
    quantiles = np.quantile if np.isfinite(drawn).all() else np.nanquantile
    drawn.sort(axis=1)
    values, resampled = np.nanquantile(known, shares), quantiles(drawn, shares, axis=1)
    return [
        percentile_estimate(float(value), draws, asked)
        for value, draws in zip(values, resampled, strict=True)
    ]


def _slices(arrays: CandidateArrays, rng: np.random.Generator) -> Iterable[SliceResult]:
    members: dict[tuple[str, str], list[int]] = {}
    for place, case in enumerate(arrays.cases):
        for dimension, values in case.slices().items():
            for value in values:
                members.setdefault((dimension, value), []).append(place)
    for (dimension, value), places in sorted(members.items()):
        accuracy, refusals, wrong = (
            _part(arrays.rates[name], places) for name in ("accuracy", "refusals", "wrong_shown")
        )
        if wrong.of.any():
            # A slice of cases that should not be answered has no accuracy, and the other way round.
            shown = accuracy if accuracy.of.any() else refusals
            yield SliceResult(
                dimension=dimension,
                value=value,
                accuracy=rate_estimate(shown, rng),
                wrong_shown=rate_estimate(wrong, rng),
            )


def _part(rate: Rate, places: list[int]) -> Rate:
    return Rate(rate.hits[places], rate.of[places])
