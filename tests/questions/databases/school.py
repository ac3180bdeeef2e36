"""A school: singular CamelCase tables, two bridges (enrollments and club members)."""

from __future__ import annotations

from random import Random

from databases.randomness import Rows, Tables, day, people, pick, skewed, sometimes


def make(rng: Random) -> Tables:
    names = people(rng, 236)
    subjects = [
        "Mathematics",
        "English",
        "Biology",
        "History",
        "Physics",
        "Art",
        "Music",
        "Geography",
        "Chemistry",
    ]
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
