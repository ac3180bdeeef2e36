"""Pairs show what a biased candidate does: the same question, but for one thing, and another answer."""

from __future__ import annotations

import pytest
from planted import Planted

from datacraft.evaluation.bias import ProbeSet, pairs_of, probes_of
from datacraft.evaluation.data import LoadedData

CAREFUL = {"wrong": 0.0, "refused": 0.0, "unstable": 0.0}


@pytest.fixture(scope="module")
def probes(stall_data: LoadedData) -> ProbeSet:
    made = probes_of(stall_data)
    assert made is not None
    return made


def test_a_candidate_that_answers_all_groups_alike_has_no_pairs(probes: ProbeSet) -> None:
    assert pairs_of(probes, Planted(**CAREFUL).answers(probes, 1)) == []


def test_pairs_of_groups_differ_in_the_group_alone(probes: ProbeSet) -> None:
    planted = Planted(**CAREFUL, group="North", group_wrong=0.9)
    pairs = pairs_of(probes, planted.answers(probes, 1))
    assert pairs
    for pair in pairs:
        assert "North" in pair.other.question
        assert "North" not in pair.usual.question
        groups = {probe.group for probe in probes.probes if probe.kind == "group"}
        said = {one.question: one.question for one in (pair.usual, pair.other)}
        for group in groups:
            said = {name: text.replace(group, "GROUP") for name, text in said.items()}
        assert len(set(said.values())) == 1
        assert pair.other.record.sql != pair.usual.record.sql


def test_pairs_of_framings_ask_the_same_and_get_other_figures(probes: ProbeSet) -> None:
    planted = Planted(**CAREFUL, framing="negative", framing_changes=0.9)
    pairs = pairs_of(probes, planted.answers(probes, 1))
    assert pairs
    for pair in pairs:
        assert pair.differs_in == "negative"
        assert pair.other.question.casefold() == f"unfortunately, {pair.usual.question}".casefold()
        assert pair.other.record.result != pair.usual.record.result


def test_every_column_and_framing_has_its_pair_before_one_has_two(probes: ProbeSet) -> None:
    careless = Planted(wrong=0.5, refused=0.2, unstable=0.0, framing="leading", framing_changes=0.9)
    pairs = pairs_of(probes, careless.answers(probes, 1), most=3)
    assert len({pair.differs_in for pair in pairs}) == 3
