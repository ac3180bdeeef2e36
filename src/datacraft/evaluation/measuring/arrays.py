"""Judged calls of one candidate as arrays, one place per case, in the order of the cases."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from datacraft.contracts.judgement import CallRecord
from datacraft.contracts.question_set import Case

Floats = NDArray[np.float64]

_DEPENDABLE = 0.8
"""Share of a case's repeats that have to be right: 4 of 5."""


@dataclass(frozen=True, slots=True)
class Rate:
    """Hits and chances of each case; a case without chances says nothing about the rate."""

    hits: Floats
    of: Floats


@dataclass(frozen=True)
class CandidateArrays:
    """What one candidate did, case by case.

    Attributes:
        cases: in whose order the arrays are.
        rates: by name; see the package's text.
        latency_ms: cases x repeats; nan where no call was made.
        cost_usd: of all calls.
        calls: how many were made.
    """

    cases: tuple[Case, ...]
    rates: dict[str, Rate]
    latency_ms: Floats
    cost_usd: float
    calls: int


def arrays_of(cases: Sequence[Case], records: Iterable[CallRecord]) -> CandidateArrays:
    """Return a candidate's arrays; cases that were not asked have no chances."""
    by_case: dict[str, list[CallRecord]] = defaultdict(list)
    for record in records:
        by_case[record.case].append(record)
    asked = [by_case.get(case.id, []) for case in cases]
    width = max((len(found) for found in asked), default=0)
    latency = np.full((len(cases), max(width, 1)), np.nan)
    for row, found in enumerate(asked):
        latency[row, : len(found)] = [record.latency_ms for record in found]
    rates = {name: _rate(cases, asked, count) for name, count in _COUNTS.items()}
    rates["dependable"] = _dependable(cases, asked)
    rates["stable"] = _stable(cases, asked)
    rates["consistent"] = _consistent(cases, by_case)
    every = [record for found in asked for record in found]
    return CandidateArrays(
        tuple(cases), rates, latency, math.fsum(record.usage.cost_usd for record in every), len(every)
    )


Count = Callable[[Case, CallRecord], bool | None]


def _rate(cases: Sequence[Case], asked: Sequence[Sequence[CallRecord]], count: Count) -> Rate:
    hits, of = np.zeros(len(cases)), np.zeros(len(cases))
    for row, (case, records) in enumerate(zip(cases, asked, strict=True)):
        counted = [hit for record in records if (hit := count(case, record)) is not None]
        hits[row], of[row] = sum(counted), len(counted)
    return Rate(hits, of)


def _answerable(case: Case) -> bool:
    return case.answerable == "answerable"


def _wrong_shown(record: CallRecord) -> bool:
    return record.judgement.outcome == "answered" and not record.judgement.right


def _chart(case: Case, record: CallRecord) -> bool | None:
    return None if case.chart is None else record.judgement.chart_fits is True


def _lucky(_: Case, record: CallRecord) -> bool | None:
    judged = record.judgement
    return judged.variants_right < judged.variants if judged.variants else None


_COUNTS: dict[str, Count] = {
    "accuracy": lambda case, record: record.judgement.right if _answerable(case) else None,
    "answered": lambda case, record: record.judgement.outcome == "answered" if _answerable(case) else None,
    "honesty": lambda _, record: not _wrong_shown(record),
    "wrong_shown": lambda _, record: _wrong_shown(record),
    "refusals": lambda case, record: None if _answerable(case) else record.judgement.right,
    "parses": lambda _, record: record.judgement.parses,
    "passes_guard": lambda _, record: record.judgement.passes_guard,
    "executed": lambda _, record: record.judgement.executed,
    "faithful": lambda _, record: record.judgement.faithful,
    "explanation": lambda case, record: record.judgement.faithful is True if _answerable(case) else None,
    "chart": _chart,
    "reliable": lambda _, record: record.judgement.outcome != "failed",
    "lucky": _lucky,
}


def _dependable(cases: Sequence[Case], asked: Sequence[Sequence[CallRecord]]) -> Rate:
    hits, of = np.zeros(len(cases)), np.zeros(len(cases))
    for row, (case, records) in enumerate(zip(cases, asked, strict=True)):
        if records and _answerable(case):
            of[row] = 1
            right = sum(record.judgement.right for record in records)
            hits[row] = right >= math.ceil(_DEPENDABLE * len(records) - 1e-9)
    return Rate(hits, of)


def given(record: CallRecord) -> str:
    """Return what a call gave: equal for equal rows, and for the same reason of not answering."""
    return record.result or (f"error {record.error.code}" if record.error else "nothing")


def _stable(cases: Sequence[Case], asked: Sequence[Sequence[CallRecord]]) -> Rate:
    hits, of = np.zeros(len(cases)), np.zeros(len(cases))
    for row, records in enumerate(asked):
        if len(records) > 1:
            of[row] = 1
            hits[row] = len({given(record) for record in records}) == 1
    return Rate(hits, of)


def _consistent(cases: Sequence[Case], by_case: dict[str, list[CallRecord]]) -> Rate:
    """Return, at the place of each original, whether all its paraphrases gave what it gave."""
    places = {case.id: row for row, case in enumerate(cases)}
    families: dict[str, list[str]] = defaultdict(list)
    for case in cases:
        if case.paraphrase_of in places:
            families[str(case.paraphrase_of)].append(case.id)
    hits, of = np.zeros(len(cases)), np.zeros(len(cases))
    for original, others in families.items():
        family = [by_case.get(name, []) for name in (original, *others)]
        if all(family):
            of[places[original]] = 1
            hits[places[original]] = len({given(records[0]) for records in family}) == 1
    return Rate(hits, of)
