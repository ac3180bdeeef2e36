"""Property rental: a lease ties a tenant to a property of a landlord; rent and repairs hang on both."""

from __future__ import annotations

import datetime as dt
from random import Random

from databases.randomness import Rows, Tables, day, people, pick, skewed, sometimes

_TRADES = {"plumbing": 6, "heating": 5, "electrical": 3, "appliance": 4, "pest control": 1, "roof": 1}


def make(rng: Random) -> Tables:
    names = people(rng, 160)
    landlords: Rows = []
    for number in range(1, 23):
        name = names.pop()
        phone = sometimes(rng, 0.2, f"555-{rng.randint(1000, 9999)}")
        landlords.append(
            (
                number,
                name,
                phone,
                f"{name.split(' ')[1].lower()}{number}@owners.example".replace("ö", "o"),
                rng.choice(["person", "person", "company"]),
                round(rng.uniform(0.05, 0.12), 3),
            )
        )
    tenants: Rows = []
    for number in range(1, 121):
        name = names.pop()
        tenants.append(
            (
                number,
                name,
                day(rng, "1955-01-01", "2004-06-30"),
                sometimes(rng, 0.15, rng.randint(18, 120) * 1000),
                sometimes(rng, 0.1, f"{name.split(' ')[0].lower()}{number}@mail.example"),
                rng.choice([0, 0, 1, 1, 2]),
            )
        )
    cities = {"Porto": 6, "Lisbon": 8, "Braga": 3, "Faro": 2}
    streets = [
        "Rua das Flores",
        "Rua do Sol",
        "Avenida Central",
        "Largo do Carmo",
        "Travessa Nova",
        "Rua Augusta",
    ]
    base = {"studio": 520, "apartment": 860, "house": 1350, "office": 1100}
    properties: Rows = []
    for number in range(1, 71):
        kind = pick(rng, {"studio": 3, "apartment": 7, "house": 3, "office": 1})
        city = pick(rng, cities)
        rooms = {
            "studio": 0,
            "apartment": rng.choice([1, 2, 2, 3]),
            "house": rng.choice([2, 3, 4, 5]),
            "office": None,
        }[kind]
        area = {"studio": 28, "apartment": 62, "house": 118, "office": 84}[kind] + rng.randint(-8, 40)
        rent = round(base[kind] * rng.uniform(0.8, 1.5) * (1.25 if city == "Lisbon" else 1), 0)
        worth = int(rent * rng.uniform(170, 260)) // 1000 * 1000 + number * 10
        properties.append(
            (
                number,
                skewed(rng, range(1, 21)),
                f"{rng.choice(streets)} {rng.randint(1, 98)}",
                city,
                kind,
                rooms,
                area,
                rng.randint(1935, 2021),
                rng.choice(["yes", "no", "no"]),
                rent,
                worth,
            )
        )
    leases: Rows = []
    payments: Rows = []
    for unit in properties[:66]:
        begin = day(rng, "2021-09-01", "2022-08-31").replace(day=1)
        for _ in range(rng.choice([1, 1, 2, 2, 3])):
            months = rng.choice([6, 12, 12, 18, 24])
            finish = begin + dt.timedelta(days=30 * months)
            gone = finish <= dt.date(2024, 6, 30)
            agreed = round(float(str(unit[9])) * rng.uniform(0.93, 1.09), 0)
            tenant = skewed(rng, range(1, 109))
            leases.append(
                (
                    len(leases) + 1,
                    unit[0],
                    tenant,
                    begin,
                    finish if gone else None,
                    agreed,
                    agreed * rng.choice([1, 2, 2]),
                    "ended" if gone else "active",
                )
            )
            due = begin
            while due <= min(finish, dt.date(2024, 6, 1)):
                if rng.random() < 0.62:
                    late = 0 if rng.random() < 0.7 else int(1 + rng.random() ** 2 * 38)
                    paid = sometimes(rng, 0.04, due + dt.timedelta(days=late))
                    payments.append(
                        (
                            len(payments) + 1,
                            len(leases),
                            due,
                            paid,
                            agreed if rng.random() < 0.94 else round(agreed * 0.6, 2),
                            None if paid is None else pick(rng, {"bank transfer": 7, "card": 2, "cash": 1}),
                        )
                    )
                due = (due.replace(day=28) + dt.timedelta(days=6)).replace(day=1)
            begin = (finish + dt.timedelta(days=rng.randint(5, 80))).replace(day=1) + dt.timedelta(days=31)
            begin = begin.replace(day=1)
            if not gone or begin > dt.date(2024, 5, 1):
                break
    requests: Rows = []
    for number in range(1, 191):
        unit = skewed(rng, range(1, 64))
        trade = pick(rng, _TRADES)
        opened = day(rng, "2022-01-10", "2024-06-20")
        closed = sometimes(rng, 0.15, opened + dt.timedelta(days=int(rng.random() ** 2 * 60)))
        bill = None if closed is None else sometimes(rng, 0.1, round(35 + rng.random() ** 3 * 1900, 2))
        requests.append(
            (
                number,
                unit,
                trade,
                rng.choice(["low", "medium", "medium", "high"]),
                opened,
                closed,
                bill,
                rng.choice(["FixIt Lda", "Casa Pronta", "Mestre Silva", "FixIt Lda"]),
            )
        )
    return {
        "landlords": ("id name phone email landlord_type management_fee", landlords),
        "tenants": ("id name date_of_birth annual_income email pets", tenants),
        "properties": (
            "id landlord_id address city property_type bedrooms area_sqm year_built has_parking listed_rent market_value",
            properties,
        ),
        "leases": ("id property_id tenant_id start_date end_date monthly_rent deposit status", leases),
        "rent_payments": ("id lease_id due_date paid_date amount method", payments),
        "maintenance_requests": (
            "id property_id category priority opened_on resolved_on cost contractor",
            requests,
        ),
    }
