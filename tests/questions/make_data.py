"""Makes the small databases that the question sets are about: `python tests/questions/make_data.py [FOLDER]`.

Every database has its own seed, so that adding one leaves the others as they are. Amounts carry cents and
dates are spread, so that ties are rare; each database has people or things that never appear in its facts,
so that "never" and "without" have an answer, and one-to-many pairs on both sides of a table, so that a
join that counts twice gives a different figure.
"""

from __future__ import annotations

import csv
import sys
from collections.abc import Callable
from pathlib import Path
from random import Random

from databases import (
    bank,
    delivery,
    festival,
    flights,
    football,
    grants,
    hospital,
    hr,
    insurance,
    logistics,
    museum,
    nonprofit,
    parks,
    plant,
    rentals,
    school,
    subscriptions,
    tracker,
    transit,
    webshop_marketing,
)
from databases.randomness import Tables

HERE = Path(__file__).parent
DATABASES: dict[str, tuple[Callable[[Random], Tables], int]] = {
    "bank": (bank.make, 11),
    "hr": (hr.make, 22),
    "hospital": (hospital.make, 33),
    "flights": (flights.make, 44),
    "school": (school.make, 55),
    "subscriptions": (subscriptions.make, 66),
    "logistics": (logistics.make, 77),
    "insurance": (insurance.make, 88),
    "delivery": (delivery.make, 99),
    "plant": (plant.make, 101),
    "rentals": (rentals.make, 102),
    "webshop_marketing": (webshop_marketing.make, 103),
    "nonprofit": (nonprofit.make, 104),
    "museum": (museum.make, 1101),
    "football": (football.make, 1102),
    "festival": (festival.make, 1103),
    "parks": (parks.make, 1104),
    "tracker": (tracker.make, 1105),
    "grants": (grants.make, 1106),
    "transit": (transit.make, 1107),
}


def write(folder: Path) -> None:
    """Write every database as a folder of CSV files below `folder`."""
    for name, (make, seed) in DATABASES.items():
        target = folder / name
        target.mkdir(parents=True, exist_ok=True)
        for table, (header, rows) in make(Random(seed)).items():
            with (target / f"{table}.csv").open("w", newline="", encoding="utf-8") as file:
                writer = csv.writer(file, lineterminator="\n")
                writer.writerow(header.split())
                writer.writerows(rows)


if __name__ == "__main__":
    write(Path(sys.argv[1]) if len(sys.argv) > 1 else HERE)
