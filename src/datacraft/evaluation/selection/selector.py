"""`ModelSelector`: the best candidate that reaches every floor, or none, with how sure that is."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from datacraft.contracts.errors import InputError
from datacraft.contracts.estimate import Estimate
from datacraft.contracts.policy import PerformanceWeights, SelectionPolicy
from datacraft.contracts.selection import Comparison, FloorResult, RankedCandidate, SelectionReport
from datacraft.evaluation.measuring.arrays import Rate
from datacraft.evaluation.selection.comparing import compared
from datacraft.evaluation.selection.robustness import weights_margin
from datacraft.evaluation.selection.scores import PARTS, Evidence, Scorer
from datacraft.evaluation.selection.ties import decided
from datacraft.evaluation.statistics import percentile_estimate

Floats = NDArray[np.float64]

_RESAMPLES = 2_000


class ModelSelector:
    """Chooses among candidates that were asked the same cases.

    Args:
        policy: weights, floors, budget of time, and what decides ties.
        performance: weights of the performance score.
        seed: of resamples and swaps; the same seed gives the same report.
        clock: returns the present in UTC.
    """

    def __init__(
        self,
        policy: SelectionPolicy | None = None,
        performance: PerformanceWeights | None = None,
        *,
        seed: int = 0,
        clock: Callable[[], dt.datetime] = lambda: dt.datetime.now(dt.UTC),
    ) -> None:
        self.policy = policy or SelectionPolicy()
        self._scorer = Scorer(self.policy, performance or PerformanceWeights())
        self._seed = seed
        self._clock = clock

    def select(self, candidates: Sequence[Evidence], *, incumbent: str | None = None) -> SelectionReport:
        """Return who is chosen, and why; `selected` is null where nobody reaches every floor.

        Args:
            candidates: with the incumbent among them.
            incumbent: config id of what serves today; None where nothing does.

        Raises:
            InputError: there is no candidate, the incumbent takes no part, or not all were asked the same.
        """
        _check(candidates, incumbent)
        rng = np.random.default_rng(self._seed)
        draws = _draws(candidates[0], rng)
        parts = [self._scorer.drawn(one, *draws) for one in candidates]
        composites = [drawn @ self._scorer.weights for drawn in parts]
        floors = [self._floors(one, drawn[0]) for one, drawn in zip(candidates, parts, strict=True)]
        eligible = [all(floor.passed for floor in found) for found in floors]
        best = _best_shares(composites, eligible)
        ranked = sorted(
            (
                self._ranked(one, drawn, composite, found, share, incumbent)
                for one, drawn, composite, found, share in zip(
                    candidates, parts, composites, floors, best, strict=True
                )
            ),
            key=lambda one: (not one.eligible, -one.composite.value, one.name),
        )
        comparisons = compared(candidates, composites, self._scorer, rng, alpha=self.policy.alpha)
        return self._report(ranked, comparisons, incumbent, candidates[0].cases)

    def _floors(self, one: Evidence, parts: Floats) -> list[FloorResult]:
        floors, rates = self.policy.floors, one.arrays.rates
        performance = float(parts[0]) if one.arrays.calls else None
        wrong, reliable = _rate(rates["wrong_shown"]), _rate(rates["reliable"])
        return [
            _at_least("performance", floors.min_performance, performance),
            _at_most("bias", floors.max_bias, one.bias),
            _at_most("wrong shown", floors.max_wrong_shown, wrong),
            _at_least("reliability", floors.min_reliability, reliable),
        ]

    def _ranked(
        self,
        one: Evidence,
        parts: Floats,
        composite: Floats,
        floors: list[FloorResult],
        best: float,
        incumbent: str | None,
    ) -> RankedCandidate:
        estimates = [
            percentile_estimate(float(parts[0, place]), parts[1:, place], one.cases)
            for place in range(len(PARTS))
        ]
        bias = estimates[1]
        latency = one.arrays.latency_ms
        return RankedCandidate(
            name=one.name,
            config_id=one.config_id,
            incumbent=one.config_id == incumbent,
            composite=percentile_estimate(float(composite[0]), composite[1:], one.cases),
            performance=estimates[0],
            bias=Estimate(
                value=100 - bias.value, low=100 - bias.high, high=100 - bias.low, n=len(one.bias_probes)
            ),
            speed=estimates[2],
            reliability=estimates[3],
            accuracy=_rate(one.arrays.rates["accuracy"]),
            success_rate=_rate(one.arrays.rates["answered"]),
            mean_latency_s=float(np.nanmean(latency)) / 1_000 if one.arrays.calls else 0.0,
            cost_per_call_usd=one.arrays.cost_usd / max(one.arrays.calls, 1),
            probability_of_being_best=best,
            floors=floors,
            eligible=all(floor.passed for floor in floors),
        )

    def _report(
        self,
        ranked: list[RankedCandidate],
        comparisons: list[Comparison],
        incumbent: str | None,
        cases: int,
    ) -> SelectionReport:
        eligible = [one for one in ranked if one.eligible]
        tied = _tied(eligible, comparisons)
        winner, decided_by = decided(tied, self.policy.ties) if tied else (None, "")
        reasons = _reasons(winner, tied, eligible, decided_by) if winner else _refusals(ranked)
        rivals = {one.config_id: _parts_of(one) for one in eligible if one is not winner}
        margin = weights_margin(self.policy.weights.shares(), _parts_of(winner), rivals) if winner else None
        return SelectionReport(
            selected=winner.config_id if winner else None,
            reasons=reasons,
            tied=[one.config_id for one in tied],
            policy=self.policy,
            ranking=ranked,
            comparisons=comparisons,
            weights_margin=margin,
            incumbent=incumbent,
            cases=cases,
            created_at=self._clock(),
        )


def _check(candidates: Sequence[Evidence], incumbent: str | None) -> None:
    if not candidates:
        raise InputError("There is no candidate to select from.", hint="Evaluate at least one model config.")
    if incumbent is not None and all(one.config_id != incumbent for one in candidates):
        raise InputError(
            f"The incumbent {incumbent} takes no part.", hint="Evaluate it too: what serves must be beaten."
        )
    first = candidates[0]
    for one in candidates[1:]:
        same_cases = [case.id for case in one.arrays.cases] == [case.id for case in first.arrays.cases]
        if not same_cases or len(one.bias_probes) != len(first.bias_probes):
            raise InputError(
                f"{one.name} and {first.name} were not asked the same.",
                hint="Evaluate all on the same cases.",
            )


def _draws(one: Evidence, rng: np.random.Generator) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return draws of cases and of probes, the same for every candidate, so that differences are paired.

    The first row is no draw: it is the cases as they are.
    """
    cases, probes = one.cases, len(one.bias_probes)
    drawn = rng.integers(0, cases, size=(_RESAMPLES, cases))
    drawn_probes = rng.integers(0, max(probes, 1), size=(_RESAMPLES, probes))
    return np.vstack([np.arange(cases), drawn]), np.vstack([np.arange(probes), drawn_probes])


