"""Insurance: snake_case; a policy has a customer and an agent, claims and premium payments hang on the policy."""

from __future__ import annotations

import datetime as dt
from random import Random

from databases.randomness import Rows, Tables, day, money, people, pick, skewed, sometimes


def make(rng: Random) -> Tables:
    names = people(rng, 190)
    agents: Rows = []
    offices = ["Leeds", "Bristol", "Cardiff", "Leeds", "Glasgow", "Bristol", "Leeds", "Glasgow", "Cardiff"]
    for index, office in enumerate(offices, start=1):
        first, last = names.pop().split(" ")
        address = f"{first}.{last}@harborinsure.example".lower().replace("ö", "o")
        rate = round(rng.uniform(0.04, 0.13), 3)
        agents.append((index, f"{first} {last}", office, address, day(rng, "2012-03-01", "2022-02-28"), rate))
    regions = {"North": 5, "South": 4, "East": 2, "West": 3}
    jobs = {"teacher": 4, "nurse": 3, "engineer": 4, "driver": 2, "chef": 2, "retired": 3, "student": 1}
    customers: Rows = []
    for number in range(1, 171):
        first, last = names.pop().split(" ")
        host = rng.choice(["mailbox.example", "postal.example", "quickmail.example"])
        address = sometimes(rng, 0.12, f"{first[0]}{last}{number}@{host}".lower().replace("ö", "o"))
        customers.append(
            (
                number,
                first,
                last,
                day(rng, "1948-01-01", "2003-12-31"),
                pick(rng, regions),
                sometimes(rng, 0.08, pick(rng, jobs)),
                address,
                day(rng, "2020-01-02", "2024-05-31"),
            )
        )
    lines = {"auto": 8, "home": 6, "life": 4, "travel": 3, "health": 4}
    scale = {"auto": 620.0, "home": 410.0, "life": 880.0, "travel": 120.0, "health": 1340.0}
    policies: Rows = []
    for number in range(1, 261):
        line = pick(rng, lines)
        start = day(rng, "2021-07-01", "2024-05-20")
        policies.append(
            (
                number,
                f"{line[:2].upper()}-{40100 + 7 * number}",
                skewed(rng, range(1, 156)),
                skewed(rng, range(1, 9)),
                line,
                pick(rng, {"active": 12, "lapsed": 3, "cancelled": 2}),
                start,
                start + dt.timedelta(days=365 * rng.choice([1, 1, 1, 2, 3])),
                round(scale[line] * rng.uniform(0.6, 2.1), 2),
                None if line == "life" else rng.choice([100, 250, 250, 500, 1000]),
                int(rng.uniform(5, 400)) * 1000,
            )
        )
    causes = {
        "auto": {"collision": 6, "theft": 2, "windscreen": 3},
        "home": {"water damage": 4, "fire": 1, "theft": 2, "storm": 2},
        "life": {"death": 1},
        "travel": {"lost baggage": 3, "medical": 2},
        "health": {"medical": 5, "dental": 2},
    }
    claims: Rows = []
    for number in range(1, 231):
        policy = policies[skewed(rng, range(236))]
        cause = pick(rng, causes[str(policy[4])])
        first_day, last_day = max("2022-01-05", str(policy[6])), min("2024-06-10", str(policy[7]))
        happened = day(rng, first_day, last_day)
        reported = happened + dt.timedelta(days=int(rng.random() ** 2 * 45))
        status = pick(rng, {"paid": 10, "rejected": 4, "open": 3})
        costly = cause in ("collision", "fire", "medical")
        low, high = (9000, 40000) if cause == "death" else (90, 18000 if costly else 5200)
        asked = money(rng, low, high)
        granted = round(asked * rng.uniform(0.45, 1.0), 2) if status == "paid" else None
        closed = None if status == "open" else reported + dt.timedelta(days=rng.randint(3, 130))
        claims.append(
            (5000 + number, policy[0], cause, happened, reported, closed, status, asked, granted)
        )  # fmt: skip
    payments: Rows = []
    for policy in policies[:248]:
        start = dt.date.fromisoformat(str(policy[6]))
        part = round(float(str(policy[8])) / 4, 2)
        for quarter in range(rng.choice([1, 2, 3, 4, 4])):
            due = start + dt.timedelta(days=91 * quarter)
            if due > dt.date(2024, 6, 30):
                break
            paid = sometimes(rng, 0.06, due + dt.timedelta(days=int(rng.random() ** 3 * 40)))
            method = None if paid is None else pick(rng, {"direct debit": 7, "card": 4, "cheque": 1})
            payments.append(
                (len(payments) + 1, policy[0], due, paid, round(part + rng.choice([0, 0, 0, 4.5]), 2), method)
            )
    return {
        "agents": ("agent_id agent_name office email hired_on commission_rate", agents),
        "customers": (
            "customer_id first_name last_name birth_date region occupation email joined_on",
            customers,
        ),
        "policies": (
            "policy_id policy_number customer_id agent_id product_line policy_status start_date end_date "
            "annual_premium deductible sum_insured",
            policies,
        ),
        "claims": (
            "claim_id policy_id cause incident_date reported_date closed_date claim_status claimed_amount approved_amount",
            claims,
        ),
        "payments": ("payment_id policy_id due_date paid_on amount payment_method", payments),
    }
