"""A release is there whole or not at all, and is never overwritten."""

from __future__ import annotations

import datetime as dt

import pytest
from registries import Registry, metadata

from datacraft.contracts.errors import RegistryError, ReleaseInvalid
from datacraft.contracts.release import ReleaseMetadata
from datacraft.registry import ObjectExists, list_releases, publish_release, release_problems
from datacraft.registry.store import ObjectStore, walk

NAME = "20260102T030405Z_abc1234"


def release(name: str = NAME, **changes: object) -> ReleaseMetadata:
    return ReleaseMetadata.model_validate(metadata(name, **changes))


class Torn:
    """A store that fails at the n-th write."""

    def __init__(self, store: ObjectStore, writes: int) -> None:
        self.store, self.left = store, writes

    def __getattr__(self, name: str) -> object:
        return getattr(self.store, name)

    def create(self, path: str, data: bytes) -> None:
        if self.left == 0:
            raise RegistryError("The disk is full.")
        self.left -= 1
        self.store.create(path, data)


FILES = {"model_selection_report.json": b"{}", "validation_report.json": b"{}", "evaluation/calls.jsonl": b""}


def test_a_published_release_answers(registry: Registry) -> None:
    publish_release(registry.store, release(), FILES)
    assert registry.loader().current().release_id == NAME
    assert registry.store.read(f"models/{NAME}/evaluation/calls.jsonl").data == b""


@pytest.mark.parametrize("writes", range(5))
def test_a_torn_release_is_never_served_and_can_be_finished(registry: Registry, writes: int) -> None:
    with pytest.raises(RegistryError, match="full"):
        publish_release(Torn(registry.store, writes), release(), FILES)  # type: ignore[arg-type]
    assert registry.loader().current().release_id is None
    publish_release(registry.store, release(), FILES)
    assert registry.loader().current().release_id == NAME


def test_a_release_is_never_overwritten(registry: Registry) -> None:
    publish_release(registry.store, release(), FILES)
    with pytest.raises(ObjectExists, match="already"):
        publish_release(registry.store, release(composite_score=1.0), FILES)
    with pytest.raises(ObjectExists, match="already"):
        publish_release(registry.store, release(), {"validation_report.json": b"other"})


def test_a_name_without_a_time_is_refused(registry: Registry) -> None:
    with pytest.raises(RegistryError, match="no name of a release"):
        publish_release(registry.store, release("latest"), FILES)


def test_a_release_that_is_as_published_has_no_problems(registry: Registry) -> None:
    publish_release(registry.store, release(), FILES)
    assert release_problems(registry.store, NAME) == []


def test_what_was_changed_or_removed_afterwards_is_named(registry: Registry) -> None:
    publish_release(registry.store, release(), FILES)
    registry.put(f"models/{NAME}/validation_report.json", b'{"deployment_ready": true}')
    registry.remove(f"models/{NAME}/evaluation/calls.jsonl")
    assert release_problems(registry.store, NAME) == [
        f"models/{NAME}/evaluation/calls.jsonl is missing.",
        f"models/{NAME}/validation_report.json is not what was published.",
    ]


def test_releases_are_listed_newest_first_with_those_that_are_torn(registry: Registry) -> None:
    publish_release(registry.store, release(), FILES)
    publish_release(registry.store, release("20260103T030405Z_abc1234"), FILES)
    registry.put("models/20260104T030405Z_abc1234/validation_report.json", b"{}")
    found = list(list_releases(registry.store, dt.datetime(2026, 2, 1, tzinfo=dt.UTC)))
    assert [one.name[:8] for one in found] == ["20260104", "20260103", "20260102"]
    assert [one.metadata is None for one in found] == [True, False, False]
    assert found[0].problem is not None


def places(registry: Registry) -> list[str]:
    return [f"models/{NAME}/{path}" for path in walk(registry.store, f"models/{NAME}")]


def test_every_changed_byte_is_found_in_every_file(folder: Registry) -> None:
    publish_release(folder.store, release(), {**FILES, "a/b/c.bin": bytes(range(20))})
    assert len(places(folder)) == 6
    for place in places(folder):
        data = folder.store.read(place).data
        for at in range(0, len(data), max(1, len(data) // 40)):
            folder.put(place, data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :])
            assert release_problems(folder.store, NAME), f"byte {at} of {place}"
        for other in (data + b" ", data[:-1] if data else b"x"):
            folder.put(place, other)
            assert release_problems(folder.store, NAME), place
        folder.put(place, data)
    assert release_problems(folder.store, NAME) == []


def test_an_added_file_and_a_missing_manifest_are_found(registry: Registry) -> None:
    publish_release(registry.store, release(), FILES)
    registry.put(f"models/{NAME}/evaluation/more.json", b"{}")
    assert release_problems(registry.store, NAME) == [
        f"models/{NAME}/evaluation/more.json was added after it was published."
    ]
    registry.remove(f"models/{NAME}/manifest.json")
    assert "manifest.json is missing" in release_problems(registry.store, NAME)[0]
    with pytest.raises(ReleaseInvalid, match="deleted or never completed"):
        release_problems(registry.store, "20250102T030405Z_abc1234")


def test_the_manifest_of_another_release_is_found(registry: Registry) -> None:
    other = "20260103T030405Z_abc1234"
    publish_release(registry.store, release(), FILES)
    publish_release(registry.store, release(other), FILES)
    registry.put(f"models/{NAME}/manifest.json", registry.store.read(f"models/{other}/manifest.json").data)
    assert f"is of the release {other}" in release_problems(registry.store, NAME)[0]


def test_what_a_killed_write_left_behind_is_no_file_of_a_release(folder: Registry) -> None:
    publish_release(folder.store, release(), FILES)
    folder.put(f"models/{NAME}/.validation_report.json.123.456.partial", b"{")
    assert release_problems(folder.store, NAME) == []
