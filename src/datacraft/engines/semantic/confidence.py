"""How sure a reading is: the share of readings like it that were right, as measured on questions with known answers.

A logistic regression over what can be told from the reading and its plan alone: how strong the evidence is, how far
the next meaning is behind, how much the plan holds that was not asked, how much of the question went into it. Its
weights are in `confidence.json`, written by `benchmarks/confidence.py` from the question sets' `tune` parts.
"""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from functools import cache
from importlib import resources

from datacraft.contracts.plan import ColumnRef, QueryPlan
from datacraft.engines.semantic.frame import Frame, Noun
from datacraft.engines.semantic.lexicon import OperatorKind
from datacraft.engines.semantic.resolve import Resolution
from datacraft.engines.semantic.scope import Context

WEAK = 0.8  # evidence below this is a synonym's or a part of a name


@dataclass(frozen=True, slots=True)
class Weights:
    """Of a logistic regression over standardised features."""

    bias: float
    mean: dict[str, float]
    scale: dict[str, float]
    weight: dict[str, float]

    def probability(self, features: dict[str, float]) -> float:
        """Return the probability that a reading with these features is right."""
        total = self.bias + sum(
            weight * (features[name] - self.mean[name]) / self.scale[name]
            for name, weight in self.weight.items()
        )
        return 1.0 / (1.0 + math.exp(-max(-30.0, min(30.0, total))))


@cache
def load_weights() -> Weights:
    """Return the measured weights."""
    text = resources.files(__package__).joinpath("confidence.json").read_text(encoding="utf-8")
    return Weights(**json.loads(text))


def confidence(frame: Frame, plan: QueryPlan, resolution: Resolution, context: Context) -> float:
    """Return how sure it is that a plan is what was asked, between 0 and 1.

    A doubt of full weight leaves nothing, whatever the rest looks like.
    """
    certain = 1.0 - min(1.0, sum(weight for _, weight in context.doubts if weight >= _GRAVE))
    return certain * load_weights().probability(features(frame, plan, resolution, context))


_GRAVE = 0.6  # a doubt as heavy as this is about something that was lost, not about something assumed


def features(frame: Frame, plan: QueryPlan, resolution: Resolution, context: Context) -> dict[str, float]:
    """Return what the confidence is computed from."""
    text = plan.model_dump_json()
    evidence = [_evidence(noun) for noun in frame.nouns()] or [1.0]
    mentions = max(1, len(resolution.best.choices))
    shown = len(frame.asked) + len(frame.groups)
    # A share or a rank shows its figure too, a comparison its sides, a trend its time.
    beside = text.count('"kind":"window"') + (
        frame.rank is not None
    )  # a share or a rank shows its figure too
    return {
        "cost": min(1.0, max(0.0, resolution.best.cost) / mentions),
        "weak": sum(1.0 for score in evidence if score < WEAK),
        "gap": min(1.0, resolution.gap) if resolution.rival is not None else 1.0,
        "words": float(len(frame.items)),
        "verbs": float(len(frame.verbs)),
        "prepositions": float(
            sum(item.operator(OperatorKind.PREPOSITION) is not None for item in frame.items)
        ),
        "tables": float(
            len({table.name for table in context.model.tables if f'"table":"{table.name}"' in text})
        ),
        "nested": float(text.count('"kind":"in_plan"')),
        "scalars": float(text.count('"kind":"scalar_plan"')),
        "conditions": float(len(frame.conditions)),
        "asked": float(shown),
        "unasked": 0.0 if frame.whole else float(max(0, _shown(context, plan) - max(1, shown + beside))),
        "rank_unsaid": float(frame.rank is not None and frame.rank.measure is None),
        "doubt": sum(weight for _, weight in context.doubts if weight < _GRAVE),
    }


def _shown(context: Context, plan: QueryPlan) -> int:
    """Count what a plan shows; a thing's names and its key together are one."""
    seen: set[str] = set()
    for output in plan.outputs:
        column = output.expression
        named = isinstance(column, ColumnRef) and column.column in {
            *(table := context.model.table(column.table)).label,
            *table.primary_key,
        }
        seen.add(column.table if named and isinstance(column, ColumnRef) else output.name)
    return len(seen)


def _evidence(noun: Noun) -> float:
    return next((score for target, score in noun.candidates if target == noun.chosen), 1.0)
