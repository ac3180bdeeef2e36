"""Whether production is right: it is asked questions whose answers are known, and judged by the evaluation's own judge.

Lives here: which cases are asked (`sampling`), asking them (`asking`), where gradings are kept (`keeping`), what they
say against the release's evaluation and over time (`checking`), and what confidence alone says (`estimating`).
Doesn't live here: how an answer is judged (`evaluation.judging`), and what follows (`monitoring.alarms`).
"""

from __future__ import annotations

from datacraft.monitoring.grading.asking import Costs, costs_of, grade
from datacraft.monitoring.grading.checking import check_accuracy
from datacraft.monitoring.grading.estimating import estimate_accuracy
from datacraft.monitoring.grading.keeping import GradingPlace
from datacraft.monitoring.grading.sampling import cases_to_grade

__all__ = [
    "Costs",
    "GradingPlace",
    "cases_to_grade",
    "check_accuracy",
    "costs_of",
    "estimate_accuracy",
    "grade",
]
