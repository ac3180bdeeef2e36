"""Human resources: short names (emp_no, mgr_no), managers who are employees, people on many projects."""

from __future__ import annotations

import datetime as dt
from random import Random

from databases.randomness import Rows, Tables, day, money, people, pick, skewed, sometimes


def make(rng: Random) -> Tables:
    departments: Rows = [
        ("d01", "Finance", 910000.0, "Oslo"),
        ("d02", "Engineering", 4200000.0, "Berlin"),
        ("d03", "Marketing", 1350000.0, "Madrid"),
        ("d04", "Human Resources", 480000.0, "Oslo"),
        ("d05", "Customer Support", 760000.0, "Lisbon"),
        ("d06", "Legal", 390000.0, "Madrid"),
        ("d07", "Research", 2750000.0, "Berlin"),
        ("d08", "Sustainability", 150000.0, "Lisbon"),
    ]
    titles = {"Analyst": 5, "Engineer": 6, "Senior Engineer": 3, "Specialist": 4, "Coordinator": 3}
    base = {
        "Analyst": 46,
        "Engineer": 55,
        "Senior Engineer": 74,
        "Specialist": 43,
        "Coordinator": 38,
        "Manager": 82,
    }
    employees: Rows = []
    heads: list[int] = []
    for index, name in enumerate(people(rng, 140)):
        number = 1001 + index
        first, last = name.split(" ")
        title = "Manager" if index < 14 else pick(rng, titles)
        if index < 14:
            heads.append(number)
        chief = None if index == 0 else heads[0] if index < 14 else skewed(rng, heads[1:])
        born = day(rng, "1961-01-01", "2001-12-31")
        hired = day(rng, max("2008-02-01", f"{born.year + 21}-01-01"), "2024-03-31")
        wage = round(base[title] * 1000 * rng.uniform(0.78, 1.45), 0) + index
        employees.append(
            (
                number,
                first,
                last,
                rng.choice(["F", "M"]),
                born,
                hired,
                title,
                wage,
                sometimes(rng, 0.45, money(rng, 500, 12000)),
                f"d0{index % 7 + 1}"
                if index < 14
                else "d0" + pick(rng, dict(zip("1234567", (3, 8, 4, 2, 6, 1, 5), strict=True))),
                chief,
            )
        )
    projects: Rows = []
    names = [
        "Aurora",
        "Basilisk",
        "Cobalt",
        "Driftwood",
        "Ember",
        "Falcon",
        "Granite",
        "Horizon",
        "Indigo",
        "Juniper",
        "Kestrel",
        "Lantern",
    ]
    for index, name in enumerate(names):
        start = day(rng, "2020-01-10", "2023-10-30")
        end = sometimes(rng, 0.35, start + dt.timedelta(days=rng.randint(90, 900)))
        projects.append(
            (f"p{index + 1:02}", name, "d0" + rng.choice("12357"), start, end, money(rng, 20000, 600000))
        )
    assigned: Rows = []
    for employee in rng.sample(range(1001, 1141), 96):
        for project in rng.sample(range(11), rng.choice([1, 1, 2, 3])):
            task = pick(rng, {"lead": 1, "developer": 4, "reviewer": 2, "tester": 2})
            assigned.append((employee, f"p{project + 1:02}", task, round(rng.uniform(6, 420), 1)))
    absences: Rows = []
    for number in range(1, 221):
        start = day(rng, "2022-01-03", "2024-05-31")
        reason = pick(rng, {"vacation": 6, "sick": 5, "parental": 1, "training": 2})
        absences.append(
            (
                number,
                skewed(rng, range(1001, 1125)),
                start,
                start + dt.timedelta(days=rng.randint(0, 16)),
                reason,
            )
        )
    return {
        "departments": ("dept_no dept_name budget loc", departments),
        "employees": (
            "emp_no first_name last_name gender birth_date hire_date job_title salary bonus dept_no mgr_no",
            employees,
        ),
        "projects": ("proj_no proj_name dept_no start_date end_date proj_budget", projects),
        "emp_proj": ("emp_no proj_no task hours", assigned),
        "absences": ("abs_no emp_no from_date to_date reason", absences),
    }
