"""Shadow: a release silently answers copies of production's questions, and people review where the two differ.

Lives here: comparing two answers (`pairing`), what is kept of a shadow (`journal`), and driving one until a person
has to decide (`run`).
Doesn't live here: copying what production answers (`serving.copying`), and what follows from a person's word
(`delivery.releasing`).
"""

from __future__ import annotations

from datacraft.delivery.shadow.journal import (
    ShadowJournalError,
    read_pairs,
    read_plan,
    read_words,
    say,
    summary,
)
from datacraft.delivery.shadow.pairing import pair
from datacraft.delivery.shadow.run import AskCandidate, run_shadow

__all__ = [
    "AskCandidate",
    "ShadowJournalError",
    "pair",
    "read_pairs",
    "read_plan",
    "read_words",
    "run_shadow",
    "say",
    "summary",
]
