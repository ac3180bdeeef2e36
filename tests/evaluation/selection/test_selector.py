"""The best candidate that reaches every floor is chosen, equals are decided as declared, and doubt chooses nobody."""

from __future__ import annotations

import numpy as np
import pytest
from made import evidence

from datacraft.contracts.errors import ConfigError, InputError
from datacraft.contracts.policy import CompositeWeights, Floors, SelectionPolicy
from datacraft.evaluation.selection import ModelSelector


def rights(n: int, right: int) -> np.ndarray:
    return np.array([1.0] * right + [0.0] * (n - right))


def test_the_composite_is_what_the_formula_says() -> None:
    """90 of 100 right, nothing wrong shown, p95 of 10 s on a budget of 5 s, 4 calls failed, bias 20."""
    reliable = rights(100, 96)
    one = evidence("a", rights(100, 90), reliable=reliable, latency_ms=10_000.0, bias=20.0)
    (ranked,) = ModelSelector().select([one]).ranking
    # Charts and refusals can't be shown by these cases; their 0.15 goes to the others in proportion.
    performance = 100 * (0.70 * 0.90 + 0.10 * 1.0 + 0.05 * 0.90) / 0.85
    assert ranked.performance.value == pytest.approx(performance)
    assert (ranked.bias.value, ranked.speed.value) == (pytest.approx(20), pytest.approx(50))
    assert ranked.reliability.value == pytest.approx(96)
    assert ranked.composite.value == pytest.approx(0.5 * performance + 0.3 * 80 + 0.1 * 50 + 0.1 * 96)


def test_a_clearly_better_candidate_wins_and_the_report_says_so() -> None:
    report = ModelSelector().select(
        [evidence("worse", rights(300, 200)), evidence("better", rights(300, 280))]
    )
    assert (report.selected, report.tied) == ("better", ["better"])
    (comparison,) = report.comparisons
    assert comparison.distinguishable
    assert (comparison.only_first_right, comparison.only_second_right) == (0, 80)
    assert comparison.mcnemar_p_value < 1e-9
    assert "better than the other" in report.reasons[0]
    assert report.ranking[0].probability_of_being_best == 1.0


def test_equals_are_decided_by_the_declared_order() -> None:
    dear_fast = evidence("dear-fast", rights(200, 151), cost_usd=0.002, latency_ms=500.0)
    cheap_slow = evidence("cheap-slow", rights(200, 150), cost_usd=0.001, latency_ms=900.0)
    cheap_fast = evidence("cheap-fast", rights(200, 149), cost_usd=0.001, latency_ms=500.0)
    incumbent = evidence("incumbent", rights(200, 148), cost_usd=0.00104, latency_ms=540.0)
    candidates = [dear_fast, cheap_slow, cheap_fast, incumbent]
    report = ModelSelector().select(candidates, incumbent="incumbent")
    assert sorted(report.tied) == ["cheap-fast", "cheap-slow", "dear-fast", "incumbent"]
    assert report.selected == "incumbent", "it costs and takes about as much as the cheapest and fastest"
    assert report.ranking[0].config_id == "dear-fast"
    speed_first = SelectionPolicy(ties=("speed", "cost"))
    assert ModelSelector(speed_first).select(candidates[:2]).selected == "dear-fast"
    assert ModelSelector().select(candidates[:2]).selected == "cheap-slow"


def test_bias_decides_where_its_probes_show_a_difference() -> None:
    rng = np.random.default_rng(0)
    fair, biased = rng.uniform(0, 10, 200), rng.uniform(20, 50, 200)
    same = rights(200, 150)
    candidates = [
        evidence("biased", same, probes=biased, cost_usd=0.0),
        evidence("fair", same, probes=fair, cost_usd=1.0),
    ]
    report = ModelSelector().select(candidates)
    assert report.comparisons[0].distinguishable
    assert report.selected == "fair", "though it costs more"


def test_a_bias_score_without_probes_is_no_evidence_of_a_difference() -> None:
    same = rights(200, 150)
    report = ModelSelector().select([evidence("a", same, bias=5.0), evidence("b", same, bias=30.0)])
    assert not report.comparisons[0].distinguishable
    assert report.ranking[0].config_id == "a"


