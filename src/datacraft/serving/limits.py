"""`Limits`: how much one question may ask of the system."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limits:
    """Upper bounds for one question.

    Attributes:
        question_characters: length of the question.
        timeout_s: seconds that the SQL may run.
        rows: rows of a result; what is more is cut, and the answer says so.
        minimum_confidence: how sure the engine must be, 0 to 1; below it the question is not answered.
        empty_queries: counts that may be run to find out which filter emptied a result.
        empty_time_s: seconds that those counts may take together.
    """

    question_characters: int = 2_000
    timeout_s: float = 30.0
    rows: int = 10_000
    minimum_confidence: float = 0.0
    empty_queries: int = 8
    empty_time_s: float = 2.0
