"""`SqlReading`: the reading of SQL that a model wrote."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property

from sqlglot import exp, parse_one

from datacraft.contracts.semantic import SemanticModel
from datacraft.serving.outline import Outline
from datacraft.serving.outputs import OutputFacts
from datacraft.serving.reading.sql_facts import facts_of_sql
from datacraft.serving.reading.sql_outline import outline_of_sql
from datacraft.serving.reading.sql_words import describe_sql
from datacraft.warehouse.model import ResultColumnInfo


class SqlReading:
    """Reads SQL that the guard has let through; see `Reading`."""

    def __init__(self, sql: str, dialect: str, model: SemanticModel) -> None:
        tree = parse_one(sql, dialect=dialect)
        assert isinstance(tree, exp.Query)  # the guard lets nothing else through
        self._tree = tree
        self._dialect = dialect
        self._model = model

    @cached_property
    def outline(self) -> Outline:
        """What it does with its rows."""
        return outline_of_sql(self._tree)

    def facts(self, columns: Sequence[ResultColumnInfo]) -> list[OutputFacts]:
        """Return what each column of the result is."""
        return facts_of_sql(self._tree, columns, self._model)

    def describe(self) -> str:
        """Return what was computed, as one sentence."""
        return f"{self._said}."

    def sentence(self, told: str) -> str:
        """Return what was computed and the headline of its rows."""
        return f"{self._said}: {told}."

    @cached_property
    def _said(self) -> str:
        said = describe_sql(self._tree, self._dialect, self._model)
        return said[:1].upper() + said[1:]
