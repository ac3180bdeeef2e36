"""`run_shadow`: has the candidate answer copies until there are enough for a person to decide, or one has."""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol

from datacraft.contracts.canary import CanaryWord
from datacraft.contracts.shadow import ShadowCopy, ShadowOrder, ShadowPair, ShadowPlan, ShownAnswer
from datacraft.delivery.shadow.journal import (
    ShadowJournalError,
    append,
    begin,
    read_copies,
    read_pairs,
    read_words,
    summary,
)
from datacraft.delivery.shadow.pairing import pair
from datacraft.serving.copying import ORDER

AskCandidate = Callable[[ShadowCopy], ShownAnswer]


class Clock(Protocol):
    """Time, and waiting for it."""

    def now(self) -> dt.datetime:
        """Return the present in UTC."""

    def sleep(self, seconds: float) -> None:
        """Wait."""


def run_shadow(
    plan: ShadowPlan,
    folder: Path,
    state_dir: Path,
    ask: AskCandidate,
    clock: Clock,
    *,
    look_s: float = 2.0,
    say: Callable[[str], None] = lambda _: None,
) -> CanaryWord | None:
    """Run a shadow; return a person's word, or None once there is enough to review and nobody has said anything.

    Whoever is killed is followed by calling this again: it goes on by the plan that was written first. Users notice
    nothing, whatever happens here.

    Args:
        plan: of the shadow.
        folder: of what is kept, one for each shadow.
        state_dir: where serving processes look for the order to copy.
        ask: lets the candidate answer.
        clock: of the looks.
        look_s: seconds between two looks.
        say: told what goes on.

    Raises:
        ShadowJournalError: something can't be read or written.
    """
    plan = begin(folder, plan)
    end = plan.started_at + dt.timedelta(seconds=plan.max_s)
    with _ordered(state_dir, plan, folder) as renew:
        pairs, resting = read_pairs(folder), False
        while True:
            if words := read_words(folder):
                return words[0]
            now = clock.now()
            if len(pairs) >= plan.questions or now >= end:
                return None
            renew()
            if _spent_on(now.date(), pairs) >= plan.max_cost_usd_per_day > 0:
                if not resting:
                    say(
                        f"The shadow rests until midnight (UTC): {plan.max_cost_usd_per_day:g} USD are spent today."
                    )
                resting = True
            elif (copy := _next(folder, pairs)) is not None:
                resting = False
                pairs.append(pair(copy, ask(copy), clock.now(), plan.kept_rows))
                append(folder / "pairs.jsonl", pairs[-1])
                if len(pairs) % 50 == 0 or len(pairs) == plan.questions:
                    say(told(plan, pairs))
                continue
            clock.sleep(look_s)


def told(plan: ShadowPlan, pairs: list[ShadowPair]) -> str:
    """Return how far a shadow is, as a sentence."""
    found = summary(plan, pairs)
    counts = ", ".join(f"{count} {name.replace('_', ' ')}" for name, count in sorted(found.counts.items()))
    return f"{found.asked} of {plan.questions} questions: {counts or 'none yet'}; {found.cost_usd:.4f} USD."


def _next(folder: Path, pairs: list[ShadowPair]) -> ShadowCopy | None:
    known = {one.question_id for one in pairs}
    return next((copy for copy in read_copies(folder) if copy.question_id not in known), None)


def _spent_on(day: dt.date, pairs: list[ShadowPair]) -> float:
    return sum(one.candidate.cost_usd for one in pairs if one.at.date() == day)


@contextmanager
def _ordered(state_dir: Path, plan: ShadowPlan, folder: Path) -> Iterator[Callable[[], None]]:
    """Have serving processes copy their answers meanwhile; yield what tells them that it is still wanted."""
    path = state_dir / ORDER
    order = ShadowOrder(release_id=plan.baseline, folder=str((folder / "copies").absolute()))
    unfinished = path.with_suffix(".part")
    try:
        state_dir.mkdir(parents=True, exist_ok=True)
        unfinished.write_text(order.model_dump_json(), encoding="utf-8")
        unfinished.replace(path)
    except OSError as error:
        raise ShadowJournalError(f"{path} can't be written: {error.strerror}.", hint="Allow it.") from error
    try:
        yield lambda: os.utime(path)
    finally:
        path.unlink(missing_ok=True)
