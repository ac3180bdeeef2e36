"""Which model answers: the channel's release; before any channel was written, what comes nearest to one."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from datacraft.contracts.errors import RegistryError, ReleaseInvalid
from datacraft.contracts.model_config import ModelConfig
from datacraft.contracts.release import Hyperparameters, QuestionSetRef, ReleaseMetadata
from datacraft.registry.documents import parse_channel, parse_release
from datacraft.registry.newest import newest_first, other_names, split_name
from datacraft.registry.store import ObjectMissing, ObjectStore

METADATA_FILE = "best_model_metadata.json"
BUILTIN_MODEL = "builtin"
_MOST_INCOMPLETE = 50
"""So many incomplete releases are passed over; a registry with more at its end is broken, not behind."""

Source = Literal["settings", "channel", "newest_release", "responses", "defaults"]


@dataclass(frozen=True, slots=True)
class ServedModel:
    """What answers, where it comes from, and what a person should know about it.

    `release_id` is None where no release answers. Each of `warnings` is a sentence for the page.
    """

    metadata: ReleaseMetadata
    release_id: str | None
    source: Source
    warnings: tuple[str, ...] = ()


def find_served(store: ObjectStore, channel: str, default_model: str | None, now: dt.datetime) -> ServedModel:
    """Find what answers, by reading the store.

    Raises:
        ReleaseInvalid: the release that the channel names is missing, half-written, corrupt or too new.
        RegistryError: the store or the channel can't be read, or there are channels, but not this one.
    """
    path = f"channels/{channel}.json"
    try:
        pointer = store.read(path)
    except ObjectMissing:
        _refuse_other_channels(store, channel)
        return _without_channel(store, default_model, now)
    release_id = parse_channel(pointer.data, path).release_id
    if release_id is None or split_name(release_id) is None:
        raise RegistryError(
            f"Channel {channel!r} of {store.url} names no release, but {release_id!r}.",
            hint="Promote a release to the channel.",
        )
    metadata = read_release(store, release_id)
    return ServedModel(metadata, release_id, "channel", _mismatch(metadata, release_id))


def _refuse_other_channels(store: ObjectStore, channel: str) -> None:
    """Once any channel exists, only a channel says what answers."""
    files = store.list("channels").files
    if others := [name.removesuffix(".json") for name in files if name.endswith(".json")]:
        raise RegistryError(
            f"There is no channel {channel!r} in {store.url}.",
            hint=f"Set `channel` (DATACRAFT_CHANNEL) to one of: {', '.join(others)}.",
        )


def _without_channel(store: ObjectStore, default_model: str | None, now: dt.datetime) -> ServedModel:
    """Return the newest complete release, else the newest responses' model, else the defaults."""
    warnings: list[str] = []
    for tried, (name, _) in enumerate(_timed(store, "models", now, warnings)):
        if tried == _MOST_INCOMPLETE:
            warnings.append(f"The newest {tried} releases are incomplete; older ones were not looked at.")
            break
        try:
            metadata = read_release(store, name)
        except ReleaseInvalid as error:
            warnings.append(f"Release {name} was passed over: {error.message}")
            continue
        warnings.insert(0, f"No channel names a release yet; the newest complete one, {name}, answers.")
        if not metadata.deployment_ready:
            warnings.append(f"Release {name} did not pass all checks of its evaluation.")
        return ServedModel(metadata, name, "newest_release", (*warnings, *_mismatch(metadata, name)))
    for name, model in _timed(store, "best_model_responses", now, warnings):
        warnings.insert(0, f"There is no release yet; {model} answers, as the responses {name} name it.")
        return ServedModel(_defaults(model, now), None, "responses", tuple(warnings))
    model = default_model or BUILTIN_MODEL
    warnings.insert(0, f"There is no release in {store.url}; {model} answers with default settings.")
    return ServedModel(_defaults(model, now), None, "defaults", tuple(warnings))


def _timed(
    store: ObjectStore, folder: str, now: dt.datetime, warnings: list[str]
) -> Iterator[tuple[str, str]]:
    """Yield (name, what follows its time), the latest first; folders with other names are warned of."""
    ignored = list(other_names(store, folder))
    for name in ignored:
        warnings.append(_ignored(folder, name))
    for name in newest_first(store, folder, now):
        if found := split_name(name):
            yield name, found[1]
        else:
            warnings.append(_ignored(folder, name))


def _ignored(folder: str, name: str) -> str:
    return f"{folder}/{name} was ignored: its name does not start with a time such as 20250131T120000Z_."


def read_release(store: ObjectStore, release_id: str) -> ReleaseMetadata:
    """Return a release's metadata.

    Raises:
        ReleaseInvalid: the release is missing, half-written, corrupt or too new.
        RegistryError: the store can't be read.
    """
    path = f"models/{release_id}/{METADATA_FILE}"
    try:
        data = store.read(path).data
    except ObjectMissing as error:
        raise ReleaseInvalid(
            f"{path} does not exist in {store.url}: the release was deleted or never completed.",
            hint="Promote another release, or publish this one again.",
        ) from error
    return parse_release(data, path)


def _mismatch(metadata: ReleaseMetadata, release_id: str) -> tuple[str, ...]:
    if metadata.release_id == release_id:
        return ()
    return (f"Release {release_id} says of itself that it is {metadata.release_id}.",)


def served_by_settings(config: ModelConfig, now: dt.datetime) -> ServedModel:
    """Return what answers where the settings name a config, whatever the registry holds."""
    metadata = _defaults(config.model, now).model_copy(
        update={
            "provider": config.provider,
            "hyperparameters": Hyperparameters(**config.hyperparameters.model_dump()),
            "strategy": config.strategy.kind,
            "selection_methodology": "none: named by the settings",
        }
    )
    warning = f"The settings name {config.title}; no release does."
    return ServedModel(metadata, None, "settings", (warning,))


def _defaults(model: str, now: dt.datetime) -> ReleaseMetadata:
    """Return metadata of a model that was never released: the default settings and no scores."""
    builtin = model == BUILTIN_MODEL
    return ReleaseMetadata(
        release_id="",
        selected_model=model,
        provider="builtin" if builtin else "unknown",
        hyperparameters=Hyperparameters(temperature=0.2, top_p=0.9, top_k=40),
        strategy="semantic" if builtin else "unknown",
        composite_score=0.0,
        performance_score=0.0,
        bias_score=0.0,
        success_rate=0.0,
        avg_response_time=0.0,
        deployment_ready=False,
        selection_methodology="none: default settings, not evaluated",
        question_set=QuestionSetRef(name="none", version="0", size=0),
        created_at=now,
        commit="",
    )
