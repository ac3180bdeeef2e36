"""`ModelConfig`: the model behind the answers, as software: who is asked, how, and within which limits.

It is immutable, holds no secrets, stands alone (the prompt's text and the examples are in it) and is known by
the hash of its content. What a provider can't honour is an error when the config is made, never dropped.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from typing import Literal, get_args

from pydantic import BaseModel, ConfigDict, Field, computed_field, model_validator

ProviderName = Literal["builtin", "gemini", "vertex", "openai", "local"]
PROVIDERS: tuple[ProviderName, ...] = get_args(ProviderName)
OPENAI_URL = "https://api.openai.com/v1"


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class ModelHyperparameters(_Part):
    """How the model samples; null where the provider decides, or has no such thing."""

    temperature: float | None = Field(default=None, ge=0, le=2)
    top_p: float | None = Field(default=None, gt=0, le=1)
    top_k: int | None = Field(default=None, ge=1, le=1_000)
    max_output_tokens: int | None = Field(default=None, ge=16, le=65_536)
    seed: int | None = Field(default=None, ge=0, le=2**31 - 1)
    thinking_budget: int | None = Field(default=None, ge=0, le=32_768, description="In tokens; 0: none.")

    def given(self) -> dict[str, float | int]:
        """Return those that are set, by name."""
        return {name: value for name, value in self if value is not None}


_ALL = frozenset(ModelHyperparameters.model_fields)
HONOURED: dict[ProviderName, frozenset[str]] = {
    "builtin": frozenset(),
    "gemini": _ALL,
    "vertex": _ALL,
    "openai": _ALL - {"thinking_budget"},
    "local": _ALL - {"thinking_budget"},
}
"""Which hyperparameters each provider honours; OpenAI's own address, besides, has no `top_k`."""


class PromptText(_Part):
    """The instructions that a model gets: a template with declared variables, by name and content."""

    name: str = Field(min_length=1)
    text: str = Field(min_length=1)

    @computed_field  # type: ignore[prop-decorator]
    @property
    def sha256(self) -> str:
        """Hex digest of the text."""
        return hashlib.sha256(self.text.encode()).hexdigest()

    @model_validator(mode="before")
    @classmethod
    def _check_digest(cls, given: object) -> object:
        """Take a digest that stands beside the text, and check it."""
        if not isinstance(given, dict) or "sha256" not in given:
            return given
        rest = {key: value for key, value in given.items() if key != "sha256"}
        found = hashlib.sha256(str(rest.get("text", "")).encode()).hexdigest()
        if given["sha256"] != found:
            raise ValueError("the prompt's text does not have the sha256 that stands beside it")
        return rest


class SemanticStrategy(_Part):
    """The built-in engine reads the question."""

    kind: Literal["semantic"] = "semantic"
    minimum_confidence: float = Field(
        default=0.5, ge=0, le=1, description="Below it the question is not answered."
    )


class SqlStrategy(_Part):
    """The model writes SQL."""

    kind: Literal["sql"] = "sql"


class PlanStrategy(_Part):
    """The model fills in a `QueryPlan`, from which the SQL is rendered."""

    kind: Literal["plan"] = "plan"


class RepairStrategy(_Part):
    """What was refused, failed, or gave an absurd result goes back to the model with the reason."""

    kind: Literal["repair"] = "repair"
    attempts: int = Field(default=2, ge=1, le=5, description="Drafts after the first one, at most.")
    of: SqlStrategy | PlanStrategy | VoteStrategy = Field(discriminator="kind")


class VoteStrategy(_Part):
    """Several samples are run; the biggest group of equal results wins, and its share is the confidence."""

    kind: Literal["vote"] = "vote"
    samples: int = Field(default=3, ge=2, le=16)
    threshold: float = Field(default=0.5, gt=0, le=1, description="Share of samples that must agree.")
    prompts: tuple[PromptText, ...] = Field(
        default=(), max_length=16, description="One for each sample in turn; by default the config's."
    )
    of: SqlStrategy | PlanStrategy | RepairStrategy = Field(discriminator="kind")

    @model_validator(mode="after")
    def _repair_of_drafts(self) -> VoteStrategy:
        if self.of.kind == "repair" and self.of.of.kind == "vote":
            raise ValueError("a vote can't be of repaired votes; repair what is voted on, or the vote")
        return self


class CascadeStrategy(_Part):
    """The built-in engine answers what it is sure of, the model the rest."""

    kind: Literal["cascade"] = "cascade"
    threshold: float = Field(default=0.85, ge=0, le=1, description="Confidence of the built-in engine.")
    otherwise: SqlStrategy | PlanStrategy | RepairStrategy | VoteStrategy = Field(discriminator="kind")


Strategy = SemanticStrategy | SqlStrategy | PlanStrategy | RepairStrategy | VoteStrategy | CascadeStrategy
STRATEGIES = ("semantic", "sql", "plan", "repair", "vote", "cascade")


class Example(_Part):
    """A question with its SQL, shown to the model."""

    id: str
    question: str
    sql: str


class Examples(_Part):
    """Examples to pick from for each question."""

    name: str = Field(description="Of the set that they are from.")
    count: int = Field(default=4, ge=1, le=50, description="How many are shown.")
    items: tuple[Example, ...] = Field(min_length=1)


class ContextBudget(_Part):
    """How much of the data's description is sent."""

    tables: int = Field(default=10, ge=1, le=100)
    tokens: int = Field(default=6_000, ge=200, le=500_000, description="Estimated; of the whole description.")


