"""Candidates, and how they are asked: through the product's own path, as a person's question would be."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from concurrent.futures import Executor
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Protocol

from datacraft.contracts.answer import Answer
from datacraft.evaluation.data import LoadedData
from datacraft.serving.handler import QueryHandler


@dataclass(frozen=True)
class Workplace:
    """What respondents share.

    Attributes:
        executor: for work on this machine; about as many threads as the machine has processors.
        calls: to be held while a model is called and no longer, so that reading, running and judging what it
            said keeps nobody waiting who could call it.
        concurrency: how many may hold it.
        withheld: ids and digests of the questions that are asked, none of which may be an example.
    """

    executor: Executor
    calls: asyncio.Semaphore
    concurrency: int = 1
    withheld: frozenset[str] = frozenset()


class Respondent(Protocol):
    """Answers questions about one data set, several at the same time."""

    async def ask(self, question: str, *, repeat: int) -> Answer:
        """Answer a question; whatever goes wrong is in the answer's `error`.

        Args:
            question: in plain words; it stands alone.
            repeat: from 0; equal questions with other numbers are asked independently, without a cache.
        """
        ...


@dataclass(frozen=True)
class Candidate:
    """A model config that is being evaluated.

    Attributes:
        name: for people.
        config_id: identifies the config by its content.
        config: the config as data, without secrets.
        open: opens it over data, for as long as it is asked.
        varies: asking twice can give two answers (temperature above 0), so that repeats tell something.
        local: it works on this machine's processors, so that calls at the same time slow each other down.
    """

    name: str
    config_id: str
    config: Mapping[str, object]
    open: Callable[[LoadedData, Workplace], AbstractContextManager[Respondent]]
    varies: bool = False
    local: bool = False


class HandlerRespondent:
    """A `QueryHandler` that works on this machine as a respondent; each question takes a thread."""

    def __init__(self, handler: QueryHandler, workplace: Workplace) -> None:
        self._handler = handler
        self._workplace = workplace

    async def ask(self, question: str, *, repeat: int) -> Answer:
        """Answer a question on its own."""
        loop = asyncio.get_running_loop()
        async with self._workplace.calls:
            return await loop.run_in_executor(self._workplace.executor, self._handler.ask, question)
