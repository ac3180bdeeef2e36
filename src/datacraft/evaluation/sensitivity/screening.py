"""Which configs to ask so that it shows what a part of the config does: one at a time, and Morris' design."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypedDict

import numpy as np
from numpy.typing import NDArray
from pydantic import JsonValue, ValidationError

from datacraft.contracts.estimate import Estimate
from datacraft.contracts.model_config import ModelConfig
from datacraft.contracts.search_space import Choice, Range, SearchSpace
from datacraft.contracts.sensitivity import ElementaryEffects
from datacraft.evaluation.tuning.space import Settings, configured

Floats = NDArray[np.float64]

_LEVELS = 4
"""Of Morris' design: an effect crosses two thirds of a part's range (Campolongo et al. 2007)."""


class _Problem(TypedDict):
    num_vars: int
    names: list[str]
    bounds: list[list[float]]


@dataclass(frozen=True, slots=True)
class Moved:
    """The base config with one part moved."""

    part: str
    value: JsonValue
    config: ModelConfig


def one_at_a_time(base: ModelConfig, space: SearchSpace) -> list[Moved]:
    """Return a config for each listed value, and for the ends and the middle of each range; all else as it is.

    Values that the base has, and such as make no config, are left out.
    """
    found: list[Moved] = []
    for parameter in space.parameters:
        values = parameter.values if isinstance(parameter, Choice) else _ends(parameter)
        for value in values:
            config = _possible(base, {parameter.part: value})
            if config is not None and config.config_id != base.config_id:
                found.append(Moved(parameter.part, value, config))
    return found


def _ends(parameter: Range) -> tuple[JsonValue, ...]:
    points = parameter.points()
    if points:
        return tuple(dict.fromkeys((points[0], points[len(points) // 2], points[-1])))
    return (parameter.low, _at(parameter, 0.5), parameter.high)


def _at(parameter: Choice | Range, share: float) -> JsonValue:
    """Return the value that lies at a share of a part's range, from 0 to 1."""
    values = parameter.values if isinstance(parameter, Choice) else parameter.points()
    if values:
        return values[min(len(values) - 1, int(share * len(values)))]
    assert isinstance(parameter, Range)
    if parameter.log:
        return float(parameter.low * (parameter.high / parameter.low) ** share)
    return parameter.low + share * (parameter.high - parameter.low)


def _possible(base: ModelConfig, settings: Settings) -> ModelConfig | None:
    try:
        return configured(base, settings)
    except ValidationError:
        return None


class MorrisDesign:
    """Configs on random paths through the space, each step moving one part (Morris 1991; SALib).

    Args:
        base: that parts are set in.
        space: at least one part.
        paths: how many; each takes one config more than there are parts.
        seed: of the paths.
    """

    def __init__(self, base: ModelConfig, space: SearchSpace, *, paths: int = 6, seed: int = 0) -> None:
        from SALib.sample import morris

        count = len(space.parameters)
        self._problem: _Problem = {"num_vars": count, "names": space.parts, "bounds": [[0.0, 1.0]] * count}
        self._seed = seed
        drawn = morris.sample(self._problem, paths, num_levels=_LEVELS, seed=seed)
        made = [
            _possible(
                base, {one.part: _at(one, share) for one, share in zip(space.parameters, row, strict=True)}
            )
            for row in drawn
        ]
        paths_of = [range(start, start + count + 1) for start in range(0, len(made), count + 1)]
        # A path with a config that is not possible tells nothing of the parts that it moves.
        places = [place for path in paths_of if None not in [made[place] for place in path] for place in path]
        self._drawn: Floats = drawn[places]
        self.configs: list[ModelConfig] = [one for place in places if (one := made[place]) is not None]

    def effects(self, scores: Sequence[float]) -> list[ElementaryEffects]:
        """Return what the scores of the configs, in their order, say of each part; the strongest first."""
        from SALib.analyze import morris

        if not self.configs:
            return []
        values = np.asarray(scores, dtype=np.float64)
        found = morris.analyze(self._problem, self._drawn, values, num_levels=_LEVELS, seed=self._seed)
        paths = len(self.configs) // (self._problem["num_vars"] + 1)
        effects = [
            ElementaryEffects(
                part=str(part),
                mean=float(found["mu"][place]),
                strength=_strength(
                    float(found["mu_star"][place]), float(found["mu_star_conf"][place]), paths
                ),
                spread=float(found["sigma"][place]) if paths > 1 else 0.0,
            )
            for place, part in enumerate(self._problem["names"])
        ]
        return sorted(effects, key=lambda one: -one.strength.value)


def _strength(value: float, half: float, paths: int) -> Estimate:
    half = half if np.isfinite(half) else 0.0
    return Estimate(value=value, low=max(0.0, value - half), high=value + half, n=paths)
