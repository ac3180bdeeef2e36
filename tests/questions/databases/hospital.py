"""A hospital: tables called tbl_*, admissions between patients, wards, doctors and prescriptions."""

from __future__ import annotations

import datetime as dt
from random import Random

from databases.randomness import Rows, Tables, day, money, people, pick, skewed, sometimes


def make(rng: Random) -> Tables:
    wards: Rows = [
        (1, "Cardiology", 2, 24), (2, "Maternity", 1, 18), (3, "Orthopedics", 3, 30), (4, "Pediatrics", 1, 22),
        (5, "Oncology", 4, 16), (6, "Intensive Care", 2, 10), (7, "Neurology", 4, 14), (8, "Burns", 3, 6),
    ]  # fmt: skip
    specialties = [
        "Cardiologist",
        "Obstetrician",
        "Surgeon",
        "Pediatrician",
        "Oncologist",
        "Anesthetist",
        "Neurologist",
    ]
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
