"""`Overview`: what an operator looks at: channels, the latest releases with their verdicts, the latest delivery."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from itertools import islice

from datacraft.contracts.errors import RegistryError
from datacraft.contracts.release import ReleaseMetadata
from datacraft.contracts.verdict import ComparisonVerdict, GatesVerdict
from datacraft.delivery.deliveries import DeliveryJournal, deliveries, read_journal
from datacraft.delivery.verdicts import verdicts_of
from datacraft.registry import ObjectStore, Pointer, list_releases
from datacraft.registry.channels import channel_names, read_pointer


@dataclass(frozen=True)
class ReleaseSeen:
    """A release as an operator sees it.

    Attributes:
        name: of its folder.
        metadata: what it says of itself; None: it is not whole, and `problem` says why.
        channels: that name it.
        gates: their latest verdict.
        comparison: the latest one with what served.
        problem: why something of it can't be read.
    """

    name: str
    metadata: ReleaseMetadata | None
    channels: tuple[str, ...] = ()
    gates: GatesVerdict | None = None
    comparison: ComparisonVerdict | None = None
    problem: str | None = None


@dataclass(frozen=True)
class Overview:
    """What there is.

    Attributes:
        channels: each as it is now.
        releases: the latest, the newest first, and those that channels name.
        delivery: the latest one; None: there was none, or it can't be read.
    """

    channels: tuple[Pointer, ...]
    releases: tuple[ReleaseSeen, ...]
    delivery: DeliveryJournal | None

    def named(self, channel: str) -> ReleaseSeen | None:
        """Return what a channel names."""
        return next((one for one in self.releases if channel in one.channels), None)


def overview(store: ObjectStore, now: dt.datetime, *, releases: int = 12) -> Overview:
    """Return what there is.

    Args:
        store: of the registry.
        now: UTC.
        releases: how many of the latest are looked at, besides those that channels name.

    Raises:
        RegistryError: the registry can't be read.
    """
    pointers = tuple(read_pointer(store, name) for name in channel_names(store))
    listed = {one.name: one for one in islice(list_releases(store, now), releases)}
    seen = [_seen(store, pointers, name, one.metadata, one.problem) for name, one in listed.items()]
    for pointer in pointers:
        name = pointer.release_id
        if name is not None and name not in {one.name for one in seen}:
            seen.append(_seen(store, pointers, name, *_read(store, name)))
    return Overview(pointers, tuple(seen), _latest_delivery(store, now))


def _read(store: ObjectStore, name: str) -> tuple[ReleaseMetadata | None, str | None]:
    from datacraft.registry.served import read_release

    try:
        return read_release(store, name), None
    except RegistryError as error:
        return None, error.message


def _seen(
    store: ObjectStore,
    pointers: tuple[Pointer, ...],
    name: str,
    metadata: ReleaseMetadata | None,
    problem: str | None,
) -> ReleaseSeen:
    channels = tuple(one.name for one in pointers if one.release_id == name)
    try:
        gates = next((one for _, one in verdicts_of(store, name, "gates")), None)
        comparison = next((one for _, one in verdicts_of(store, name, "comparison")), None)
    except RegistryError as error:
        return ReleaseSeen(name, metadata, channels, problem=problem or error.message)
    assert gates is None or isinstance(gates, GatesVerdict)
    assert comparison is None or isinstance(comparison, ComparisonVerdict)
    return ReleaseSeen(name, metadata, channels, gates, comparison, problem)


def _latest_delivery(store: ObjectStore, now: dt.datetime) -> DeliveryJournal | None:
    try:
        name = next(deliveries(store, now), None)
        return None if name is None else read_journal(store, name)
    except RegistryError:
        return None
