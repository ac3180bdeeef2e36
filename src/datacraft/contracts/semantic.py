"""`SemanticModel`: what the data means. Made by profiling, edited by people, read by every engine."""

from __future__ import annotations

from enum import StrEnum
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid")


class ColumnType(StrEnum):
    """The type of a column's values, whatever the warehouse calls it."""

    TEXT = "text"
    INTEGER = "integer"
    NUMBER = "number"
    BOOLEAN = "boolean"
    DATE = "date"
    TIMESTAMP = "timestamp"
    TIME = "time"
    OTHER = "other"


class Role(StrEnum):
    """What a column is for."""

    ID = "id"
    MEASURE = "measure"
    DIMENSION = "dimension"
    TIME = "time"
    FLAG = "flag"
    TEXT = "text"


class DefaultAggregation(StrEnum):
    """How a column is summed up when the question does not say."""

    SUM = "sum"
    AVG = "avg"
    COUNT_DISTINCT = "count_distinct"
    NONE = "none"


class Column(_Part):
    """A column of a table."""

    name: str
    type: ColumnType
    role: Role
    description: str = ""
    synonyms: list[str] = Field(default_factory=list)
    unit: str | None = Field(default=None, description='"USD", "%", "kg"; "%" means that 0.2 reads 20 %.')
    aggregation: DefaultAggregation = DefaultAggregation.NONE
    weight: str | None = Field(default=None, description="Column that weights an average of this one.")
    time_part: Literal["year", "quarter", "month", "week", "day", "weekday", "hour"] | None = Field(
        default=None, description="A number or name column that holds a part of a date (year = 2021)."
    )
    true_values: list[str | int | bool] = Field(
        default_factory=list, description="Of a flag: what means yes."
    )
    distinct: int | None = Field(default=None, description="Number of different values.")
    null_fraction: float = 0.0
    minimum: str | int | float | None = None
    maximum: str | int | float | None = None
    values: list[str | int | float | bool] = Field(
        default_factory=list, description="All values where there are few, else the most frequent ones."
    )
    values_complete: bool = False
    sensitive: bool = False


class Table(_Part):
    """A table; `name` is what the warehouse calls it. One row is one `entity` ("order line", "student")."""

    name: str
    entity: str = Field(description="What one row is, singular, as a person would say it.")
    description: str = ""
    synonyms: list[str] = Field(default_factory=list)
    rows: int | None = None
    primary_key: list[str] = Field(default_factory=list)
    label: list[str] = Field(default_factory=list, description="Column(s) that name a row to a person.")
    time_column: str | None = Field(default=None, description="Which date a period in a question means.")
    bridge: bool = Field(default=False, description="Only connects other tables (many to many).")
    columns: list[Column]


class Entity(_Part):
    """A thing that has its own key inside a wider table, such as the customer in a table of order lines."""

    name: str
    synonyms: list[str] = Field(default_factory=list)
    table: str
    key: str = Field(description="Column that identifies the thing.")
    label: str | None = Field(default=None, description="Column that names it to a person.")
    attributes: list[str] = Field(default_factory=list, description="Columns that depend on the key alone.")


class Join(_Part):
    """How two tables connect. `verbs` are words that mean this relation ("borders", "teaches")."""

    left: str
    right: str
    columns: list[tuple[str, str]] = Field(min_length=1, description="Pairs (left column, right column).")
    cardinality: Literal["many_to_one", "one_to_one", "many_to_many"]
    verbs: list[str] = Field(default_factory=list)
    confidence: float = Field(default=1.0, ge=0, le=1)


class NamedMeasure(_Part):
    """A measure with a name, as a formula over one table: `sum(profit) / sum(sales)`."""

    name: str
    table: str
    formula: str
    synonyms: list[str] = Field(default_factory=list)
    unit: str | None = None
    description: str = ""


class NamedFilter(_Part):
    """A condition with a name, as a SQL condition over one table: "active" means `status = 'A'`."""

    name: str
    table: str
    condition: str
    synonyms: list[str] = Field(default_factory=list)
    description: str = ""


class Hierarchy(_Part):
    """Columns of a table from fine to coarse: city, state, country."""

    name: str
    table: str
    levels: list[str] = Field(min_length=2)


class SemanticModel(_Part):
    """Everything an engine knows about the data."""

    schema_version: Literal[1] = 1
    tables: list[Table]
    entities: list[Entity] = Field(default_factory=list)
    joins: list[Join] = Field(default_factory=list)
    measures: list[NamedMeasure] = Field(default_factory=list)
    filters: list[NamedFilter] = Field(default_factory=list)
    hierarchies: list[Hierarchy] = Field(default_factory=list)
    fiscal_year_start_month: int = Field(default=1, ge=1, le=12)

    def table(self, name: str) -> Table:
        """Return the table called `name`.

        Raises:
            KeyError: there is none.
        """
        for table in self.tables:
            if table.name == name:
                return table
        raise KeyError(name)

    def column(self, table: str, name: str) -> Column:
        """Return a column of a table.

        Raises:
            KeyError: there is none.
        """
        for column in self.table(table).columns:
            if column.name == name:
                return column
        raise KeyError(f"{table}.{name}")
