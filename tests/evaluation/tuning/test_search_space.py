"""A search space is read from YAML, makes configs of a base, and is told what is wrong with it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError
from tunable import BUILTIN, base_config

from datacraft.contracts.errors import DataCraftError, InputError
from datacraft.contracts.model_config import ModelConfig, RepairStrategy, SemanticStrategy, SqlStrategy
from datacraft.contracts.search_space import Range, SearchSpace
from datacraft.evaluation.tuning import load_search_space, usual_space
from datacraft.evaluation.tuning.proposing import Tpe, at_random
from datacraft.evaluation.tuning.space import configured, grid_of, settings_of

FULL = """parameters:
  - {part: temperature, low: 0, high: 1, step: 0.5}
  - {part: top_k, values: [null, 40]}
  - part: prompt
    values:
      - {name: terse, text: "SQL for {question}"}
      - {name: kind, text: "Please write SQL for {question}"}
  - part: strategy
    values:
      - {kind: sql}
      - {kind: repair, of: {kind: sql}}
  - {part: strategy.attempts, values: [1, 3]}
"""


def written(folder: Path, text: str) -> Path:
    path = folder / "space.yaml"
    path.write_text(text)
    return path


def test_the_space_that_the_documents_show_is_one(tmp_path: Path) -> None:
    page = (Path(__file__).parents[3] / "docs" / "how-to" / "choose-a-model.md").read_text()
    (shown,) = re.findall(r"^```yaml\n(parameters:.*?)^```", page, re.M | re.S)
    space = load_search_space(written(tmp_path, shown))
    base = base_config(examples={"name": "shop", "items": [{"id": "1", "question": "q", "sql": "SELECT 1"}]})
    assert len({configured(base, settings).config_id for settings in grid_of(space)}) == 11 * 3 * (1 + 3) * 3


def test_a_grid_has_every_combination_and_each_makes_a_config(tmp_path: Path) -> None:
    space = load_search_space(written(tmp_path, FULL))
    grid = grid_of(space)
    assert len(grid) == 3 * 2 * 2 * 2 * 2
    made = {configured(base_config(), settings).config_id for settings in grid}
    assert len(made) == 3 * 2 * 2 * (1 + 2), "attempts only count where there is a repair"
    last = configured(base_config(), grid[-1])
    assert last.hyperparameters.temperature == 1
    assert last.hyperparameters.top_k == 40
    assert last.prompt is not None
    assert last.prompt.name == "kind"
    assert last.strategy == RepairStrategy(attempts=3, of=SqlStrategy())
    assert last.name == "base temperature=1 top_k=40 prompt=kind strategy=repair attempts=3"


def test_the_threshold_of_the_builtin_engine_is_a_parameter() -> None:
    space = SearchSpace.model_validate(
        {"parameters": [{"part": "strategy.minimum_confidence", "low": 0.3, "high": 0.9, "step": 0.3}]}
    )
    made = [configured(BUILTIN, settings).strategy for settings in grid_of(space)]
    assert made == [SemanticStrategy(minimum_confidence=value) for value in (0.3, 0.6, 0.9)]
    assert settings_of(BUILTIN, space) == {"strategy.minimum_confidence": 0.5}


def test_a_base_with_its_own_values_is_itself(tmp_path: Path) -> None:
    base = base_config()
    space = load_search_space(written(tmp_path, FULL))
    assert configured(base, settings_of(base, space)).config_id == base.config_id


@pytest.mark.parametrize(
    ("base", "parts"),
    [
        (BUILTIN, ["strategy.minimum_confidence"]),
        (base_config(), ["temperature", "top_p", "top_k", "strategy"]),
        (base_config(provider="openai"), ["temperature", "top_p", "strategy"]),
        (
            base_config(
                examples={"name": "shop", "items": [{"id": "1", "question": "q", "sql": "SELECT 1"}]}
            ),
            ["temperature", "top_p", "top_k", "strategy", "examples.count"],
        ),
    ],
    ids=["builtin", "gemini", "openai", "examples"],
)
def test_without_a_file_all_that_the_config_can_honour_is_varied(base: ModelConfig, parts: list[str]) -> None:
    space = usual_space(base)
    assert space.parts == parts
    for settings in grid_of(space)[:50]:
        assert configured(base, settings).provider == base.provider


def test_a_part_that_the_base_lacks_is_told() -> None:
    with pytest.raises(InputError, match=r"no part examples.count"):
        configured(base_config(), {"examples.count": 4})
    with pytest.raises(InputError, match="no part warmth"):
        configured(base_config(), {"warmth": 4})


def test_a_config_that_is_not_possible_is_no_config() -> None:
    with pytest.raises(ValidationError, match="always unanimous"):
        configured(base_config(), {"temperature": 0, "strategy": {"kind": "vote", "of": {"kind": "sql"}}})


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("parameters: []\n", r"space.yaml:1: parameters: Tuple should have at least 1"),
        (
            "parameters:\n  - {part: a, low: 1, high: 0}\n",
            r"space.yaml:2: .*`low` has to be less than `high`",
        ),
        ("parameters:\n  - {part: a, low: 0, high: 1, log: true}\n", "`low` is above 0"),
        ("parameters:\n  - {part: a, values: [0.5, 0.5]}\n", "listed twice"),
        ("parameters:\n  - {part: a, values: []}\n", "space.yaml:2"),
        ("parameters:\n  - {part: strategy, values: [{kind: magic}]}\n", r"space.yaml:2: .*'magic' found"),
        ("parameters:\n  - {part: a, values: [1]}\n  - {part: a, values: [2]}\n", "varied twice"),
        ("parameters:\n  - 3\n", "space.yaml:1: parameters.0"),
        ("parameters: [1\n", "not valid YAML"),
    ],
)
def test_what_is_wrong_with_a_file_is_told_with_its_line(tmp_path: Path, text: str, told: str) -> None:
    with pytest.raises(DataCraftError, match=told):
        load_search_space(written(tmp_path, text))


def test_a_grid_needs_steps_and_an_end() -> None:
    with pytest.raises(InputError, match="top_p has none"):
        grid_of(SearchSpace.model_validate({"parameters": [{"part": "top_p", "low": 0.1, "high": 1}]}))
    wide = [{"part": name, "low": 0, "high": 1, "step": 0.01} for name in ("temperature", "top_p", "x")]
    with pytest.raises(InputError, match=r"1,030,301 combinations"):
        grid_of(SearchSpace.model_validate({"parameters": wide}))


@given(low=st.floats(-10, 10), width=st.floats(0.1, 20), step=st.floats(0.05, 5))
def test_points_of_a_range_lie_within_it_on_its_steps(low: float, width: float, step: float) -> None:
    points = Range(part="x", low=low, high=low + width, step=step).points()
    assert points[0] == pytest.approx(low)
    assert all(low - 1e-9 <= point <= low + width + 1e-9 for point in points)
    assert points[-1] + step > low + width - 1e-6


def test_random_settings_differ_and_come_out_the_same_again(tmp_path: Path) -> None:
    space = load_search_space(written(tmp_path, FULL))
    first = at_random(space, 20, seed=1).cohort()
    assert len({str(one) for one in first}) == 20
    assert at_random(space, 20, seed=1).cohort() == first
    assert at_random(space, 20, seed=2).cohort() != first
    assert len(at_random(space, 1_000, seed=1).cohort()) == 48, "there are no more"


def test_tpe_proposes_within_the_space_and_ends(tmp_path: Path) -> None:
    space = SearchSpace.model_validate(
        {
            "parameters": [
                {"part": "top_p", "low": 0.01, "high": 1, "log": True},
                {"part": "top_k", "low": 1, "high": 3, "step": 1},
                {"part": "prompt", "values": [{"name": "a", "text": "a"}, {"name": "b", "text": "b"}]},
            ]
        }
    )
    proposer = Tpe(space, trials=7, cohort=3, seed=0)
    sizes = []
    while proposer.cohorts_left:
        cohort = proposer.cohort()
        sizes.append(len(cohort))
        for settings in cohort:
            assert 0.01 <= settings["top_p"] <= 1  # type: ignore[operator]
            assert settings["top_k"] in (1, 2, 3)
    assert sizes == [3, 3, 1]
