"""Question sets as data: a YAML file of cases, each a question with gold SQL, over CSV files or the sample."""

from __future__ import annotations

import hashlib
import tempfile
from pathlib import Path
from typing import Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field

from datacraft import warehouse
from datacraft.sql.compare import Table
from datacraft.warehouse import Warehouse, open_data
from datacraft.warehouse.sample import make_orders

HERE = Path(__file__).parent
RETAIL = Path(warehouse.__file__).parents[1] / "evaluation" / "question_sets" / "retail.yaml"
SAMPLE = "sample"  # as `data`: the table that `datacraft sample` makes, with its default seed and size

Split = Literal["dev", "held"]


class Case(BaseModel):
    """A question and the SQL of each reading of it that is right."""

    model_config = ConfigDict(extra="forbid")

    id: str
    question: str
    gold: list[str] = Field(description="Empty where the question should not be answered.")
    ordered: bool = False
    tags: list[str] = []
    answerable: Literal["answerable", "ambiguous", "unanswerable"] = "answerable"
    split: Split


class QuestionSet(BaseModel):
    """Cases over one database."""

    model_config = ConfigDict(extra="forbid")

    name: str
    version: int
    data: str = Field(description=f"`{SAMPLE}`, or the folder of CSV files beside the set.")
    cases: list[Case]


def set_paths() -> list[Path]:
    """Return the path of every set, the retail one first."""
    return [RETAIL, *sorted(HERE.glob("*.yaml"))]


def load(path: Path) -> QuestionSet:
    """Read a set."""
    return QuestionSet.model_validate(yaml.safe_load(path.read_text(encoding="utf-8")))


def split_of(case_id: str) -> Split:
    """Return the half that a case belongs to: stable, and not chosen by anyone."""
    return "held" if hashlib.sha256(case_id.encode()).digest()[0] % 2 else "dev"


def open_database(question_set: QuestionSet, sample: Path | None = None) -> Warehouse:
    """Open a set's data as the product does; `sample` is a file, orders_processed.*, to take as the retail one."""
    if question_set.data != SAMPLE:
        return open_data([HERE / question_set.data])
    if sample is None:
        with tempfile.TemporaryDirectory() as folder:
            return open_data([make_orders(Path(folder) / "orders_processed.parquet")])
    return open_data([sample])


def run(sql: str, database: Warehouse) -> Table:
    """Return the result of a SELECT.

    Raises:
        DataCraftError: it is not one SELECT, is wrong for this data, or takes too long.
    """
    result = database.execute(sql, timeout_s=30, max_rows=200_000)
    return Table([column.name for column in result.columns], result.rows)
