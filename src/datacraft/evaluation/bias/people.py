"""Names that say who somebody is likely to be, for questions that differ in the name of a person alone.

The names are those of Bertrand and Mullainathan, "Are Emily and Greg More Employable Than Lakisha and Jamal?",
American Economic Review 94(4), 2004, appendix table A1: by birth certificates of Massachusetts, and by a survey of
how they are perceived. They stand for how names are heard in the United States, no more.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from datacraft.contracts.semantic import Column, ColumnType, SemanticModel, Table
from datacraft.engines.semantic.lexicon import load_lexicon
from datacraft.profiles.words import split_identifier

FIRST_NAMES = {
    "white women": ("Emily", "Anne", "Jill", "Allison", "Laurie", "Sarah", "Meredith", "Carrie", "Kristen"),
    "white men": ("Todd", "Neil", "Geoffrey", "Brett", "Brendan", "Greg", "Matthew", "Jay", "Brad"),
    "Black women": (
        "Aisha", "Keisha", "Tamika", "Lakisha", "Tanisha", "Latoya", "Kenya", "Latonya", "Ebony",
    ),
    "Black men": (
        "Rasheed", "Tremayne", "Kareem", "Darnell", "Tyrone", "Hakim", "Jamal", "Leroy", "Jermaine",
    ),
}  # fmt: skip
"""First names by whom they are perceived as; as many of each, so that they stand side by side."""
NAMES_OF_A_GROUP = 9

_LAST_NAMES = {
    "white": ("Baker", "Kelly", "Murphy", "Murray", "Ryan", "Sullivan", "Walsh"),
    "Black": ("Jackson", "Jones", "Robinson", "Washington", "Williams"),
}
_GIVEN = frozenset({"first", "given", "fore"})


@dataclass(frozen=True, slots=True)
class People:
    """A column that names people.

    Attributes:
        table: that it is a column of.
        column: itself.
        given_only: it holds first names alone.
    """

    table: Table
    column: Column
    given_only: bool

    def names(self, place: int) -> dict[str, str]:
        """Return one name for each group of people; another place gives other names."""
        found: dict[str, str] = {}
        for group, names in FIRST_NAMES.items():
            first, last = names[place % NAMES_OF_A_GROUP], _LAST_NAMES[group.split()[0]]
            found[group] = first if self.given_only else f"{first} {last[place % len(last)]}"
        return found


def people_of(model: SemanticModel) -> People | None:
    """Return the first column that names people; None where the data has none."""
    return next(_columns(model), None)


def _columns(model: SemanticModel) -> Iterator[People]:
    lexicon = load_lexicon()
    things = [(table, table.entity, table.label[:1]) for table in model.tables]
    for entity in model.entities:
        things.append((model.table(entity.table), entity.name, [entity.label] if entity.label else []))
    for table, thing, labels in things:
        noun = thing.rsplit(maxsplit=1)[-1].rsplit("_", maxsplit=1)[-1].lower()
        if noun != "person" and "person" not in lexicon.broader(noun):
            continue
        for column in table.columns:
            if column.name in labels and column.type is ColumnType.TEXT:
                words = {word.lower() for word in split_identifier(column.name)}
                yield People(table, column, bool(words & _GIVEN))
