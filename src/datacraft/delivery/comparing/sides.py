"""`Side`: what the model of one release answered, and to what; both sides of a comparison, found or asked anew."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property

from datacraft.contracts.bias import BiasReport
from datacraft.contracts.errors import DataCraftError, ReleaseInvalid
from datacraft.contracts.evaluation import RunIdentity
from datacraft.contracts.judgement import CallRecord
from datacraft.contracts.question_set import Case, QuestionSet
from datacraft.contracts.verdict import Method
from datacraft.delivery.evidence import (
    CALLS,
    INCUMBENT_CALLS,
    ReleaseEvidence,
    read_bias,
    read_calls,
    read_questions,
)
from datacraft.evaluation.measuring.arrays import CandidateArrays, arrays_of
from datacraft.registry import ObjectStore


class NotComparable(DataCraftError):
    """A side can't be compared as it is; the message says why."""

    code = "not_comparable"


@dataclass(frozen=True)
class Side:
    """What one model answered.

    Attributes:
        config_id: of the model.
        identity: of data, questions and evaluator.
        cases: that it was asked.
        calls: one by one, every case as often as every other.
        bias: that was found.
    """

    config_id: str
    identity: RunIdentity
    cases: tuple[Case, ...]
    calls: tuple[CallRecord, ...] = field(repr=False)
    bias: BiasReport

    def __post_init__(self) -> None:
        """Check that it was asked all of its cases, equally often, and nothing else.

        Raises:
            NotComparable: it was not.
        """
        asked = Counter(call.case for call in self.calls)
        if not self.cases or asked.keys() != {case.id for case in self.cases} or len(set(asked.values())) > 1:
            raise NotComparable(f"{self.config_id} was not asked every case equally often.")
        if any(call.candidate != self.config_id for call in self.calls):
            raise NotComparable(f"There are calls of others among those of {self.config_id}.")
        if self.bias.config_id != self.config_id or not self.bias.rates or self.bias.probes < 1:
            raise NotComparable(f"It is unknown how biased {self.config_id} is.")

    @cached_property
    def arrays(self) -> CandidateArrays:
        """The calls as arrays."""
        return arrays_of(self.cases, self.calls)


AskAgain = Callable[[ReleaseEvidence], Side]
"""Asks the model of a release the cases of today, on the data of today."""


def find_sides(
    store: ObjectStore, release: ReleaseEvidence, production: ReleaseEvidence, ask_again: AskAgain | None
) -> tuple[Side, Side, Method]:
    """Return both sides on the same cases and data, and where the second comes from.

    The nearest is taken: from the release's own run, in which what served took part; from the run of what serves, where
    data, questions and evaluator are the same; else it is asked again, and so is the release where its own
    evaluation is not of today's data.

    Args:
        store: of the registry.
        release: that is compared.
        production: that serves.
        ask_again: asks anew; None where nobody can.

    Raises:
        NotComparable: neither is to be had; the message says why.
        DataCraftError: asking anew failed.
    """
    mine = _found(lambda: side_of(store, release, release.config_id, CALLS))
    if isinstance(mine, Side):
        theirs = _found(lambda: side_of(store, release, production.config_id, INCUMBENT_CALLS))
        if isinstance(theirs, Side):
            return mine, theirs, "same run"
        theirs = _found(lambda: side_of(store, production, production.config_id, CALLS))
        why = theirs if isinstance(theirs, str) else _unlike(mine, theirs)
        if isinstance(theirs, Side) and why is None:
            return mine, theirs, "same cases"
    else:
        why = mine
    if ask_again is None:
        raise NotComparable(f"{why} The two must be asked again.")
    return *_asked_again(release, production, mine, ask_again), "asked again"


def side_of(store: ObjectStore, release: ReleaseEvidence, config_id: str | None, calls: str) -> Side:
    """Return what a release holds of one model.

    Args:
        store: of the registry.
        release: whose reports are read.
        config_id: of the model.
        calls: path of its calls in the release.

    Raises:
        NotComparable: it holds too little of it, or is not as it was published.
        RegistryError: the registry can't be read.
    """
    if release.damage:
        raise NotComparable(f"{release.release_id} is not as it was published: {release.damage[0]}")
    if config_id is None or release.evaluation is None:
        raise NotComparable(f"{release.release_id} does not say what was evaluated.")
    if not release.evaluation.complete:
        raise NotComparable(f"{release.release_id} was evaluated in part only.")
    questions: QuestionSet = read_questions(store, release.release_id)
    return Side(
        config_id,
        release.evaluation.identity,
        questions.cases,
        tuple(read_calls(store, release.release_id, calls)),
        read_bias(store, release.release_id, config_id),
    )


def _found(read: Callable[[], Side]) -> Side | str:
    """Return a side, or why there is none."""
    try:
        return read()
    except (NotComparable, ReleaseInvalid) as error:
        return error.message


def _unlike(one: Side, other: Side) -> str | None:
    """Return in what two sides are not of the same; None where they are."""
    parts = {
        "other data": one.identity.data != other.identity.data,
        "another question set": one.identity.question_set != other.identity.question_set
        or one.cases != other.cases,
        "another evaluator": one.identity.evaluator != other.identity.evaluator,
        "other variants of the data": one.identity.variants != other.identity.variants,
    }
    found = [name for name, differs in parts.items() if differs]
    return f"The release was evaluated on {' and '.join(found)} than what serves." if found else None


def _asked_again(
    release: ReleaseEvidence, production: ReleaseEvidence, mine: Side | str, ask_again: AskAgain
) -> tuple[Side, Side]:
    theirs = ask_again(production)
    if isinstance(mine, str) or _unlike(mine, theirs):
        mine = ask_again(release)
    if why := _unlike(mine, theirs):
        raise NotComparable(f"{why} The data changed while they were asked.")
    return mine, theirs
