"""`Prompting`: the instructions and messages that a model gets for a question about one data set."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Callable, Sequence
from typing import Any

from datacraft.config.tracing import span
from datacraft.contracts.model_config import ContextBudget, Example, PromptText
from datacraft.contracts.proposal import Turn
from datacraft.contracts.semantic import SemanticModel
from datacraft.engines.linking import SchemaLinker
from datacraft.engines.llm.context import describe_data, quoted
from datacraft.engines.llm.prompts import fill

_DIALECTS = {"duckdb": "DuckDB", "bigquery": "BigQuery"}
_TURNS = 3  # of the conversation that are sent
_KEPT = 64


class Prompting:
    """Puts together what is sent. Safe to use from several threads.

    Args:
        model: what the data means.
        linker: finds what a question may touch.
        budget: how much is sent.
        dialect: of the SQL.
        row_limit: of results.
        examples: returns the examples for a question.
        content: names what the data holds.
        clock: returns today.
    """

    def __init__(
        self,
        model: SemanticModel,
        linker: SchemaLinker,
        budget: ContextBudget,
        *,
        dialect: str,
        row_limit: int,
        examples: Callable[[str], Sequence[Example]],
        content: str,
        clock: Callable[[], dt.date],
    ) -> None:
        self._model = model
        self._linker = linker
        self._budget = budget
        self._examples = examples
        self._values = {
            "dialect": _DIALECTS.get(dialect, dialect),
            "row_limit": str(row_limit),
            "today": _last_day(model, clock()).isoformat(),
        }
        known = content + model.model_dump_json()
        self.version = hashlib.sha256(known.encode()).hexdigest()[:16]
        self._described: dict[str, dict[str, Any]] = {}

    def instructions(self, prompt: PromptText) -> str:
        """Return the system's part."""
        return fill(prompt, self._values)

    def message(self, question: str, history: Sequence[Turn]) -> str:
        """Return the question and all that is known about it, as JSON."""
        content: dict[str, Any] = {"question": question, "data": self._data(question, history)}
        if examples := self._examples(question):
            content["examples"] = [{"question": one.question, "sql": one.sql} for one in examples]
        if history:
            content["conversation"] = [
                {"question": turn.question, "sql": turn.sql} for turn in history[-_TURNS:]
            ]
        return quoted(content)

    def _data(self, question: str, history: Sequence[Turn]) -> dict[str, Any]:
        said = " ".join([*(turn.question for turn in history[-1:]), question])
        found = self._described.get(said)
        if found is None:
            with span("link") as linking:
                linked = self._linker.link(said, tables=self._budget.tables)
                found = describe_data(self._model, linked, self._budget)
                linking.set(datacraft__tables=len(found["tables"]))
            if len(self._described) >= _KEPT:
                self._described.clear()
            self._described[said] = found
        return found


def _last_day(model: SemanticModel, today: dt.date) -> dt.date:
    """Return the day that "today" means: the data's last one where it ends in the past."""
    ends: list[dt.date] = []
    for table in model.tables:
        for column in table.columns:
            if column.name == table.time_column and isinstance(column.maximum, str) and not column.sensitive:
                try:
                    ends.append(dt.date.fromisoformat(column.maximum[:10]))
                except ValueError:
                    continue
    return min(max(ends, default=today), today)
