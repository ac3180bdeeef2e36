"""Mechanical synonyms and one-sentence descriptions, made from names alone."""

from __future__ import annotations

from collections.abc import Sequence

from datacraft.contracts.semantic import DefaultAggregation, Role
from datacraft.profiles.facts import ColumnFacts, TableFacts
from datacraft.profiles.joins import Link
from datacraft.profiles.roles import Reading
from datacraft.profiles.words import singular, split_identifier


def column_synonyms(column: ColumnFacts) -> list[str]:
    """Return how a person would write the column's name, where that is not the name itself."""
    return _other_writings(column.name, column.words.text, " ".join(column.words.raw))


def table_synonyms(table: TableFacts, entities: Sequence[str]) -> list[str]:
    """Return how a person would write the table's name, where neither it nor a thing in the table is called so."""
    noun = " ".join((*table.words.words[:-1], table.words.stem[-1]))
    written = _other_writings(table.name, noun, " ".join(table.words.raw))
    return [text for text in written if not {text, singular(text)} & set(entities)]


def _other_writings(name: str, *texts: str) -> list[str]:
    plain = " ".join(split_identifier(name))
    return [text for text in dict.fromkeys(texts) if text and text not in {plain, name.casefold()}]


def describe_column(column: ColumnFacts, reading: Reading, links: Sequence[Link]) -> str:
    """Say what a column holds, where its name and role leave something to say."""
    text = column.words.text
    for link in links:
        if link.left == column.table and link.columns == (column.name,):
            return f"Refers to {link.right}.{link.keys[0]}."
    if reading.role is Role.ID:
        noun = " ".join(column.words.noun) or "row"
        return f"Identifies the {noun}."
    if reading.role is Role.MEASURE:
        unit = {"%": " as a fraction", "percent": " in percent", None: ""}.get(
            reading.unit, f" in {reading.unit}"
        )
        how = "averaged" if reading.aggregation is DefaultAggregation.AVG else "added up"
        return f"{text[:1].upper()}{text[1:]}{unit}; {how} unless asked otherwise."
    if reading.time_part:
        return f"The {reading.time_part} of a date."
    return ""


def describe_table(
    entity: str, time_column: str | None, bridge: bool, links: Sequence[Link], name: str
) -> str:
    """Say what one row of a table is."""
    if bridge:
        ends = list(dict.fromkeys(link.right for link in links if link.left == name))
        return (
            f"Connects {' and '.join(ends)}."
            if len(ends) > 1
            else f"Connects rows of {ends[0]} to each other."
        )
    dated = f", dated by {time_column}" if time_column else ""
    article = (
        "an" if entity[:1] in "aeiou" and not entity.startswith(("user", "uni", "use", "eu", "one")) else "a"
    )
    return f"One row is {article} {entity}{dated}."
