"""Seeded building blocks of the databases: names, days, amounts, choices."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from random import Random

FIRST = [
    "Amara",
    "Bruno",
    "Celine",
    "Dmitri",
    "Elena",
    "Farid",
    "Greta",
    "Hiro",
    "Ingrid",
    "Jamal",
    "Keiko",
    "Luca",
    "Mina",
    "Nadia",
    "Oscar",
    "Priya",
    "Quentin",
    "Rosa",
    "Stefan",
    "Tala",
    "Umar",
    "Vera",
    "Wendell",
    "Xenia",
    "Yusuf",
    "Zofia",
    "Anders",
    "Beatriz",
    "Colin",
    "Daphne",
    "Emeka",
    "Fiona",
]
LAST = [
    "Abara",
    "Bergström",
    "Castillo",
    "Dvorak",
    "Eriksen",
    "Fontaine",
    "Gupta",
    "Haddad",
    "Ivanov",
    "Jansen",
    "Kowalski",
    "Lindgren",
    "Moreau",
    "Nakamura",
    "Okafor",
    "Petrov",
    "Quigley",
    "Romano",
    "Silva",
    "Tanaka",
    "Ueda",
    "Vargas",
    "Weber",
    "Yilmaz",
    "Zimmer",
    "Ashworth",
]

Value = str | int | float | dt.date | dt.datetime | None
Rows = list[tuple[Value, ...]]
Tables = dict[str, tuple[str, Rows]]


def people(rng: Random, count: int) -> list[str]:
    """Return `count` different full names."""
    return rng.sample([f"{first} {last}" for first in FIRST for last in LAST], count)


def day(rng: Random, first: str, last: str) -> dt.date:
    """Return a day between two ISO dates, both included."""
    start, end = dt.date.fromisoformat(first), dt.date.fromisoformat(last)
    return start + dt.timedelta(days=rng.randint(0, (end - start).days))


def money(rng: Random, low: float, high: float) -> float:
    """Return an amount with cents, small ones more likely than large ones."""
    return round(low + (high - low) * rng.random() ** 2, 2)


def pick(rng: Random, weighted: dict[str, int]) -> str:
    """Return one key, by weight."""
    return rng.choices(list(weighted), list(weighted.values()))[0]


def sometimes(rng: Random, share: float, value: Value) -> Value:
    """Return the value, or nothing in about `share` of the cases."""
    return None if rng.random() < share else value


def skewed(rng: Random, items: Sequence[int]) -> int:
    """Return one of the items, the early ones more often."""
    return items[int(len(items) * rng.random() ** 1.7)]
