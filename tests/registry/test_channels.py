"""Channels move only as they were looked at, and say who moved them, when, from where, to where and why."""

from __future__ import annotations

import datetime as dt
import json

import pytest
from publishing import published
from registries import NOW, Registry

from datacraft.contracts.errors import RegistryError
from datacraft.registry import ChannelMoved, Mandate, MoveRefused, ObjectChanged, WaitsForPerson
from datacraft.registry.channels import (
    channel_names,
    history_gaps,
    pin,
    promote,
    read_pointer,
    roll_back,
    rollback_targets,
    unpin,
)
from datacraft.registry.store import ObjectStore

A, B, C = "20250101T000000Z_aaa1111", "20250301T000000Z_bbb2222", "20250601T000000Z_ccc3333"
WORD = Mandate("ada", "better answers", NOW)


def moved(registry: Registry, *releases: str, channel: str = "production") -> None:
    for release in releases:
        promote(registry.store, read_pointer(registry.store, channel), release, WORD)


@pytest.fixture
def three(registry: Registry) -> Registry:
    """A registry with three releases and no channel."""
    published(registry, A, B, C)
    return registry


def test_a_promoted_release_answers_and_the_history_says_who_when_from_to_and_why(three: Registry) -> None:
    moved(three, A, B)
    assert three.loader().current().release_id == B
    first, second = read_pointer(three.store, "production").channel.history
    assert (first.number, first.previous, first.release_id) == (1, None, A)
    assert (second.number, second.previous, second.release_id) == (2, A, B)
    assert (second.by, second.reason, second.at) == ("ada", "better answers", NOW)
    assert second.manifest is not None
    assert second.manifest != first.manifest
    assert channel_names(three.store) == ["production"]


def test_who_looked_at_the_channel_before_somebody_moved_it_moves_nothing(three: Registry) -> None:
    stale = read_pointer(three.store, "production")
    moved(three, A)
    before = three.store.read("channels/production.json")
    with pytest.raises(ChannelMoved, match=rf"changed meanwhile by ada to {A}"):
        promote(three.store, stale, B, WORD)
    assert three.store.read("channels/production.json") == before
    pointer = read_pointer(three.store, "production")
    promote(three.store, pointer, B, WORD)
    with pytest.raises(ChannelMoved):
        promote(three.store, pointer, C, WORD)


def test_to_promote_what_serves_changes_nothing(three: Registry) -> None:
    moved(three, A, A)
    assert len(read_pointer(three.store, "production").channel.history) == 1


def test_a_release_that_is_not_whole_is_never_promoted(three: Registry) -> None:
    three.put(f"models/{B}/validation_report.json", b"{ }")
    three.remove(f"models/{C}/best_model_metadata.json")
    for release, message in ((B, "not as it was published"), (C, "never completed")):
        with pytest.raises((MoveRefused, RegistryError), match=message):
            moved(three, release)
    with pytest.raises(RegistryError, match="never completed"):
        moved(three, "20240101T000000Z_ddd4444")
    assert channel_names(three.store) == []


def test_a_rollback_goes_back_step_by_step_and_not_to_what_was_rolled_back(three: Registry) -> None:
    moved(three, A, B, C)
    for expected in (B, A):
        pointer = read_pointer(three.store, "production")
        target = next(rollback_targets(pointer.channel))
        assert target == expected
        roll_back(three.store, pointer, target, WORD)
    assert list(rollback_targets(read_pointer(three.store, "production").channel)) == []
    assert three.loader().current().release_id == A


def test_a_rollback_leads_only_to_what_the_channel_named(three: Registry) -> None:
    moved(three, A, B)
    with pytest.raises(MoveRefused, match="never named"):
        roll_back(three.store, read_pointer(three.store, "production"), C, WORD)


def test_a_rollback_sticks_until_a_newer_release_or_an_explicit_word(three: Registry) -> None:
    moved(three, A, B)
    roll_back(three.store, read_pointer(three.store, "production"), A, WORD)
    with pytest.raises(WaitsForPerson, match=f"rolled back from {B}") as raised:
        moved(three, B)
    assert raised.value.exit_code == 13
    promote(three.store, read_pointer(three.store, "production"), B, WORD, again=True)
    roll_back(three.store, read_pointer(three.store, "production"), A, WORD)
    moved(three, C)
    assert three.loader().current().release_id == C


