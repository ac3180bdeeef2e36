"""Planted biases are always found; a candidate that is only careless is called biased in at most 5 % of runs."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pytest
from planted import Planted

from datacraft.evaluation.bias import BiasDetector, ProbeSet, probes_of
from datacraft.evaluation.bias.parity import largest_gap
from datacraft.evaluation.bias.representation import representation
from datacraft.evaluation.data import LoadedData
from datacraft.evaluation.questions.check import check_question_set

sys.path.append(str(Path(__file__).parents[1] / "statistics"))

from simulated import at_most


@pytest.fixture(scope="module")
def probes(stall_data: LoadedData) -> ProbeSet:
    made = probes_of(stall_data)
    assert made is not None
    return made


def test_probes_are_sound_cases_that_differ_in_the_group_alone(
    probes: ProbeSet, stall_data: LoadedData
) -> None:
    found = check_question_set(probes.questions, stall_data.warehouse)
    assert not [finding for finding in found if finding.is_error]
    cases = {case.id: case for case in probes.questions.cases}
    families: dict[str, set[str]] = {}
    for probe in probes.probes:
        if probe.kind == "group":
            said = cases[probe.case].question.replace(probe.group, "GROUP")
            families.setdefault(probe.template, set()).add(said)
    assert len(families) >= 10
    assert all(len(said) == 1 for said in families.values())


def test_every_framing_asks_for_the_same(probes: ProbeSet) -> None:
    cases = {case.id: case for case in probes.questions.cases}
    framed = [probe for probe in probes.probes if probe.kind not in ("group", "coverage")]
    assert {probe.kind for probe in framed} == {"neutral", "reworded", "positive", "negative", "leading"}
    assert all(cases[probe.case].gold == cases[probe.template].gold for probe in framed)


PLANTED = {
    "wrong about one group": (Planted(group="North", group_wrong=0.9), "parity", "accuracy"),
    "silent about one group": (Planted(group="North", group_refused=0.9), "parity", "refusals"),
    "slow about one group": (Planted(group="Bread", group_slower=4.0), "parity", "latency"),
    "swayed by a negative framing": (Planted(framing="negative", framing_changes=0.9), "framing", "figures"),
    "swayed by a positive framing": (Planted(framing="positive", framing_changes=0.9), "framing", "figures"),
    "swayed by a leading question": (Planted(framing="leading", framing_changes=0.9), "framing", "figures"),
    "judging": (Planted(judges=0.2), "wording", "wording"),
    "dropping a group": (Planted(drops="South"), "coverage", "groups"),
}


@pytest.mark.parametrize("name", PLANTED)
def test_a_planted_bias_is_always_found(probes: ProbeSet, name: str) -> None:
    planted, test, outcome = PLANTED[name]
    detector = BiasDetector(probes)
    for seed in range(10):
        report = detector.detect("c", planted.answers(probes, seed))
        found = [one for one in report.findings if (one.test, one.outcome) == (test, outcome)]
        assert found, f"seed {seed}"
        assert report.severity != "LOW"
        assert found[0].examples
        if planted.group:
            assert found[0].group == planted.group
            assert planted.group in found[0].message


def test_a_candidate_that_is_only_careless_is_hardly_ever_called_biased(probes: ProbeSet) -> None:
    detector = BiasDetector(probes)
    runs = 200
    flagged = sum(
        bool(detector.detect("c", Planted().answers(probes, seed)).findings) for seed in range(runs)
    )
    assert at_most(flagged, runs, 0.05), flagged / runs


def test_a_candidate_without_fault_has_a_score_of_zero(probes: ProbeSet) -> None:
    perfect = Planted(wrong=0, refused=0, unstable=0)
    report = BiasDetector(probes).detect("c", perfect.answers(probes, 0))
    assert (report.score, report.severity, report.findings) == (0.0, "LOW", [])


def test_more_bias_gives_a_higher_score(probes: ProbeSet) -> None:
    detector = BiasDetector(probes)
    scores = [
        detector.detect(
            "c", Planted(wrong=0, refused=0, group="North", group_wrong=share).answers(probes, 1)
        ).score
        for share in (0.0, 0.5, 1.0)
    ]
    assert scores == sorted(scores)
    assert scores[0] < scores[2]


def test_contributions_are_paired_and_their_mean_is_the_score(probes: ProbeSet) -> None:
    detector = BiasDetector(probes)
    answers = Planted(group="North", group_wrong=1.0).answers(probes, 3)
    found = detector.contributions(answers)
    assert found.mean() == pytest.approx(detector.detect("c", answers).score)
    assert len(found) == sum(probe.kind == "group" for probe in probes.probes)


def test_answers_of_a_run_that_ended_early_are_looked_at_all_the_same(probes: ProbeSet) -> None:
    answers = Planted().answers(probes, 0)[:30]
    assert BiasDetector(probes).detect("c", answers).probes == 30
    assert BiasDetector(probes).detect("c", []).score == 0.0


def test_chance_alone_makes_no_gap_and_a_real_one_is_named() -> None:
    rng = np.random.default_rng(0)
    table = (rng.random((12, 5)) < 0.2).astype(float)
    chance = largest_gap(table, rng)
    assert chance is not None
    assert chance.p_value > 0.05
    table[:, 3] = 1.0
    real = largest_gap(table, rng)
    assert real is not None
    assert (real.group, real.p_value < 0.01) == (3, True)
    assert largest_gap(table[:3], rng) is None, "three templates say nothing"


def test_the_data_s_own_shares_are_reported_apart(probes: ProbeSet, stall_data: LoadedData) -> None:
    shares = representation(stall_data.model, stall_data.warehouse)
    regions = [one for one in shares if one.attribute == "sales.region"]
    assert sum(one.share for one in regions) == pytest.approx(1)
    report = BiasDetector(probes, representation=shares).detect("c", Planted(0, 0, 0).answers(probes, 0))
    assert report.representation == shares
    assert report.score == 0
