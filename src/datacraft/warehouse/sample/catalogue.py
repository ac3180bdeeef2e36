"""Who buys, what is sold, and where: customers, products and places, made once per run."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from importlib.resources import files

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

SEGMENTS = ["Consumer", "Corporate", "Home Office"]
_SEGMENT_SHARES = [0.52, 0.30, 0.18]
_USUAL_ROWS = 51_290
_USUAL_CUSTOMERS = 1_590


@dataclass(frozen=True)
class Places:
    """One entry per city; `weight` is its share of customers (sums to 1)."""

    market: list[str]
    region: list[str]
    country: list[str]
    state: list[str]
    city: list[str]
    postal_code: list[str | None]
    weight: Floats
    discounting: Floats


@dataclass(frozen=True)
class Products:
    """One entry per product. `price` in USD, `margin` as a fraction of it, `weight` its share of order lines."""

    product_id: list[str]
    name: list[str]
    category: list[str]
    sub_category: list[str]
    price: Floats
    margin: Floats
    weight: Floats


@dataclass(frozen=True)
class Customers:
    """One entry per customer; `home` is an index into places, `weight` the share of orders."""

    customer_id: list[str]
    name: list[str]
    segment: Ints
    home: Ints
    weight: Floats


def _data(name: str) -> str:
    return files("datacraft.warehouse.sample").joinpath("data", name).read_text("utf-8")


def make_places(rng: np.random.Generator, *, drifted: bool) -> Places:
    """Read the places; each country gets its own readiness to give discounts. Drifted: Oceania is gone."""
    rows = list(csv.DictReader(_data("places.csv").splitlines()))
    countries = sorted({row["country"] for row in rows})
    generous = dict(zip(countries, rng.beta(0.5, 2.0, len(countries)), strict=True))
    generous["United States"] = 0.45
    weight = np.array([float(row["weight"]) for row in rows])
    if drifted:
        weight = np.where(np.array([row["region"] == "Oceania" for row in rows]), 0.0, weight)
    return Places(
        market=[row["market"] for row in rows],
        region=[row["region"] for row in rows],
        country=[row["country"] for row in rows],
        state=[row["state"] for row in rows],
        city=[row["city"] for row in rows],
        postal_code=[row["postal_code"] or None for row in rows],
        weight=weight / weight.sum(),
        discounting=np.array([generous[row["country"]] for row in rows]),
    )


def make_products(rng: np.random.Generator, *, drifted: bool) -> Products:
    """Combine brand, noun and variant into products. Drifted: dearer, and more technology."""
    import yaml

    data = yaml.safe_load(_data("products.yaml"))
    ids: list[str] = []
    names: list[str] = []
    categories: list[str] = []
    subs: list[str] = []
    prices: list[Floats] = []
    margins: list[Floats] = []
    weights: list[Floats] = []
    for sub, spec in data["sub_categories"].items():
        category, count = spec["category"], spec["products"]
        combinations = [
            f"{brand} {noun}, {variant}"
            for brand in data["brands"][category]
            for noun in spec["nouns"]
            for variant in spec["variants"]
        ]
        chosen = rng.permutation(len(combinations))[:count]
        names += [combinations[i] for i in chosen]
        prefix = f"{category[:3]}-{sub[:2]}".upper()
        start = len(ids)
        ids += [f"{prefix}-{10_000_000 + start + i}" for i in range(count)]
        categories += [category] * count
        subs += [sub] * count
        prices.append(spec["price"] * np.exp(rng.normal(0.0, spec["spread"], count)))
        margins.append(np.clip(rng.normal(spec["margin"], 0.06, count), 0.01, 0.5))
        popularity = rng.lognormal(0.0, 0.7, count)
        boost = 1.6 if drifted and category == "Technology" else 1.0
        weights.append(boost * spec["weight"] * popularity / popularity.sum())
    weight = np.concatenate(weights)
    return Products(
        ids, names, categories, subs,
        price=np.concatenate(prices) * (1.15 if drifted else 1.0),
        margin=np.concatenate(margins),
        weight=weight / weight.sum(),
    )  # fmt: skip


def make_customers(rng: np.random.Generator, places: Places, rows: int) -> Customers:
    """Invent customers with different names; a few of them order a lot."""
    import yaml

    data = yaml.safe_load(_data("people.yaml"))
    first, last = data["first"], data["last"]
    # Ten thousand times the rows is not ten thousand times the people.
    count = max(3, min(rows // 4, round(_USUAL_CUSTOMERS * max(1.0, rows / _USUAL_ROWS) ** 0.4)))
    chosen = rng.permutation(len(first) * len(last))[:count]
    count = len(chosen)
    pairs = [(first[i // len(last)], last[i % len(last)]) for i in chosen]
    weight = rng.lognormal(0.0, 0.55, count)
    return Customers(
        customer_id=[f"{f[0]}{s[0]}-{10_000 + i}" for i, (f, s) in enumerate(pairs)],
        name=[f"{f} {s}" for f, s in pairs],
        segment=rng.choice(len(SEGMENTS), count, p=_SEGMENT_SHARES),
        home=rng.choice(len(places.city), count, p=places.weight),
        weight=weight / weight.sum(),
    )
