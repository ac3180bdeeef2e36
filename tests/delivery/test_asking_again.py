"""Models of releases are asked again for real, on the data and the questions of today."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from releases import NEW, NOW, OLD, Model, Shop

sys.path.append(str(Path(__file__).parents[1] / "evaluation"))

from stall import question_set, write_sales

from datacraft.config import Settings
from datacraft.contracts.errors import ReleaseInvalid
from datacraft.contracts.gates import ComparisonPolicy
from datacraft.delivery.comparing import NotComparable, compare_releases
from datacraft.delivery.comparing.asking import asks_again
from datacraft.delivery.evidence import read_evidence
from datacraft.evaluation.data import DataLoader, LoadedData
from datacraft.evaluation.evaluator import RunOptions


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LoadedData]:
    sales = write_sales(tmp_path_factory.mktemp("stall"))
    settings = Settings.model_validate({"data": {"paths": [sales], "cache": False}})
    with DataLoader(settings).load() as loaded:
        yield loaded


EVERY = RunOptions(split=None)


@pytest.fixture
def both(shop: Shop) -> Shop:
    """One release serves, and one with another threshold of confidence was evaluated on other data."""
    shop.publish(OLD, Model())
    shop.publish(NEW, Model(confidence=0.7))
    return shop


def test_two_models_are_asked_today_s_questions_and_compared_case_by_case(
    both: Shop, data: LoadedData, tmp_path: Path
) -> None:
    seen: list[int] = []
    ask = asks_again(
        Settings(), data, question_set(), tmp_path, options=EVERY, progress=lambda one: seen.append(one.done)
    )
    theirs = ask(read_evidence(both.store, OLD))
    assert theirs.config_id == Model().candidate.config_id
    assert theirs.identity.data == data.content
    assert theirs.arrays.rates["accuracy"].hits.sum() > 8, (
        "the built-in engine answers most of the stall's questions"
    )
    assert theirs.bias.probes > 0
    asked = len(seen)
    assert ask(read_evidence(both.store, OLD)) == theirs
    assert len(seen) == asked, "what is asked already is not asked again"
    found = compare_releases(
        both.store,
        replace(read_evidence(both.store, NEW), evaluation=None),
        read_evidence(both.store, OLD),
        ComparisonPolicy(margin=0.5, slice_cases=3),
        channel="production",
        now=NOW,
        ask_again=ask,
    )
    assert found.method == "asked again"
    assert found.accepted, found.checks
    assert any(one.check == "kind: filter" for one in found.checks)


def test_a_budget_that_ends_before_all_is_asked_compares_nothing(
    both: Shop, data: LoadedData, tmp_path: Path
) -> None:
    ask = asks_again(Settings(), data, question_set(), tmp_path, options=RunOptions(split=None, max_calls=3))
    with pytest.raises(NotComparable, match="was not asked everything"):
        ask(read_evidence(both.store, OLD))


def test_a_release_whose_config_can_not_be_read_can_not_be_asked(
    both: Shop, data: LoadedData, tmp_path: Path
) -> None:
    ask = asks_again(Settings(), data, question_set(), tmp_path, options=EVERY)
    with pytest.raises(ReleaseInvalid, match="can't be read"):
        ask(replace(read_evidence(both.store, OLD), metadata=None))
