"""Makes the small databases that the question sets are about: `python tests/questions/make_data.py [FOLDER]`.

Every database has its own seed, so that adding one leaves the others as they are. Amounts carry cents and
dates are spread, so that ties are rare; each database has people or things that never appear in its facts,
so that "never" and "without" have an answer, and one-to-many pairs on both sides of a table, so that a
join that counts twice gives a different figure.
"""

from __future__ import annotations

import csv
import datetime as dt
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from random import Random

HERE = Path(__file__).parent
FIRST = (
    "Amara Bruno Celine Dmitri Elena Farid Greta Hiro Ingrid Jamal Keiko Luca Mina Nadia Oscar Priya Quentin "
    "Rosa Stefan Tala Umar Vera Wendell Xenia Yusuf Zofia Anders Beatriz Colin Daphne Emeka Fiona"
).split()
LAST = (
    "Abara Bergström Castillo Dvorak Eriksen Fontaine Gupta Haddad Ivanov Jansen Kowalski Lindgren Moreau "
    "Nakamura Okafor Petrov Quigley Romano Silva Tanaka Ueda Vargas Weber Yilmaz Zimmer Ashworth"
).split()

Value = str | int | float | dt.date | dt.datetime | None
Rows = list[tuple[Value, ...]]
Tables = dict[str, tuple[str, Rows]]


def people(rng: Random, count: int) -> list[str]:
    """Return `count` different full names."""
    return rng.sample([f"{first} {last}" for first in FIRST for last in LAST], count)


def day(rng: Random, first: str, last: str) -> dt.date:
    """Return a day between two ISO dates, both included."""
    start, end = dt.date.fromisoformat(first), dt.date.fromisoformat(last)
    return start + dt.timedelta(days=rng.randint(0, (end - start).days))


def money(rng: Random, low: float, high: float) -> float:
    """Return an amount with cents, small ones more likely than large ones."""
    return round(low + (high - low) * rng.random() ** 2, 2)


def pick(rng: Random, weighted: dict[str, int]) -> str:
    """Return one key, by weight."""
    return rng.choices(list(weighted), list(weighted.values()))[0]


def sometimes(rng: Random, share: float, value: Value) -> Value:
    """Return the value, or nothing in about `share` of the cases."""
    return None if rng.random() < share else value


def skewed(rng: Random, items: Sequence[int]) -> int:
    """Return one of the items, the early ones more often."""
    return items[int(len(items) * rng.random() ** 1.7)]


def bank(rng: Random) -> Tables:
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


def hr(rng: Random) -> Tables:
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
    names = (
        "Aurora Basilisk Cobalt Driftwood Ember Falcon Granite Horizon Indigo Juniper Kestrel Lantern".split()
    )
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


