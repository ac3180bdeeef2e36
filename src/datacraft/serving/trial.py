"""`QuestionTrial`: where the drafts of one question are run, each once, however often it is proposed."""

from __future__ import annotations

import threading
from concurrent.futures import Future
from dataclasses import dataclass

from datacraft.contracts.errors import DataCraftError
from datacraft.contracts.plan import QueryPlan
from datacraft.contracts.usage import Usage
from datacraft.engines import Draft, Tried
from datacraft.serving.runner import PlanRunner
from datacraft.warehouse import ResultSet


@dataclass(frozen=True, slots=True)
class Ran:
    """A draft that was run.

    Attributes:
        sql: for people; None where it could not even be written.
        result: None where there is an error.
    """

    sql: str | None
    result: ResultSet | None
    error: DataCraftError | None


class QuestionTrial:
    """Runs drafts past the guard; see `datacraft.engines.Trial`.

    Args:
        runner: runs them.
    """

    def __init__(self, runner: PlanRunner) -> None:
        self.usage = Usage()
        self._runner = runner
        self._runs: dict[str, Future[Ran]] = {}
        self._lock = threading.Lock()

    def run(self, draft: Draft) -> Tried:
        """Run a draft; whatever is wrong with it is in the result's `error`."""
        ran = self.ran(draft)
        if ran.result is None:
            return Tried(ran.sql, error=ran.error)
        return Tried(ran.sql, tuple(column.name for column in ran.result.columns), ran.result.rows)

    def knows(self, draft: Draft) -> bool:
        """Whether a draft was run already."""
        return _key(draft) in self._runs

    def ran(self, draft: Draft) -> Ran:
        """Run a draft, or return what came of it before."""
        with self._lock:
            known = self._runs.get(_key(draft))
            mine = known or self._runs.setdefault(_key(draft), Future())
        if known is None:
            try:
                mine.set_result(self._run(draft))
            except BaseException as error:
                mine.set_exception(error)
                raise
        return mine.result()

    def _run(self, draft: Draft) -> Ran:
        sql: str | None = draft if isinstance(draft, str) else None
        try:
            if isinstance(draft, QueryPlan):
                rendered = self._runner.render(draft)
                sql = rendered.sql
                query = self._runner.check(rendered)
            else:
                query, sql = self._runner.check_sql(draft)
            return Ran(sql, self._runner.run(query), None)
        except DataCraftError as error:
            return Ran(sql, None, error)


def _key(draft: Draft) -> str:
    return draft if isinstance(draft, str) else draft.model_dump_json()
