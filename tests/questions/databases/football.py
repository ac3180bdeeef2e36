"""A football league: camelCase headers, clubs in two roles on a match and on a transfer."""

from __future__ import annotations

import datetime as dt
from random import Random

from databases.randomness import Rows, Tables, day, money, people, pick, skewed, sometimes


def make(rng: Random) -> Tables:
    clubs: Rows = [
        (10, "Ironbridge United", "Ironbridge", "Foundry Lane", 41200, 1886, "red"), (20, "Port Calder FC", "Port Calder", "The Docks", 28750, 1901, "blue"),
        (30, "Ashby Rovers", "Ashby", "Mill Road", 17400, 1894, "green"), (40, "Ravensmoor City", "Ravensmoor", "City Arena", 55300, 1899, "blue"),
        (50, "Ravensmoor Athletic", "Ravensmoor", "Tanner's Field", 22900, 1912, "red"), (60, "Stonehaven Town", "Stonehaven", "Cliff Park", 12800, 1923, "white"),
        (70, "Lindale Wanderers", "Lindale", "Lake Stadium", 19650, 1908, "yellow"), (80, "Mareham Albion", "Mareham", "Albion Park", 25100, 1890, "white"),
        (90, "Kingsport Harriers", "Kingsport", "King's Meadow", 33800, 1905, "black"), (100, "Dunwick", "Dunwick", "Sandgate", 9900, 1947, "orange"),
        (110, "Westerby Phoenix", "Westerby", "Phoenix Ground", 14300, 1989, "red"),
    ]  # fmt: skip
    nations = {
        "England": 12,
        "Scotland": 3,
        "France": 3,
        "Brazil": 3,
        "Nigeria": 2,
        "Norway": 2,
        "Japan": 1,
        "Portugal": 2,
    }
    slots = ["Goalkeeper"] * 2 + ["Defender"] * 5 + ["Midfielder"] * 5 + ["Forward"] * 4
    names = people(rng, 195)
    players: Rows = []
    for number in range(176):
        position = slots[number % 16]
        height = int(rng.gauss(191 if position == "Goalkeeper" else 181, 6))
        club = clubs[number // 16][0] if number % 29 else None
        foot = pick(rng, {"right": 7, "left": 3, "both": 1})
        value = sometimes(rng, 0.05, int(money(rng, 150_000, 48_000_000) / 10_000) * 10_000 + number * 1000)
        shirt = number % 16 + 1 if club else None
        born = day(rng, "1986-01-01", "2005-12-31")
        players.append(
            (number + 1, names[number], club, position, shirt, born, pick(rng, nations), height, foot, value)
        )
    referees: Rows = [
        (i + 1, names[176 + i], rng.randint(2001, 2021), sometimes(rng, 0.2, f"L{rng.randint(1, 3)}"))
        for i in range(12)
    ]
    strength = {
        row[0]: 1.9 - 0.11 * place
        for place, row in enumerate(sorted(clubs, key=lambda row: -int(str(row[4]))))
    }
    matches: Rows = []
    goals: Rows = []
    squads = {club[0]: [p for p in players if p[2] == club[0]] for club in clubs}
    weight = {"Goalkeeper": 0, "Defender": 1, "Midfielder": 4, "Forward": 9}
    playing = clubs[:10]
    for season, start in (("2022/23", dt.date(2022, 8, 13)), ("2023/24", dt.date(2023, 8, 12))):
        pairs = [(a, b) for a in playing for b in playing if a != b]
        rng.shuffle(pairs)
        for order, (home, away) in enumerate(pairs):
            when = start + dt.timedelta(days=7 * (order // 3) + rng.choice([0, 0, 1, 2]))
            number = len(matches) + 1
            score = [0, 0]
            for side, (club, other) in enumerate(((home, away), (away, home))):
                mean = strength[club[0]] / strength[other[0]] * (1.5 if side == 0 else 1.1)
                score[side] = sum(rng.random() < min(mean, 2.8) / 7 for _ in range(7))
                for _ in range(score[side]):
                    own = rng.random() < 0.03
                    pool = squads[other[0] if own else club[0]]
                    scorer = rng.choices(pool, [weight[str(p[3])] or int(own) for p in pool])[0]
                    kind = (
                        "own goal"
                        if own
                        else pick(rng, {"open play": 14, "penalty": 3, "header": 4, "free kick": 1})
                    )
                    goals.append((len(goals) + 1, number, scorer[0], club[0], rng.randint(1, 90), kind))
            crowd = sometimes(rng, 0.03, int(int(str(home[4])) * rng.uniform(0.52, 0.99)))
            matches.append(
                (number, season, when, home[0], away[0], *score, crowd, referees[skewed(rng, range(11))][0])
            )
    transfers: Rows = []
    for player in rng.sample(players, 62):
        others = [club[0] for club in clubs if club[0] != player[2]]
        fee = sometimes(rng, 0.2, round(money(rng, 50_000, 31_000_000), -3))
        transfers.append(
            (
                len(transfers) + 1,
                player[0],
                rng.choice(others),
                player[2],
                day(rng, "2020-06-15", "2024-01-31"),
                fee,
            )
        )
        if rng.random() < 0.2:
            transfers.append(
                (
                    len(transfers) + 1,
                    player[0],
                    None,
                    transfers[-1][2],
                    day(rng, "2016-06-15", "2020-01-31"),
                    None,
                )
            )
    coaches: Rows = [
        (
            i + 1,
            name,
            None if i == 11 else clubs[i][0],
            day(rng, "2017-05-01", "2024-02-20"),
            pick(rng, nations),
        )
        for i, name in enumerate(people(rng, 12))
    ]
    return {
        "clubs": ("clubId clubName town stadiumName capacity foundedYear shirtColour", clubs),
        "players": (
            "playerId playerName clubId position shirtNumber dateOfBirth country heightCm foot marketValue",
            players,
        ),
        "referees": ("refId refName activeSince level", referees),
        "matches": (
            "matchId season playedOn homeClubId awayClubId homeGoals awayGoals attendance refereeId",
            matches,
        ),
        "goals": ("goalId matchId scorerId scoringClubId minute kind", goals),
        "transfers": ("transferId playerId sellingClubId buyingClubId transferDate feeEur", transfers),
        "coaches": ("coachId coachName coachedClub inChargeSince nationality", coaches),
    }