@pytest.mark.parametrize(
    ("broken", "floor"),
    [
        (evidence("x", rights(100, 30)), "performance"),
        (evidence("x", rights(100, 90), bias=60.0), "bias"),
        (evidence("x", rights(100, 90), bias=float("nan")), "bias"),
        (evidence("x", rights(100, 70), wrong=np.ones(100)), "wrong shown"),
        (evidence("x", rights(100, 90), reliable=rights(100, 90)), "reliability"),
    ],
)
def test_nobody_is_chosen_where_a_floor_is_missed(broken: object, floor: str) -> None:
    report = ModelSelector().select([broken])  # type: ignore[list-item]
    assert report.selected is None
    assert f"floor of {floor}" in report.reasons[0]
    assert not report.ranking[0].eligible


def test_a_candidate_that_was_never_asked_is_not_chosen() -> None:
    one = evidence("silent", rights(50, 0), latency_ms=float("nan"))
    for rate in one.arrays.rates.values():
        rate.of[:] = 0
        rate.hits[:] = 0
    object.__setattr__(one.arrays, "calls", 0)
    report = ModelSelector().select([one, evidence("asked", rights(50, 40))])
    assert report.selected == "asked"
    missed = next(ranked for ranked in report.ranking if ranked.name == "silent")
    assert [floor.value for floor in missed.floors if not floor.passed] == [None, None, None]
    assert ModelSelector().select([one]).selected is None


def test_a_worse_candidate_wins_where_the_better_misses_a_floor() -> None:
    best = evidence("best", rights(100, 99), bias=90.0)
    second = evidence("second", rights(100, 80))
    report = ModelSelector().select([best, second])
    assert report.selected == "second"
    assert report.ranking[0].config_id == "second"
    assert report.ranking[0].probability_of_being_best == 1.0


def test_the_incumbent_must_take_part() -> None:
    with pytest.raises(InputError, match="incumbent old takes no part"):
        ModelSelector().select([evidence("new", rights(50, 40))], incumbent="old")


def test_candidates_that_were_asked_other_cases_are_not_compared() -> None:
    with pytest.raises(InputError, match="not asked the same"):
        ModelSelector().select([evidence("a", rights(50, 40)), evidence("b", rights(60, 40))])
    with pytest.raises(InputError, match="no candidate"):
        ModelSelector().select([])


def test_the_same_seed_gives_the_same_report() -> None:
    candidates = [evidence("a", rights(80, 60)), evidence("b", rights(80, 62))]
    first, second = (ModelSelector(seed=3).select(candidates) for _ in range(2))
    assert first.model_copy(update={"created_at": second.created_at}) == second


def test_chances_of_being_best_sum_to_one() -> None:
    rng = np.random.default_rng(2)
    candidates = [evidence(name, (rng.random(100) < 0.8).astype(float)) for name in "abc"]
    ranking = ModelSelector().select(candidates).ranking
    assert sum(one.probability_of_being_best for one in ranking) == pytest.approx(1)


def test_what_the_cases_could_have_shown_is_said() -> None:
    rng = np.random.default_rng(3)
    first, second = ((rng.random(100) < 0.8).astype(float) for _ in range(2))
    (comparison,) = ModelSelector().select([evidence("a", first), evidence("b", second)]).comparisons
    assert comparison.smallest_difference is not None
    assert 0.1 < comparison.smallest_difference < 0.3
    assert comparison.cases_needed is None or comparison.cases_needed > 100


def test_weights_that_do_not_sum_to_one_are_refused_with_their_place(tmp_path: object) -> None:
    from datacraft.config import load_settings

    with pytest.raises(ValueError, match="sum to 1"):
        CompositeWeights(performance=0.6)
    with pytest.raises(ConfigError, match=r"evaluation.selection.weights: the weights must sum to 1"):
        load_settings(environ={}, arguments={"evaluation.selection.weights.performance": 0.6})


def test_ties_can_be_declared_in_the_environment() -> None:
    from datacraft.config import load_settings

    settings = load_settings(environ={"DATACRAFT_EVALUATION__SELECTION__TIES": "speed, incumbent"})
    assert settings.evaluation.selection.ties == ("speed", "incumbent")


def test_floors_are_what_the_policy_says() -> None:
    policy = SelectionPolicy(floors=Floors(min_performance=95))
    assert ModelSelector(policy).select([evidence("a", rights(100, 90))]).selected is None
