"""`Vote`: several samples are run; the biggest group of equal results wins, and its share is the confidence.

Agreement of results as confidence is self-consistency (Wang et al., ICLR 2023), by execution (Shi et al., EMNLP
2022, "Natural language to code translation with execution").
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from datacraft.contracts.errors import DataCraftError, NotUnderstood
from datacraft.engines import Tried
from datacraft.engines.llm.asking import Asking, Correction, Drafted
from datacraft.engines.llm.strategies import Strategy
from datacraft.sql.compare import Table, same_result

_COMPARED_ROWS = 2_000


@dataclass
class _Group:
    """Samples that came to the same."""

    first: Drafted
    result: Table | None
    size: int = 1


@dataclass
class _Count:
    """The votes so far."""

    samples: int
    groups: list[_Group] = field(default_factory=list)
    failed: list[DataCraftError] = field(default_factory=list)

    @property
    def done(self) -> int:
        return sum(group.size for group in self.groups) + len(self.failed)

    @property
    def leader(self) -> _Group | None:
        return max(self.groups, key=lambda group: group.size, default=None)

    def add(self, drafted: Drafted, tried: Tried | None) -> None:
        """Count a sample: a refusal agrees with refusals; a draft that can't be run agrees with nothing."""
        if tried is not None and tried.error is not None:
            self.failed.append(tried.error)
            return
        result = None if tried is None else Table(tried.columns, tried.rows[:_COMPARED_ROWS])
        for group in self.groups:
            if _agree(group.result, result):
                group.size += 1
                return
        self.groups.append(_Group(drafted, result))

    def settled(self, threshold: float) -> bool:
        """Whether further samples can't change the verdict."""
        left = self.samples - self.done
        sizes = sorted((group.size for group in self.groups), reverse=True)
        first, second, *_ = *sizes, 0, 0
        if first + left < threshold * self.samples:  # nobody can reach the threshold any more
            return True
        return first >= threshold * self.samples and first > second + left


def _agree(one: Table | None, other: Table | None) -> bool:
    if one is None or other is None:
        return one is other
    return same_result(one, other) or same_result(other, one)


@dataclass(frozen=True)
class Vote:
    """Compares samples of a strategy.

    Attributes:
        of: makes the samples.
        samples: how many.
        threshold: share that must agree.
    """

    of: Strategy
    samples: int
    threshold: float

    async def answer(
        self, asking: Asking, corrections: tuple[Correction, ...] = (), sample: int = 0
    ) -> Drafted:
        """Return the draft that most samples agree with; see `Strategy`.

        Raises:
            NotUnderstood: too few samples agree.
        """
        count = _Count(self.samples)
        tasks = [
            asyncio.ensure_future(self._sample(asking, corrections, sample * self.samples + number))
            for number in range(self.samples)
        ]
        try:
            for finished in asyncio.as_completed(tasks):
                try:
                    count.add(*await finished)
                except DataCraftError as error:
                    count.failed.append(error)
                if count.settled(self.threshold):
                    break
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
        return self._verdict(count)

    async def _sample(
        self, asking: Asking, corrections: tuple[Correction, ...], sample: int
    ) -> tuple[Drafted, Tried | None]:
        drafted = await self.of.answer(asking, corrections, sample)
        return drafted, None if drafted.refusal is not None else await asking.attempt(drafted)

    def _verdict(self, count: _Count) -> Drafted:
        leader = count.leader
        if leader is None:
            raise count.failed[0]
        share = leader.size / count.done
        agreed = f"{leader.size} of {count.done} samples agree."
        if share < self.threshold or leader.size < self.threshold * self.samples:
            raise NotUnderstood(
                f"The model reads this question in more than one way: only {agreed}{_ways(count.groups)}",
                hint="Ask it more precisely; names of tables, columns and values help.",
            )
        return replace(leader.first, confidence=share, notes=(*leader.first.notes, agreed))


def _ways(groups: Sequence[_Group]) -> str:
    """Return what the two biggest groups assume, for a person who is asked back."""
    ways = sorted((group for group in groups if group.result is not None), key=lambda group: -group.size)
    told = [" ".join(group.first.assumptions) for group in ways[:2]]
    return f" Either: {told[0]} Or: {told[1]}" if len(told) > 1 and all(told) else ""
