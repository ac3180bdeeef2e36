"""The small databases that the cases ask about, opened as the product opens data."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from datacraft.contracts.plan import QueryPlan
from datacraft.contracts.proposal import Proposal, Turn
from datacraft.engines.semantic import SemanticEngine
from datacraft.serving.meaning import Meaning, load_meaning
from datacraft.sql.compare import Table
from datacraft.sql.render import SchemaView, render
from datacraft.warehouse import DuckDBWarehouse, open_data

DATA = Path(__file__).with_name("semantic_data")
NAMES = ("bookshop", "geography", "rides")


@dataclass(frozen=True)
class Database:
    """One of them, with the engine that reads questions about it."""

    warehouse: DuckDBWarehouse
    meaning: Meaning
    engine: SemanticEngine

    def run(self, plan: QueryPlan) -> Table:
        """Return the rows that a plan gives."""
        rendered = render(plan, schema=SchemaView.from_model(self.meaning.model), dialect="duckdb")
        result = self.warehouse.execute(rendered.sql, timeout_s=10, max_rows=10_000)
        return Table([column.name for column in result.columns], result.rows)

    def converse(self, earlier: Sequence[str], question: str) -> Proposal:
        """Return what the engine proposes for the last question of a session."""
        history: list[Turn] = []
        for said in earlier:
            history.append(Turn(question=said, plan=self.engine.propose(said, history).plan))
        return self.engine.propose(question, history)


@contextmanager
def opened(name: str, folder: Path) -> Iterator[Database]:
    """Open a database, with nothing known about it but its files; `folder` is for what is concluded."""
    with open_data([DATA / name]) as warehouse:
        meaning = load_meaning(warehouse, semantic=None, cache_dir=folder)
        yield Database(warehouse, meaning, SemanticEngine(meaning.model, meaning.values))
        meaning.values.close()
