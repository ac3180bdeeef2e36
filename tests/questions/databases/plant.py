"""A manufacturing plant: abbreviated names (mach_id, wo_no, qty_scrap), several suppliers of a part."""

from __future__ import annotations

import datetime as dt
from random import Random

from databases.randomness import Rows, Tables, day, people, pick, skewed, sometimes


def make(rng: Random) -> Tables:
    kinds = {"CNC mill": "MIL", "Lathe": "LAT", "Press": "PRS", "Laser cutter": "LAS", "Robot welder": "WLD"}
    halls = ["A", "A", "B", "B", "C"]
    machines: Rows = []
    for number in range(1, 19):
        kind = list(kinds)[(number - 1) % 5]
        machines.append(
            (
                f"{kinds[kind]}-{number:02}",
                kind,
                rng.choice(["Hartmann", "Kobe Tools", "Delaval"]),
                rng.choice(halls),
                day(rng, "2009-02-01", "2021-11-30"),
                "retired" if number in (11, 18) else pick(rng, {"running": 5, "standby": 1}),
                round(rng.uniform(18, 140), 2),
            )
        )
    stems = ["Bracket", "Flange", "Housing", "Shaft", "Gear", "Bushing", "Cover plate", "Valve body"]
    parts: Rows = []
    for number in range(1, 31):
        stem = stems[(number - 1) % 8]
        name = f"{stem} {rng.choice(['XS', 'S', 'M', 'L', 'XL'])}{number}"
        material = pick(rng, {"steel": 5, "aluminium": 4, "brass": 2, "titanium": 1})
        minimum = rng.choice([50, 100, 200])
        parts.append(
            (
                f"P{1000 + number * 3}",
                name,
                material,
                round(rng.uniform(1.8, 96), 2),
                rng.randint(0, 900),
                minimum,
                sometimes(rng, 0.2, round(rng.uniform(0.05, 14), 3)),
            )
        )
    firms = [
        "Alto Metals", "Brightsteel", "Corvus Alloys", "Deltaform", "Eastgate Supply", "Ferro Nord", "Gamma Castings",
        "Halden Works", "Iberica Metal", "Jutland Forge",
    ]  # fmt: skip
    lands = [
        "Germany",
        "Poland",
        "Germany",
        "Italy",
        "Poland",
        "Norway",
        "Italy",
        "Germany",
        "Spain",
        "Denmark",
    ]
    suppliers: Rows = [
        (n, firm, land, rng.choice([5, 7, 10, 14, 21, 28]), sometimes(rng, 0.25, rng.choice("ABC")), f"sales@{firm.split(' ')[0].lower()}.example")
        for n, (firm, land) in enumerate(zip(firms, lands, strict=True), start=1)
    ]  # fmt: skip
    offers: Rows = []
    for part in parts[:28]:
        for supplier in sorted(rng.sample(range(1, 10), rng.choice([1, 2, 2, 3]))):
            price = round(float(str(part[3])) * rng.uniform(0.4, 0.8), 2)
            offers.append((part[0], supplier, price, rng.choice([10, 25, 50, 100])))
    names = people(rng, 24)
    operators: Rows = [
        (n, names.pop(), rng.choice(["day", "day", "night"]), day(rng, "2010-05-01", "2023-09-30"), rng.choice([1, 2, 2, 3]))
        for n in range(1, 23)
    ]  # fmt: skip
    orders: Rows = []
    checks: Rows = []
    makers = machines[:16]
    for number in range(1, 341):
        start = day(rng, "2022-01-03", "2024-05-20")
        due = start + dt.timedelta(days=rng.randint(3, 25))
        status = pick(rng, {"done": 14, "open": 2, "hold": 1})
        end = start + dt.timedelta(days=rng.randint(2, 30)) if status == "done" else None
        plan = rng.choice([50, 80, 100, 120, 150, 200, 250, 300, 400])
        made = int(plan * rng.uniform(0.86, 1.04)) if status == "done" else rng.choice([0, plan // 3])
        scrap = int(made * rng.random() ** 3 * 0.16)
        orders.append(
            (
                f"WO{22000 + number}",
                str(parts[skewed(rng, range(27))][0]),
                str(makers[skewed(rng, range(16))][0]),
                skewed(rng, range(1, 21)),
                start,
                due,
                end,
                plan,
                made,
                scrap,
                status,
                rng.choice(["low", "normal", "normal", "high"]),
            )
        )
        if end is not None:
            for _ in range(rng.choice([0, 1, 1, 2])):
                passed = rng.random() < 0.85
                defect = None if passed else pick(rng, {"scratch": 4, "dimension": 5, "burr": 3, "crack": 1})
                checks.append(
                    (
                        len(checks) + 1,
                        f"WO{22000 + number}",
                        end + dt.timedelta(days=rng.randint(0, 3)),
                        rng.choice(["Petra Holm", "Ravi Menon", "Jo Adler", "Lena Strand"]),
                        rng.choice([5, 8, 10, 20]),
                        "pass" if passed else "fail",
                        defect,
                    )
                )
    downtime: Rows = []
    for number in range(1, 211):
        begin = dt.datetime.combine(
            day(rng, "2022-01-04", "2024-05-31"),
            dt.time(rng.randint(0, 23), rng.choice([0, 5, 15, 20, 35, 50])),
        )
        length = int(12 + rng.random() ** 2 * 620)
        reason = pick(
            rng, {"breakdown": 6, "changeover": 5, "maintenance": 4, "no material": 3, "power cut": 1}
        )
        cost = round(length * rng.uniform(0.8, 4.5), 2) if reason in ("breakdown", "maintenance") else None
        downtime.append(
            (number, str(machines[skewed(rng, range(16))][0]), begin, begin + dt.timedelta(minutes=length), reason, cost)
        )  # fmt: skip
    return {
        "machines": ("mach_id mach_type mfr hall inst_dt mach_stat rate_hr", machines),
        "parts": ("part_no part_desc matl std_cost stock_qty min_qty wt_kg", parts),
        "suppliers": ("supp_id supp_name country lead_days qual_rating contact_email", suppliers),
        "part_supp": ("part_no supp_id purch_price min_order_qty", offers),
        "operators": ("op_id op_name shift hire_dt skill_lvl", operators),
        "work_orders": (
            "wo_no part_no mach_id op_id start_dt due_dt end_dt qty_plan qty_good qty_scrap wo_stat prio",
            orders,
        ),
        "qc_checks": ("qc_id wo_no chk_dt inspector sample_size result defect_cd", checks),
        "downtime": ("dt_id mach_id beg_ts end_ts reason_cd repair_cost", downtime),
    }
