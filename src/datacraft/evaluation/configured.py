"""Model configs as candidates, asked through the product's own path."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from functools import partial

from datacraft.config import Settings
from datacraft.contracts.answer import Answer
from datacraft.contracts.errors import ConfigError
from datacraft.contracts.model_config import ModelConfig, builtin_config
from datacraft.engines.configs import find_config
from datacraft.engines.semantic import SemanticEngine
from datacraft.evaluation.candidates import Candidate, HandlerRespondent, Respondent, Workplace
from datacraft.evaluation.data import LoadedData
from datacraft.serving.answerers import Answerers, ModelAccess, model_access
from datacraft.serving.assembly import data_parts
from datacraft.serving.handler import QueryHandler
from datacraft.serving.limits import Limits

DEFAULT_CONFIDENCES = (0.5, 0.7, 0.85)
_LOCAL = ("builtin", "local")


def candidate_of(config: ModelConfig, access: ModelAccess | None = None) -> Candidate:
    """Return a config as a candidate. It answers alone: its fallbacks are not judged in its name.

    Args:
        config: to evaluate.
        access: to language models; needed for all but the built-in engine.
    """

    @contextmanager
    def opened(data: LoadedData, workplace: Workplace) -> Iterator[Respondent]:
        with ExitStack() as resources:
            engine = SemanticEngine(data.model, data.meaning.values)
            limits = Limits()
            mine = _access(access, config, workplace)
            answerers = Answerers(
                partial(data_parts, engine, data.meaning, data.warehouse, limits.rows),
                engine,
                mine,
                minimum_confidence=limits.minimum_confidence,
            )
            resources.callback(answerers.close)
            answerer = answerers.of_config(config.model_copy(update={"fallback": ()}))
            handler = QueryHandler(
                engine, data.warehouse, data.model, limits=limits, answerer_of=lambda _: answerer
            )
            if config.provider == "builtin":
                yield HandlerRespondent(handler, workplace)
                return
            threads = ThreadPoolExecutor(workplace.concurrency, thread_name_prefix=config.model)
            resources.callback(threads.shutdown)
            yield ModelRespondent(handler, threads, workplace)

    return Candidate(
        config.title if config.provider != "builtin" or config.name else _builtin_name(config),
        config.config_id,
        config.model_dump(mode="json"),
        opened,
        varies=config.varies,
        local=config.provider in _LOCAL,
    )


def _builtin_name(config: ModelConfig) -> str:
    return f"builtin-{getattr(config.strategy, 'minimum_confidence', 0.5):g}"


def _access(access: ModelAccess | None, config: ModelConfig, workplace: Workplace) -> ModelAccess:
    if access is None:
        if config.provider != "builtin":
            raise ConfigError(f"{config.title} needs access to its provider.", hint="Pass `access`.")
        return model_access(Settings())
    return replace(access, withheld=workplace.withheld, fresh=config.varies)


class ModelRespondent:
    """A handler whose answers come from elsewhere, so that many questions may wait at the same time."""

    def __init__(self, handler: QueryHandler, threads: ThreadPoolExecutor, workplace: Workplace) -> None:
        self._handler = handler
        self._threads = threads
        self._workplace = workplace

    async def ask(self, question: str, *, repeat: int) -> Answer:
        """Answer a question on its own."""
        loop = asyncio.get_running_loop()
        async with self._workplace.calls:
            return await loop.run_in_executor(self._threads, self._handler.ask, question)


def builtin_candidate(minimum_confidence: float = 0.5) -> Candidate:
    """Return the built-in engine as a candidate.

    Args:
        minimum_confidence: below it a question is not answered; higher is more careful.
    """
    return candidate_of(builtin_config(minimum_confidence))


def candidates_named(names: Sequence[str], settings: Settings) -> list[Candidate]:
    """Return the candidates that are named; variants of the built-in engine where none are.

    Args:
        names: of model configs, or their files.
        settings: say how language models are reached.

    Raises:
        ConfigError: there is no such config, or its file is wrong.
    """
    if not names:
        return [builtin_candidate(confidence) for confidence in DEFAULT_CONFIDENCES]
    access = model_access(settings)
    return [candidate_of(find_config(name, settings.llm.configs), access) for name in names]
