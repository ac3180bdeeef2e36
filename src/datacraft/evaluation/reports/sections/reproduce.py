"""How to make the same results again: the command, and the digests of all that went in."""

from __future__ import annotations

import json

from datacraft import __version__
from datacraft.evaluation.reports.gathered import Gathered
from datacraft.evaluation.reports.markup import Markup, element, joined
from datacraft.evaluation.reports.sections.blocks import fold, section


def reproduce(gathered: Gathered) -> Markup:
    """Return the section."""
    evaluation, identity = gathered.evaluation, gathered.evaluation.identity
    facts = {
        "question set": f"{identity.question_set}, {evaluation.question_set.size} cases",
        "part": evaluation.split or "all",
        "data": identity.data,
        "evaluator": f"{identity.evaluator}, DataCraft {__version__}",
        "commit": evaluation.commit or "unknown",
        "repeats": str(evaluation.repeats),
        "variants of the data": str(identity.variants),
        "made": f"{evaluation.created_at:%Y-%m-%d %H:%M} UTC",
    }
    if gathered.tuning is not None:
        facts["tuning"] = f"{gathered.tuning.method}, seed {gathered.tuning.seed}"
    return section(
        "reproduce",
        "How to make this again",
        "Equal digests are equal content: with these, the same command gives the same verdicts; only times differ.",
        element("pre", gathered.command),
        element(
            "dl", *(joined([element("dt", name), element("dd", value)]) for name, value in facts.items())
        ),
        *(
            fold(
                joined([one.name, " ", element("code", one.config_id)]),
                element("pre", json.dumps(one.config, indent=1, ensure_ascii=False, default=str)),
            )
            for one in gathered.order
        ),
    )
