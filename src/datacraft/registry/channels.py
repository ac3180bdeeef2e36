"""Channels: named pointers to releases, moved by compare-and-set, with every move before.

Whoever moves a channel gives the pointer that was looked at; has anyone moved it meanwhile, nothing happens. The
history is in the same object as the pointer, so that no move is without its entry and none is lost.
"""

from __future__ import annotations

import datetime as dt
import re
import uuid
from collections.abc import Iterator
from dataclasses import dataclass

from datacraft.contracts.errors import ChannelMoved, InputError, MoveRefused, RegistryError, WaitsForPerson
from datacraft.contracts.release import CHANNEL_NAME, Channel, ChannelAction, ChannelChange, Overridden
from datacraft.registry.documents import parse_channel, write_document
from datacraft.registry.integrity import manifest_digest, release_problems
from datacraft.registry.store import ObjectChanged, ObjectMissing, ObjectStore


@dataclass(frozen=True, slots=True)
class Pointer:
    """A channel as it was when it was looked at; generation 0: there was none."""

    name: str
    channel: Channel
    generation: int

    @property
    def release_id(self) -> str | None:
        """What the channel names."""
        return self.channel.release_id


@dataclass(frozen=True, slots=True)
class Mandate:
    """Who changes a channel, why, when, by which evidence (paths of verdicts), and against which part of it."""

    by: str
    reason: str
    at: dt.datetime
    evidence: tuple[str, ...] = ()
    overrides: tuple[Overridden, ...] = ()


def path_of(channel: str) -> str:
    """Return where a channel is kept."""
    return f"channels/{channel}.json"


def channel_names(store: ObjectStore) -> list[str]:
    """Return the channels that there are."""
    files = store.list("channels").files
    return [name.removesuffix(".json") for name in files if name.endswith(".json")]


def read_pointer(store: ObjectStore, name: str) -> Pointer:
    """Look at a channel; one that is not there yet names nothing.

    Raises:
        InputError: this is no name of a channel.
        RegistryError: it can't be read.
    """
    if re.fullmatch(CHANNEL_NAME, name) is None:
        raise InputError(
            f"{name!r} is no name of a channel.",
            hint="Letters, digits, - and _ make one, such as production.",
        )
    path = path_of(name)
    try:
        found = store.read(path)
    except ObjectMissing:
        return Pointer(name, Channel(release_id=None), 0)
    return Pointer(name, parse_channel(found.data, path), found.generation)


def promote(
    store: ObjectStore, pointer: Pointer, release_id: str, mandate: Mandate, *, again: bool = False
) -> Pointer:
    """Let a channel name a release, all of which is there as published; return the channel as it is then.

    A channel that names the release already stays as it is.

    Args:
        store: of the registry.
        pointer: the channel as it was looked at.
        release_id: that it shall name.
        mandate: of whoever wants it.
        again: also go to a release that is not newer than the one that was rolled back last.

    Raises:
        WaitsForPerson: the channel is pinned, or the release was rolled back.
        MoveRefused: the release is not whole, or is being deleted.
        ChannelMoved: it was changed since it was looked at.
        RegistryError: the registry can't be read or written.
    """
    if pointer.release_id == release_id:
        return pointer
    if pointer.channel.pinned is not None:
        raise WaitsForPerson(
            f"Channel {pointer.name!r} is pinned to {pointer.release_id}: {pointer.channel.pinned}",
            hint=f"Let it go first: datacraft releases unpin --channel {pointer.name} --reason ...",
        )
    rejected = rolled_back_from(pointer.channel)
    if rejected is not None and release_id <= rejected and not again:
        raise WaitsForPerson(
            f"Channel {pointer.name!r} was rolled back from {rejected}; {release_id} is not newer than that.",
            hint="Publish a newer release, or say --again.",
        )
    return _move(store, pointer, "promote", release_id, mandate)


def roll_back(store: ObjectStore, pointer: Pointer, release_id: str, mandate: Mandate) -> Pointer:
    """Let a channel, even a pinned one, name a release again that it has named before.

    Raises:
        MoveRefused: it never named that release, or that is not whole or is being deleted.
        ChannelMoved: it was changed since it was looked at.
        RegistryError: the registry can't be read or written.
    """
    if all(release_id not in (change.release_id, change.previous) for change in pointer.channel.history):
        raise MoveRefused(
            f"Channel {pointer.name!r} never named {release_id}.",
            hint=f"`datacraft releases history --channel {pointer.name}` shows what it named.",
        )
    return _move(store, pointer, "rollback", release_id, mandate)


def pin(store: ObjectStore, pointer: Pointer, mandate: Mandate) -> Pointer:
    """Keep a channel where it is until `unpin`, whatever is promoted; a rollback still moves it.

    Raises:
        MoveRefused: it names nothing.
        ChannelMoved, RegistryError: as `promote`.
    """
    if pointer.release_id is None:
        raise MoveRefused(f"Channel {pointer.name!r} names no release.", hint="Promote one first.")
    channel = pointer.channel.model_copy(update={"pinned": mandate.reason})
    return _write(store, pointer, channel, _change(pointer, "pin", pointer.release_id, mandate))


