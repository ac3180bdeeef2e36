"""Whether two answers to one question show the same."""

from __future__ import annotations

import datetime as dt

from datacraft.contracts.shadow import Agreement, ShadowCopy, ShadowPair, ShownAnswer
from datacraft.sql.compare import ComparisonRules, Table, difference

_RULES = ComparisonRules(fraction_equals_percent=True)


def pair(copy: ShadowCopy, candidate: ShownAnswer, at: dt.datetime, kept_rows: int) -> ShadowPair:
    """Return both answers side by side, by their rows; the sequence of the rows and more columns don't count.

    Args:
        copy: of production's answer.
        candidate: the other answer.
        at: when that was given.
        kept_rows: of each answer that are kept.
    """
    # Through JSON, as the copy has come: so that a date is compared with a date.
    other = ShownAnswer.model_validate_json(candidate.model_dump_json())
    agreement, told = _compared(copy.answer, other)
    return ShadowPair(
        question_id=copy.question_id,
        at=at,
        question=copy.question,
        agreement=agreement,
        difference=told,
        production=_cut(copy.answer, kept_rows),
        candidate=_cut(other, kept_rows),
    )


def _compared(production: ShownAnswer, candidate: ShownAnswer) -> tuple[Agreement, str]:
    if production.error and candidate.error:
        return "neither", f"production: {production.error}, the candidate: {candidate.error}"
    if production.error:
        return "candidate_only", f"production: {production.error}"
    if candidate.error:
        return "production_only", f"the candidate: {candidate.error}"
    expected, actual = (Table(one.columns, one.rows) for one in (production, candidate))
    found = difference(expected, actual, _RULES)
    if found is not None and difference(actual, expected, _RULES) is None:
        found = None  # the candidate shows less columns, and all of what it shows is the same
    return ("same", "") if found is None else ("different", found.message)


def _cut(answer: ShownAnswer, rows: int) -> ShownAnswer:
    return answer.model_copy(update={"rows": answer.rows[:rows]})