def hospital(rng: Random) -> Tables:
    wards: Rows = [
        (1, "Cardiology", 2, 24), (2, "Maternity", 1, 18), (3, "Orthopedics", 3, 30), (4, "Pediatrics", 1, 22),
        (5, "Oncology", 4, 16), (6, "Intensive Care", 2, 10), (7, "Neurology", 4, 14), (8, "Burns", 3, 6),
    ]  # fmt: skip
    specialties = "Cardiologist Obstetrician Surgeon Pediatrician Oncologist Anesthetist Neurologist".split()
    doctors: Rows = [
        (
            100 + i,
            "Dr. " + name,
            specialties[i % 7],
            i % 7 + 1,
            day(rng, "1998-01-01", "2022-12-31"),
            110000 + 3170 * i,
        )
        for i, name in enumerate(people(rng, 24))
    ]
    patients: Rows = [
        (
            2000 + i,
            name,
            rng.choice(["female", "male"]),
            day(rng, "1932-01-01", "2022-06-30"),
            pick(rng, {"O+": 8, "A+": 7, "B+": 3, "AB+": 1, "O-": 2, "A-": 2}),
            pick(rng, {"Springdale": 5, "Millbrook": 4, "Harborview": 3, "Eastfield": 2}),
            sometimes(
                rng, 0.15, pick(rng, {"Medicare": 4, "BlueShield": 3, "Unity Health": 3, "CarePlus": 2})
            ),
        )
        for i, name in enumerate(people(rng, 180))
    ]
    names = [
        ("Aspirin", "Analgesic", 0.12), ("Ibuprofen", "Analgesic", 0.21), ("Morphine", "Opioid", 3.4),
        ("Amoxicillin", "Antibiotic", 0.66), ("Azithromycin", "Antibiotic", 1.85), ("Heparin", "Anticoagulant", 4.2),
        ("Warfarin", "Anticoagulant", 0.48), ("Insulin", "Hormone", 7.9), ("Atorvastatin", "Statin", 0.94),
        ("Metoprolol", "Beta blocker", 0.57), ("Ondansetron", "Antiemetic", 2.3), ("Cisplatin", "Chemotherapy", 58.0),
    ]  # fmt: skip
    medications: Rows = [(i + 1, *row) for i, row in enumerate(names)]
    diagnoses = ["Heart failure", "Childbirth", "Hip fracture", "Asthma", "Lymphoma", "Sepsis", "Stroke"]
    admissions: Rows = []
    prescriptions: Rows = []
    for number in range(1, 361):
        ward = int(pick(rng, {"1": 6, "2": 4, "3": 5, "4": 4, "5": 2, "6": 2, "7": 3}))
        start = day(rng, "2021-01-02", "2023-12-29")
        end = sometimes(rng, 0.06, start + dt.timedelta(days=int(1 + 24 * rng.random() ** 2)))
        own = [d[0] for d in doctors[:21] if d[3] == ward]
        doctor = rng.choice(own) if rng.random() < 0.85 else 100 + rng.randrange(21)
        diagnosis = diagnoses[ward - 1] if rng.random() < 0.7 else rng.choice(diagnoses)
        admissions.append(
            (
                number,
                2000 + skewed(rng, range(165)),
                ward,
                doctor,
                start,
                end,
                diagnosis,
                money(rng, 300, 42000),
            )
        )
        for drug in rng.sample(range(1, 12), rng.choice([0, 1, 1, 2, 3])):
            prescriptions.append(
                (
                    len(prescriptions) + 1,
                    number,
                    drug,
                    rng.choice([5, 10, 25, 50, 100, 250]),
                    rng.randint(1, 21),
                )
            )
    return {
        "tbl_wards": ("ward_id ward_name floor beds", wards),
        "tbl_doctors": ("doctor_id doctor_name specialty ward_id hired_on annual_salary", doctors),
        "tbl_patients": ("patient_id patient_name sex dob blood_type city insurance", patients),
        "tbl_admissions": (
            "admission_id patient_id ward_id doctor_id admitted_on discharged_on diagnosis bill_amount",
            admissions,
        ),
        "tbl_medications": ("medication_id medication_name drug_class unit_price", medications),
        "tbl_prescriptions": (
            "prescription_id admission_id medication_id dose_mg days_supplied",
            prescriptions,
        ),
    }


