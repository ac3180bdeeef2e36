"""`SchemaView`: the little that rendering has to know about tables."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from datacraft.contracts.errors import InputError
from datacraft.contracts.semantic import ColumnType, SemanticModel


@dataclass(frozen=True, slots=True)
class TableView:
    """A table's primary key (empty when it has none) and its columns' types."""

    primary_key: tuple[str, ...]
    types: Mapping[str, ColumnType]


@dataclass(frozen=True, slots=True)
class SchemaView:
    """Tables by the name that the warehouse calls them."""

    tables: Mapping[str, TableView]

    @classmethod
    def from_model(cls, model: SemanticModel) -> SchemaView:
        """Take what rendering needs out of a semantic model."""
        return cls(
            {
                table.name: TableView(
                    primary_key=tuple(table.primary_key),
                    types={column.name: column.type for column in table.columns},
                )
                for table in model.tables
            }
        )

    def table(self, name: str) -> TableView:
        """Return a table.

        Raises:
            InputError: the data has no such table.
        """
        try:
            return self.tables[name]
        except KeyError:
            raise InputError(
                f"The plan names the table {name!r}, which the data does not have.",
                hint=f"Tables there are: {', '.join(sorted(self.tables)) or 'none'}.",
            ) from None

    def type_of(self, table: str, column: str) -> ColumnType:
        """Return the type of a column.

        Raises:
            InputError: there is no such table or column.
        """
        types = self.table(table).types
        try:
            return types[column]
        except KeyError:
            raise InputError(
                f"The plan names the column {table}.{column}, which the data does not have.",
                hint=f"Columns of {table}: {', '.join(types)}.",
            ) from None
