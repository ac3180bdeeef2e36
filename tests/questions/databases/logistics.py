"""Logistics: upper-case headers, two roles of a warehouse, shipments with many items, mentors."""

from __future__ import annotations

import datetime as dt
from random import Random

from databases.randomness import Rows, Tables, day, money, people, pick, skewed, sometimes


def make(rng: Random) -> Tables:
    warehouses: Rows = [
        ("W01", "Harbor Depot", "Rotterdam", "West", 42000), ("W02", "Canal Yard", "Antwerp", "West", 31000),
        ("W03", "Elbe Center", "Hamburg", "North", 55000), ("W04", "Alpine Hub", "Innsbruck", "South", 18000),
        ("W05", "Danube Store", "Vienna", "South", 27500), ("W06", "Baltic Point", "Gdansk", "North", 23000),
        ("W07", "Vistula Park", "Warsaw", "East", 36000), ("W08", "Moldau Dock", "Prague", "East", 21000),
    ]  # fmt: skip
    carriers: Rows = [
        ("SWF", "Swift Freight", "road"), ("RLX", "RailLux", "rail"), ("AIR", "Cloudlift", "air"),
        ("BRG", "River Barge Co", "water"), ("EUC", "EuroCargo", "road"), ("PGN", "Pigeon Express", "air"),
    ]  # fmt: skip
    drivers: Rows = [
        (
            70 + i,
            name,
            rng.choice(["C", "CE", "D"]),
            day(rng, "2009-03-01", "2023-06-30"),
            f"W0{rng.randint(1, 8)}",
            sometimes(rng, 0.3, 70 + rng.randrange(i)) if i > 3 else None,
        )
        for i, name in enumerate(people(rng, 30))
    ]
    items: Rows = []
    goods = {
        "Furniture": ["Oak table", "Office chair", "Bookcase"], "Electronics": ["Laptop", "Monitor", "Router", "Headset"],
        "Food": ["Olive oil", "Pasta", "Coffee beans"], "Chemicals": ["Solvent", "Paint"], "Toys": ["Puzzle", "Train set", "Kite"],
    }  # fmt: skip
    for group, names in goods.items():
        items += [
            (
                f"SKU{len(items) + i + 1:03}",
                n,
                group,
                money(rng, 0.3, 60),
                money(rng, 4, 1500),
                rng.choice(["yes", "no"]),
            )
            for i, n in enumerate(names)
        ]
    shipments: Rows = []
    lines: Rows = []
    clients = [
        "Aldermoor",
        "Brightside",
        "Coppergate",
        "Dunhill Bros",
        "Everlea",
        "Foxglove",
        "Greywater",
        "Hollis & Sons",
    ]
    for number in range(1, 381):
        source, target = rng.sample([str(row[0]) for row in warehouses[:7]], 2)
        target = "W08" if rng.random() < 0.06 else target
        sent = day(rng, "2022-01-04", "2023-12-22")
        promised = sent + dt.timedelta(days=rng.randint(2, 9))
        arrived = sometimes(rng, 0.08, sent + dt.timedelta(days=rng.randint(1, 13)))
        state = "delivered" if arrived else pick(rng, {"in transit": 2, "lost": 1})
        carrier = pick(rng, {"SWF": 6, "RLX": 3, "AIR": 2, "BRG": 2, "EUC": 5})
        shipments.append(
            (
                9000 + number,
                rng.choice(clients[:7]) if rng.random() < 0.9 else clients[7],
                source,
                target,
                carrier,
                skewed(rng, range(70, 97)),
                sent,
                promised,
                arrived,
                money(rng, 12, 2600),
                money(rng, 35, 5200),
                state,
            )
        )
        for item in rng.sample(items[:-1], rng.choice([1, 1, 2, 3, 4])):
            lines.append((9000 + number, item[0], rng.randint(1, 40)))
    return {
        "WAREHOUSES": ("WH_CODE WH_NAME CITY REGION CAPACITY_M3", warehouses),
        "CARRIERS": ("CARRIER_CODE CARRIER_NAME TRANSPORT_MODE", carriers),
        "DRIVERS": ("DRIVER_ID DRIVER_NAME LICENCE_CLASS HIRED_ON HOME_WH MENTOR_ID", drivers),
        "ITEMS": ("SKU ITEM_NAME ITEM_GROUP UNIT_WEIGHT_KG UNIT_VALUE FRAGILE", items),
        "SHIPMENTS": (
            "SHIPMENT_ID CLIENT ORIGIN_WH DEST_WH CARRIER_CODE DRIVER_ID SHIP_DATE PROMISED_DATE DELIVERED_DATE "
            "WEIGHT_KG FREIGHT_COST STATUS",
            shipments,
        ),
        "SHIPMENT_LINES": ("SHIPMENT_ID SKU QTY", lines),
    }
