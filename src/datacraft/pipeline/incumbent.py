"""What serves today takes part in every selection."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence

from pydantic import ValidationError

from datacraft.contracts.errors import InputError
from datacraft.contracts.model_config import ModelConfig
from datacraft.engines.configs import config_of_release
from datacraft.evaluation.candidates import Candidate
from datacraft.evaluation.configured import candidate_of
from datacraft.registry.served import find_served
from datacraft.registry.store import ObjectStore
from datacraft.serving.answerers import ModelAccess


def with_incumbent(
    candidates: Sequence[Candidate],
    store: ObjectStore,
    channel: str,
    now: dt.datetime,
    access: ModelAccess,
) -> tuple[list[Candidate], str | None]:
    """Return the candidates with what serves among them, and its config id; None where no release serves.

    Args:
        candidates: that take part anyway.
        store: of the registry.
        channel: whose release serves.
        now: in UTC.
        access: to language models.

    Raises:
        ReleaseInvalid: what serves can't be evaluated by this version.
        RegistryError: the registry can't be read.
    """
    served = find_served(store, channel, None, now)
    if served.release_id is None:
        return list(candidates), None
    known = getattr(served.metadata, "config_id", None)
    if any(one.config_id == known for one in candidates):
        return list(candidates), known
    incumbent = candidate_of(config_of_release(served.metadata), access)
    taking_part = any(one.config_id == incumbent.config_id for one in candidates)
    return [*candidates, *([] if taking_part else [incumbent])], incumbent.config_id


def candidate_of_config(config: Mapping[str, object], name: str, access: ModelAccess) -> Candidate:
    """Return the candidate of a config that is kept as data.

    Raises:
        InputError: it can't be evaluated here.
    """
    try:
        return candidate_of(ModelConfig.model_validate(config), access)
    except ValidationError as error:
        raise InputError(
            f"{name} takes part, and can't be evaluated here.",
            hint="Name its model config among the candidates.",
        ) from error
