"""What verbs say of the data: which table of events, which number, and whether a plan accounts for them."""

from __future__ import annotations

from functools import cache
from importlib import resources

from datacraft.engines.semantic.lattice import Item
from datacraft.engines.semantic.scope import Context, is_date
from datacraft.engines.semantic.vocabulary import Thing, words_of


@cache
def _light_verbs() -> frozenset[str]:
    text = (resources.files(__package__) / "light_verbs.txt").read_text(encoding="utf-8")
    return frozenset(line for line in text.splitlines() if not line.startswith("#"))


def same_stem(word: str, verb: str) -> bool:
    """Whether a word of a name is made from a verb: admission from admit, but not company from complain."""
    stem = max(4, len(verb) - 2)
    return len(word) >= stem and word[:stem] == verb[:stem]


_OUTCOMES = frozenset(
    {"status", "result", "state", "outcome", "type", "date", "condition"}
)  # of whatever verb


def explained_verb(context: Context, verb: Item, tables: list[str], *, as_state: bool = False) -> bool:
    """Whether a verb speaks of what the plan uses anyway: light verbs, or words of its tables and columns.

    `as_state`: the verb says how things stand, which a column for the outcome of any verb does not tell.
    """
    if verb.verb is None or verb.verb.base.split()[0] in _light_verbs():
        return True
    said = {verb.verb.base, *verb.words}
    nouns = [set(words_of(noun)) for noun in verb.verb.nouns if not (as_state and noun in _OUTCOMES)]
    for name in tables:
        table = context.model.table(name)
        columns = [column.name for column in table.columns]
        columns += [
            name for column in table.columns if is_date(column) for name in column.synonyms
        ]  # of `dob`, birth
        for text in (table.name, table.entity, *columns):
            words = set(words_of(text))
            if (
                words & said
                or any(noun <= words for noun in nouns)
                or any(same_stem(w, verb.verb.base) for w in words)
                or any(len(w) > 3 and verb.verb.base.startswith(w) for w in words)  # `inst_dt`: installed
            ):
                return True
    return False


def _has_doer(context: Context, table: str, verb: str) -> bool:
    """Whether a table says who did it to whom: `selling_club_id`, `lender_code` and the like, beside another such."""
    keys = [
        join.columns[0][0] for join in context.model.joins if join.left == table and len(join.columns) == 1
    ]
    things = {word for one in context.model.tables for word in words_of(one.entity)}
    doers = {f"{verb}ing", f"{verb}er", f"{verb}or"} - things
    return len(keys) > 2 and any(word in doers for key in keys for word in words_of(key))


def table_of_verb(context: Context, thing: Thing, verb: Item, *, by_name: bool = False) -> str | None:
    """Return the table of events that a verb means: by its name, its implied nouns, or a date column's name.

    `by_name`: only where its name is made from the verb.
    """
    if verb.verb is None:
        return None
    if by_name:
        return next(
            (
                name
                for name in context.graph.near(thing.table, 3)[1:]
                if any(same_stem(word, verb.verb.base) for word in words_of(name))
                or _has_doer(context, name, verb.verb.base)
            ),
            None,
        )
    words = {verb.verb.base, *verb.verb.nouns}
    near = sorted(
        (t for t in context.model.tables if context.graph.distance(thing.table, t.name) < 3),
        key=lambda t: context.graph.distance(thing.table, t.name),
    )
    for table in near:
        if table.name != thing.table and words & {*words_of(table.entity), *words_of(table.name)}:
            return table.name
    for table in near:
        for column in table.columns:
            if is_date(column) and any(same_stem(w, verb.verb.base) for w in words_of(column.name)):
                return table.name
    return None
