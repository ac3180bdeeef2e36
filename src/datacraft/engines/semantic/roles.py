"""Where something comes from and where it goes: the role that a preposition or a verb gives to what follows."""

from __future__ import annotations

from datacraft.engines.semantic.frame import Condition

_FROM_WORDS = frozenset(
    {
        "source",
        "src",
        "origin",
        "orig",
        "departure",
        "depart",
        "from",
        "start",
        "begin",
        "home",
        "sender",
        "out",
        "lender",
        "seller",
        "selling",
        "giver",
        "payer",
    }
)
_TO_WORDS = frozenset(
    {
        "destination",
        "dest",
        "dst",
        "arrival",
        "arrive",
        "to",
        "target",
        "end",
        "away",
        "receiver",
        "in",
        "borrower",
        "buyer",
        "buying",
        "recipient",
        "payee",
    }
)


def wanted_role(condition: Condition) -> frozenset[str]:
    """Return the words that the column of a condition's role is named by, empty where it has no role."""
    verb = condition.verb.verb.base if condition.verb is not None and condition.verb.verb is not None else ""
    role = condition.role
    leaving = role == "from" or verb in ("depart", "leave", "originate", "start", "begin")
    arriving = role in ("to", "into") or verb in ("arrive", "land", "end", "finish", "head")
    if leaving and not (arriving and role in ("to", "into")):
        return _FROM_WORDS
    return _TO_WORDS if arriving else frozenset()


def roles_said(said: frozenset[str]) -> frozenset[str]:
    """Return the words for the side that a question's words speak of: of "departures", "from each" the origin's."""
    leaving = bool(
        said & {"from", "departure", "departing", "depart", "leave", "outgoing", "outbound", "origin"}
    )
    arriving = bool(
        said & {"to", "into", "arrival", "arriving", "arrive", "incoming", "inbound", "destination"}
    )
    if leaving == arriving:
        return frozenset()
    return _FROM_WORDS if leaving else _TO_WORDS
