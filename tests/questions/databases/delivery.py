"""Restaurant delivery: camelCase headers, an order with lines, a courier and, sometimes, a rating."""

from __future__ import annotations

import datetime as dt
from random import Random

from databases.randomness import Rows, Tables, day, money, people, pick, skewed, sometimes

_DISHES = {
    "Italian": ["Margherita Pizza", "Diavola Pizza", "Lasagne", "Tiramisu", "Pesto Gnocchi"],
    "Indian": ["Butter Chicken", "Palak Paneer", "Garlic Naan", "Lamb Biryani", "Mango Lassi"],
    "Japanese": ["Salmon Nigiri", "Chicken Ramen", "Miso Soup", "Veggie Gyoza", "Matcha Mochi"],
    "Mexican": ["Beef Burrito", "Chicken Tacos", "Guacamole", "Churros", "Black Bean Bowl"],
    "Burgers": ["Classic Burger", "Chicken Burger", "Sweet Potato Fries", "Vanilla Shake", "Halloumi Burger"],
}
_KINDS = {
    "dessert": ["Tiramisu", "Matcha Mochi", "Churros"],
    "drink": ["Mango Lassi", "Vanilla Shake"],
    "side": ["Garlic Naan", "Miso Soup", "Veggie Gyoza", "Guacamole", "Sweet Potato Fries"],
}
_MEATLESS = ("Margherita", "Tiramisu", "Pesto", "Palak", "Naan", "Lassi", "Miso", "Veggie", "Mochi")
_MEATLESS += ("Guacamole", "Churros", "Bean", "Fries", "Shake", "Halloumi")


def make(rng: Random) -> Tables:
    houses = [
        ("Nonna Rosa", "Italian", "Riverside"), ("Spice Route", "Indian", "Old Town"), ("Sakura House", "Japanese", "Harbour"),
        ("El Camino", "Mexican", "Riverside"), ("Burger Foundry", "Burgers", "Old Town"), ("Trattoria Lupo", "Italian", "Harbour"),
        ("Bombay Kitchen", "Indian", "Northgate"), ("Ramen Bar Kumo", "Japanese", "Old Town"), ("Cantina Azul", "Mexican", "Northgate"),
        ("Patty Palace", "Burgers", "Riverside"), ("Osteria Sole", "Italian", "Northgate"), ("Tandoor Nights", "Indian", "Riverside"),
        ("Sushi Minato", "Japanese", "Riverside"), ("Grill Corner", "Burgers", "Harbour"), ("Casa Verde", "Mexican", "Old Town"),
    ]  # fmt: skip
    restaurants: Rows = [
        (
            n,
            *house,
            day(rng, "2017-03-01", "2022-01-20"),
            round(rng.uniform(0.12, 0.3), 3),
            "no" if n in (4, 11) else "yes",
        )
        for n, house in enumerate(houses, start=1)
    ]
    items: Rows = []
    for number, (_, cuisine, _) in enumerate(houses, start=1):
        for dish in _DISHES[cuisine]:
            kind = next((kind for kind, dishes in _KINDS.items() if dish in dishes), "main")
            price = round(rng.uniform(8.5, 19) if kind == "main" else rng.uniform(2.8, 7.9), 2)
            calories = sometimes(rng, 0.15, rng.randint(150, 1250))
            items.append(
                (
                    len(items) + 1,
                    number,
                    dish,
                    kind,
                    price,
                    str(dish.startswith(_MEATLESS) or any(word in dish for word in _MEATLESS)).lower(),
                    calories,
                )
            )
    names = people(rng, 150)
    vehicles = {"bike": 6, "scooter": 4, "car": 2}
    couriers: Rows = [
        (n, names.pop(), pick(rng, vehicles), day(rng, "2018-04-01", "2022-01-25"), f"+44 7700 9{n:02}{rng.randint(100, 999)}")
        for n in range(1, 23)
    ]  # fmt: skip
    customers: Rows = [
        (n, names.pop(), rng.choice(["Riverside", "Old Town", "Harbour", "Northgate"]), sometimes(rng, 0.1, f"user{n}@{rng.choice(['inbox', 'letters'])}.example"), day(rng, "2022-01-03", "2024-03-31"), rng.choice(["true", "false", "false"]))
        for n in range(1, 111)
    ]  # fmt: skip
    orders: Rows = []
    lines: Rows = []
    ratings: Rows = []
    for number in range(1, 521):
        house = skewed(rng, range(1, 15))
        placed = dt.datetime.combine(
            day(rng, "2022-02-01", "2024-04-30"),
            dt.time(_hour(rng), rng.randint(0, 59), rng.randint(0, 59)),
        )
        status = pick(rng, {"delivered": 17, "cancelled": 2, "refunded": 1})
        courier = None if status == "cancelled" else skewed(rng, range(1, 21))
        arrived = None if status == "cancelled" else placed + dt.timedelta(minutes=int(rng.gauss(36, 11)) + 6)
        orders.append(
            (
                number,
                skewed(rng, range(1, 101)),
                house,
                courier,
                placed,
                arrived,
                status,
                round(rng.uniform(1.2, 5.9), 2),
                sometimes(rng, 0.4, money(rng, 0.5, 9)),
                sometimes(rng, 0.8, rng.choice(["WELCOME10", "RAINYDAY", "FRIENDS5"])),
            )
        )
        menu = [item for item in items if item[1] == house]
        for item in rng.sample(menu, rng.choice([1, 2, 2, 3])):
            lines.append((len(lines) + 1, number, item[0], rng.choice([1, 1, 1, 2, 3]), item[4]))
        if status == "delivered" and rng.random() < 0.6:
            food = rng.choice([2, 3, 4, 4, 5, 5])
            ratings.append(
                (
                    len(ratings) + 1,
                    number,
                    food,
                    max(1, min(5, food + rng.choice([-2, -1, 0, 1]))),
                    sometimes(
                        rng,
                        0.55,
                        rng.choice(
                            [
                                "Arrived cold",
                                "Great food",
                                "Friendly courier",
                                "Late but tasty",
                                "Missing item",
                                "Perfect",
                            ]
                        ),
                    ),
                )
            )
    return {
        "restaurants": (
            "restaurantId restaurantName cuisine district openedOn commissionRate isActive",
            restaurants,
        ),
        "menuItems": ("itemId restaurantId itemName category unitPrice isVegetarian calories", items),
        "couriers": ("courierId courierName vehicleType hireDate phoneNumber", couriers),
        "customers": ("customerId customerName district emailAddress signupDate isPremium", customers),
        "orders": (
            "orderId customerId restaurantId courierId placedAt deliveredAt orderStatus deliveryFee tipAmount promoCode",
            orders,
        ),
        "orderItems": ("orderItemId orderId itemId quantity itemPrice", lines),
        "ratings": ("ratingId orderId foodScore courierScore comment", ratings),
    }


def _hour(rng: Random) -> int:
    """Return an hour of the day, lunch and evening more often."""
    return int(
        pick(rng, {"11": 2, "12": 5, "13": 4, "15": 1, "17": 2, "18": 5, "19": 7, "20": 5, "21": 3, "22": 1})
    )
