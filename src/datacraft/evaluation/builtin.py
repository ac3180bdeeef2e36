"""The built-in engine as candidates: variants that really differ, need no account and can serve."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from contextlib import contextmanager

from datacraft.engines.semantic import SemanticEngine
from datacraft.evaluation.candidates import Candidate, HandlerRespondent, Respondent, Workplace
from datacraft.evaluation.data import LoadedData
from datacraft.serving.handler import QueryHandler
from datacraft.serving.limits import Limits

DEFAULT_CONFIDENCES = (0.5, 0.7, 0.85)


def builtin_candidate(minimum_confidence: float = 0.5) -> Candidate:
    """Return the built-in engine as a candidate.

    Args:
        minimum_confidence: below it a question is not answered; higher is more careful.
    """
    config: dict[str, object] = {
        "provider": "builtin",
        "model": "builtin",
        "strategy": "semantic",
        "parameters": {"minimum_confidence": minimum_confidence},
    }
    digest = hashlib.sha256(json.dumps(config, sort_keys=True).encode()).hexdigest()[:12]

    @contextmanager
    def opened(data: LoadedData, workplace: Workplace) -> Iterator[Respondent]:
        engine = SemanticEngine(data.model, data.meaning.values)
        limits = Limits(minimum_confidence=minimum_confidence)
        with QueryHandler(engine, data.warehouse, data.model, limits=limits) as handler:
            yield HandlerRespondent(handler, workplace)

    return Candidate(f"builtin-{minimum_confidence:g}", digest, config, opened, local=True)


def builtin_candidates() -> list[Candidate]:
    """Return the candidates that are evaluated where none are named."""
    return [builtin_candidate(confidence) for confidence in DEFAULT_CONFIDENCES]