def test_a_pinned_channel_waits_for_a_person_but_can_be_rolled_back(three: Registry) -> None:
    moved(three, A, B)
    pin(three.store, read_pointer(three.store, "production"), WORD)
    with pytest.raises(WaitsForPerson, match="pinned to"):
        moved(three, C)
    roll_back(three.store, read_pointer(three.store, "production"), A, WORD)
    assert read_pointer(three.store, "production").channel.pinned == "better answers"
    unpin(three.store, read_pointer(three.store, "production"), WORD)
    moved(three, C)
    channel = read_pointer(three.store, "production").channel
    assert [one.action for one in channel.history] == [
        "promote", "promote", "pin", "rollback", "unpin", "promote",
    ]  # fmt: skip
    assert history_gaps(channel) == []


def test_a_channel_that_names_nothing_can_t_be_pinned(three: Registry) -> None:
    with pytest.raises(MoveRefused, match="names no release"):
        pin(three.store, read_pointer(three.store, "production"), WORD)


def test_a_channel_written_by_hand_moves_on_and_can_go_back(three: Registry) -> None:
    three.point("production", A)
    moved(three, B)
    pointer = read_pointer(three.store, "production")
    assert list(rollback_targets(pointer.channel)) == [A]
    assert roll_back(three.store, pointer, A, WORD).release_id == A


def test_gaps_in_a_history_are_told(three: Registry) -> None:
    moved(three, A, B, C)
    content = json.loads(three.store.read("channels/production.json").data)
    del content["history"][1]
    content["release_id"] = A
    three.put("channels/production.json", json.dumps(content).encode())
    assert history_gaps(read_pointer(three.store, "production").channel) == [
        "Entry 2 has the number 3.",
        f"Entry 2 comes from {B}, and the one before led to {A}.",
        f"The channel names {A}, and its last entry {C}.",
    ]


def test_equal_moves_of_one_second_are_told_apart(three: Registry) -> None:
    """Two who say the same, at the same time, of the same release: one of them has moved the channel."""
    first, second = (read_pointer(three.store, "production") for _ in range(2))
    promote(three.store, first, A, WORD)
    with pytest.raises(ChannelMoved):
        promote(three.store, second, A, WORD)


def test_replacing_needs_the_generation_that_was_read(registry: Registry) -> None:
    store = registry.store
    first = store.replace("x/a.json", b"1", generation=0)
    with pytest.raises(ObjectChanged):
        store.replace("x/a.json", b"2", generation=0)
    second = store.replace("x/a.json", b"2", generation=first)
    with pytest.raises(ObjectChanged):
        store.replace("x/a.json", b"3", generation=first)
    assert (store.read("x/a.json").data, store.read("x/a.json").generation) == (b"2", second)
    store.delete("x/a.json")
    store.delete("x/a.json")
    assert not store.exists("x/a.json")
    with pytest.raises(ObjectChanged):
        store.replace("x/a.json", b"3", generation=second)
    assert store.list("x").files in ((), (".a.json.lock",))


class Faulty:
    """A store that fails, or lies, where it is told to."""

    def __init__(self, store: ObjectStore, fault: str) -> None:
        self.store, self.fault = store, fault

    def __getattr__(self, name: str) -> object:
        return getattr(self.store, name)

    def replace(self, path: str, data: bytes, *, generation: int) -> int:
        if self.fault == "away":
            raise RegistryError("The registry is read-only.")
        if self.fault == "forgetful":  # takes the write, and keeps what was there
            return generation + 1
        written = self.store.replace(path, data, generation=generation)
        raise RegistryError(f"The answer to {written} was lost.")


@pytest.mark.parametrize(("fault", "then"), [("away", A), ("forgetful", A), ("unheard", B)])
def test_a_move_that_fails_is_told_and_leaves_the_old_state_or_the_new_one(
    three: Registry, fault: str, then: str
) -> None:
    moved(three, A)
    with pytest.raises(RegistryError):
        promote(
            Faulty(three.store, fault),  # type: ignore[arg-type]
            read_pointer(three.store, "production"),
            B,
            WORD,
        )
    pointer = read_pointer(three.store, "production")
    assert pointer.release_id == then
    assert history_gaps(pointer.channel) == []
    assert three.loader().current().release_id == then


def test_a_folder_that_may_not_be_written_is_an_error_that_says_so(folder: Registry) -> None:
    published(folder, A)
    folder.put("channels", b"a file where a folder should be")
    with pytest.raises(RegistryError, match=r"can't be (read|written)"):
        promote(folder.store, read_pointer(folder.store, "production"), A, WORD)


def test_clocks_that_differ_do_not_disturb_the_order(three: Registry) -> None:
    past = Mandate("late", "clock", NOW - dt.timedelta(days=400))
    moved(three, A)
    promote(three.store, read_pointer(three.store, "production"), B, past)
    moved(three, C)
    channel = read_pointer(three.store, "production").channel
    assert [one.release_id for one in channel.history] == [A, B, C]
    assert history_gaps(channel) == []
