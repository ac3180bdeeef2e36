"""What a channel names, or could go back to, is never deleted."""

from __future__ import annotations

import datetime as dt

import pytest
from publishing import publish, published
from registries import NOW, Registry

from datacraft.contracts.errors import InputError, RegistryError
from datacraft.registry import ChannelMoved, Mandate, MoveRefused, PrunePolicy, StoredObject
from datacraft.registry.channels import history_gaps, promote, read_pointer
from datacraft.registry.prune import plan_prune, prune
from datacraft.registry.store import ObjectStore, walk

NAMES = [f"2025010{day}T000000Z_aaa1111" for day in range(1, 10)]
YOUNG = "20250614T000000Z_bbb2222"
WORD = Mandate("ada", "because", NOW)
POLICY = PrunePolicy(history=2, age=dt.timedelta(days=30))


def promoted(registry: Registry, *releases: str, channel: str = "production") -> None:
    for release in releases:
        promote(registry.store, read_pointer(registry.store, channel), release, WORD)


def left(registry: Registry) -> set[str]:
    return set(registry.store.list("models").folders)


def test_only_what_no_channel_needs_and_what_is_old_goes(registry: Registry) -> None:
    published(registry, *NAMES, YOUNG)
    promoted(registry, *NAMES[:4])
    promoted(registry, NAMES[7], channel="canary")
    plan = plan_prune(registry.store, POLICY, NOW)
    assert plan.gone == (NAMES[0], NAMES[4], NAMES[5], NAMES[6], NAMES[8])
    assert plan.kept[YOUNG] == "it is younger than 30 days"
    assert "canary" in plan.kept[NAMES[7]]
    assert left(registry) == {*NAMES, YOUNG}, "a plan deletes nothing"
    assert prune(registry.store, plan) == list(plan.gone)
    assert left(registry) == {NAMES[1], NAMES[2], NAMES[3], NAMES[7], YOUNG}
    channel = read_pointer(registry.store, "production").channel
    assert channel.pruning == ()
    assert history_gaps(channel) == []
    assert registry.loader().current().release_id == NAMES[3]


def test_torn_releases_that_are_old_go_too(registry: Registry) -> None:
    published(registry, NAMES[0])
    promoted(registry, NAMES[0])
    registry.put(f"models/{NAMES[1]}/evaluation/calls.jsonl", b"")
    assert prune(registry.store, plan_prune(registry.store, POLICY, NOW)) == [NAMES[1]]
    assert left(registry) == {NAMES[0]}


def test_without_a_channel_nothing_is_pruned(registry: Registry) -> None:
    published(registry, *NAMES)
    with pytest.raises(InputError, match="no channel"):
        plan_prune(registry.store, POLICY, NOW)


def test_a_channel_that_can_t_be_read_stops_everything(registry: Registry) -> None:
    published(registry, *NAMES)
    promoted(registry, NAMES[0])
    registry.put("channels/canary.json", b"{")
    with pytest.raises(RegistryError, match="half-written"):
        plan_prune(registry.store, POLICY, NOW)
    assert left(registry) == set(NAMES)


def test_what_was_promoted_after_the_plan_was_made_stays(registry: Registry) -> None:
    published(registry, *NAMES)
    promoted(registry, NAMES[0])
    plan = plan_prune(registry.store, POLICY, NOW)
    promoted(registry, NAMES[8])
    promoted(registry, NAMES[5], channel="canary")
    assert NAMES[8] not in prune(registry.store, plan)
    assert {NAMES[0], NAMES[5], NAMES[8]} <= left(registry)
    assert read_pointer(registry.store, "production").channel.pruning == ()


class Between:
    """A store in which something happens just before the first deletion."""

    def __init__(self, store: ObjectStore, act: object) -> None:
        self.store, self.act = store, act

    def __getattr__(self, name: str) -> object:
        return getattr(self.store, name)

    def delete(self, path: str) -> None:
        if self.act is not None:
            act, self.act = self.act, None
            act()  # type: ignore[operator]
        self.store.delete(path)


def test_what_is_being_deleted_can_t_be_promoted(registry: Registry) -> None:
    published(registry, *NAMES)
    promoted(registry, NAMES[0])
    plan = plan_prune(registry.store, POLICY, NOW)
    looked = read_pointer(registry.store, "production")

    def interfere() -> None:
        with pytest.raises(MoveRefused, match="being deleted"):
            promoted(registry, NAMES[5])
        with pytest.raises(ChannelMoved):
            promote(registry.store, looked, NAMES[5], WORD)

    prune(Between(registry.store, interfere), plan)  # type: ignore[arg-type]
    with pytest.raises(ChannelMoved):  # though the channel looks as it did before
        publish(registry.store, NAMES[5])
        promote(registry.store, looked, NAMES[5], WORD)
    assert registry.loader().current().release_id == NAMES[0]


def test_a_pruning_that_was_stopped_is_finished_by_the_next(registry: Registry) -> None:
    published(registry, *NAMES)
    promoted(registry, NAMES[0])

    def fail() -> None:
        raise RegistryError("The network is away.")

    plan = plan_prune(registry.store, POLICY, NOW)
    with pytest.raises(RegistryError, match="away"):
        prune(Between(registry.store, fail), plan)  # type: ignore[arg-type]
    assert left(registry) == set(NAMES)
    with pytest.raises(MoveRefused, match="being deleted"):
        promoted(registry, NAMES[1])
    younger = PrunePolicy(history=2, age=dt.timedelta(days=1000))
    prune(registry.store, plan_prune(registry.store, younger, NOW))
    assert left(registry) == {NAMES[0]}, "what was begun is finished"
    assert read_pointer(registry.store, "production").channel.pruning == ()


def test_objects_are_found_in_any_depth_and_over_pages() -> None:
    from test_properties import PagedStore

    names = [f"{number:03}" for number in range(7)]

    class Files(PagedStore):
        def list(self, folder: str, *, start: str = "", end: str = "", limit: int = 200) -> object:  # type: ignore[override]
            page = super().list(folder, start=start, end=end, limit=limit)
            return type(page)(page.folders, (), page.complete)

        def read(self, path: str) -> StoredObject:
            raise NotImplementedError

    assert list(walk(Files(names, 2), "models")) == names  # type: ignore[arg-type]
