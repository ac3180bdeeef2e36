"""A shop's marketing: spend by day, sessions that may become leads and conversions, channels above campaigns."""

from __future__ import annotations

import datetime as dt
from random import Random

from databases.randomness import Rows, Tables, day, money, people, pick, skewed, sometimes


def make(rng: Random) -> Tables:
    channels: Rows = [
        (1, "Paid Search", "paid"), (2, "Display", "paid"), (3, "Social Ads", "paid"), (4, "Email", "owned"),
        (5, "Organic Search", "free"), (6, "Affiliate", "paid"), (7, "Podcast", "paid"),
    ]  # fmt: skip
    owners = ["Noor Bakker", "Sam Pieters", "Lotte Vos", "Noor Bakker"]
    titles = [
        "Spring Sale", "Summer Splash", "Back to School", "Black Friday", "Winter Warmers", "Loyalty Push",
        "New Arrivals", "Brand Awareness", "Cart Rescue", "Newsletter Signup", "Garden Week", "Clearance",
        "Influencer Wave", "Holiday Gifts", "Refer a Friend", "Outlet Days",
    ]  # fmt: skip
    campaigns: Rows = []
    for number, title in enumerate(titles, start=1):
        begin = day(rng, "2022-01-10", "2023-12-10")
        finish = sometimes(rng, 0.2, begin + dt.timedelta(days=rng.randint(30, 240)))
        objective = rng.choice(["sales", "sales", "leads", "awareness"])
        campaigns.append(
            (
                number,
                title,
                rng.choice([1, 1, 2, 3, 3, 4, 6]),
                objective,
                rng.choice(owners),
                begin,
                finish,
                money(rng, 300, 6000),
            )
        )
    spend: Rows = []
    for campaign in campaigns[:15]:
        if campaign[2] == 4:
            continue
        begin = dt.date.fromisoformat(str(campaign[5]))
        for step in range(rng.randint(14, 40)):
            when = begin + dt.timedelta(days=step * 3)
            views = int(rng.uniform(800, 26000))
            clicks = int(views * rng.uniform(0.004, 0.05))
            spend.append((when, campaign[0], views, clicks, round(clicks * rng.uniform(0.02, 0.12), 2)))
    visitors = people(rng, 200)
    countries = {"Netherlands": 9, "Belgium": 4, "Germany": 4, "France": 2}
    sessions: Rows = []
    leads: Rows = []
    conversions: Rows = []
    pages = ["/home", "/sale", "/product/lamp", "/product/rug", "/blog/tips", "/newsletter"]
    for number in range(1, 701):
        tied = rng.random() < 0.55
        campaign = campaigns[skewed(rng, range(14))]
        channel = campaign[2] if tied else rng.choice([4, 5, 5, 5, 6])
        first, last = "2022-02-01", "2024-03-31"
        if tied:
            first, last = str(campaign[5]), min(last, str(campaign[6] or last))
        when = dt.datetime.combine(day(rng, first, last), dt.time(rng.randint(6, 23), rng.randint(0, 59)))
        views = 1 + int(rng.random() ** 2 * 17)
        seconds = int(8 + (views - 1) * rng.uniform(18, 75))
        device = pick(rng, {"mobile": 9, "desktop": 6, "tablet": 1})
        sessions.append(
            (
                number,
                when,
                channel,
                campaign[0] if tied else None,
                device,
                pick(rng, countries),
                rng.choice(pages),
                views,
                seconds,
                "true" if views == 1 else "false",
                "true" if rng.random() < 0.35 else "false",
            )
        )
        if rng.random() < 0.2:
            name = visitors.pop()
            mail = f"{name.replace(' ', '.')}@{rng.choice(['webpost', 'gmx', 'zonnet'])}.example".lower().replace(
                "ö", "o"
            )
            stage = pick(rng, {"new": 4, "qualified": 4, "lost": 3, "won": 3})
            leads.append(
                (
                    len(leads) + 1,
                    number,
                    when.date(),
                    name,
                    sometimes(rng, 0.1, mail),
                    stage,
                    rng.randint(5, 99),
                )
            )
        chance = {"mobile": 0.12, "desktop": 0.26, "tablet": 0.15}[device]
        if views > 1 and rng.random() < chance:
            for _ in range(rng.choice([1, 1, 1, 2])):
                kind = pick(rng, {"purchase": 8, "subscription": 2, "gift card": 1})
                conversions.append(
                    (
                        len(conversions) + 1,
                        number,
                        when + dt.timedelta(minutes=rng.randint(2, 40)),
                        kind,
                        money(rng, 12, 420),
                        sometimes(rng, 0.7, rng.choice(["VIP5", "HELLO"])),
                    )
                )
    return {
        "channels": ("channel_id channel_name channel_group", channels),
        "campaigns": (
            "campaign_id campaign_name channel_id objective owner start_date end_date total_budget",
            campaigns,
        ),
        "ad_spend": ("spend_date campaign_id impressions clicks cost", spend),
        "sessions": (
            "session_id started_at channel_id campaign_id device country landing_page page_views duration_sec "
            "bounced returning_visitor",
            sessions,
        ),
        "leads": ("lead_id session_id created_on full_name email stage score", leads),
        "conversions": (
            "conversion_id session_id converted_at conversion_type order_value coupon",
            conversions,
        ),
    }
