"""Question sets: reading, checking on the data, counting, and drafting new cases.

The contract itself is `datacraft.contracts.question_set`; the set for the sample is in `question_sets/`.
"""

from __future__ import annotations

from datacraft.evaluation.questions.reading import (
    QuestionSetError,
    load_question_set,
    packaged_sets,
    write_question_set,
)

__all__ = ["QuestionSetError", "load_question_set", "packaged_sets", "write_question_set"]
