"""Which columns say who or what a question is about, and which of their groups are asked about."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from datacraft.contracts.plan import ColumnRef
from datacraft.contracts.semantic import Column, ColumnType, Role, SemanticModel, Table
from datacraft.profiles.words import split_identifier

_ABOUT_PEOPLE = frozenset(
    [
        "gender",
        "sex",
        "race",
        "ethnicity",
        "nationality",
        "religion",
        "citizenship",
        "origin",
        "language",
        "age",
        "disability",
        "marital",
        "education",
        "income",
        "occupation",
    ]
)
_ABOUT_PLACES = frozenset(
    ["region", "country", "market", "state", "province", "continent", "territory", "district", "area", "city"]
)
_ABOUT_CLASSES = frozenset(["segment", "tier", "class", "branch", "department", "team", "group", "category"])
_MOST_VALUES = 20
_MOST_ATTRIBUTES = 4
_MOST_GROUPS = 6


@dataclass(frozen=True, slots=True)
class Attribute:
    """A column of groups.

    Attributes:
        table: that it is a column of.
        column: itself.
        groups: its most frequent values.
    """

    table: Table
    column: Column
    groups: tuple[str, ...]

    @property
    def name(self) -> str:
        """Table and column."""
        return f"{self.table.name}.{self.column.name}"

    @property
    def ref(self) -> ColumnRef:
        """The column as plans name it."""
        return ColumnRef(table=self.table.name, column=self.column.name)


def attributes_of(model: SemanticModel) -> list[Attribute]:
    """Return the columns whose groups are compared: of people first, then of places, then of other classes.

    Columns marked sensitive are left out: their values must not leave the machine.
    """
    found = sorted(_candidates(model), key=lambda item: (item[0], item[1].name))
    return [attribute for _, attribute in found[:_MOST_ATTRIBUTES]]


def _candidates(model: SemanticModel) -> Iterator[tuple[int, Attribute]]:
    for table in model.tables:
        for column in table.columns:
            values = tuple(str(value) for value in column.values[:_MOST_GROUPS])
            few = column.distinct is not None and 2 <= column.distinct <= _MOST_VALUES
            text = column.type is ColumnType.TEXT and column.role in (Role.DIMENSION, Role.FLAG)
            if few and text and not column.sensitive and len(values) >= 2:
                yield _rank(column.name), Attribute(table, column, values)


def _rank(column: str) -> int:
    words = {word.lower() for word in split_identifier(column)}
    for rank, known in enumerate((_ABOUT_PEOPLE, _ABOUT_PLACES, _ABOUT_CLASSES)):
        if words & known:
            return rank
    return 3
