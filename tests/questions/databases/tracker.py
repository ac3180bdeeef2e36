"""A software issue tracker: people as reporter, assignee and author, text keys of issues, labels over a bridge."""

from __future__ import annotations

import datetime as dt
from random import Random

from databases.randomness import Rows, Tables, day, people, pick, skewed, sometimes


def make(rng: Random) -> Tables:
    projects: Rows = [
        (1, "ATLAS", "Atlas", "Go", "2019-02-11", 7, 4820, "Apache-2.0"), (2, "BIRCH", "Birch UI", "TypeScript", "2020-06-03", 3, 12950, "MIT"),
        (3, "CRANE", "Crane Scheduler", "Python", "2018-09-24", 12, 2310, "MIT"), (4, "DELTA", "Delta Store", "Rust", "2021-01-18", 7, 8640, "Apache-2.0"),
        (5, "EMBER", "Ember Mobile", "Kotlin", "2021-11-08", 19, 640, "GPL-3.0"), (6, "FERN", "Fern Docs", "Python", "2017-04-05", 5, 1575, "CC-BY-4.0"),
        (7, "GROVE", "Grove Auth", "Go", "2022-03-14", 21, 3390, None), (8, "HELIX", "Helix Lab", "Rust", "2023-09-01", 19, 87, "MIT"),
    ]  # fmt: skip
    teams = {"Platform": 6, "Frontend": 5, "Data": 4, "Mobile": 3, "Security": 2}
    names = people(rng, 46)
    towns = {"Lisbon": 4, "Berlin": 6, "Toronto": 4, "Nairobi": 2, "Remote": 7}
    users: Rows = []
    for number, name in enumerate(names, start=1):
        first, last = name.lower().replace("ö", "o").split()
        login = f"{first[0]}{last}" if number % 4 else f"{first}_{last[:3]}"
        if any(login == user[1] for user in users):
            login += str(number)
        joined = day(rng, "2017-01-10", "2023-12-15")
        users.append(
            (
                number,
                login,
                name,
                pick(rng, towns),
                sometimes(rng, 0.15, pick(rng, teams)),
                joined,
                int(number in (3, 7, 19, 33)),
                int(rng.random() > 0.12),
            )
        )
    labels: Rows = [
        (1, "bug", "#d73a4a"), (2, "enhancement", "#a2eeef"), (3, "documentation", "#0075ca"), (4, "good first issue", "#7057ff"), (5, "performance", "#fbca04"),
        (6, "security", "#b60205"), (7, "regression", "#e99695"), (8, "wontfix", "#ffffff"), (9, "accessibility", "#0e8a16"), (10, "duplicate", "#cfd3d7"), (11, "blocked", "#000000"),
    ]  # fmt: skip
    verbs = [
        "Crash in",
        "Broken",
        "Slow",
        "Add option for",
        "Typo in page about",
        "Memory leak in",
        "Wrong message after",
        "Support for",
        "Flaky test of",
        "Refactor",
    ]
    topics = ["draft saving", "double login", "large uploads", "dark mode", "CSV export", "time zones", "folder renaming", "nested queries", "offline sync", "long file names",
              "push notifications", "empty lists", "password reset", "undo history", "batch imports", "search filters", "retries", "pagination"]  # fmt: skip
    titles = rng.sample([f"{verb} {topic}" for verb in verbs for topic in topics], 175)
    issues: Rows = []
    tagged: Rows = []
    comments: Rows = []
    seen = dict.fromkeys(range(1, 8), 0)
    for number in range(1, 176):
        project = 1 + skewed(rng, range(7))
        seen[project] += 1
        opened = dt.datetime.combine(
            day(rng, "2022-01-03", "2024-04-30"), dt.time(rng.randint(6, 22), rng.randint(0, 59))
        )
        status = pick(rng, {"closed": 12, "open": 6, "in progress": 3, "rejected": 1})
        closed = (
            opened + dt.timedelta(hours=int(2 + 2400 * rng.random() ** 3), minutes=rng.randint(0, 59))
            if status in ("closed", "rejected")
            else None
        )
        owner = 1 + skewed(rng, range(36))
        assignee = sometimes(rng, 0.35 if status == "open" else 0.04, owner)
        priority = pick(rng, {"low": 5, "medium": 8, "high": 4, "critical": 1})
        points = sometimes(rng, 0.25, rng.choice([1, 2, 3, 5, 8, 13]))
        key = f"{projects[project - 1][1]}-{seen[project]}"
        issues.append(
            (
                key,
                project,
                titles[number - 1],
                status,
                priority,
                rng.randint(1, 43),
                assignee,
                opened,
                closed,
                points,
            )
        )
        for label in rng.sample(range(1, 11), rng.choice([0, 1, 1, 1, 2, 2, 3])):
            tagged.append((key, label))
        for _ in range(int(9 * rng.random() ** 2)):
            when = opened + dt.timedelta(minutes=int(10 + 60000 * rng.random() ** 2))
            text = rng.choice(
                [
                    "Can reproduce on main.",
                    "Any news?",
                    "Fixed by the last commit.",
                    "Please add steps.",
                    "Same here.",
                    "Works for me now.",
                    "Will look at it this week.",
                    "Needs a test.",
                ]
            )
            comments.append(
                (
                    len(comments) + 1,
                    key,
                    1 + skewed(rng, range(41)),
                    when,
                    text,
                    sometimes(rng, 0.5, rng.randint(1, 14)),
                )
            )
    commits: Rows = []
    for _ in range(330):
        issue = issues[rng.randrange(175)]
        fix = rng.random() < 0.7
        project = issue[1] if fix else rng.randint(1, 7)
        when = dt.datetime.combine(
            day(rng, "2022-01-03", "2024-05-20"), dt.time(rng.randint(0, 23), rng.randint(0, 59))
        )
        added = int(1 + 900 * rng.random() ** 4)
        commits.append(
            (
                f"{rng.getrandbits(28):07x}",
                project,
                1 + skewed(rng, range(38)),
                when,
                added,
                int(added * rng.random() * 1.1),
                issue[0] if fix else None,
            )
        )
    links: Rows = []
    for _ in range(150):
        one, other = rng.sample(issues, 2)
        if one[1] == other[1] or rng.random() < 0.2:
            links.append((one[0], other[0], pick(rng, {"blocks": 4, "duplicates": 2, "relates to": 3})))
    return {
        "projects": ("id key name main_language started_on lead_user_id stars license", projects),
        "users": ("id login display_name location team joined_at is_admin active", users),
        "issues": (
            "issue_key project_id title status priority reporter_id assignee_id created_at closed_at story_points",
            issues,
        ),
        "labels": ("id name color", labels),
        "issue_labels": ("issue_key label_id", tagged),
        "comments": ("id issue_key author_id posted_at body reactions", comments),
        "commits": ("sha project_id author_id committed_at lines_added lines_deleted issue_key", commits),
        "issue_links": ("source_key target_key link_type", links),
    }
