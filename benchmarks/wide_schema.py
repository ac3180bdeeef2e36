"""A database of 50 tables with 20 columns each, made up, and questions about it."""

from __future__ import annotations

from pathlib import Path

import duckdb

ROWS = 1_000
NOUNS = [
    "customer",
    "supplier",
    "employee",
    "branch",
    "warehouse",
    "vehicle",
    "driver",
    "contract",
    "invoice",
    "payment",
    "refund",
    "shipment",
    "parcel",
    "route",
    "ticket",
    "machine",
    "sensor",
    "inspection",
    "repair",
    "tool",
    "permit",
    "project",
    "milestone",
    "budget",
    "grant",
    "lease",
    "tenant",
    "building",
    "room",
    "booking",
    "event",
    "speaker",
    "course",
    "lesson",
    "exam",
    "teacher",
    "library",
    "book",
    "loan",
    "patient",
    "visit",
    "treatment",
    "recipe",
    "ingredient",
    "campaign",
    "channel",
    "visitor",
    "harvest",
    "field",
    "turbine",
]
MEASURES = ("amount", "weight", "duration", "score", "distance", "price", "rating", "capacity")
DIMENSIONS = {
    "status": ("open", "closed", "waiting"),
    "colour": ("red", "green", "blue", "grey"),
    "city": ("Lisbon", "Oslo", "Quito", "Hanoi", "Perth"),
    "grade": ("A", "B", "C", "D"),
    "kind": ("basic", "plus", "premium"),
    "shift": ("morning", "evening", "night"),
}


def make_wide_database(path: Path) -> None:
    """Write the database: each table has an id, a name, a reference to the table before, dates and the rest."""
    assert len(NOUNS) == 50
    with duckdb.connect(str(path)) as connection:
        connection.execute("SELECT setseed(0.5)")
        for number, noun in enumerate(NOUNS):
            before = NOUNS[number - 1]
            columns = [
                f"i AS {noun}_id",
                f"'{noun.title()} ' || i AS {noun}_name",
                f"1 + (i * 7 + {number}) % {ROWS} AS {before}_id",
                "DATE '2022-01-01' + CAST(random() * 900 AS INTEGER) AS start_date",
                "random() < 0.3 AS is_active",
                "CAST(random() * 50 AS INTEGER) AS pieces",
                *(f"round(random() * 1000, 2) AS {measure}" for measure in MEASURES),
                *(f"{list(values)}[1 + i % {len(values)}] AS {name}" for name, values in DIMENSIONS.items()),
            ]
            assert len(columns) == 20
            connection.execute(
                f"CREATE TABLE {noun}s AS SELECT {', '.join(columns)} FROM range(1, {ROWS + 1}) t(i)"
            )


def wide_questions() -> list[str]:
    """Return 50 questions, one about each table."""
    measures, dimensions = list(MEASURES), list(DIMENSIONS)
    patterns = (
        "average {measure} of {noun}s by {dimension}",
        "number of {noun}s by {dimension}",
        "top 5 {noun}s by {measure}",
        "total {measure} of {noun}s with status open",
        "{noun}s with {measure} above 990",
    )
    return [
        patterns[number % len(patterns)].format(
            noun=noun,
            measure=measures[number % len(measures)],
            dimension=dimensions[number % len(dimensions)],
        )
        for number, noun in enumerate(NOUNS)
    ]
