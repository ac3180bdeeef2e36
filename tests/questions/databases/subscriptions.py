"""Subscriptions: plans with features, accounts that referred accounts, invoices and support tickets."""

from __future__ import annotations

import datetime as dt
from random import Random

from databases.randomness import Rows, Tables, day, pick, skewed, sometimes


def make(rng: Random) -> Tables:
    plans: Rows = [
        (1, "Starter", 19.0, 5), (2, "Team", 79.0, 25), (3, "Growth", 149.0, 60), (4, "Scale", 349.0, 200),
        (5, "Enterprise", 990.0, 1000), (6, "Nonprofit", 9.0, 10),
    ]  # fmt: skip
    features: Rows = [
        (i + 1, name)
        for i, name in enumerate(
            [
                "Dashboards",
                "API access",
                "Single sign-on",
                "Audit log",
                "Custom branding",
                "Priority support",
                "Data export",
                "Webhooks",
            ]
        )
    ]
    pairs = {
        1: (1, 7),
        2: (1, 7, 2),
        3: (1, 7, 2, 8),
        4: (1, 7, 2, 8, 3, 5),
        5: (1, 2, 3, 4, 5, 6, 7, 8),
        6: (1,),
    }
    plan_features: Rows = [(plan, feature) for plan, group in pairs.items() for feature in group]
    heads = [
        "Nimbus",
        "Orchid",
        "Pioneer",
        "Quartz",
        "Raven",
        "Summit",
        "Tidal",
        "Umbra",
        "Vertex",
        "Willow",
        "Zephyr",
        "Beacon",
    ]
    tails = ["Labs", "Foods", "Logistics", "Media", "Clinics", "Bank", "Studio", "Energy", "Retail", "Games"]
    industries = {
        "Labs": "Software",
        "Foods": "Food",
        "Logistics": "Transport",
        "Media": "Media",
        "Clinics": "Health",
    }
    industries |= {
        "Bank": "Finance",
        "Studio": "Media",
        "Energy": "Energy",
        "Retail": "Commerce",
        "Games": "Software",
    }
    companies = rng.sample([(head, tail) for head in heads for tail in tails], 110)
    accounts: Rows = []
    for i, (head, tail) in enumerate(companies):
        country = pick(rng, {"Canada": 4, "Brazil": 3, "Germany": 5, "India": 4, "Kenya": 2, "Australia": 2})
        parent = sometimes(rng, 0.65, rng.randint(1, i)) if i > 4 else None
        accounts.append(
            (i + 1, f"{head} {tail}", industries[tail], country, day(rng, "2020-01-06", "2023-11-20"), parent)
        )
    subs: Rows = []
    invoices: Rows = []
    for account in rng.sample(range(1, 111), 98):
        signed = accounts[account - 1][4]
        assert isinstance(signed, dt.date)
        begin = signed
        for _ in range(rng.choice([1, 1, 1, 2, 2, 3])):
            plan = plans[int(pick(rng, {"0": 6, "1": 6, "2": 4, "3": 3, "4": 2}))]
            seats = rng.randint(1, int(str(plan[3])))
            stop = sometimes(rng, 0.5, begin + dt.timedelta(days=rng.randint(40, 700)))
            cycle = pick(rng, {"monthly": 3, "annual": 2})
            subs.append((len(subs) + 1, account, plan[0], begin, stop, seats, cycle))
            for turn in range(rng.randint(1, 6)):
                issued = begin + dt.timedelta(days=turn * (30 if cycle == "monthly" else 365))
                if issued > dt.date(2024, 3, 31):
                    break
                paid = sometimes(rng, 0.14, issued + dt.timedelta(days=rng.randint(0, 55)))
                price = float(str(plan[2])) * (1 if cycle == "monthly" else 10)
                invoices.append(
                    (
                        len(invoices) + 1,
                        len(subs),
                        issued,
                        issued + dt.timedelta(days=30),
                        paid,
                        round(price * rng.uniform(0.85, 1.25), 2),
                    )
                )
            begin = (stop if isinstance(stop, dt.date) else begin) + dt.timedelta(days=rng.randint(5, 120))
    tickets: Rows = []
    for number in range(1, 241):
        opened = dt.datetime.combine(
            day(rng, "2022-01-02", "2024-03-30"), dt.time(rng.randint(6, 21), rng.randint(0, 59))
        )
        closed = sometimes(rng, 0.12, opened + dt.timedelta(minutes=rng.randint(20, 14000)))
        topic = pick(rng, {"Billing": 4, "Login": 3, "Bug": 5, "Feature request": 2})
        urgency = pick(rng, {"low": 3, "normal": 5, "high": 3, "urgent": 1})
        tickets.append(
            (
                number,
                skewed(rng, range(1, 101)),
                opened,
                closed,
                urgency,
                topic,
                sometimes(rng, 0.4, rng.randint(1, 5)),
            )
        )
    return {
        "plans": ("plan_id plan_name monthly_price seat_limit", plans),
        "features": ("feature_id feature_name", features),
        "plan_features": ("plan_id feature_id", plan_features),
        "accounts": (
            "account_id company_name industry country signed_up_on referred_by_account_id",
            accounts,
        ),
        "subscriptions": (
            "subscription_id account_id plan_id started_on cancelled_on seats billing_cycle",
            subs,
        ),
        "invoices": ("invoice_id subscription_id issued_on due_on paid_on amount", invoices),
        "support_tickets": ("ticket_id account_id opened_at closed_at urgency topic satisfaction", tickets),
    }