def unpin(store: ObjectStore, pointer: Pointer, mandate: Mandate) -> Pointer:
    """Let a pinned channel move again.

    Raises:
        ChannelMoved, RegistryError: as `promote`.
    """
    if pointer.channel.pinned is None:
        return pointer
    channel = pointer.channel.model_copy(update={"pinned": None})
    return _write(store, pointer, channel, _change(pointer, "unpin", pointer.release_id, mandate))


def rollback_targets(channel: Channel) -> Iterator[str]:
    """Yield what a channel named before what it names, the latest first, without what was rolled back."""
    standing: list[str] = []
    for release in [
        *(change.previous for change in channel.history[:1]),
        *(c.release_id for c in channel.history),
    ]:
        if release is None:
            continue
        if release in standing:  # gone back to, by whatever word
            del standing[standing.index(release) :]
        standing.append(release)
    yield from reversed(standing[:-1])


def rolled_back_from(channel: Channel) -> str | None:
    """Return the release that the last move left behind as bad; None where the last move was none such."""
    moves = [change for change in channel.history if change.action in ("promote", "rollback")]
    return moves[-1].previous if moves and moves[-1].action == "rollback" else None


def history_gaps(channel: Channel) -> list[str]:
    """Return what of a channel's history does not follow from what is before it."""
    gaps = []
    before: str | None = None
    for place, change in enumerate(channel.history, start=1):
        if change.number != place:
            gaps.append(f"Entry {place} has the number {change.number}.")
        if place > 1 and change.previous != before:
            gaps.append(f"Entry {place} comes from {change.previous}, and the one before led to {before}.")
        before = change.release_id
    if channel.history and before != channel.release_id:
        gaps.append(f"The channel names {channel.release_id}, and its last entry {before}.")
    return gaps


def _move(
    store: ObjectStore, pointer: Pointer, action: ChannelAction, release_id: str, mandate: Mandate
) -> Pointer:
    # Read after the pointer: who deletes a release marks it in the channel first (`prune`), so that either
    # the mark is seen here or the compare-and-set fails.
    if release_id in pointer.channel.pruning:
        raise MoveRefused(f"{release_id} is being deleted.", hint="Choose another release.")
    if problems := release_problems(store, release_id):
        raise MoveRefused(
            f"{release_id} is not as it was published: {problems[0]}",
            hint=f"`datacraft releases verify {release_id}` shows all that is wrong.",
        )
    channel = pointer.channel.model_copy(update={"release_id": release_id})
    change = _change(pointer, action, release_id, mandate)
    change = change.model_copy(update={"manifest": manifest_digest(store, release_id)})
    return _write(store, pointer, channel, change)


def _change(
    pointer: Pointer, action: ChannelAction, release_id: str | None, mandate: Mandate
) -> ChannelChange:
    return ChannelChange(
        id=uuid.uuid4().hex,
        number=len(pointer.channel.history) + 1,
        action=action,
        release_id=release_id,
        previous=pointer.release_id,
        at=mandate.at,
        by=mandate.by,
        reason=mandate.reason,
        evidence=mandate.evidence,
        overrides=mandate.overrides,
    )


def _write(store: ObjectStore, pointer: Pointer, channel: Channel, change: ChannelChange) -> Pointer:
    try:
        written = write_channel(
            store, pointer, channel.model_copy(update={"history": (*channel.history, change)})
        )
    except ObjectChanged as error:
        raise _moved(store, pointer) from error
    if all(known.id != change.id for known in read_pointer(store, pointer.name).channel.history):
        # A store that takes a write against an older generation loses moves; nobody may build on that.
        raise RegistryError(
            f"{store.url} took a change of channel {pointer.name!r} and does not hold it.",
            hint="Check what the channel names; its store does not keep generations.",
        )
    return written


def write_channel(store: ObjectStore, pointer: Pointer, channel: Channel) -> Pointer:
    """Replace a channel that is still as it was looked at.

    Raises:
        ObjectChanged: it is not.
        RegistryError: it can't be written.
    """
    channel = channel.model_copy(update={"revision": pointer.channel.revision + 1})
    generation = store.replace(path_of(pointer.name), write_document(channel), generation=pointer.generation)
    return Pointer(pointer.name, channel, generation)


def _moved(store: ObjectStore, pointer: Pointer) -> ChannelMoved:
    history = read_pointer(store, pointer.name).channel.history
    last = f" by {history[-1].by} to {history[-1].release_id}" if history else ""
    return ChannelMoved(
        f"Channel {pointer.name!r} was changed meanwhile{last}; nothing was done.",
        hint="Look at it again, and decide anew.",
    )
