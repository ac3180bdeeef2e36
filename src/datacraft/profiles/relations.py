"""What joins say of tables: which only connect others, and the verbs that mean a relation."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from datacraft.contracts.semantic import Role
from datacraft.profiles.facts import TableFacts
from datacraft.profiles.joins import Link
from datacraft.profiles.roles import Reading
from datacraft.profiles.vocabulary import VERBS
from datacraft.profiles.words import singular, verb_of


def is_bridge(table: TableFacts, links: Sequence[Link], roles: Mapping[str, Reading]) -> bool:
    """Say whether a table holds nothing but references to two or more rows of other tables, and its own id."""
    outward = [link for link in links if link.left == table.name]
    linked = {column for link in outward for column in link.columns}
    if len({link.columns for link in outward}) < 2 or any(link.right == table.name for link in links):
        return False
    return all(
        c.name in linked or (roles[c.name].role is Role.ID and c.words.is_identifier) for c in table.columns
    )


def verbs_of(link: Link, tables: Mapping[str, TableFacts], outward: int) -> list[str]:
    """Return the verbs that the names hold: of `writes(aid, pid)` "write", of `border_info.border` "border".

    Args:
        link: the join.
        tables: by name.
        outward: how many joins the left table is the left side of; with two or more it is itself a relation.
    """
    left, right = tables[link.left], tables[link.right]
    things = {table.words.stem[0] for table in tables.values() if len(table.words.stem) == 1}
    things -= {left.words.stem[0]} if len(left.words.stem) == 1 else set()
    words = [word for column in link.columns for word in left.column(column).words.words]
    if outward > 1:
        words.extend(left.words.words)
    words = [word for word in words if singular(word) not in things and word not in right.words.words]
    verbs = (verb_of(word) or _verb_of_actor(word) for word in words)
    return list(dict.fromkeys(verb for verb in verbs if verb))


def _verb_of_actor(word: str) -> str | None:
    """Return the verb of who does it: "manager" manages."""
    for ending, replacement in (("er", "e"), ("er", ""), ("or", "e"), ("or", "")):
        if word.endswith(ending) and word.removesuffix(ending) + replacement in VERBS:
            return word.removesuffix(ending) + replacement
    return None
