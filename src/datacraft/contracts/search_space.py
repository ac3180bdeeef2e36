"""`SearchSpace`: which parts of a model config may vary, and over what. People write it as a YAML file."""

from __future__ import annotations

import json
import math
from typing import Annotated, Literal

from pydantic import (
    BaseModel,
    ConfigDict,
    Discriminator,
    Field,
    JsonValue,
    Tag,
    TypeAdapter,
    ValidationInfo,
    field_validator,
    model_validator,
)

from datacraft.contracts.model_config import ModelHyperparameters, PromptText, Strategy

_WHOLE: dict[str, TypeAdapter[object]] = {
    "prompt": TypeAdapter(PromptText),
    "strategy": TypeAdapter(Annotated[Strategy, Field(discriminator="kind")]),
}
"""Parts that are given whole, so that what they leave out has its default."""

_SHORTEST_DIGITS = 12


_PART = Field(
    min_length=1,
    description="A path into the model config, its names joined by dots; hyperparameters go by their own name.",
)


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Choice(_Part):
    """One of the values that are listed."""

    part: str = _PART
    values: tuple[JsonValue, ...] = Field(min_length=1)

    @field_validator("values", mode="after")
    @classmethod
    def _checked(cls, values: tuple[JsonValue, ...], info: ValidationInfo) -> tuple[JsonValue, ...]:
        """Write out the defaults of prompts and strategies, so that parts of them can be varied too."""
        if adapter := _WHOLE.get(str(info.data.get("part"))):
            values = tuple(
                adapter.dump_python(adapter.validate_python(value), mode="json", exclude={"sha256"})
                for value in values
            )
        if len({json.dumps(value, sort_keys=True) for value in values}) < len(values):
            raise ValueError("a value is listed twice")
        return values


class Range(_Part):
    """A number from `low` to `high`, both included."""

    part: str = _PART
    low: float
    high: float
    step: float | None = Field(
        default=None, gt=0, description="Between values; a grid and whole numbers need one."
    )
    log: bool = Field(default=False, description="Spread evenly in the logarithm; takes no step.")

    @model_validator(mode="after")
    def _ordered(self) -> Range:
        if not (math.isfinite(self.low) and math.isfinite(self.high) and self.low < self.high):
            raise ValueError("`low` has to be less than `high`")
        if self.log and (self.step is not None or self.low <= 0):
            raise ValueError("with `log`, `low` is above 0 and there is no `step`")
        return self

    @property
    def whole(self) -> bool:
        """Whether only whole numbers are meant."""
        return self.step is not None and all(
            float(value).is_integer() for value in (self.low, self.high, self.step)
        )

    def points(self) -> tuple[float | int, ...]:
        """Return the values on the steps; none without a step."""
        if self.step is None:
            return ()
        count = math.floor((self.high - self.low) / self.step + 1e-9) + 1
        values = (round(self.low + place * self.step, _SHORTEST_DIGITS) for place in range(count))
        return tuple(int(value) if self.whole else value for value in values)


def _kind(given: object) -> str:
    listed = "values" in given if isinstance(given, dict) else isinstance(given, Choice)
    return "choice" if listed else "range"


Parameter = Annotated[Annotated[Choice, Tag("choice")] | Annotated[Range, Tag("range")], Discriminator(_kind)]


class SearchSpace(_Part):
    """Which parts of a model config may vary: `temperature`, `prompt`, `strategy.minimum_confidence`, ..."""

    schema_version: Literal[1] = 1
    parameters: tuple[Parameter, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _differ(self) -> SearchSpace:
        if len(set(self.parts)) < len(self.parts):
            raise ValueError("a part is varied twice")
        return self

    @property
    def parts(self) -> list[str]:
        """What varies, in the order given."""
        return [parameter.part for parameter in self.parameters]


def path_of(part: str) -> tuple[str, ...]:
    """Return where in a model config a part stands."""
    return ("hyperparameters", part) if part in ModelHyperparameters.model_fields else tuple(part.split("."))


def label_of(value: JsonValue) -> str:
    """Return a value for people: what it is called, else what it is."""
    if isinstance(value, dict):
        return str(value.get("name") or value.get("kind") or json.dumps(value, sort_keys=True))
    return f"{value:.3g}" if isinstance(value, float) else "none" if value is None else str(value)