def flights(rng: Random) -> Tables:
    airports: Rows = [
        ("LHR", "Heathrow", "London", "United Kingdom", 83), ("LGW", "Gatwick", "London", "United Kingdom", 202),
        ("CDG", "Charles de Gaulle", "Paris", "France", 392), ("NCE", "Cote d'Azur", "Nice", "France", 12),
        ("FRA", "Frankfurt Main", "Frankfurt", "Germany", 364), ("MUC", "Franz Josef Strauss", "Munich", "Germany", 1487),
        ("MAD", "Barajas", "Madrid", "Spain", 1998), ("BCN", "El Prat", "Barcelona", "Spain", 14),
        ("FCO", "Fiumicino", "Rome", "Italy", 15), ("JFK", "John F Kennedy", "New York", "United States", 13),
        ("ORD", "O'Hare", "Chicago", "United States", 672), ("DEN", "Denver International", "Denver", "United States", 5434),
        ("NRT", "Narita", "Tokyo", "Japan", 141), ("SIN", "Changi", "Singapore", "Singapore", 22),
        ("KEF", "Keflavik", "Reykjavik", "Iceland", 171), ("ZRH", "Kloten", "Zurich", "Switzerland", 1416),
    ]  # fmt: skip
    airlines: Rows = [
        (1, "Northwind Air", "United Kingdom", 1974), (2, "Lutetia", "France", 1933), (3, "Rhein Jet", "Germany", 2002),
        (4, "Iberia Star", "Spain", 1986), (5, "Liberty Airways", "United States", 1951), (6, "Sakura Wings", "Japan", 1967),
        (7, "Alpine Express", "Switzerland", 2011), (8, "Geyser Air", "Iceland", 2018),
    ]  # fmt: skip
    models = [
        ("A320", "Airbus", 180),
        ("A350", "Airbus", 325),
        ("737-800", "Boeing", 189),
        ("787-9", "Boeing", 290),
    ]
    models += [("E195", "Embraer", 120), ("A220", "Airbus", 135)]
    fleet: Rows = [
        (300 + i, *models[i % 6], 1 + (i * 5) % 7, rng.randint(1996, 2022)) for i in range(34)
    ]  # fmt: skip
    legs: Rows = []
    bookings: Rows = []
    passengers = people(rng, 260)
    codes = [str(row[0]) for row in airports]
    for number in range(1, 421):
        origin, target = rng.sample(codes[:14], 2)
        if rng.random() < 0.4:
            origin = rng.choice(["LHR", "CDG", "FRA", "JFK"])
            target = rng.choice([c for c in codes[:15] if c != origin])
        plane = rng.choice(fleet[:31])
        far = sum(c in ("JFK", "ORD", "DEN", "NRT", "SIN") for c in (origin, target))
        distance = int(rng.uniform(240, 2100) + far * rng.uniform(3000, 6200))
        leaves = dt.datetime.combine(
            day(rng, "2023-01-01", "2024-03-31"), dt.time(rng.randint(5, 22), rng.choice([0, 10, 25, 40, 55]))
        )
        status = pick(rng, {"landed": 17, "cancelled": 2, "diverted": 1})
        late = (
            None
            if status == "cancelled"
            else int(max(-12, rng.gauss(9, 16) + (rng.random() < 0.12) * rng.uniform(30, 200)))
        )
        lands = leaves + dt.timedelta(minutes=int(distance / 13.5) + 35)
        legs.append(
            (
                number,
                f"{'NW LU RJ IS LA SW AX'.split()[int(str(plane[4])) - 1]}{100 + number}",
                plane[4],
                plane[0],
                origin,
                target,
                leaves,
                lands,
                distance,
                late,
                status,
            )
        )
        for _ in range(rng.choice([0, 1, 2, 3, 4])):
            cabin = pick(rng, {"economy": 9, "business": 2, "first": 1})
            fare = round(
                (40 + distance * rng.uniform(0.05, 0.13))
                * {"economy": 1, "business": 3.1, "first": 5.4}[cabin],
                2,
            )
            bookings.append(
                (
                    len(bookings) + 1,
                    number,
                    rng.choice(passengers),
                    cabin,
                    fare,
                    sometimes(rng, 0.3, rng.randint(0, 3)),
                )
            )
    return {
        "airports": ("iataCode airportName cityName countryName elevationFt", airports),
        "airlines": ("airlineId airlineName countryName foundedYear", airlines),
        "aircraft": ("aircraftId modelName manufacturer seatCount airlineId builtYear", fleet),
        "flights": (
            "flightId flightNumber airlineId aircraftId originCode destinationCode departureTime arrivalTime "
            "distanceKm delayMinutes flightStatus",
            legs,
        ),
        "bookings": ("bookingId flightId passengerName cabinClass ticketPrice checkedBags", bookings),
    }


