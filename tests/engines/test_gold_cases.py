"""Everyday questions on databases of several naming styles: the rows are those of SQL that a person wrote."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
import yaml
from databases_of_cases import Database, opened
from pydantic import BaseModel, ConfigDict

from datacraft.sql.compare import Table, same_result

FOLDER = Path(__file__).with_name("gold_cases")


class Case(BaseModel):
    """A question, and SQL that gives its rows."""

    model_config = ConfigDict(extra="forbid")

    data: str
    question: str
    sql: str


def cases() -> list[Case]:
    return [
        Case.model_validate({"data": path.stem} | case)
        for path in sorted(FOLDER.glob("*.yaml"))
        for case in yaml.safe_load(path.read_text(encoding="utf-8"))["cases"]
    ]


@pytest.fixture(scope="module")
def gold_databases(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Database]]:
    with ExitStack() as stack:
        yield {
            name: stack.enter_context(opened(name, tmp_path_factory.mktemp(name)))
            for name in sorted({case.data for case in cases()})
        }


@pytest.mark.parametrize("case", cases(), ids=lambda case: f"{case.data}-{case.question}")
def test_a_question_gives_the_rows_of_the_gold(case: Case, gold_databases: dict[str, Database]) -> None:
    database = gold_databases[case.data]
    shown = database.run(database.engine.propose(case.question, []).plan)
    gold = database.warehouse.execute(case.sql, timeout_s=10, max_rows=10_000)
    expected = Table([str(number) for number, _ in enumerate(gold.columns)], gold.rows)
    assert gold.rows, "a gold without rows tells nothing"
    assert same_result(expected, shown, ordered=False, extra_columns=2), shown.rows[:20]
