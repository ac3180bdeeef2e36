"""Words for how things stand that the data tells without a column of that name: alive, active, free, at a loss."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from datacraft.contracts.semantic import ColumnType, NamedFilter, Role
from datacraft.profiles.facts import ColumnFacts, TableFacts
from datacraft.profiles.named_measures import sql_name
from datacraft.profiles.roles import Reading

_DEATH = frozenset({"death", "died", "deceased", "dod"})
_END = frozenset({"end", "ended", "closed", "close", "disbanded", "dissolved", "cancelled", "canceled", "cancellation", "terminated",
                  "termination", "left", "until", "to", "retired", "discharged", "expired", "finished", "completed"})  # fmt: skip
_BACK = frozenset({"returned", "return"})
_ASKED = frozenset({"price", "fee", "fare", "charge", "admission"})
_STOCK = frozenset({"stock", "inventory", "onhand"})
_LEAST = frozenset({"min", "minimum", "reorder"})
_SPENT = frozenset({"spent", "spend", "expense", "expenses"})
_BUDGET = frozenset({"budget", "budgeted", "allocated", "planned", "amount", "grant"})


@dataclass(frozen=True, slots=True)
class _State:
    """A condition, its name, and what else it is called."""

    condition: str
    names: tuple[str, ...]
    meaning: str


def find_states(
    table: TableFacts, roles: Mapping[str, Reading], tables: Iterable[TableFacts]
) -> list[NamedFilter]:
    """Return named filters over one table; a word that any table holds as a value, or a column as its name, is left to it."""
    taken = _taken(tables)
    found: list[NamedFilter] = []
    for state in _states(table, roles):
        names = [name for name in state.names if name not in taken]
        if names and state.names[0] not in taken:
            found.append(
                NamedFilter(
                    name=names[0],
                    table=table.name,
                    condition=state.condition,
                    synonyms=names[1:],
                    description=state.meaning,
                )
            )
            taken |= set(names)
    return found


def _taken(tables: Iterable[TableFacts]) -> set[str]:
    """Return the words that the data itself uses: values of columns with few of them, and names of columns."""
    taken: set[str] = set()
    for table in tables:
        for column in table.columns:
            taken |= {
                column.words.text.lower(),
                *(word for word in column.words.words if len(column.words.words) < 3),
            }
            taken |= {str(value).lower() for value, _ in column.values if isinstance(value, str)}
    return taken


def _states(table: TableFacts, roles: Mapping[str, Reading]) -> list[_State]:
    numbers = [c for c in table.columns if roles[c.name].role is Role.MEASURE]
    return [
        *_lasting(table, roles),
        *_money(numbers),
        *_stock(numbers),
        *_spending(numbers),
        *_delay(numbers),
    ]


def _lasting(table: TableFacts, roles: Mapping[str, Reading]) -> list[_State]:
    """A date of the end, or a year, that is missing where there was no end yet."""
    ends = [
        c
        for c in table.columns
        if c.nulls and (roles[c.name].role is Role.TIME or roles[c.name].time_part == "year" or _is_year(c))
    ]
    dead = [c for c in ends if _DEATH & set(c.words.words)]
    back = [c for c in ends if _BACK & set(c.words.words)]
    over = [c for c in ends if _END & set(c.words.words)]
    made: list[_State] = []
    if len(dead) == 1:
        name = sql_name(dead[0])
        made.append(
            _State(f"{name} IS NULL", ("alive", "still alive", "living", "still living"), _none(dead[0]))
        )
        made.append(
            _State(
                f"{name} IS NOT NULL",
                ("dead", "deceased", "no longer alive", "no longer living"),
                _some(dead[0]),
            )
        )
    if len(back) == 1:
        name = sql_name(back[0])
        made.append(
            _State(
                f"{name} IS NULL", ("still out", "not back", "not yet back", "not come back"), _none(back[0])
            )
        )
    elif len(over) == 1:
        name = sql_name(over[0])
        active = ("active", "still active", "currently active", "current", "ongoing", "still ongoing", "still running",
                  "in force", "still together", "still existing")  # fmt: skip
        ended = ("former", "defunct", "no longer active", "no longer running")
        made.append(_State(f"{name} IS NULL", active, _none(over[0])))
        made.append(_State(f"{name} IS NOT NULL", ended, _some(over[0])))
    return made


def _is_year(column: ColumnFacts) -> bool:
    whole = column.type is ColumnType.INTEGER
    ends = (column.minimum, column.maximum)
    return whole and all(isinstance(end, int) and 1000 <= end <= 2200 for end in ends)


def _none(column: ColumnFacts) -> str:
    return f"No {column.words.text}."


def _some(column: ColumnFacts) -> str:
    return f"With a {column.words.text}."


def _money(numbers: list[ColumnFacts]) -> list[_State]:
    made: list[_State] = []
    profit = [c for c in numbers if c.words.words[-1] in ("profit", "margin") and _below_zero(c)]
    if len(profit) == 1:
        name = sql_name(profit[0])
        lost = ("loss-making", "at a loss", "unprofitable", "loss making", "in the red", "losing money")
        won = ("profitable", "at a profit", "profit-making", "in the black", "making money")
        made.append(_State(f"{name} < 0", lost, f"Negative {profit[0].words.text}."))
        made.append(_State(f"{name} > 0", won, f"Positive {profit[0].words.text}."))
    asked = [c for c in numbers if _ASKED & set(c.words.words) and c.minimum == 0]
    if len(asked) == 1:
        free = ("free", "free of charge", "for free", "gratis", "at no charge", "free to enter", "at no cost")
        made.append(_State(f"{sql_name(asked[0])} = 0", free, f"No {asked[0].words.text}."))
    off = [c for c in numbers if c.words.words[0] == "discount" and c.minimum == 0]
    if len(off) == 1:
        full = ("full price", "at full price", "undiscounted", "not discounted")
        made.append(_State(f"{sql_name(off[0])} = 0", full, f"No {off[0].words.text}."))
    return made


def _below_zero(column: ColumnFacts) -> bool:
    return isinstance(column.minimum, int | float) and column.minimum < 0


def _stock(numbers: list[ColumnFacts]) -> list[_State]:
    kept = [c for c in numbers if _STOCK & set(c.words.words) and not _LEAST & set(c.words.words)]
    least = [c for c in numbers if _LEAST & set(c.words.words)]
    if len(kept) != 1:
        return []
    name = sql_name(kept[0])
    made = [
        _State(f"{name} = 0", ("out of stock", "sold out", "not in stock"), f"No {kept[0].words.text}."),
        _State(f"{name} > 0", ("in stock", "on stock"), f"Some {kept[0].words.text}."),
    ]
    if len(least) == 1:
        low = ("low on stock", "understocked", "below minimum", "below the minimum", "below minimum stock",
               "below their minimum stock", "below the minimum stock", "running low", "low stock")  # fmt: skip
        made.append(
            _State(
                f"{name} < {sql_name(least[0])}", low, f"{kept[0].words.text} below {least[0].words.text}."
            )
        )
    return made


def _spending(numbers: list[ColumnFacts]) -> list[_State]:
    spent = [c for c in numbers if _SPENT & set(c.words.words)]
    budget = [c for c in numbers if _BUDGET & set(c.words.words) and c not in spent]
    if len(spent) != 1 or len(budget) != 1:
        return []
    left, right = sql_name(spent[0]), sql_name(budget[0])
    over = ("over budget", "overspent", "over their budget", "over its budget", "overran their budget", "overspent their budget",
            "overspent its budget")  # fmt: skip
    within = ("within budget", "under budget", "underspent", "within their budget", "under their budget")
    return [
        _State(f"{left} > {right}", over, f"{spent[0].words.text} above {budget[0].words.text}."),
        _State(f"{left} <= {right}", within, f"{spent[0].words.text} no more than {budget[0].words.text}."),
    ]


def _delay(numbers: list[ColumnFacts]) -> list[_State]:
    """Minutes of delay of each row, 0 of what was on time."""
    late = [
        c for c in numbers if {"delay", "late", "lateness"} & set(c.words.words) and len(c.words.words) > 1
    ]
    if len(late) != 1 or not isinstance(late[0].minimum, int | float) or late[0].minimum > 0:
        return []
    name = sql_name(late[0])
    return [
        _State(f"{name} > 0", ("late", "behind schedule", "not on time"), f"Some {late[0].words.text}."),
        _State(
            f"{name} <= 0", ("on time", "punctual", "punctually", "on schedule"), f"No {late[0].words.text}."
        ),
    ]
