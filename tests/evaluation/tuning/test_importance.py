"""A part is important as far as its levels explain the scores, and not because it has many."""

from __future__ import annotations

import numpy as np
import pytest

from datacraft.contracts.search_space import SearchSpace
from datacraft.evaluation.tuning.importance import importance_of
from datacraft.evaluation.tuning.space import grid_of

SPACE = SearchSpace.model_validate(
    {
        "parameters": [
            {"part": "temperature", "low": 0, "high": 1, "step": 0.1},
            {"part": "prompt", "values": [{"name": name, "text": name} for name in "abc"]},
            {"part": "top_k", "values": list(range(1, 9))},
        ]
    }
)


def test_what_decides_the_score_alone_explains_all_of_it() -> None:
    settings = grid_of(SPACE)
    scores = np.array([{"a": 50.0, "b": 70.0, "c": 90.0}[one["prompt"]["name"]] for one in settings])  # type: ignore[index,call-overload]
    found = importance_of(SPACE, settings, scores)
    assert found["prompt"] == pytest.approx(1.0)
    assert (found["temperature"], found["top_k"]) == (0.0, 0.0)


def test_many_levels_of_nothing_explain_about_nothing() -> None:
    settings = grid_of(SPACE)
    rng = np.random.default_rng(1)
    shares = [importance_of(SPACE, settings, rng.normal(size=len(settings))) for _ in range(200)]
    for part in SPACE.parts:
        assert np.mean([one[part] for one in shares]) < 0.02


def test_too_few_trials_explain_nothing() -> None:
    (first, second, *_) = grid_of(SPACE)
    assert importance_of(SPACE, [first, second], np.array([1.0, 2.0]))["top_k"] == 0.0
    assert set(importance_of(SPACE, [], np.zeros(0)).values()) == {0.0}
