"""Word lists of the reader: words that add nothing, words for the whole of the data, units of measure."""

from __future__ import annotations

SOFT = frozenset(
    """
    money down out up off away everywhere anything everything something strongly us here total overall
    altogether new exact full complete whole entire typically currently still now also too ever yet already
    just even only then there together so far exactly actually
    """.split()  # noqa: SIM905 - read as a text, not as a table
)
"""Said without changing what is asked."""

WHOLES = frozenset(
    """
    hospital company fleet bank school university organisation organization firm business shop store chain
    network system database dataset portfolio catalogue catalog inventory institution enterprise data table
    file list
    """.split()  # noqa: SIM905 - read as a text, not as a table
)
"""What holds all of the data: "in the hospital" is everywhere."""

MONEY = frozenset(
    """
    dollar dollars usd eur euro euros pound pounds bucks gbp
    """.split()  # noqa: SIM905 - read as a text, not as a table
)

UNITS = frozenset(
    """
    times occasions percent year years month months week weeks day days hour hours minute minutes second
    seconds km kilometer kilometers kilometre kilometres mile miles meter meters metre metres feet foot kg
    kilogram kilograms kilo kilos gram grams g lb lbs ton tons tonne tonnes mg ml liter liters litre litres
    unit units point points star stars degree degrees cent cents kwh mwh mb gb hectare hectares acre acres
    inch inches cm mm dollar dollars usd eur euro euros pound pounds bucks gbp
    """.split()  # noqa: SIM905 - read as a text, not as a table
)
"""What a number can count without being counted things of the data."""

MOVING = frozenset(
    {"grow", "rise", "increase", "climb", "decrease", "decline", "drop", "fall", "shrink", "sink"}
)
"""Said of figures, from one time to another."""

KINDS = frozenset({"status", "state", "level", "type", "kind", "class", "category", "group", "tier", "mode"})
"""Said behind a value without naming its column: "gold status"."""

LASTING = frozenset(
    """
    second seconds minute minutes hour hours day days week weeks month months
    """.split()  # noqa: SIM905 - read as a text, not as a table
)
"""Units that tell how long something takes."""
