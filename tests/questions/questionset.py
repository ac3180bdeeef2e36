"""Question sets as data: a YAML file of cases, each a question with gold SQL, over CSV files or the sample."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Literal

import duckdb
import yaml
from pydantic import BaseModel, ConfigDict, Field

from datacraft import warehouse
from datacraft.sql.compare import Table

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


class Database:
    """The data of a set in DuckDB, and a copy of it with the rows of every table in reverse order."""

    def __init__(self, question_set: QuestionSet, sample: Path | None = None) -> None:
        """Load the data; `sample` is a file to take in place of the table that `datacraft sample` makes."""
        self._connection = duckdb.connect()
        self._connection.execute("CREATE SCHEMA backwards")
        files = [sample] if sample else sorted((HERE / question_set.data).glob("*.csv"))
        for file in files:
            name = "orders_processed" if sample else file.stem
            self._connection.read_csv(file).create(f'main."{name}"')
            self._connection.execute(
                f'CREATE TABLE backwards."{name}" AS SELECT * FROM main."{name}" ORDER BY rowid DESC'
            )

    def run(self, sql: str, *, backwards: bool = False) -> Table:
        """Return the result of a SELECT; `backwards` reads the rows of every table from last to first."""
        self._connection.execute(f"USE {'backwards' if backwards else 'main'}")
        result = self._connection.execute(sql)
        return Table([column[0] for column in result.description or []], result.fetchall())
