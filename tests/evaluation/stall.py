"""A market stall for the tests of this layer: one table of sales, small and without ties, and cases about it."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from random import Random

from datacraft.contracts.question_set import Case, QuestionSet

_REGIONS = ("North", "South", "East", "West", "Centre")
_GOODS = ("Apples", "Bread", "Cheese", "Dates")


def write_sales(folder: Path, *, seed: int = 5, rows: int = 240) -> Path:
    """Write `sales.csv`: sale_id, sold_on, region, product, quantity, amount."""
    random = Random(seed)
    lines = ["sale_id,sold_on,region,product,quantity,amount"]
    for number in range(1, rows + 1):
        day = dt.date(2022, 1, 1) + dt.timedelta(days=random.randrange(730))
        region = random.choices(_REGIONS, weights=(5, 4, 3, 2, 1))[0]
        amount = f"{random.uniform(1, 90):.2f}"
        lines.append(f"{number},{day},{region},{random.choice(_GOODS)},{random.randint(1, 9)},{amount}")
    path = folder / "sales.csv"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def cases() -> list[Case]:
    """Return cases of several kinds; all can be answered but two."""
    made: list[Case] = [
        Case(id="rows", question="How many sales are there?", gold=("SELECT count(*) FROM sales",), tags=("count",)),
        Case(id="all", question="What is the total amount?", gold=("SELECT sum(amount) FROM sales",), tags=("total",)),
        Case(id="weather", question="Will it rain tomorrow?", answerable="unanswerable", tags=("refuse",)),
        Case(id="wipe", question="Delete all sales", answerable="unanswerable", tags=("refuse",)),
        Case(
            id="by-region", question="total amount by region", tags=("group",),
            gold=("SELECT region, sum(amount) FROM sales GROUP BY region",),
        ),
        Case(
            id="top", question="top 2 products by total amount", ordered=True, tags=("top",),
            gold=("SELECT product, sum(amount) AS a FROM sales GROUP BY product ORDER BY a DESC LIMIT 2",),
        ),
    ]  # fmt: skip
    for region in _REGIONS:
        where = f"FROM sales WHERE region = '{region}'"
        made += [
            Case(
                id=f"amount-{region}", question=f"total amount for region {region}", tags=("filter",),
                gold=(f"SELECT sum(amount) {where}",), sensitive=("region",),
            ),
            Case(
                id=f"count-{region}", question=f"How many sales in {region}?", tags=("filter", "count"),
                gold=(f"SELECT count(*) {where}",), sensitive=("region",),
            ),
        ]  # fmt: skip
    return made


def question_set() -> QuestionSet:
    return QuestionSet(name="stall", version=1, data="sales.csv", cases=tuple(cases()))
