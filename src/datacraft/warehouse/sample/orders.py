"""How people order: when, what, how much, at which discount, shipped how. Vectorised over chunks of rows."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from datacraft.warehouse.sample.catalogue import Customers, Floats, Ints, Places, Products

FIRST_DAY = dt.date(2020, 1, 1)
LAST_DAY = dt.date(2023, 12, 31)
_MONTHS = [0.62, 0.55, 0.80, 0.78, 0.88, 1.15, 0.72, 1.12, 1.25, 0.98, 1.50, 1.58]
_WEEKDAYS = [1.10, 1.12, 1.10, 1.12, 1.14, 0.85, 0.45]
_YEARLY_GROWTH = 1.22
_PRICE_RISE = 0.03
_MEAN_LINES = 2.05
_MAX_LINES = 10

SHIP_MODES = ["Standard Class", "Second Class", "First Class", "Same Day", "Express Air"]
PRIORITIES = ["Low", "Medium", "High", "Critical"]
# Shares of ship modes by priority; Express Air exists only in the drifted variant.
_MODES_BY_PRIORITY = [
    [0.97, 0.03, 0.0, 0.0],
    [0.68, 0.19, 0.10, 0.03],
    [0.46, 0.26, 0.21, 0.07],
    [0.0, 0.30, 0.47, 0.23],
]
_PRIORITY_SHARES = [0.05, 0.57, 0.30, 0.08]
_SHIP_DAYS = [(4, 7), (2, 5), (1, 3), (0, 1), (0, 2)]
_SHIP_RATE = [0.085, 0.105, 0.130, 0.145, 0.190]
_PRIORITY_RATE = [0.85, 0.95, 1.10, 1.45]
_DISCOUNTS = [0.1, 0.15, 0.2, 0.25, 0.3, 0.4, 0.5, 0.6, 0.7]
_DISCOUNT_SHARES = [0.26, 0.05, 0.25, 0.04, 0.05, 0.14, 0.11, 0.05, 0.05]


@dataclass(frozen=True)
class Chunk:
    """Columns of consecutive rows. Indexes point into places, products, customers and the lists above.

    Dates are days since 1970. `order` numbers the orders of the chunk from 0.
    """

    order: Ints
    order_day: Ints
    ship_day: Ints
    ship_mode: Ints
    priority: Ints
    customer: Ints
    place: Ints
    product: Ints
    quantity: Ints
    discount: Floats
    sales: Floats
    profit: Floats
    shipping_cost: Floats
    postal_known: npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Shop:
    """Everything that stays the same from chunk to chunk."""

    places: Places
    products: Products
    customers: Customers
    drifted: bool

    @cached_property
    def days(self) -> tuple[Ints, Floats]:
        """The days of the period, since 1970, and the cumulative share of orders up to each."""
        count = (LAST_DAY - FIRST_DAY).days + 1
        dates = [FIRST_DAY + dt.timedelta(days=i) for i in range(count)]
        weights = np.array(
            [
                _YEARLY_GROWTH ** (d.year - FIRST_DAY.year) * _MONTHS[d.month - 1] * _WEEKDAYS[d.weekday()]
                for d in dates
            ]
        )
        start = (FIRST_DAY - dt.date(1970, 1, 1)).days
        return np.arange(start, start + count), np.cumsum(weights) / weights.sum()

    @cached_property
    def cumulative(self) -> tuple[Floats, Floats, Floats]:
        """Cumulative shares of customers, places and products."""
        return tuple(np.cumsum(w) for w in (self.customers.weight, self.places.weight, self.products.weight))  # type: ignore[return-value]


def draw_chunk(shop: Shop, rng: np.random.Generator, rows: int) -> Chunk:
    """Draw `rows` order lines; the last order is cut where the rows end."""
    lines = np.minimum(rng.geometric(1 / _MEAN_LINES, int(rows / _MEAN_LINES * 1.2) + 20), _MAX_LINES)
    order = np.repeat(np.arange(len(lines)), lines)
    while len(order) < rows:  # the draw fell short of its mean
        order = np.concatenate([order, [order[-1] + 1]])
    order = order[:rows]
    orders = int(order[-1]) + 1
    days, day_shares = shop.days
    by_customer, by_place, by_product = shop.cumulative
    order_day = np.sort(days[_pick(rng, day_shares, orders)])
    priority = _pick(rng, np.cumsum(_PRIORITY_SHARES), orders)
    mode = _ship_modes(rng, priority, drifted=shop.drifted)
    low, high = np.array(_SHIP_DAYS).T
    ship_day = order_day + rng.integers(low[mode], high[mode] + 1)
    customer = _pick(rng, by_customer, orders)
    at_home = rng.random(orders) < 0.7
    place = np.where(at_home, shop.customers.home[customer], _pick(rng, by_place, orders))
    known = rng.random(orders) >= (0.30 if shop.drifted else 0.01)
    product = _pick(rng, by_product, rows)
    return _priced(shop, rng, order, order_day, ship_day, mode, priority, customer, place, product, known)


def _pick(rng: np.random.Generator, cumulative: Floats, count: int) -> Ints:
    """Draw `count` indexes by their cumulative shares."""
    return np.minimum(np.searchsorted(cumulative, rng.random(count), side="right"), len(cumulative) - 1)


def _ship_modes(rng: np.random.Generator, priority: Ints, *, drifted: bool) -> Ints:
    shares = np.cumsum(np.array(_MODES_BY_PRIORITY), axis=1)[priority]
    mode = np.minimum((rng.random(len(priority))[:, None] >= shares).sum(axis=1), 3)
    express = rng.random(len(priority)) < 0.12
    return np.where(express, 4, mode) if drifted else mode


def _priced(
    shop: Shop,
    rng: np.random.Generator,
    order: Ints,
    order_day: Ints,
    ship_day: Ints,
    mode: Ints,
    priority: Ints,
    customer: Ints,
    place: Ints,
    product: Ints,
    known: npt.NDArray[np.bool_],
) -> Chunk:
    """Give each line its quantity, discount, sales, profit and shipping cost."""
    rows = len(order)
    line_place, line_mode, line_priority = place[order], mode[order], priority[order]
    quantity = 1 + np.minimum(rng.poisson(2.5, rows), 13)
    likely = 0.12 + 0.85 * shop.places.discounting[line_place]
    discounted = rng.random(rows) < np.minimum(likely * (1.25 if shop.drifted else 1.0), 0.95)
    discount = np.where(discounted, np.array(_DISCOUNTS)[_pick(rng, np.cumsum(_DISCOUNT_SHARES), rows)], 0.0)
    years = (order_day[order] - shop.days[0][0]) / 365.25
    listed = (
        shop.products.price[product] * (1 + _PRICE_RISE) ** years * rng.normal(1.0, 0.03, rows) * quantity
    )
    sales = np.maximum(np.round(listed * (1 - discount), 2), 0.5)
    cost = listed * (1 - shop.products.margin[product]) * rng.normal(0.92, 0.03, rows)
    profit = np.round(sales - cost, 2)
    rate = np.array(_SHIP_RATE)[line_mode] * np.array(_PRIORITY_RATE)[line_priority]
    shipping = np.maximum(np.round(sales * rate * rng.lognormal(-0.1, 0.45, rows), 2), 0.01)
    return Chunk(
        order=order,
        order_day=order_day[order],
        ship_day=ship_day[order],
        ship_mode=line_mode,
        priority=line_priority,
        customer=customer[order],
        place=line_place,
        product=product,
        quantity=quantity,
        discount=discount,
        sales=sales,
        profit=profit,
        shipping_cost=shipping,
        postal_known=known[order],
    )
