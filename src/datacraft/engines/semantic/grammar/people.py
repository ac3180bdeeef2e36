"""`nobody`, `anyone`, `everyone`: some person, whatever the data calls them."""

from __future__ import annotations

from datacraft.engines.semantic import measures
from datacraft.engines.semantic.cursor import Cursor
from datacraft.engines.semantic.frame import (
    NounPhrase,
)
from datacraft.engines.semantic.grammar import nouns


def read_nobody(cursor: Cursor) -> bool:
    """`nobody`, `anyone`: some person, whatever the data calls them."""
    item = cursor.item
    crowd = (
        item is not None and item.words[0] in ("people", "persons") and len(item.words) > 1 and not item.nouns
    )
    if (
        item is None
        or (
            not crowd
            and item.words[-1]
            not in ("nobody", "anyone", "anybody", "someone", "somebody", "one", "everyone", "everybody")
        )
        or item.number is not None
    ):
        return False
    if item.words == ("one",):
        return False
    everyone = crowd or item.words[-1] in ("everyone", "everybody")
    hits = tuple(h for h in cursor.vocabulary.lookup(("person",)) if h.kind == "thing")
    if everyone and hits and cursor.frame.root.thing is None and not cursor.frame.asked:
        taken = cursor.take()
        taken.nouns = hits
        nouns.place_target(cursor, cursor.noun_of(taken))
        cursor.slot = "modifier" if crowd else cursor.slot
        return True
    if not hits or cursor.frame.root.thing is None or everyone:
        return False
    taken = cursor.take()
    taken.nouns = hits
    cursor.negated = cursor.negated or taken.words[-1] == "nobody"
    phrase = NounPhrase(cursor.noun_of(taken))
    cursor.push(phrase)
    measures.exists(cursor, phrase)
    cursor.slot = "modifier"
    return True