def _rate(rate: Rate) -> float | None:
    chances = float(rate.of.sum())
    return float(rate.hits.sum()) / chances if chances else None


def _at_least(name: str, threshold: float, value: float | None) -> FloorResult:
    passed = value is not None and value >= threshold  # also False for what is not a number
    return FloorResult(name=name, threshold=threshold, value=value, passed=passed)


def _at_most(name: str, threshold: float, value: float | None) -> FloorResult:
    return FloorResult(
        name=name, threshold=threshold, value=value, passed=value is not None and value <= threshold
    )


def _best_shares(composites: Sequence[Floats], eligible: Sequence[bool]) -> list[float]:
    """Return for each candidate how often it is the best eligible one among the bootstrap draws."""
    if not any(eligible):
        return [0.0] * len(composites)
    drawn = np.stack([composite[1:] for composite in composites])
    drawn[~np.array(eligible)] = -np.inf
    leading = np.isclose(drawn, drawn.max(axis=0), rtol=0, atol=1e-9) & np.isfinite(drawn)
    return [float(share) for share in (leading / leading.sum(axis=0)).mean(axis=1)]


def _tied(eligible: Sequence[RankedCandidate], comparisons: Sequence[Comparison]) -> list[RankedCandidate]:
    """Return the best eligible candidate and those that can't be told apart from it."""
    if not eligible:
        return []
    best = eligible[0].config_id
    different = {
        other
        for one in comparisons
        if one.distinguishable and best in (one.first, one.second)
        for other in (one.first, one.second)
    } - {best}
    return [one for one in eligible if one.config_id not in different]


def _parts_of(one: RankedCandidate) -> dict[str, float]:
    return {
        "performance": one.performance.value,
        "bias": 100 - one.bias.value,
        "speed": one.speed.value,
        "reliability": one.reliability.value,
    }


def _reasons(
    winner: RankedCandidate,
    tied: Sequence[RankedCandidate],
    eligible: Sequence[RankedCandidate],
    decided_by: str,
) -> list[str]:
    score = f"{winner.name} scores {winner.composite.value:.1f} ({winner.composite.low:.1f} to {winner.composite.high:.1f})"
    if len(eligible) == 1:
        return [f"{score} and is the only candidate that reaches every floor."]
    if len(tied) == 1:
        beaten = len(eligible) - 1
        others = (
            "the other candidate that reaches" if beaten == 1 else f"each of the {beaten} others that reach"
        )
        return [f"{score} and is better than {others} every floor."]
    others = ", ".join(one.name for one in tied if one is not winner)
    return [
        f"{score} and can't be told apart from {others}.",
        f"What decided among these: {decided_by}.",
    ]


def _refusals(ranked: Sequence[RankedCandidate]) -> list[str]:
    return [
        f"{one.name} misses the floor of {floor.name}: "
        + (
            f"{floor.value:.3g}, and {floor.threshold:g} is needed."
            if floor.value is not None
            else "it is unknown."
        )
        for one in ranked
        for floor in one.floors
        if not floor.passed
    ]
