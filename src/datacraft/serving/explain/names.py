"""`Names`: what a person calls the tables and columns of a semantic model."""

from __future__ import annotations

from collections import Counter

from datacraft.contracts.plan import ColumnRef
from datacraft.contracts.semantic import Column, SemanticModel
from datacraft.serving.english import plural_phrase, spoken


class Names:
    """Names of tables and columns as words; a column's name that several tables share gets its table's."""

    def __init__(self, model: SemanticModel) -> None:
        self._model = model
        self._tables_with = Counter(column.name.lower() for table in model.tables for column in table.columns)
        self._keys = {
            (table.name, table.primary_key[0]): table.entity
            for table in model.tables
            if len(table.primary_key) == 1
        }
        references = {
            (join.left, join.columns[0][0]): self._keys[join.right, join.columns[0][1]]
            for join in model.joins
            if len(join.columns) == 1 and (join.right, join.columns[0][1]) in self._keys
        }
        entities = {(entity.table, entity.key): entity.name for entity in model.entities}
        self._keys = {**references, **self._keys, **entities}

    def entity(self, table: str) -> str:
        """Return what one row of a table is: "order line"."""
        try:
            return self._model.table(table).entity
        except KeyError:
            return spoken(table)

    def entities(self, table: str) -> str:
        """Return what the rows of a table are: "order lines"."""
        return plural_phrase(self.entity(table))

    def column(self, ref: ColumnRef) -> str:
        """Return what a column holds: "order date", "customer name" where several tables have a name."""
        words = spoken(ref.column)
        if self._tables_with[ref.column.lower()] < 2:
            return words
        entity = self.entity(ref.table)
        return words if words.lower().startswith(entity.lower()) else f"{entity} {words}"

    def thing(self, ref: ColumnRef) -> str | None:
        """Return the thing that a column is a key of or refers to: "customer" for `customer_id`, else None."""
        return self._keys.get((ref.table, ref.column))

    def details(self, ref: ColumnRef) -> Column | None:
        """Return what the semantic model says of a column; None where it does not know it."""
        try:
            return self._model.column(ref.table, ref.column)
        except KeyError:
            return None
