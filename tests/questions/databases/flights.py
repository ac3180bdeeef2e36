"""Flights: camelCase headers, and two roles of an airport (origin and destination) on every flight."""

from __future__ import annotations

import datetime as dt
from random import Random

from databases.randomness import Rows, Tables, day, people, pick, sometimes


def make(rng: Random) -> Tables:
    airports: Rows = [
        ("LHR", "Heathrow", "London", "United Kingdom", 83), ("LGW", "Gatwick", "London", "United Kingdom", 202),
        ("CDG", "Charles de Gaulle", "Paris", "France", 392), ("NCE", "Cote d'Azur", "Nice", "France", 12),
        ("FRA", "Frankfurt Main", "Frankfurt", "Germany", 364), ("MUC", "Franz Josef Strauss", "Munich", "Germany", 1487),
        ("MAD", "Barajas", "Madrid", "Spain", 1998), ("BCN", "El Prat", "Barcelona", "Spain", 14),
        ("FCO", "Fiumicino", "Rome", "Italy", 15), ("JFK", "John F Kennedy", "New York", "United States", 13),
        ("ORD", "O'Hare", "Chicago", "United States", 672), ("DEN", "Denver International", "Denver", "United States", 5434),
        ("NRT", "Narita", "Tokyo", "Japan", 141), ("SIN", "Changi", "Singapore", "Singapore", 22),
        ("KEF", "Keflavik", "Reykjavik", "Iceland", 171), ("ZRH", "Kloten", "Zurich", "Switzerland", 1416),
    ]  # fmt: skip
    airlines: Rows = [
        (1, "Northwind Air", "United Kingdom", 1974), (2, "Lutetia", "France", 1933), (3, "Rhein Jet", "Germany", 2002),
        (4, "Iberia Star", "Spain", 1986), (5, "Liberty Airways", "United States", 1951), (6, "Sakura Wings", "Japan", 1967),
        (7, "Alpine Express", "Switzerland", 2011), (8, "Geyser Air", "Iceland", 2018),
    ]  # fmt: skip
    models = [
        ("A320", "Airbus", 180),
        ("A350", "Airbus", 325),
        ("737-800", "Boeing", 189),
        ("787-9", "Boeing", 290),
    ]
    models += [("E195", "Embraer", 120), ("A220", "Airbus", 135)]
    fleet: Rows = [
        (300 + i, *models[i % 6], 1 + (i * 5) % 7, rng.randint(1996, 2022)) for i in range(34)
    ]  # fmt: skip
    legs: Rows = []
    bookings: Rows = []
    passengers = people(rng, 260)
    codes = [str(row[0]) for row in airports]
    for number in range(1, 421):
        origin, target = rng.sample(codes[:14], 2)
        if rng.random() < 0.4:
            origin = rng.choice(["LHR", "CDG", "FRA", "JFK"])
            target = rng.choice([c for c in codes[:15] if c != origin])
        plane = rng.choice(fleet[:31])
        far = sum(c in ("JFK", "ORD", "DEN", "NRT", "SIN") for c in (origin, target))
        distance = int(rng.uniform(240, 2100) + far * rng.uniform(3000, 6200))
        leaves = dt.datetime.combine(
            day(rng, "2023-01-01", "2024-03-31"), dt.time(rng.randint(5, 22), rng.choice([0, 10, 25, 40, 55]))
        )
        status = pick(rng, {"landed": 17, "cancelled": 2, "diverted": 1})
        late = (
            None
            if status == "cancelled"
            else int(max(-12, rng.gauss(9, 16) + (rng.random() < 0.12) * rng.uniform(30, 200)))
        )
        lands = leaves + dt.timedelta(minutes=int(distance / 13.5) + 35)
        legs.append(
            (
                number,
                f"{['NW', 'LU', 'RJ', 'IS', 'LA', 'SW', 'AX'][int(str(plane[4])) - 1]}{100 + number}",
                plane[4],
                plane[0],
                origin,
                target,
                leaves,
                lands,
                distance,
                late,
                status,
            )
        )
        for _ in range(rng.choice([0, 1, 2, 3, 4])):
            cabin = pick(rng, {"economy": 9, "business": 2, "first": 1})
            fare = round(
                (40 + distance * rng.uniform(0.05, 0.13))
                * {"economy": 1, "business": 3.1, "first": 5.4}[cabin],
                2,
            )
            bookings.append(
                (
                    len(bookings) + 1,
                    number,
                    rng.choice(passengers),
                    cabin,
                    fare,
                    sometimes(rng, 0.3, rng.randint(0, 3)),
                )
            )
    return {
        "airports": ("iataCode airportName cityName countryName elevationFt", airports),
        "airlines": ("airlineId airlineName countryName foundedYear", airlines),
        "aircraft": ("aircraftId modelName manufacturer seatCount airlineId builtYear", fleet),
        "flights": (
            "flightId flightNumber airlineId aircraftId originCode destinationCode departureTime arrivalTime "
            "distanceKm delayMinutes flightStatus",
            legs,
        ),
        "bookings": ("bookingId flightId passengerName cabinClass ticketPrice checkedBags", bookings),
    }
