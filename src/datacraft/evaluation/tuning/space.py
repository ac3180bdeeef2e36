"""A search space read from a file, and the configs that its settings make of a base config."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import product
from pathlib import Path

from pydantic import JsonValue, ValidationError

from datacraft.config.yaml_file import read_yaml
from datacraft.contracts.errors import InputError
from datacraft.contracts.model_config import ModelConfig
from datacraft.contracts.search_space import Choice, Range, SearchSpace, label_of, path_of

Settings = Mapping[str, JsonValue]
"""A value for each part that varies."""

MOST_POINTS = 10_000

_USUAL: Mapping[str, tuple[JsonValue, ...]] = {
    "temperature": (0.0, 0.2, 0.5, 0.8, 1.0),
    "top_p": (0.7, 0.9, 1.0),
    "top_k": (20, 40, 100),
    "strategy": (
        {"kind": "sql"},
        {"kind": "plan"},
        {"kind": "repair", "of": {"kind": "sql"}},
        {"kind": "repair", "of": {"kind": "plan"}},
    ),
    "examples.count": (2, 4, 8),
}
"""Votes and cascades are left out: they take several calls for a question, and somebody has to want that."""


class SearchSpaceError(InputError):
    """A search space can't be used; names the file, the line and what is wrong."""

    code = "bad_search_space"


def load_search_space(path: Path) -> SearchSpace:
    """Read a search space from a YAML file.

    Raises:
        ConfigError: it can't be read, or isn't YAML.
        SearchSpaceError: it holds what a space can't; names the line.
    """
    file = read_yaml(path)
    try:
        return SearchSpace.model_validate(file.values)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        location = [str(part) for part in first["loc"] if part not in ("choice", "range")]
        shorter = [".".join(location[:end]) for end in range(len(location), 0, -1)]
        keys = [key + name for key in shorter for name in ("", ".part", ".values", ".low")]
        key = next((key for key in keys if key in file.lines), None)
        place = f"{path}:{file.lines[key]}" if key else str(path)
        raise SearchSpaceError(
            f"{place}: {'.'.join(location) or 'it'}: {first['msg'].removeprefix('Value error, ')}.",
            hint="A parameter has a `part` and `values: [...]`, or `low` and `high`, with a `step` for whole "
            "numbers.",
        ) from error


def usual_space(base: ModelConfig) -> SearchSpace:
    """Return what is worth varying in a config where nobody has said: each value makes a config of this base."""
    if base.provider == "builtin":
        confidence = Range(part="strategy.minimum_confidence", low=0.3, high=0.9, step=0.05)
        return SearchSpace(parameters=(confidence,))
    found: list[Choice] = []
    for part, listed in _USUAL.items():
        path = path_of(part)
        if path[0] == "examples" and base.examples is None:
            continue
        possible = tuple(value for value in listed if _is_possible(base, {part: value}))
        if len(possible) > 1:
            found.append(Choice(part=part, values=possible))
    return SearchSpace(parameters=tuple(found))


def _is_possible(base: ModelConfig, settings: Settings) -> bool:
    try:
        configured(base, settings)
    except ValidationError:
        return False
    return True


def grid_of(space: SearchSpace) -> list[Settings]:
    """Return every combination of values.

    Raises:
        InputError: a range has no steps, or there are too many combinations.
    """
    points: list[tuple[JsonValue, ...]] = []
    total = 1
    for parameter in space.parameters:
        values = parameter.values if isinstance(parameter, Choice) else parameter.points()
        if not values:
            raise InputError(
                f"A grid needs steps, and {parameter.part} has none.",
                hint=f"Give {parameter.part} a `step` or `values`, or search at random or by TPE.",
            )
        total *= len(values)
        points.append(tuple(values))
    if total > MOST_POINTS:
        raise InputError(
            f"The grid has {total:,} combinations; {MOST_POINTS:,} are the most.",
            hint="Vary less, or search at random or by TPE.",
        )
    return [dict(zip(space.parts, values, strict=True)) for values in product(*points)]


def configured(base: ModelConfig, settings: Settings) -> ModelConfig:
    """Return the base config with these settings in place of its own.

    A part that a varied strategy does not have is left out, so that strategies can be varied with their parts.

    Raises:
        InputError: the config has no such part.
        ValidationError: no such config is possible.
    """
    content = base.model_dump(mode="json", exclude={"name": True, "prompt": {"sha256"}})
    for name in sorted(settings, key=lambda name: len(path_of(name))):
        *parents, last = path_of(name)
        place: object = content
        for parent in parents:
            place = place.get(parent) if isinstance(place, dict) else None
        if isinstance(place, dict) and last in place:
            place[last] = settings[name]
        elif parents and parents[0] in settings:
            continue
        else:
            raise InputError(
                f"{base.title} has no part {name}, which the search space varies.",
                hint="Names are paths into the model config, such as temperature, examples.count, "
                "strategy.minimum_confidence.",
            )
    return ModelConfig.model_validate({**content, "name": named(base, settings)})


def settings_of(config: ModelConfig, space: SearchSpace) -> Settings:
    """Return the values that a config has for what varies; null for parts that it lacks."""
    content = config.model_dump(mode="json", exclude={"prompt": {"sha256"}})
    found: dict[str, JsonValue] = {}
    for part in space.parts:
        place: JsonValue = content
        for name in path_of(part):
            place = place.get(name) if isinstance(place, dict) else None
        found[part] = place
    return found


def named(base: ModelConfig, settings: Settings) -> str:
    """Return what a config is called: the base and what is set."""
    return " ".join(
        [base.title, *(f"{name.rpartition('.')[2]}={label_of(value)}" for name, value in settings.items())]
    )