class CallLimits(_Part):
    """How long and how dear one question, and one day, may be."""

    max_attempts: int = Field(default=4, ge=1, le=10, description="Tries of one call to the provider.")
    attempt_timeout_s: float = Field(default=20.0, gt=0, le=600, description="Of one try.")
    deadline_s: float = Field(default=45.0, gt=0, le=3_600, description="Of all calls for one question.")
    cost_per_question_usd: float | None = Field(default=None, gt=0)
    cost_per_day_usd: float | None = Field(default=None, gt=0, description="UTC day, of this config's calls.")


class Price(_Part):
    """US dollars per million tokens, where the price table does not know the model."""

    input: float = Field(ge=0)
    output: float = Field(ge=0)


class ModelConfig(_Part):
    """A model as a config. Two with equal content have the same `config_id`, whatever they are called."""

    model_config = ConfigDict(extra="forbid", frozen=True, protected_namespaces=())

    schema_version: Literal[1] = 1
    name: str = Field(default="", description="For people; no part of the identity.")
    provider: ProviderName
    model: str = Field(min_length=1, description="As the provider calls it; of `local`: a path or a name.")
    base_url: str | None = Field(
        default=None, pattern=r"^https?://", description="Of an OpenAI-compatible server."
    )
    hyperparameters: ModelHyperparameters = ModelHyperparameters()
    prompt: PromptText | None = None
    strategy: Strategy = Field(discriminator="kind")
    examples: Examples | None = None
    context: ContextBudget = ContextBudget()
    limits: CallLimits = CallLimits()
    cache: bool | None = Field(
        default=None, description="Keep the model's replies; null: where the temperature is 0."
    )
    price: Price | None = None
    fallback: tuple[ModelConfig, ...] = Field(
        default=(), description="Who answers, in this order, where the model can't be used."
    )

    @model_validator(mode="after")
    def _consistent(self) -> ModelConfig:
        builtin = self.provider == "builtin"
        if builtin != isinstance(self.strategy, SemanticStrategy):
            wanted = "semantic" if builtin else "one of " + ", ".join(STRATEGIES[1:])
            raise ValueError(
                f"the strategy of the provider {self.provider} is {wanted}, not {self.strategy.kind}"
            )
        if builtin and self.model != "builtin":
            raise ValueError(f"the provider builtin has the model builtin only, not {self.model}")
        if builtin and (self.prompt or self.examples or self.fallback):
            raise ValueError("the provider builtin takes no prompt, no examples and no fallback")
        if not builtin and self.prompt is None:
            raise ValueError("a prompt is needed; name one, or give its text")
        if self.base_url is not None and self.provider != "openai":
            raise ValueError(f"the provider {self.provider} takes no base_url; only openai does")
        if any(one.fallback for one in self.fallback):
            raise ValueError("a fallback has no fallback of its own; name all of them in one list")
        self._check_hyperparameters()
        return self

    def _check_hyperparameters(self) -> None:
        honoured = HONOURED[self.provider]
        who = f"the provider {self.provider}"
        if self.provider == "openai" and (self.base_url or OPENAI_URL).rstrip("/") == OPENAI_URL:
            honoured, who = honoured - {"top_k"}, "OpenAI's own address"
        for name in self.hyperparameters.given():
            if name not in honoured:
                raise ValueError(f"{who} can't honour {name}; set it to null")
        if self.votes and self.hyperparameters.temperature == 0 and not self._prompts_differ:
            raise ValueError("a vote among equal prompts at temperature 0 is always unanimous; raise it")

    @property
    def votes(self) -> bool:
        """Whether several samples are compared."""
        return any(isinstance(part, VoteStrategy) for part in parts_of(self.strategy))

    @property
    def _prompts_differ(self) -> bool:
        return any(
            isinstance(part, VoteStrategy) and len({p.text for p in part.prompts}) > 1
            for part in parts_of(self.strategy)
        )

    @property
    def varies(self) -> bool:
        """Whether asking twice can give two answers."""
        return self.provider != "builtin" and self.hyperparameters.temperature != 0

    @property
    def caches(self) -> bool:
        """Whether replies are kept."""
        return not self.varies if self.cache is None else self.cache

    @property
    def config_id(self) -> str:
        """12 hex digits of the SHA-256 of the canonical JSON."""
        return hashlib.sha256(self.canonical_json().encode()).hexdigest()[:12]

    @property
    def title(self) -> str:
        """What it is called, else what it is."""
        return self.name or (
            self.model if self.provider == "builtin" else f"{self.model} {self.strategy.kind}"
        )

    def canonical_json(self) -> str:
        """Return the content in one form: names sorted, defaults written out, the config's name left out."""
        content = self.model_dump(mode="json")
        for one in (content, *content["fallback"]):
            one.pop("name")
        return json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


ModelConfig.model_rebuild()
RepairStrategy.model_rebuild()


def builtin_config(minimum_confidence: float = 0.5, *, name: str = "") -> ModelConfig:
    """Return the built-in engine as a config."""
    return ModelConfig(
        name=name,
        provider="builtin",
        model="builtin",
        strategy=SemanticStrategy(minimum_confidence=minimum_confidence),
    )


def parts_of(strategy: Strategy) -> Iterator[Strategy]:
    """Yield a strategy and all that it wraps, the outermost first."""
    yield strategy
    if isinstance(strategy, CascadeStrategy):
        yield from parts_of(strategy.otherwise)
    elif isinstance(strategy, RepairStrategy | VoteStrategy):
        yield from parts_of(strategy.of)


def leaf_of(strategy: Strategy) -> str:
    """Return the kind of the innermost strategy: what the model is asked for."""
    *_, leaf = parts_of(strategy)
    return leaf.kind
