"""The question sets are not answered worse than they were.

A floor against regressions, not a goal (`benchmarks/accuracy.py` has the goals): what was measured when it was
last set, less three points, so that a question or two may turn but no kind of question can be lost unseen. Both
halves count together, as one total per group, so that a failure tells nothing about the held-back half. Raise the
floors when the engine gets better; never lower them to let a change pass.
"""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

sys.path.append(str(Path(__file__).parents[2] / "benchmarks"))

from accuracy import STRICT, Share, measure, total
from questionset import set_paths

FIRST = (
    "flights",
    "hospital",
    "hr",
    "logistics",
    "school",
    "subscriptions",
)  # the sets that the engine grew up with
FLOORS = {  # of all questions, in percent: right at least, wrong but shown at most
    "retail": (75.0, 8.5),
    "retail_everyday": (67.5, 9.2),
    "bank": (81.0, 9.7),
    "first": (71.0, 9.0),
    "others": (55.0, 13.0),
}


def group_of(name: str) -> str:
    return name if name in STRICT else "first" if name in FIRST else "others"


def paths_of(group: str) -> list[Path]:
    return [path for path in set_paths() if group_of(path.stem) == group]


@pytest.mark.parametrize("group", FLOORS)
def test_the_question_sets_are_answered_no_worse_than_before(group: str) -> None:
    share: Share = total(half for path in paths_of(group) for half in measure(path).values())
    right, wrong = FLOORS[group]
    assert share.right_percent >= right, f"{group}: {share.right} of {share.n} are right"
    assert share.wrong_percent <= wrong, f"{group}: {share.wrong} of {share.n} are wrong but shown"
