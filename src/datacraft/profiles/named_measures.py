"""Measures that are right wherever the columns for them exist: margin, average order value, revenue."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from datacraft.contracts.semantic import Entity, NamedMeasure, Role
from datacraft.profiles.facts import ColumnFacts, TableFacts, quoted
from datacraft.profiles.join_names import Keys
from datacraft.profiles.roles import Reading, is_fraction
from datacraft.profiles.vocabulary import ORDER_LIKE

_INCOME = (("sale",), ("revenue",), ("sale", "amount"), ("net", "sale"), ("total", "sale"), ("total", "revenue"),
           ("total", "amount"), ("amount",), ("order", "amount"), ("order", "total"), ("order", "value"), ("total",),
           ("total", "price"), ("line", "total"), ("sale", "price"))  # fmt: skip
_SELLING = frozenset(
    {"order", "sale", "receipt", "booking", "reservation", "invoice", "bill", "basket", "cart"}
)
_QUANTITY = (("quantity",), ("order", "quantity"), ("unit",), ("quantity", "ordered"), ("units", "sold"))
_PRICE = (("unit", "price"), ("price", "each"), ("item", "price"), ("price", "per", "unit"), ("price",))


def find_measures(
    table: TableFacts, keys: Keys, roles: Mapping[str, Reading], entities: Sequence[Entity]
) -> list[NamedMeasure]:
    """Return named measures over one table."""
    by_stem = {c.words.stem: c for c in reversed(table.columns) if roles[c.name].role is Role.MEASURE}
    return list(_measures(table, keys, roles, entities, by_stem))


def _measures(
    table: TableFacts,
    keys: Keys,
    roles: Mapping[str, Reading],
    entities: Sequence[Entity],
    by_stem: Mapping[tuple[str, ...], ColumnFacts],
) -> Iterator[NamedMeasure]:
    income = next((by_stem[stem] for stem in _INCOME if stem in by_stem), None)
    profit = by_stem.get(("profit",)) or by_stem.get(("total", "profit")) or by_stem.get(("net", "profit"))
    unit = roles[income.name].unit if income else None
    if income and profit:
        yield NamedMeasure(
            name="profit margin",
            table=table.name,
            formula=f"sum({sql_name(profit)}) / sum({sql_name(income)})",
            unit="%",
            description=f"Profit as a share of {income.words.text}.",
        )
    value = f"sum({sql_name(income)})" if income else None
    if income is None:
        quantity = next((by_stem[stem] for stem in _QUANTITY if stem in by_stem), None)
        price = next((by_stem[stem] for stem in _PRICE if stem in by_stem), None)
        if quantity and price:
            discount = by_stem.get(("discount",))
            less = f" * (1 - {sql_name(discount)})" if discount and is_fraction(discount) else ""
            value, unit = f"sum({sql_name(quantity)} * {sql_name(price)}{less})", roles[price.name].unit
            yield NamedMeasure(
                name="revenue",
                table=table.name,
                formula=value,
                unit=unit,
                description=f"{quantity.words.text.capitalize()} times {price.words.text}{', less discount' if less else ''}.",
            )
    sold = table.words.stem[-1] in _SELLING or bool(_selling_entities(table, entities))
    if income is not None and sold and not {"revenue", "sale"} & set(income.words.stem):
        own = table.words.stem[-1:] == ("sale",) and ("sale",) not in by_stem
        yield NamedMeasure(
            name="revenue",
            table=table.name,
            formula=f"sum({sql_name(income)})",
            unit=unit,
            synonyms=["sales"] if own else [],
            description=f"{income.words.text.capitalize()}, added up.",
        )
    order = _order(table, keys, entities)
    if value and order:
        noun, count = order
        yield NamedMeasure(
            name=f"average {noun} value",
            table=table.name,
            formula=f"{value} / {count}",
            unit=unit,
            description=f"What one {noun} brings on average.",
        )


def _selling_entities(table: TableFacts, entities: Sequence[Entity]) -> list[Entity]:
    return [entity for entity in entities if entity.table == table.name and entity.name in _SELLING]


def _order(table: TableFacts, keys: Keys, entities: Sequence[Entity]) -> tuple[str, str] | None:
    """Return the noun of what is ordered or paid in this table, and how to count such things."""
    for entity in entities:
        if entity.table == table.name and entity.name in ORDER_LIKE:
            column = next(c for c in table.columns if c.name == entity.key)
            return entity.name, f"count(DISTINCT {sql_name(column)})"
    if table.words.stem[-1] in ORDER_LIKE and len(table.words.stem) == 1 and keys.primary:
        return table.words.stem[-1], "count(*)"
    return None


def sql_name(column: ColumnFacts) -> str:
    """Return a column's name as SQL, in quotes only where it needs them."""
    plain = column.name.isidentifier() and column.name.isascii() and column.name.islower()
    return column.name if plain else quoted(column.name)
