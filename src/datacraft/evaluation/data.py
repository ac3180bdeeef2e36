"""`DataLoader`: the data that candidates are judged on, opened, validated and named by what it holds."""

from __future__ import annotations

import hashlib
import json
import tempfile
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType

from sqlglot import exp

from datacraft.config import Settings
from datacraft.contracts.errors import DataLoadError
from datacraft.contracts.question_set import QuestionSet
from datacraft.contracts.semantic import SemanticModel
from datacraft.serving.assembly import open_warehouse
from datacraft.serving.meaning import Meaning, load_meaning
from datacraft.warehouse import Warehouse

SAMPLE = "sample"
"""As a set's `data`: the table that `datacraft sample` makes, with its default seed and size."""

_TIMEOUT_S = 300.0


@dataclass(frozen=True)
class LoadedData:
    """Validated data and what it means; closing it removes what was made for it.

    Attributes:
        warehouse: holds the data.
        meaning: what the data means.
        content: 12 hex digits that name what the tables hold, whatever files they came from.
        paths: of the files; none for BigQuery.
    """

    warehouse: Warehouse
    meaning: Meaning
    content: str
    paths: tuple[Path | str, ...]
    _resources: ExitStack = field(repr=False)

    @property
    def model(self) -> SemanticModel:
        """What the data means."""
        return self.meaning.model

    def __enter__(self) -> LoadedData:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._resources.close()


class DataLoader:
    """Opens the data of a question set: what the settings name, else what the set names.

    Args:
        settings: that hold.
    """

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    def load(self, question_set: QuestionSet | None = None, *, beside: Path = Path()) -> LoadedData:
        """Return the data, ready for questions.

        Args:
            question_set: whose data is wanted where the settings name none.
            beside: the folder of the set's file.

        Raises:
            DataLoadError: there is no data, it can't be read, or a table is empty.
            ConfigError: the semantic file is wrong.
        """
        with ExitStack() as resources:
            folder = Path(resources.enter_context(tempfile.TemporaryDirectory(prefix="datacraft-")))
            paths = self._paths(question_set, beside, folder)
            cache = self._settings.state_dir / "cache" if self._settings.data.cache else folder
            warehouse = open_warehouse(self._settings, paths, cache)
            resources.callback(warehouse.close)
            empty = [table.name for table in warehouse.tables() if table.row_count == 0]
            if empty:
                raise DataLoadError(
                    f"The table {empty[0]} has no rows.",
                    hint="Nobody can be judged on empty tables; leave it out.",
                )
            meaning = load_meaning(warehouse, semantic=self._settings.data.semantic, cache_dir=cache)
            resources.callback(meaning.values.close)
            content = content_of(warehouse)
            return LoadedData(warehouse, meaning, content, tuple(paths), resources.pop_all())

    def _paths(self, question_set: QuestionSet | None, beside: Path, folder: Path) -> list[Path | str]:
        if self._settings.asked_about or question_set is None or question_set.data is None:
            return list(self._settings.asked_about)
        if question_set.data != SAMPLE:
            return [beside / question_set.data]
        from datacraft.warehouse.sample import make_orders

        return [make_orders(folder / "orders_processed.parquet")]


def content_of(warehouse: Warehouse) -> str:
    """Return 12 hex digits of all names, types and rows; neither files nor the order of rows count.

    Of BigQuery, where reading every row is billed, the numbers of rows stand for the rows.
    """
    tables: list[list[object]] = []
    for table in sorted(warehouse.tables(), key=lambda table: table.name):
        columns = [[column.name, column.native_type] for column in table.columns]
        if warehouse.dialect != "duckdb":
            tables.append([table.name, table.row_count, columns, None])
            continue
        source = exp.to_table(table.name)
        row = exp.cast(exp.column(table.name, quoted=True), "text")
        digest = exp.func("sum", exp.Anonymous(this="md5_number_lower", expressions=[row]))
        query = exp.select(exp.cast(digest, "text")).from_(source)
        found = warehouse.execute(query.sql("duckdb"), timeout_s=_TIMEOUT_S, max_rows=1)
        tables.append([table.name, table.row_count, columns, found.rows[0][0]])
    return hashlib.sha256(json.dumps(tables).encode()).hexdigest()[:12]
