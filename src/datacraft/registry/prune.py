"""Delete old releases, and never one that a channel, or what it could go back to, names."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from datacraft.contracts.errors import ChannelMoved, InputError
from datacraft.contracts.release import Channel
from datacraft.registry.channels import Pointer, channel_names, read_pointer, write_channel
from datacraft.registry.newest import newest_first, split_name
from datacraft.registry.served import METADATA_FILE
from datacraft.registry.store import ObjectChanged, ObjectStore, walk

_TRIES = 20


@dataclass(frozen=True, slots=True)
class PrunePolicy:
    """What stays besides what channels name: their last `history` changes, and what is younger than `age`."""

    history: int
    age: dt.timedelta


@dataclass(frozen=True, slots=True)
class PrunePlan:
    """Which releases would go, the oldest first, and why each of the others stays."""

    policy: PrunePolicy
    gone: tuple[str, ...]
    kept: dict[str, str]


def plan_prune(store: ObjectStore, policy: PrunePolicy, now: dt.datetime) -> PrunePlan:
    """Decide what may go; nothing is deleted yet.

    Raises:
        InputError: there is no channel, so that it is unknown what serves.
        RegistryError: a channel or the registry can't be read.
    """
    pointers = [read_pointer(store, name) for name in channel_names(store)]
    if not pointers:
        raise InputError(
            "There is no channel, so that it is unknown which releases are needed.",
            hint="Promote one first: datacraft releases promote RELEASE --reason ...",
        )
    named = {
        release: f"channel {pointer.name} names it, or may go back to it"
        for pointer in pointers
        for release in needed(pointer.channel, policy.history)
    }
    begun = {release for pointer in pointers for release in pointer.channel.pruning}
    gone, kept = [], {}
    for name in newest_first(store, "models", now):
        parts = split_name(name)
        if name in named:
            kept[name] = named[name]
        elif parts is None:
            kept[name] = "its name has no time"
        elif now - parts[0] < policy.age and name not in begun:
            kept[name] = f"it is younger than {policy.age.days} days"
        else:
            gone.append(name)
    return PrunePlan(policy, tuple(reversed(gone)), kept)


def prune(store: ObjectStore, plan: PrunePlan) -> list[str]:
    """Delete what the plan says and no channel has come to need since; return what was deleted.

    Each channel is marked first, by compare-and-set: who promotes a marked release is refused, and who had
    looked at the channel before loses the race. So no pointer is left dangling. Only a channel that did not
    exist when the marks were set can come to name a release that is being deleted.

    Raises:
        ChannelMoved: a channel does not stand still for long enough.
        RegistryError: the registry can't be read or written; to prune again finishes it.
    """
    channels, doomed = channel_names(store), set(plan.gone)
    for name in channels:
        doomed -= _mark(store, name, doomed, plan.policy)
    for name in channels:  # what a later channel needs may be marked in an earlier one
        _unmark(store, name, set(plan.gone) - doomed)
    for release in sorted(doomed):
        _delete(store, release)
    for name in channels:
        _unmark(store, name, doomed)
    return sorted(doomed)


def needed(channel: Channel, history: int) -> set[str]:
    """Return what a channel names, and the two ends of each of its last changes."""
    last = channel.history[-history:] if history else ()
    found = {channel.release_id, *(end for change in last for end in (change.release_id, change.previous))}
    return {release for release in found if release is not None}


def _mark(store: ObjectStore, name: str, doomed: Iterable[str], policy: PrunePolicy) -> set[str]:
    """Mark in a channel what will go; return what it has come to need."""
    for _ in range(_TRIES):
        pointer = read_pointer(store, name)
        kept = needed(pointer.channel, policy.history) & set(doomed)
        if _set_pruning(store, pointer, set(pointer.channel.pruning) | (set(doomed) - kept)):
            return kept
    raise _restless(name)


def _unmark(store: ObjectStore, name: str, done: Iterable[str]) -> None:
    for _ in range(_TRIES):
        pointer = read_pointer(store, name)
        if _set_pruning(store, pointer, set(pointer.channel.pruning) - set(done)):
            return
    raise _restless(name)


def _set_pruning(store: ObjectStore, pointer: Pointer, releases: Iterable[str]) -> bool:
    wanted: Sequence[str] = sorted(releases)
    if tuple(wanted) == pointer.channel.pruning:
        return True
    channel = pointer.channel.model_copy(update={"pruning": tuple(wanted)})
    try:
        write_channel(store, pointer, channel)
    except ObjectChanged:
        return False
    return True


def _restless(name: str) -> ChannelMoved:
    return ChannelMoved(
        f"Channel {name!r} was changed {_TRIES} times meanwhile.", hint="Prune when it stands still."
    )


def _delete(store: ObjectStore, release: str) -> None:
    """Delete a release: its metadata first, so that what is left of it is never taken for a whole one."""
    folder = f"models/{release}"
    store.delete(f"{folder}/{METADATA_FILE}")
    for path in list(walk(store, folder)):
        store.delete(f"{folder}/{path}")