def school(rng: Random) -> Tables:
    names = people(rng, 236)
    subjects = "Mathematics English Biology History Physics Art Music Geography Chemistry".split()
    teachers: Rows = [
        (
            i + 1,
            names[i],
            subjects[i % 9],
            day(rng, "1995-08-01", "2023-08-31"),
            41000 + 1290 * ((i * 7) % 20) + i,
        )
        for i in range(20)
    ]
    students: Rows = [
        (
            501 + i,
            names[20 + i],
            rng.choice(["girl", "boy"]),
            day(rng, "2006-01-01", "2012-12-31"),
            rng.choice([7, 8, 9, 10, 11, 12]),
            pick(rng, {"Ashford": 5, "Brookfield": 4, "Clearwater": 3, "Dunmore": 2}),
            sometimes(rng, 0.1, skewed(rng, range(1, 18))),
        )
        for i in range(210)
    ]
    titles = {
        "Mathematics": ["Algebra", "Calculus", "Statistics"], "English": ["Poetry", "Composition"],
        "Biology": ["Genetics", "Ecology"], "History": ["Ancient Rome", "Modern Europe"],
        "Physics": ["Mechanics", "Optics"], "Art": ["Drawing", "Ceramics"], "Music": ["Choir", "Orchestra"],
        "Geography": ["Cartography"], "Chemistry": ["Organic Chemistry", "Latin Chemistry Texts"],
    }  # fmt: skip
    courses: Rows = []
    for subject, group in titles.items():
        able = [int(str(row[0])) for row in teachers if row[2] == subject]
        courses += [
            (f"C{len(courses) + i + 1:02}", t, subject, rng.choice([2, 3, 4, 6]), rng.choice(able))
            for i, t in enumerate(group)
        ]
    enrollments: Rows = []
    for student in range(501, 698):
        for course in rng.sample(courses[:-1], rng.randint(1, 6)):
            term = rng.choice(["2022-Fall", "2023-Spring", "2023-Fall"])
            score = sometimes(rng, 0.07, round(min(100, max(18, rng.gauss(71, 14))), 1))
            enrollments.append((student, course[0], term, score))
    clubs: Rows = [
        (i + 1, name, room, when)
        for i, (name, room, when) in enumerate(
            [
                ("Chess", "B12", "Monday"), ("Robotics", "Lab 2", "Tuesday"), ("Drama", "Hall", "Thursday"),
                ("Debate", "B14", "Wednesday"), ("Football", "Field", "Friday"), ("Photography", "A03", "Tuesday"),
                ("Gardening", "Yard", "Monday"), ("Astronomy", "Roof", "Thursday"),
            ]
        )
    ]  # fmt: skip
    members: Rows = []
    for club, size in enumerate([31, 24, 27, 12, 40, 9, 5, 0], start=1):
        members += [
            (club, s, day(rng, "2021-09-01", "2023-11-30")) for s in rng.sample(range(501, 690), size)
        ]
    return {
        "Teacher": ("TeacherId FullName Subject HireDate Salary", teachers),
        "Student": ("StudentId FullName Gender BirthDate GradeLevel HomeTown HomeroomTeacherId", students),
        "Course": ("CourseId Title Department Credits TeacherId", courses),
        "Enrollment": ("StudentId CourseId Semester Score", enrollments),
        "Club": ("ClubId ClubName Room MeetingDay", clubs),
        "ClubMember": ("ClubId StudentId JoinedOn", members),
    }


def subscriptions(rng: Random) -> Tables:
    plans: Rows = [
        (1, "Starter", 19.0, 5), (2, "Team", 79.0, 25), (3, "Growth", 149.0, 60), (4, "Scale", 349.0, 200),
        (5, "Enterprise", 990.0, 1000), (6, "Nonprofit", 9.0, 10),
    ]  # fmt: skip
    features: Rows = [
        (i + 1, name)
        for i, name in enumerate(
            "Dashboards,API access,Single sign-on,Audit log,Custom branding,Priority support,Data export,Webhooks".split(
                ","
            )
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
    heads = "Nimbus Orchid Pioneer Quartz Raven Summit Tidal Umbra Vertex Willow Zephyr Beacon".split()
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


def logistics(rng: Random) -> Tables:
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


DATABASES: dict[str, tuple[Callable[[Random], Tables], int]] = {
    "bank": (bank, 11),
    "hr": (hr, 22),
    "hospital": (hospital, 33),
    "flights": (flights, 44),
    "school": (school, 55),
    "subscriptions": (subscriptions, 66),
    "logistics": (logistics, 77),
}


def write(folder: Path) -> None:
    """Write every database as a folder of CSV files below `folder`."""
    for name, (make, seed) in DATABASES.items():
        target = folder / name
        target.mkdir(parents=True, exist_ok=True)
        for table, (header, rows) in make(Random(seed)).items():
            with (target / f"{table}.csv").open("w", newline="", encoding="utf-8") as file:
                writer = csv.writer(file, lineterminator="\n")
                writer.writerow(header.split())
                writer.writerows(rows)


if __name__ == "__main__":
    write(Path(sys.argv[1]) if len(sys.argv) > 1 else HERE)
