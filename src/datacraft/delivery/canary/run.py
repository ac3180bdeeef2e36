"""`run_canary`: looks at the arms until the canary has an end, and does what each verdict says."""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from datacraft.contracts.canary import (
    CanaryPlan,
    CanaryState,
    CanaryVerdict,
    CanaryWindow,
    CanaryWord,
    Decision,
    Signal,
    Status,
)
from datacraft.contracts.errors import DataCraftError, InputError
from datacraft.delivery.canary.arms import ArmSource
from datacraft.delivery.canary.journal import Journal, append_line, read_journal, read_words, state_after
from datacraft.delivery.canary.judge import judge
from datacraft.delivery.canary.moving import Mover, decision_of
from datacraft.delivery.canary.readings import describe
from datacraft.delivery.canary.state import advance, settles
from datacraft.registry import MoveRefused

log = logging.getLogger(__name__)

EXIT_CODES: dict[Status, int] = {"promoted": 0, "rolled_back": 12, "waiting": 13}
"""What a command ends with, by how the canary stands; docs/exit-codes.md."""

_PAUSES_S = (2.0, 4.0, 8.0, 16.0)


class Clock(Protocol):
    """Time, and waiting for it."""

    def now(self) -> dt.datetime:
        """Return the present in UTC."""

    def sleep(self, seconds: float) -> None:
        """Wait."""


class WordRefused(InputError):
    """A person's word does not fit how the canary stands."""

    code = "word_refused"


def run_canary(
    plan: CanaryPlan,
    source: ArmSource,
    mover: Mover,
    clock: Clock,
    folder: Path,
    *,
    look_s: float = 30.0,
    signals: Callable[[], Sequence[Signal]] = tuple,
    watch: Callable[[CanaryVerdict], None] = lambda verdict: None,
) -> CanaryState:
    """Drive a canary until it is promoted, rolled back, or waits for a person; return its last state.

    Whoever is killed is followed by calling this again with the same plan: it goes on by the plan that was frozen
    first, and finishes what was left undone. A canary that has its end already changes nothing.

    Args:
        plan: of the canary; when it began is taken from the first call.
        source: of what the arms did.
        mover: of channels and traffic.
        clock: of the looks.
        folder: of the journal, one for each canary.
        look_s: seconds between two looks.
        signals: what else speaks against going on, at each look.
        watch: gets each verdict once it is kept.

    Raises:
        WaitsForPerson: a person rolled the candidate back before.
        CanaryChanged: the plan is another one than the canary began with.
        DataCraftError: something could not be read or moved. Nothing is promoted then; run it again.
    """
    with Journal(folder) as journal:
        if not journal.verdicts:
            mover.open(journal.plan or plan)
        plan = journal.begin(plan)
        state = journal.state(plan)
        if not journal.verdicts:
            mover.shift(plan.steps[0])
        elif journal.pending is not None:
            _carry_out(plan, state, journal.pending, mover, clock)
            journal.mark_done()
        look = _Looks(plan, source, mover, clock, folder, signals)
        while not state.final:
            verdict = look.told(state) or look.judged(state)
            if state.status == "waiting" and not settles(verdict):
                break
            if not _repeats(state.verdict, verdict):
                journal.write(verdict)
                state = advance(plan, state, verdict)
                _carry_out(plan, state, verdict, mover, clock)
                journal.mark_done()
                watch(verdict)
            if state.status in ("running", "holding"):
                clock.sleep(look_s)
        return state


def say(folder: Path, word: CanaryWord) -> None:
    """Leave a person's word for whoever drives the canary now or next; it is heard at the next look.

    Raises:
        WordRefused: there is no such canary, it has its end, or it is not for a person to promote yet.
        CanaryJournalError: the journal can't be read or written.
    """
    known = read_journal(folder)
    if known is None:
        raise WordRefused(f"There is no canary in {folder}.", hint="Look at where it was begun.")
    state = state_after(*known)
    if state.final:
        raise WordRefused(
            f"The canary has its end: {state.status.replace('_', ' ')}.", hint="Begin another one."
        )
    if word.decision == "promote" and state.status != "waiting":
        raise WordRefused(
            "The canary is still being judged, so that it is not for a person to promote.",
            hint="Wait for its verdict, or roll it back.",
        )
    append_line(folder / "words.jsonl", word)


@dataclass(frozen=True, slots=True)
class _Looks:
    """What one look needs."""

    plan: CanaryPlan
    source: ArmSource
    mover: Mover
    clock: Clock
    folder: Path
    signals: Callable[[], Sequence[Signal]]

    def judged(self, state: CanaryState) -> CanaryVerdict:
        """Return the judge's verdict. What can't be read is no data, and holds."""
        now, heard = self.clock.now(), list(self.signals())
        try:
            window = self.source.window(self.plan, now)
        except DataCraftError as error:
            log.warning("canary of %s: %s", self.plan.candidate, error.message)
            window = CanaryWindow()
            heard.append(Signal(name="what the arms did can't be read", message=error.message))
        return judge(self.plan, state, window, now, heard)

    def told(self, state: CanaryState) -> CanaryVerdict | None:
        """Return what people decided since, by a word or by moving a channel; None: nothing."""
        for word in read_words(self.folder):
            if word.decision == "roll_back" or state.status == "waiting":
                return self._by(state, word.decision, word.by, f"{word.by} says: {word.reason}")
        change = self.mover.overruled(self.plan)
        if change is None:
            return None
        decision, reason = decision_of(self.plan, change)
        return self._by(state, decision, change.by, reason)

    def _by(self, state: CanaryState, decision: Decision, who: str, reason: str) -> CanaryVerdict:
        """Return a person's verdict, beside the numbers as they are."""
        judged = self.judged(state)
        return judged.model_copy(
            update={
                "decision": decision,
                "by": who,
                "at": self.clock.now(),
                "reasons": (reason, describe(judged.primary)),
            }
        )


def _repeats(last: CanaryVerdict | None, verdict: CanaryVerdict) -> bool:
    """Tell whether nothing has changed, so that nothing is to be kept or done."""
    return last is not None and (last.decision, last.reasons) == (verdict.decision, verdict.reasons)


def _carry_out(
    plan: CanaryPlan, state: CanaryState, verdict: CanaryVerdict, mover: Mover, clock: Clock
) -> None:
    """Do what a verdict says; a target or registry that is away for a moment is asked again."""
    for pause_s in (*_PAUSES_S, None):
        try:
            if verdict.decision == "next_step":
                mover.shift(plan.steps[state.step])
            elif state.final:
                mover.settle(plan, verdict)
        except MoveRefused:
            raise
        except DataCraftError as error:
            if pause_s is None:
                raise
            log.warning("canary of %s: %s; tried again in %g s", plan.candidate, error.message, pause_s)
            clock.sleep(pause_s)
        else:
            return
