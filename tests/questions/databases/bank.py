"""A bank: customers and their transactions, two tables."""

from __future__ import annotations

from random import Random

from databases.randomness import Rows, Tables, day, money, people, pick, skewed, sometimes


def make(rng: Random) -> Tables:
    customers: Rows = []
    for number, name in enumerate(people(rng, 90), start=1):
        email = name.lower().replace(" ", ".").replace("ö", "o") + "@" + rng.choice(["mail", "post", "inbox"])
        customers.append(
            (
                number,
                name,
                rng.choice(["F", "M"]),
                day(rng, "1948-01-01", "2004-12-31"),
                pick(rng, {"Lyon": 5, "Turin": 4, "Porto": 3, "Ghent": 3, "Graz": 2}),
                pick(rng, {"Retail": 6, "Premium": 3, "Business": 2}),
                day(rng, "2015-01-01", "2023-12-31"),
                sometimes(rng, 0.12, rng.randint(480, 850)),
                money(rng, 20, 90000),
                sometimes(rng, 0.2, email + ".example"),
            )
        )
    transactions: Rows = []
    for number in range(1, 301):
        kind = pick(rng, {"deposit": 4, "withdrawal": 4, "payment": 6, "transfer": 3})
        merchant = pick(rng, {"Groceries": 5, "Travel": 2, "Utilities": 3, "Dining": 4, "Electronics": 1})
        transactions.append(
            (
                5000 + number,
                skewed(rng, range(1, 80)),
                day(rng, "2022-01-03", "2024-06-28"),
                kind,
                pick(rng, {"Online": 5, "ATM": 3, "Branch": 2, "Mobile": 4}),
                merchant if kind == "payment" else None,
                money(rng, 5, 4200),
                round(rng.random() * 9, 2) if kind in ("transfer", "withdrawal") else None,
                pick(rng, {"completed": 17, "pending": 2, "declined": 2}),
            )
        )
    return {
        "customers": (
            "customer_id full_name gender birth_date city segment joined_on credit_score balance email",
            customers,
        ),
        "transactions": (
            "transaction_id customer_id transaction_date type channel merchant_category amount fee status",
            transactions,
        ),
    }
