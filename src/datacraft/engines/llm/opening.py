"""`open_engine`: an `LLMEngine` for a config, over one data set."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from datacraft.contracts.errors import ConfigError
from datacraft.contracts.model_config import ModelConfig
from datacraft.contracts.semantic import SemanticModel
from datacraft.engines import Engine
from datacraft.engines.linking import SchemaLinker
from datacraft.engines.linking.linker import Values
from datacraft.engines.llm.calls import Caller, Calls
from datacraft.engines.llm.calls.prices import prices_of
from datacraft.engines.llm.diagnosis import Diagnosis
from datacraft.engines.llm.engine import LLMEngine
from datacraft.engines.llm.examples import ExamplePicker
from datacraft.engines.llm.prompting import Prompting
from datacraft.engines.llm.prompts import check_template
from datacraft.engines.llm.providers import Endpoints, open_model
from datacraft.engines.llm.strategies.building import Parts, build_strategy


@dataclass(frozen=True)
class DataSetParts:
    """What engines over one data set share.

    Attributes:
        model: what the data means.
        values: of the data.
        linker: finds what a question may touch.
        builtin: the built-in engine.
        dialect: of SQL.
        row_limit: of results.
        content: names what the data holds.
    """

    model: SemanticModel
    values: Values
    linker: SchemaLinker
    builtin: Engine
    dialect: str
    row_limit: int
    content: str


def open_engine(
    config: ModelConfig,
    data: DataSetParts,
    calls: Calls,
    endpoints: Endpoints,
    *,
    withheld: Iterable[str] = (),
    fresh: bool = False,
    clock: Callable[[], dt.date] = lambda: dt.datetime.now(dt.UTC).date(),
) -> LLMEngine:
    """Return an engine that asks the config's model; nothing is called yet.

    Args:
        config: of any provider but `builtin`.
        data: that is asked about.
        calls: that the process shares.
        endpoints: of providers.
        withheld: ids of cases, and digests of questions, that must not be shown as examples.
        fresh: use no reply that is kept.
        clock: returns today.

    Raises:
        ConfigError: the prompt, the price, a setting or an installed library is missing or wrong.
        ModelAccessDenied: the key is missing.
        ModelNotFound: the model's file is missing or broken.
    """
    if config.prompt is None:
        raise ConfigError(f"{config.title} has no prompt.", hint="Name one, or give its text.")
    check_template(config.prompt)
    prices = prices_of(config)
    opened = open_model(config, endpoints)
    caller = Caller(
        config,
        opened.model,
        calls.lane(opened.lane, opened.provider),
        prices,
        calls.ledger,
        fresh=fresh,
    )
    prompting = Prompting(
        data.model,
        data.linker,
        config.context,
        dialect=data.dialect,
        row_limit=data.row_limit,
        examples=ExamplePicker(config.examples, withheld).pick,
        content=data.content,
        clock=clock,
    )
    parts = Parts(caller, prompting, Diagnosis(data.model, data.values, data.dialect), data.builtin)
    strategy = build_strategy(config.strategy, (config.prompt,), parts)
    return LLMEngine(config, strategy, calls, prompting.instructions(config.prompt), opened.model.close)
