"""Configs whose quality is known: the simulator is right as often as a config's hyperparameters say."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

from simulator import Simulator

from datacraft.contracts.model_config import ModelConfig, PromptText, SqlStrategy, builtin_config
from datacraft.contracts.question_set import Case, QuestionSet, Split
from datacraft.contracts.search_space import SearchSpace
from datacraft.evaluation.candidates import Candidate, Respondent, Workplace
from datacraft.evaluation.data import LoadedData

PROMPT = PromptText(name="plain", text="Write SQL for {question}.")


def base_config(temperature: float = 0.5, **changes: object) -> ModelConfig:
    return ModelConfig.model_validate(
        {
            "name": "base",
            "provider": "gemini",
            "model": "some-model",
            "prompt": PROMPT,
            "strategy": SqlStrategy(),
            "hyperparameters": {"temperature": temperature, "top_p": 0.9},
            **changes,
        }
    )


def many_cases(tune: int = 120, others: int = 20) -> QuestionSet:
    """Return cases that all differ, mostly of the part `tune`."""

    def case(number: int, split: Split) -> Case:
        return Case(
            id=f"{split}-{number}",
            question=f"How many sales are above {number} in part {split}?",
            gold=(f"SELECT count(*) AS n FROM sales WHERE amount > {number % 80}",),
            split=split,
        )

    parts: list[tuple[int, Split]] = [(tune, "tune"), (others, "select"), (others, "holdout")]
    cases = tuple(case(number, split) for count, split in parts for number in range(count))
    return QuestionSet(name="many", version=1, data="sales.csv", cases=cases)


@dataclass
class Tunable:
    """Makes candidates of configs; says how often each is right and remembers every question."""

    question_set: QuestionSet
    quality: Callable[[ModelConfig], float]
    cost_usd: float = 0.0
    sleep_s: float = 0.0
    varies: bool = False
    log: Path | None = None
    asked: list[tuple[str, str, int]] = field(default_factory=list)

    def candidate_of(self, config: ModelConfig) -> Candidate:
        simulator = Simulator(
            config.config_id,
            right=self.quality(config),
            cost_usd=self.cost_usd,
            sleep_s=self.sleep_s,
            varies=self.varies,
            log=self.log,
        )
        made = simulator.candidate(self.question_set)

        @contextmanager
        def opened(data: LoadedData, workplace: Workplace) -> Iterator[Respondent]:
            before = len(simulator.asked)
            with made.open(data, workplace) as respondent:
                yield respondent
            self.asked += [(config.config_id, *call) for call in simulator.asked[before:]]

        return replace(made, config_id=config.config_id, config=config.model_dump(mode="json"), open=opened)


def by_temperature(config: ModelConfig) -> float:
    """Right most often at 0.2, ever less the further from it."""
    temperature = config.hyperparameters.temperature
    assert temperature is not None
    return 0.9 - 0.6 * abs(temperature - 0.2)


TEMPERATURES = SearchSpace.model_validate(
    {"parameters": [{"part": "temperature", "low": 0, "high": 1, "step": 0.1}]}
)
BUILTIN = builtin_config()
