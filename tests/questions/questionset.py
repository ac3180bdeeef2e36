"""The question sets of the tests, over CSV files or the sample, and the halves that engine work keeps apart."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Literal

from datacraft.contracts.question_set import Case, QuestionSet
from datacraft.evaluation.data import SAMPLE
from datacraft.evaluation.questions import load_question_set as load
from datacraft.evaluation.questions import packaged_sets
from datacraft.evaluation.questions.gold import run_gold as run
from datacraft.warehouse import Warehouse, open_data
from datacraft.warehouse.sample import make_orders

__all__ = ["SAMPLE", "Case", "QuestionSet", "half_of", "load", "open_database", "run", "set_paths"]

HERE = Path(__file__).parent
RETAIL = packaged_sets()["retail"]

Half = Literal["dev", "held"]


def set_paths() -> list[Path]:
    """Return the path of every set, the retail one first."""
    return [RETAIL, *sorted(HERE.glob("*.yaml"))]


def half_of(case: Case) -> Half:
    """Return which half a case belongs to for whoever works on the engine, who sees no case but `dev`."""
    return "dev" if case.split == "tune" else "held"


def open_database(question_set: QuestionSet, sample: Path | None = None) -> Warehouse:
    """Open a set's data as the product does; `sample` is a file, orders_processed.*, to take as the retail one."""
    if question_set.data is not None and question_set.data != SAMPLE:
        return open_data([HERE / question_set.data])
    if sample is None:
        with tempfile.TemporaryDirectory() as folder:
            return open_data([make_orders(Path(folder) / "orders_processed.parquet")])
    return open_data([sample])
