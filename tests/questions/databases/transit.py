"""Public transport of an invented city: PascalCase tables, stations in two roles, stops of a line in order."""

from __future__ import annotations

import datetime as dt
from itertools import pairwise
from random import Random

from databases.randomness import Rows, Tables, day, people, pick, skewed, sometimes


def make(rng: Random) -> Tables:
    zones: Rows = [
        ("A", "Centre", 2.40, 5.6),
        ("B", "Inner ring", 3.10, 8.9),
        ("C", "Outer ring", 4.25, 12.8),
        ("D", "Countryside", 5.90, 17.5),
    ]
    depots: Rows = [
        (1, "Millbrook Depot", "B", 64, 1958),
        (2, "North Yard", "C", 120, 1974),
        (3, "Harbour Shed", "A", 35, 1911),
        (4, "Greenfield Garage", "D", 48, 2015),
    ]
    names = [
        "Central Square", "Town Hall", "Opera", "Old Harbour", "Fish Market", "Cathedral", "University", "Botanical Garden", "Main Hospital", "Riverside", "Castle Hill", "Law Courts",
        "Stadium", "Exhibition Grounds", "Millbrook", "Parliament", "King's Bridge", "Museum Quarter", "Tannery", "Eastgate", "Westgate", "Northfield", "Elm Avenue", "Brewery",
        "Lighthouse", "Airport", "Technology Park", "Quarry Road", "Zoo", "Greenfield", "Ferry Landing", "Cemetery", "Southmoor", "Vineyards", "Water Tower", "Little Lake",
    ]  # fmt: skip
    stations: Rows = []
    for number, name in enumerate(names, start=1):
        zone = "A" if number <= 12 else "B" if number <= 24 else "C" if number <= 32 else "D"
        opened = sometimes(rng, 0.06, rng.randint(1898, 2021))
        boardings = sometimes(rng, 0.05, int(400 + 61000 * rng.random() ** 3))
        if number == 1:
            boardings = 64210
        stations.append(
            (
                100 + number,
                name,
                zone,
                opened,
                int(rng.random() < 0.7),
                rng.choice([1, 2, 2, 2, 4, 6]),
                boardings,
            )
        )
    kinds = [("M1", "Harbour Line", "metro", "red", 1961), ("M2", "University Line", "metro", "blue", 1978), ("M3", "Airport Express", "metro", "green", 1999), ("T4", "Castle Tram", "tram", "yellow", 1904),
             ("T5", "Ring Tram", "tram", "orange", 1926), ("T9", "Brewery Tram", "tram", "brown", 1933), ("B12", "Hospital Bus", "bus", None, 1984), ("B27", "Park Bus", "bus", None, 2006),
             ("B31", "Moor Bus", "bus", None, 1992), ("F1", "River Ferry", "ferry", "white", 1950), ("N8", "Night Bus", "bus", "black", 2012)]  # fmt: skip
    operators = {
        "metro": "City Metro Company",
        "tram": "Tramways Ltd",
        "bus": "BlueBus",
        "ferry": "Harbour Authority",
    }
    lines: Rows = [
        (
            code,
            name,
            kind,
            colour,
            first,
            operators[kind],
            sometimes(rng, 0.1, rng.choice([4, 5, 6, 8, 10, 15, 20, 30])),
        )
        for code, name, kind, colour, first in kinds
    ]
    stops: Rows = []
    links: Rows = []
    for line in lines[:10]:
        kind = str(line[2])
        count = 4 if kind == "ferry" else rng.randint(7, 12)
        chosen = rng.sample(stations[:34], count)
        if line[0] in ("M1", "M2", "T4", "B12") and stations[0] not in chosen:
            chosen[count // 2] = stations[0]
        if line[0] in ("M3", "B27"):
            chosen = [*[s for s in chosen if s[0] != 126][: count - 1], stations[25]]
        for place, station in enumerate(chosen, start=1):
            stops.append((line[0], station[0], place))
        for here, there in pairwise(chosen):
            distance = int(rng.uniform(900, 5200) if kind == "metro" else rng.uniform(350, 2600))
            speed = {"metro": 560, "tram": 300, "bus": 270, "ferry": 210}[kind]
            links.append(
                (
                    len(links) + 1,
                    line[0],
                    here[0],
                    there[0],
                    distance,
                    round(distance / speed + rng.uniform(0.3, 1.4), 1),
                )
            )
    models = {
        "metro": [("Siena 400", 620), ("Nordbahn R2", 540)],
        "tram": [("Lumo T", 180), ("Classic 52", 95)],
        "bus": [("Voltra E", 85), ("CityLiner", 110)],
        "ferry": [("Swan 12", 150)],
    }
    vehicles: Rows = []
    for number in range(70):
        kind = (
            pick(rng, {"metro": 5, "tram": 6, "bus": 8, "ferry": 1})
            if number > 3
            else ["metro", "tram", "bus", "ferry"][number]
        )
        model, places = rng.choice(models[kind])
        built = rng.randint(1952, 1985) if model == "Classic 52" else rng.randint(1998, 2023)
        vehicles.append(
            (
                f"{kind[0].upper()}{200 + number}",
                kind,
                model,
                places,
                built,
                rng.randint(1, 4),
                pick(rng, {"in service": 12, "repair": 2, "retired": 1}),
            )
        )
    drivers: Rows = [
        (
            i + 1,
            name,
            day(rng, "1991-01-01", "2023-11-30"),
            pick(rng, {"metro": 5, "tram": 6, "bus": 8, "ferry": 1}),
            rng.randint(1, 3),
        )
        for i, name in enumerate(people(rng, 60))
    ]
    running = [v for v in vehicles if v[6] != "retired"]
    rides: Rows = []
    delays: Rows = []
    causes = {
        "traffic": 7,
        "technical fault": 5,
        "passenger on track": 2,
        "signal failure": 3,
        "weather": 3,
        "staff shortage": 2,
        "demonstration": 1,
    }
    for number in range(1, 801):
        line = lines[skewed(rng, range(10))]
        vehicle = rng.choice([v for v in running if v[1] == line[2]])
        able = [d for d in drivers[:57] if d[3] == line[2]] or drivers[:1]
        path = [s for s in stops if s[0] == line[0]]
        ends = (path[0][1], path[-1][1]) if rng.random() < 0.5 else (path[-1][1], path[0][1])
        leaves = dt.datetime.combine(
            day(rng, "2024-01-01", "2024-06-30"), dt.time(rng.randint(5, 23), rng.choice(range(0, 60, 3)))
        )
        carried = sometimes(rng, 0.07, int(int(str(vehicle[3])) * rng.uniform(0.05, 1.15)))
        rides.append(
            (
                number,
                line[0],
                vehicle[0],
                rng.choice(able)[0],
                *ends,
                leaves,
                carried,
                int(rng.random() < 0.03),
            )
        )
        if rng.random() < 0.27:
            delays.append(
                (
                    len(delays) + 1,
                    number,
                    rng.choice(path)[1],
                    int(2 + 55 * rng.random() ** 3),
                    sometimes(rng, 0.06, pick(rng, causes)),
                )
            )
            if rng.random() < 0.15:
                delays.append(
                    (len(delays) + 1, number, rng.choice(path)[1], rng.randint(1, 12), pick(rng, causes))
                )
    return {
        "TariffZone": ("ZoneCode ZoneName SingleFare DayPass", zones),
        "Depot": ("DepotId DepotName Zone Spaces OpenedYear", depots),
        "Station": ("StationId StationName Zone OpenedYear StepFree Platforms DailyBoardings", stations),
        "Line": ("LineCode LineName Mode Colour FirstOperated Operator HeadwayMin", lines),
        "LineStop": ("LineCode StationId StopOrder", stops),
        "Connection": ("ConnectionId LineCode FromStation ToStation DistanceM TravelMin", links),
        "Vehicle": ("VehicleNo VehicleType Model Capacity BuiltYear HomeDepot Condition", vehicles),
        "Driver": ("DriverId DriverName HiredOn LicensedFor BaseDepot", drivers),
        "Ride": (
            "RideId Line VehicleNo DriverId StartStation EndStation DepartedAt Passengers Cancelled",
            rides,
        ),
        "Delay": ("DelayId RideId AtStation Minutes Cause", delays),
    }
