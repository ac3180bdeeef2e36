"""`Answerers`: who answers as a release, or a config that was named, says; opened once each and kept."""

from __future__ import annotations

import atexit
import datetime as dt
import threading
from collections.abc import Callable, Iterable
from contextlib import ExitStack
from dataclasses import dataclass
from functools import cache, partial
from pathlib import Path
from typing import TYPE_CHECKING

from datacraft.config import Settings
from datacraft.contracts.errors import ConfigError, ModelNotFound, ReleaseInvalid
from datacraft.contracts.model_config import ModelConfig, SemanticStrategy
from datacraft.engines import Engine
from datacraft.engines.chain import Chain
from datacraft.engines.configs import config_of_release, find_config
from datacraft.engines.llm.providers import Endpoints
from datacraft.engines.semantic import SemanticEngine
from datacraft.registry import ServedModel

if TYPE_CHECKING:
    from datacraft.config.settings import LlmSettings
    from datacraft.engines.llm.calls import Calls
    from datacraft.engines.llm.opening import DataSetParts


@dataclass(frozen=True, slots=True)
class Answerer:
    """Who answers, and how sure the built-in engine must be.

    Attributes:
        minimum_confidence: 0 to 1; below it a question is not answered.
    """

    engine: Engine
    minimum_confidence: float


@dataclass(frozen=True)
class ModelAccess:
    """How language models are reached.

    Attributes:
        calls: returns what the process shares; called when a language model is to be asked first.
        endpoints: of providers.
        withheld: ids of cases, and digests of questions, that must not be shown as examples.
        fresh: use no reply that is kept.
    """

    calls: Callable[[], Calls]
    endpoints: Endpoints
    withheld: Iterable[str] = ()
    fresh: bool = False


class Answerers:
    """Opens engines over one data set. Safe to use from several threads.

    Args:
        data: makes what the engines share; called when a language model is to be asked first.
        builtin: the built-in engine.
        access: to language models.
        minimum_confidence: of the built-in engine where no release says it.
        always: the config that answers, whatever the registry says.
    """

    def __init__(
        self,
        data: Callable[[], DataSetParts],
        builtin: SemanticEngine,
        access: ModelAccess,
        *,
        minimum_confidence: float,
        always: ModelConfig | None = None,
    ) -> None:
        self._data = cache(data)  # linking takes a moment to prepare
        self._builtin = builtin
        self._access = access
        self._minimum = minimum_confidence
        self._always = always
        self._known: dict[str, Answerer] = {}
        self._lock = threading.Lock()
        self._opened = ExitStack()

    def of_release(self, served: ServedModel | None) -> Answerer:
        """Return who answers while `served` serves."""
        if self._always is not None:
            return self.of_config(self._always)
        if served is None or (served.release_id is None and served.metadata.provider == "builtin"):
            return Answerer(self._builtin, self._minimum)
        try:
            return self.of_config(config_of_release(served.metadata))
        except ReleaseInvalid as error:
            return Answerer(self._instead_of(served.metadata.selected_model, error), self._minimum)

    def of_config(self, config: ModelConfig) -> Answerer:
        """Return who answers by a config."""
        with self._lock:
            if config.config_id not in self._known:
                self._known[config.config_id] = self._answerer(config)
            return self._known[config.config_id]

    def close(self) -> None:
        """Let go of connections, and of those who answer: they and this hold each other."""
        self._opened.close()
        self._known.clear()

    def _answerer(self, config: ModelConfig) -> Answerer:
        if isinstance(config.strategy, SemanticStrategy):
            return Answerer(self._builtin, config.strategy.minimum_confidence)
        chain = Chain(config.model, [partial(self._open, one) for one in (config, *config.fallback)])
        return Answerer(chain, self._minimum)

    def _open(self, config: ModelConfig) -> Engine:
        if config.provider == "builtin":
            return self._builtin
        access = self._access
        try:
            from datacraft.engines.llm.opening import open_engine
        except ImportError as error:
            raise ConfigError(
                f"Asking {config.model} needs {error.name}, which is not installed.",
                hint="Install it in the project's folder with: pip install '.[llm]'",
            ) from error
        engine = open_engine(
            config,
            self._data(),
            access.calls(),
            access.endpoints,
            withheld=access.withheld,
            fresh=access.fresh,
        )
        self._opened.callback(engine.close)
        return engine

    def _instead_of(self, name: str, error: ReleaseInvalid) -> Engine:
        def unusable() -> Engine:
            raise ModelNotFound(error.message, hint=error.hint) from error

        return Chain(name, [unusable, lambda: self._builtin])


def model_access(settings: Settings) -> ModelAccess:
    """Return how the settings reach language models; what they share is made when it is first needed."""
    llm = settings.llm
    endpoints = Endpoints(
        project=settings.gcp.project_id,
        region=settings.gcp.region,
        google=llm.gemini_endpoint,
        connections=llm.concurrency,
    )
    path = settings.state_dir / "replies.sqlite"
    return ModelAccess(partial(_shared_calls, path, llm), endpoints)


@cache
def _shared_calls(path: Path, llm: LlmSettings) -> Calls:
    """Return what all model calls of this process share; it lasts as long as the process."""
    from datacraft.engines.llm.calls import Calls, Ledger, Rates

    rates = Rates(llm.concurrency, llm.requests_per_minute, llm.tokens_per_minute)
    calls = Calls(rates, Ledger(path, keep=dt.timedelta(days=llm.keep_replies_days)))
    atexit.register(calls.close)
    return calls


def always_config(settings: Settings) -> ModelConfig | None:
    """Return the config that the settings name, whatever the registry says.

    Raises:
        ConfigError: there is none, or its file is wrong.
    """
    named = settings.llm.answer_with
    return find_config(str(named), settings.llm.configs) if named is not None else None
