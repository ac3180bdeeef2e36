"""The database that `schema.yaml` describes: 300 tables of 15 columns in one SQLite file, with declared keys."""

from __future__ import annotations

import datetime as dt
import random
import re
import sqlite3
from dataclasses import dataclass
from pathlib import Path

import yaml

HERE = Path(__file__).parent
ROWS = 40
_COMMON = ("created_at@", "updated_at@", "created_by", "updated_by", "source_system", "external_ref", "is_archived?",
           "batch_number#", "revision#", "language_code", "comment_text", "sort_position#", "import_note")  # fmt: skip
_PART = re.compile(r"(?P<name>\w+)(?:(?P<kind>[#@?])|>(?P<table>\w+)|\{(?P<values>[^}]*)\}|=(?P<made>\w+))?")
_FIRST = [
    "Ada",
    "Boris",
    "Chen",
    "Dilek",
    "Emil",
    "Farah",
    "Goran",
    "Hana",
    "Iker",
    "Jolanta",
    "Kofi",
    "Lena",
    "Milo",
    "Nadia",
    "Oskar",
    "Priya",
]
_LAST = [
    "Abara",
    "Bellini",
    "Costa",
    "Dvorak",
    "Eriksen",
    "Fontaine",
    "Gupta",
    "Hassan",
    "Ivanov",
    "Jansen",
    "Kowalski",
    "Lindqvist",
]
_REAL = {  # a company's list of cities holds real ones
    "country_name": """Argentina Austria Belgium Brazil Canada Chile China Colombia Croatia Denmark Egypt Estonia Finland
        France Germany Ghana Greece Hungary India Ireland Italy Japan Kenya Latvia Mexico Morocco Netherlands Norway Peru
        Poland Portugal Romania Senegal Spain Sweden Switzerland Thailand Turkey Uruguay Vietnam""",
    "city_name": """Accra Amsterdam Athens Barcelona Berlin Bogota Bologna Bordeaux Brussels Budapest Cairo Chicago
        Copenhagen Dublin Geneva Graz Hamburg Hanoi Helsinki Istanbul Kyoto Leipzig Lima Lisbon London Lyon Madrid Milan
        Munich Nairobi Osaka Oslo Paris Porto Prague Rome Stockholm Tokyo Toronto Vienna""",
    "region_name": """Alsace Andalusia Bavaria Brittany Catalonia Cornwall Flanders Galicia Hesse Holland Jutland Kansai
        Karelia Lapland Lazio Liguria Lombardy Lorraine Moravia Normandy Ontario Patagonia Piedmont Provence Quebec
        Sardinia Savoy Saxony Scania Sicily Silesia Skane Styria Thuringia Tuscany Tyrol Ulster Umbria Veneto Zealand""",
}  # fmt: skip
_SYLLABLES = [
    "bel",
    "cor",
    "dan",
    "fel",
    "gar",
    "hol",
    "kin",
    "lor",
    "mar",
    "nor",
    "pel",
    "ros",
    "san",
    "tir",
    "val",
    "wen",
]
_ENDINGS = {
    "company": (" Ltd", " GmbH", " Inc"),
    "place": (" Park", " Point", "ville"),
    "product": (" 200", " Pro", " X"),
}


@dataclass(frozen=True)
class Part:
    """A column as the file writes it."""

    name: str
    kind: str
    table: str | None
    values: tuple[str, ...]


def read_tables() -> dict[str, list[Part]]:
    """Return the columns of each table."""
    tables: dict[str, list[Part]] = {}
    for department in yaml.safe_load((HERE / "schema.yaml").read_text()).values():
        for table, written in department.items():
            parts = [_part(match) for match in _PART.finditer(written)]
            room = 15 - len(parts) - 1
            common = (_part(match) for text in _COMMON for match in [_PART.fullmatch(text)] if match)
            tables[table] = parts + list(common)[: max(room, 0)]
    return tables


def _part(match: re.Match[str]) -> Part:
    kind = {"#": "number", "@": "date", "?": "flag"}.get(match["kind"] or "", match["made"] or "text")
    values = tuple((match["values"] or "").split("|")) if match["values"] else ()
    return Part(
        match["name"], "key" if match["table"] else "choice" if values else kind, match["table"], values
    )


def read_questions(part: str) -> list[tuple[str, list[str]]]:
    """Return the questions of `dev` or `held` with the tables that each needs."""
    lines = (HERE / f"{part}.txt").read_text().splitlines()
    pairs = (line.split("|") for line in lines if line and not line.startswith("#"))
    return [(question.strip(), tables.split()) for question, tables in pairs]


def make_database(path: Path) -> None:
    """Write the database; the same one each time."""
    tables = read_tables()
    chance = random.Random(7)
    with sqlite3.connect(path) as connection:
        for table, parts in tables.items():
            columns = [f"{_key(table)} INTEGER PRIMARY KEY", *(_declared(part) for part in parts)]
            references = [
                f"FOREIGN KEY ({_column(part)}) REFERENCES {part.table} ({_key(part.table)})"
                for part in parts
                if part.table
            ]
            connection.execute(f'CREATE TABLE "{table}" ({", ".join(columns + references)})')
            marks = ", ".join("?" * (len(parts) + 1))
            rows = [
                [number, *(_value(part, number, chance) for part in parts)] for number in range(1, ROWS + 1)
            ]
            connection.executemany(f'INSERT INTO "{table}" VALUES ({marks})', rows)


def _key(table: str) -> str:
    return f"{table}_key"


def _column(part: Part) -> str:
    return f"{part.name}_key" if part.table else f"{part.name}_date" if part.kind == "date" else part.name


def _declared(part: Part) -> str:
    kind = {"number": "REAL", "key": "INTEGER", "flag": "BOOLEAN", "date": "DATE"}.get(part.kind, "TEXT")
    return f'"{_column(part)}" {kind}'


def _value(part: Part, number: int, chance: random.Random) -> object:
    if part.name in _REAL:
        return _REAL[part.name].split()[number - 1]
    match part.kind:
        case "key":
            return chance.randint(1, ROWS)
        case "number":
            return round(chance.uniform(1, 1_000), 1)
        case "flag":
            return chance.random() < 0.3
        case "date":
            return (dt.date(2022, 1, 1) + dt.timedelta(days=chance.randrange(900))).isoformat()
        case "choice":
            return chance.choice(part.values)
        case "person":
            return f"{chance.choice(_FIRST)} {chance.choice(_LAST)}"
        case "company" | "place" | "product":
            return _made(chance).title() + chance.choice(_ENDINGS[part.kind])
    return f"{_made(chance)} {number}"


def _made(chance: random.Random) -> str:
    return "".join(chance.choices(_SYLLABLES, k=3))
