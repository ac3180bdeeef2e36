"""Scores answers against a question set: `python tests/questions/score.py SET ANSWERS.jsonl [--sample FILE]`.

An answers file has one JSON object a line: `{"id", "question", "sql", "columns": [...], "rows": [[...]],
"error": null | {...}}`. Of the held half only totals are shown, never a question or an id, so that measuring
teaches nothing about it.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections import Counter
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, Field
from questionset import Case, QuestionSet, half_of, load, open_database, run

from datacraft.sql.compare import Table, same_result
from datacraft.warehouse import Warehouse

Verdict = Literal["right", "wrong", "not answered"]
VERDICTS: tuple[Verdict, ...] = ("right", "wrong", "not answered")


class GivenAnswer(BaseModel):
    """A line of the answers file; fields that scoring does not need are passed over."""

    id: str
    sql: str | None = None
    columns: list[Any] = Field(default_factory=list, description="Names, or objects with a name.")
    rows: list[list[Any]] = Field(default_factory=list)
    error: dict[str, Any] | None = None

    def table(self) -> Table:
        """Return what was shown."""
        return Table([str(column) for column in self.columns], self.rows)


def judge(case: Case, answer: GivenAnswer | None, database: Warehouse) -> Verdict:
    """Return the verdict on one answer.

    Not to answer is right where a question can't be answered or has several readings; of the latter, to
    show one of the gold readings is right too. Rows that equal no gold are wrong: they were shown as fact.
    """
    if answer is None or answer.error is not None:
        return "not answered" if case.answerable == "answerable" else "right"
    shown = answer.table()
    golds = (run(sql, database) for sql in case.gold)
    fits = any(same_result(gold, shown, ordered=case.ordered, extra_columns=2) for gold in golds)
    return "right" if fits else "wrong"


def verdicts(
    question_set: QuestionSet, answers: dict[str, GivenAnswer], database: Warehouse
) -> dict[str, Verdict]:
    """Return the verdict on every case, by id; a missing answer counts as not answered."""
    return {case.id: judge(case, answers.get(case.id), database) for case in question_set.cases}


def report(question_set: QuestionSet, given: dict[str, Verdict], *, show: bool = False) -> str:
    """Return totals of both halves, and of the dev half also by tag and, with `show`, what failed."""
    lines = []
    for half in ("dev", "held"):
        counts = Counter(given[case.id] for case in question_set.cases if half_of(case) == half)
        lines.append(f"{question_set.name} {half}: {_shares(counts)}")
    developed = [case for case in question_set.cases if half_of(case) == "dev"]
    for tag in sorted({tag for case in developed for tag in _tags(case)}):
        counts = Counter(given[case.id] for case in developed if tag in _tags(case))
        lines.append(f"  {tag:<14} {_shares(counts)}")
    if show:
        failed = [case for case in developed if given[case.id] != "right"]
        lines += [f"  {given[case.id]:<13} {case.id}: {case.question}" for case in failed]
    return "\n".join(lines)


def _tags(case: Case) -> list[str]:
    return list(case.tags) if case.answerable == "answerable" else [case.answerable]


def _shares(counts: Counter[Verdict]) -> str:
    total = counts.total()
    parts = [f"{counts[verdict]} {verdict} ({counts[verdict] / max(total, 1):.1%})" for verdict in VERDICTS]
    return f"{total} cases, " + ", ".join(parts)


def score(set_path: Path, answers_path: Path, *, sample: Path | None = None, show: bool = False) -> str:
    """Return the report on an answers file.

    Raises:
        ValueError: a line of the file is not an answer, or an id is not in the set.
    """
    question_set = load(set_path)
    lines = answers_path.read_text(encoding="utf-8").splitlines()
    answers = [GivenAnswer.model_validate(json.loads(line)) for line in lines if line.strip()]
    unknown = {answer.id for answer in answers} - {case.id for case in question_set.cases}
    if unknown:
        raise ValueError(f"{answers_path}: {sorted(unknown)[:3]} are no ids of {set_path}")
    given = verdicts(
        question_set, {answer.id: answer for answer in answers}, open_database(question_set, sample)
    )
    return report(question_set, given, show=show)


def main() -> int:
    """Print the report on the files named on the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("set", type=Path)
    parser.add_argument("answers", type=Path, help="one JSON object a line")
    parser.add_argument("--show", action="store_true", help="list what failed in the dev half")
    parser.add_argument("--sample", type=Path, help="a CSV file to take in place of the retail sample")
    options = parser.parse_args()
    print(score(options.set, options.answers, sample=options.sample, show=options.show))
    return 0


if __name__ == "__main__":
    sys.exit(main())
