"""National parks of an invented country: prefixed tables, areas and lengths to derive from, a trail in several parks."""

from __future__ import annotations

import datetime as dt
from random import Random

from databases.randomness import Rows, Tables, day, people, pick, skewed, sometimes


def make(rng: Random) -> Tables:
    regions: Rows = [
        ("NOR", "Northreach", "Skarholm", 61200, 412000), ("WES", "West Isles", "Port Ellin", 8900, 156500), ("HIG", "High Marches", "Cairnmoor", 34750, 288300),
        ("LOW", "Lowmeadow", "Tessaly", 27300, 1943000), ("SUN", "Sunward Coast", "Maribel", 19850, 2210700), ("EAS", "Eastern Steppe", "Orlok", 88400, 95200),
        ("LAK", "Lake Country", "Vennby", 23600, 734100),
    ]  # fmt: skip
    parks: Rows = [
        (1, "Greywolf", "NOR", 2140.5, 1931, 184300, 0.0), (2, "Skarvatn Fjords", "NOR", 3987.0, 1958, 402150, 12.5), (3, "Frostpeak", "NOR", 1265.2, 1974, 66900, 0.0),
        (4, "Seal Islands", "WES", 188.4, 1989, 91200, 18.0), (5, "Ellin Cliffs", "WES", 96.7, 2003, 143800, 7.5), (6, "Thunder Ridge", "HIG", 1722.9, 1926, 611400, 22.0),
        (7, "Old Pass", "HIG", 845.1, 1947, 233700, 9.0), (8, "Cairn Forest", "HIG", 612.3, 1968, 128050, None), (9, "Mirror Marsh", "LOW", 274.6, 1991, 358900, 5.0),
        (10, "Willow Bend", "LOW", 151.9, 2011, 502300, 4.0), (11, "Dunes of Maribel", "SUN", 402.8, 1963, 1287600, 15.0), (12, "Coral Head", "SUN", 233.5, 1995, 874200, 20.0),
        (13, "Cypress Canyon", "SUN", 958.0, 1939, 745900, 16.5), (14, "Great Steppe", "EAS", 6120.3, 1984, 21700, 0.0), (15, "Red Mesa", "EAS", 1389.4, 1979, 38450, 6.0),
        (16, "Vennby Lakes", "LAK", 730.6, 1952, 521800, 8.0), (17, "Heron Water", "LAK", 318.2, 1998, 167300, 8.5), (18, "Northern Fells", "LAK", 547.7, 2019, None, None),
    ]  # fmt: skip
    starts = [
        "Eagle",
        "Bear",
        "Pine",
        "Waterfall",
        "Hermit",
        "Old Mill",
        "Sunset",
        "Lookout",
        "Smuggler's",
        "Shepherd's",
        "Birch",
        "Raven",
        "Glacier",
        "Fox",
        "Moss",
        "Ridge",
    ]
    ends = ["Path", "Loop", "Trail", "Traverse", "Way", "Circuit"]
    names = rng.sample([f"{a} {b}" for a in starts for b in ends], 64)
    trails: Rows = []
    in_parks: Rows = []
    for number, name in enumerate(names, start=1):
        length = round(1.2 + 46 * rng.random() ** 2.2, 1)
        park = parks[skewed(rng, range(17))] if number > 14 else parks[number]
        low = rng.randint(2, 900)
        high = low + int(length * rng.uniform(15, 75))
        level = "hard" if high - low > 700 or length > 25 else "moderate" if high - low > 260 else "easy"
        loop = 1 if name.split()[-1] in ("Loop", "Circuit") else 0
        trails.append(
            (
                f"T{number:03}",
                name,
                length,
                low,
                high,
                level,
                loop,
                sometimes(rng, 0.1, rng.randint(1934, 2021)),
            )
        )
        in_parks.append((f"T{number:03}", park[0], 1))
        if rng.random() < 0.16:
            near = [other for other in parks if other[2] == park[2] and other != park]
            in_parks.append((f"T{number:03}", rng.choice(near)[0], 0))
    species: Rows = [
        (1, "Grey wolf", "Canis lupus", "mammal", "vulnerable", 38.0), (2, "Brown bear", "Ursus arctos", "mammal", "least concern", 230.0), (3, "Red fox", "Vulpes vulpes", "mammal", "least concern", 6.2),
        (4, "Eurasian lynx", "Lynx lynx", "mammal", "near threatened", 21.5), (5, "Harbour seal", "Phoca vitulina", "mammal", "least concern", 87.0), (6, "European otter", "Lutra lutra", "mammal", "near threatened", 8.4),
        (7, "Golden eagle", "Aquila chrysaetos", "bird", "least concern", 4.7), (8, "Black stork", "Ciconia nigra", "bird", "vulnerable", 3.0), (9, "Atlantic puffin", "Fratercula arctica", "bird", "vulnerable", 0.4),
        (10, "Grey heron", "Ardea cinerea", "bird", "least concern", 1.6), (11, "Great bustard", "Otis tarda", "bird", "endangered", 11.0), (12, "Snowy owl", "Bubo scandiacus", "bird", "vulnerable", 2.1),
        (13, "Common adder", "Vipera berus", "reptile", "least concern", 0.1), (14, "Loggerhead turtle", "Caretta caretta", "reptile", "endangered", 113.0), (15, "Fire salamander", "Salamandra salamandra", "amphibian", "near threatened", 0.04),
        (16, "Saiga antelope", "Saiga tatarica", "mammal", "endangered", 35.0), (17, "Ibex", "Capra ibex", "mammal", "least concern", 74.0), (18, "Monk seal", "Monachus monachus", "mammal", "critically endangered", 260.0),
        (19, "Pine marten", "Martes martes", "mammal", "least concern", 1.3), (20, "Ghost beetle", None, "insect", None, None),
    ]  # fmt: skip
    staff = people(rng, 52)
    rangers: Rows = []
    for number in range(1, 41):
        boss = None if number <= 6 else rng.randint(1, 6)
        rangers.append(
            (
                number,
                staff[number - 1],
                1 + (number * 7) % 18 if number != 33 else None,
                day(rng, "1994-03-01", "2023-10-31"),
                boss,
                round(27500 + 900 * (40 - number) + rng.random() * 4000, 2),
            )
        )
    sightings: Rows = []
    homes = {
        number: rng.sample([park[0] for park in parks[:17]], rng.randint(2, 8)) for number in range(1, 20)
    }
    for number in range(1, 421):
        kind = 1 + skewed(rng, range(17))
        if kind == 16 and number % 2:
            kind = 19
        park = rng.choice(homes[kind])
        when = dt.datetime.combine(
            day(rng, "2019-04-01", "2024-03-31"), dt.time(rng.randint(4, 21), rng.randint(0, 59))
        )
        here = [row[0] for row in in_parks if row[1] == park]
        trail = rng.choice(here) if here and rng.random() < 0.7 else None
        flock = (
            int(1 + 40 * rng.random() ** 4)
            if kind in (5, 9, 10, 16, 17)
            else pick(rng, {"1": 7, "2": 3, "3": 1})
        )
        seen = sometimes(rng, 0.25, rng.randint(1, 36))
        sightings.append(
            (
                number,
                kind,
                park,
                trail,
                seen,
                when,
                flock,
                pick(rng, {"clear": 5, "cloudy": 4, "rain": 2, "snow": 1, "fog": 1}),
            )
        )
    return {
        "np_region": ("region_code region_name capital area_km2 population", regions),
        "np_park": ("park_id park_name region area_km2 established visitors_per_year entry_fee", parks),
        "np_trail": (
            "trail_id trail_name length_km min_elevation_m max_elevation_m difficulty is_loop opened_year",
            trails,
        ),
        "np_trail_park": ("trail_id park_id starts_here", in_parks),
        "np_species": ("species_id common_name latin_name class status avg_weight_kg", species),
        "np_ranger": ("ranger_id ranger_name station_park hired supervisor_id salary", rangers),
        "np_sighting": (
            "sighting_id species_id park_id trail_id observer_id seen_at animals weather",
            sightings,
        ),
    }
