"""A charity: donors give, guests buy tickets to events, and volunteers are assigned to many events in a role."""

from __future__ import annotations

import datetime as dt
from random import Random

from databases.randomness import Rows, Tables, day, money, people, pick, skewed, sometimes


def make(rng: Random) -> Tables:
    names = people(rng, 240)
    donors: Rows = []
    for number in range(1, 131):
        first, last = names.pop().split(" ")
        kind = pick(rng, {"individual": 8, "company": 2, "foundation": 1})
        mail = sometimes(
            rng,
            0.14,
            f"{first}_{last}{number}@{rng.choice(['hello', 'kind'])}.example".lower().replace("ö", "o"),
        )
        town = rng.choice(["Utrecht", "Ghent", "Aachen", "Liège", "Utrecht"])
        donors.append(
            (
                number,
                first,
                last,
                kind,
                mail,
                town,
                day(rng, "2019-02-01", "2024-02-28"),
                rng.choice(["true", "true", "false"]),
            )
        )
    funds: Rows = [
        (1, "Clean Water", 60000), (2, "School Meals", 45000), (3, "Reforestation", 30000), (4, "Emergency Relief", 80000),
        (5, "Library Bus", 12000), (6, "Animal Shelter", 15000),
    ]  # fmt: skip
    donations: Rows = []
    for _ in range(480):
        given = day(rng, "2022-01-03", "2024-05-31")
        if rng.random() < 0.2:
            given = given.replace(month=12 if given.year < 2024 else 2, day=rng.randint(1, 24))
        fund = sometimes(rng, 0.12, skewed(rng, range(1, 6)))
        amount = money(rng, 5, 400) if rng.random() < 0.93 else money(rng, 900, 9000)
        donations.append(
            (
                len(donations) + 1,
                skewed(rng, range(1, 116)),
                fund,
                given,
                amount,
                pick(rng, {"card": 5, "bank": 4, "cash": 1, "paypal": 2}),
                "true" if rng.random() < 0.3 else "false",
                sometimes(rng, 0.3, given + dt.timedelta(days=int(rng.random() ** 2 * 40))),
            )
        )
    halls: Rows = [
        (1, "Town Hall", "Utrecht", 300), (2, "Old Mill", "Ghent", 120), (3, "River Park", "Utrecht", 800),
        (4, "Cathedral Square", "Aachen", 1200), (5, "Library Cafe", "Liège", 60), (6, "Glass Pavilion", "Ghent", 250),
    ]  # fmt: skip
    titles = [
        "Winter Gala", "Charity Run", "Book Fair", "Jazz Evening", "Bake Sale", "Art Auction", "Tree Planting Day",
        "Family Picnic", "Quiz Night", "Film Night", "Choir Concert", "Spring Gala", "Plant Market", "Open Day",
        "Golf Tournament", "Silent Disco", "Autumn Auction", "Wine Tasting", "Comedy Night", "Swim Marathon",
        "Summer Gala", "Craft Market",
    ]  # fmt: skip
    kinds = {
        "Gala": "gala",
        "Auction": "gala",
        "Run": "sport",
        "Tournament": "sport",
        "Marathon": "sport",
        "Fair": "market",
        "Sale": "market",
        "Market": "market",
    }
    events: Rows = []
    for number, title in enumerate(titles, start=1):
        kind = next((kind for word, kind in kinds.items() if word in title), "social")
        first, last = ("2024-07-01", "2024-07-31") if number == 22 else ("2022-03-01", "2024-06-15")
        held = dt.datetime.combine(
            day(rng, first, last),
            dt.time(rng.choice([10, 11, 14, 18, 19, 20]), rng.choice([0, 30])),
        )
        status = "cancelled" if number in (8, 16) else "planned" if number == 22 else "held"
        events.append(
            (
                number,
                title,
                kind,
                skewed(rng, range(1, 6)),
                held,
                status,
                money(rng, 250, 9000),
                sometimes(rng, 0.3, rng.randint(4, 40) * 250),
            )
        )
    tickets: Rows = []
    for event in events[:20]:
        if event[5] == "cancelled":
            continue
        price = {"gala": 85.0, "sport": 25.0, "market": 4.0, "social": 15.0}[str(event[2])]
        when = dt.datetime.fromisoformat(str(event[4])).date()
        for _ in range(rng.randint(8, 46)):
            kind = pick(rng, {"standard": 8, "reduced": 3, "vip": 1})
            paid = round(
                price * {"standard": 1.0, "reduced": 0.6, "vip": 2.5}[kind] + rng.choice([0, 0, 1.5]), 2
            )
            donor = sometimes(rng, 0.45, skewed(rng, range(1, 124)))
            came = "true" if rng.random() < 0.82 else "false"
            tickets.append(
                (
                    len(tickets) + 1,
                    event[0],
                    donor,
                    kind,
                    paid,
                    when - dt.timedelta(days=int(rng.random() ** 2 * 70)),
                    came,
                )
            )
    volunteers: Rows = []
    for number in range(1, 46):
        name = names.pop()
        volunteers.append(
            (
                number,
                name,
                day(rng, "1950-01-01", "2006-12-31"),
                rng.choice(["Utrecht", "Ghent", "Aachen", "Liège"]),
                sometimes(rng, 0.25, rng.choice(["first aid", "cooking", "music", "driving", "first aid"])),
                day(rng, "2020-01-05", "2024-03-31"),
            )
        )
    shifts: Rows = []
    for volunteer in range(1, 41):
        chosen = sorted({skewed(rng, range(1, 21)) for _ in range(rng.choice([1, 2, 4, 6, 9]))})
        for event_id in chosen:
            role = pick(rng, {"bar": 3, "entrance": 3, "setup": 4, "stage": 1, "coordinator": 1})
            shifts.append((event_id, volunteer, role, round(rng.uniform(1.5, 9), 1)))
    return {
        "donors": ("donor_id first_name last_name donor_type email town joined_on newsletter", donors),
        "funds": ("fund_id fund_name goal", funds),
        "donations": (
            "donation_id donor_id fund_id donated_on amount method is_recurring thanked_on",
            donations,
        ),
        "venues": ("venue_id venue_name city capacity", halls),
        "events": ("event_id title category venue_id starts_at status cost sponsor_money", events),
        "tickets": ("ticket_id event_id donor_id ticket_type price_paid sold_on attended", tickets),
        "volunteers": ("volunteer_id full_name birth_date hometown skill volunteer_since", volunteers),
        "event_volunteers": ("event_id volunteer_id role hours", shifts),
    }
