"""What serves today takes part in every selection."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from datacraft.contracts.errors import InputError
from datacraft.contracts.release import ReleaseMetadata
from datacraft.evaluation.builtin import builtin_candidate
from datacraft.evaluation.candidates import Candidate
from datacraft.registry.served import find_served
from datacraft.registry.store import ObjectStore


def with_incumbent(
    candidates: Sequence[Candidate], store: ObjectStore, channel: str, now: dt.datetime
) -> tuple[list[Candidate], str | None]:
    """Return the candidates with what serves among them, and its config id; None where no release serves.

    Raises:
        InputError: what serves can't be evaluated here.
        RegistryError: the registry can't be read.
    """
    served = find_served(store, channel, None, now)
    if served.release_id is None:
        return list(candidates), None
    known = getattr(served.metadata, "config_id", None)
    if any(one.config_id == known for one in candidates):
        return list(candidates), known
    incumbent = _candidate_of(served.metadata)
    taking_part = any(one.config_id == incumbent.config_id for one in candidates)
    return [*candidates, *([] if taking_part else [incumbent])], incumbent.config_id


def _candidate_of(metadata: ReleaseMetadata) -> Candidate:
    if metadata.provider != "builtin":
        raise InputError(
            f"{metadata.selected_model} serves ({metadata.release_id}), and can't be evaluated here.",
            hint="Name its model config among the candidates.",
        )
    parameters = getattr(metadata, "parameters", None) or {}
    return builtin_candidate(float(parameters.get("minimum_confidence", 0.5)))
