from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from registries import Clock, Registry

from datacraft.contracts.errors import RegistryError, ReleaseInvalid
from datacraft.registry import Listing, MetadataLoader, ServedModel, StoredObject

OLD, NEW = "20250101T000000Z_aaa1111", "20250601T000000Z_ccc3333"


class CountingStore:
    """A store that counts its reads, and can be held up."""

    def __init__(self, registry: Registry) -> None:
        self.inner = registry.store
        self.reads = 0
        self.gate = threading.Event()
        self.gate.set()

    @property
    def url(self) -> str:
        return self.inner.url

    def read(self, path: str) -> StoredObject:
        self.reads += 1
        assert self.gate.wait(20)
        return self.inner.read(path)

    def exists(self, path: str) -> bool:
        return self.inner.exists(path)

    def list(self, folder: str, *, start: str = "", end: str = "", limit: int = 200) -> Listing:
        return self.inner.list(folder, start=start, end=end, limit=limit)


def eventually(loader: MetadataLoader, holds: Callable[[ServedModel], bool]) -> ServedModel:
    deadline = time.monotonic() + 10
    while not holds(served := loader.current()):
        assert time.monotonic() < deadline, served
        time.sleep(0.01)
    return served


@pytest.fixture
def serving(registry: Registry) -> Registry:
    """A registry whose channel names a release."""
    registry.release(OLD)
    registry.release(NEW)
    registry.point("production", OLD)
    return registry


def test_a_moved_channel_is_followed_in_the_background(serving: Registry, clock: Clock) -> None:
    loader = serving.loader(clock)
    assert loader.current().release_id == OLD
    serving.point("production", NEW)
    assert loader.current().release_id == OLD
    clock.forward(31)
    assert eventually(loader, lambda served: served.release_id == NEW).warnings == ()


def test_after_a_minute_without_questions_the_first_one_sees_the_moved_channel(
    serving: Registry, clock: Clock
) -> None:
    loader = serving.loader(clock)
    loader.current()
    serving.point("production", NEW)
    clock.forward(61)
    assert loader.current().release_id == NEW


def test_load_latest_metadata_looks_at_once(serving: Registry, clock: Clock) -> None:
    loader = serving.loader(clock)
    loader.current()
    serving.point("production", NEW)
    assert loader.load_latest_metadata().release_id == NEW


@pytest.mark.parametrize("damage", ["channel", "release", "half", "future", "everything"])
def test_the_last_good_release_keeps_answering_with_a_warning_and_recovers(
    serving: Registry, clock: Clock, damage: str
) -> None:
    loader = serving.loader(clock)
    loader.current()
    path = f"models/{OLD}/best_model_metadata.json"
    match damage:
        case "channel":
            serving.remove("channels/production.json")
        case "release":
            serving.remove(f"models/{OLD}")
        case "half":
            serving.put(path, b'{"schema_version": 1')
        case "future":
            serving.release(OLD, schema_version=2)
        case "everything":
            serving.remove("models")
            serving.remove("channels")
    clock.forward(61)
    kept = loader.current()
    assert (kept.release_id, kept.source) == (OLD, "channel")
    assert "2025-06-15 12:00 UTC keeps answering" in kept.warnings[-1]
    assert loader.load_latest_metadata().release_id == OLD
    assert len(loader.current().warnings) == 1, "warnings of one cause do not pile up"

    serving.release(OLD)
    serving.point("production", OLD)
    clock.forward(61)
    assert loader.current().warnings == ()


def test_a_registry_folder_that_goes_away_does_not_turn_into_defaults(folder: Registry, clock: Clock) -> None:
    folder.release(NEW)
    loader = folder.loader(clock)
    assert loader.current().source == "newest_release"
    assert folder.root is not None
    folder.root.rename(folder.root.with_name("away"))
    clock.forward(61)
    assert loader.current().release_id == NEW
    assert "its folder may be away" in loader.current().warnings[-1]


def test_a_first_channel_takes_over_from_the_newest_release(folder: Registry, clock: Clock) -> None:
    folder.release(OLD)
    folder.release(NEW)
    loader = folder.loader(clock)
    assert loader.current().release_id == NEW
    folder.point("production", OLD)
    clock.forward(61)
    assert (loader.current().release_id, loader.current().source) == (OLD, "channel")


def test_a_first_load_that_fails_is_tried_again_but_not_by_everyone_at_once(
    folder: Registry, clock: Clock
) -> None:
    folder.point("production", NEW)
    store = CountingStore(folder)
    loader = MetadataLoader(store=store, channel="production", clock=clock)
    for _ in range(5):
        with pytest.raises(ReleaseInvalid):
            loader.current()
    assert store.reads == 2  # the channel and the release, once each
    folder.release(NEW)
    clock.forward(6)
    assert loader.current().release_id == NEW


def test_many_threads_share_one_first_load_and_one_refresh(folder: Registry, clock: Clock) -> None:
    folder.release(OLD)
    folder.point("production", OLD)
    store = CountingStore(folder)
    loader = MetadataLoader(store=store, channel="production", clock=clock)
    with ThreadPoolExecutor(16) as threads:
        first = [threads.submit(loader.current) for _ in range(64)]
        assert {task.result().release_id for task in first} == {OLD}
        assert store.reads == 2
        clock.forward(31)
        store.gate.clear()
        second = [threads.submit(loader.current) for _ in range(64)]
        assert {task.result().release_id for task in second} == {OLD}, (
            "nobody waits for a refresh that is due"
        )
        store.gate.set()
    eventually(loader, lambda _: store.reads == 4)


def test_threads_only_ever_see_whole_releases_while_the_channel_moves(folder: Registry, clock: Clock) -> None:
    folder.release(OLD)
    folder.release(NEW)
    folder.point("production", OLD)
    loader = folder.loader(clock)
    stop = threading.Event()

    def watch() -> set[tuple[str | None, str]]:
        seen = set()
        while not stop.is_set():
            served = loader.current()
            seen.add((served.release_id, served.metadata.selected_model))
        return seen

    with ThreadPoolExecutor(4) as threads:
        watching = [threads.submit(watch) for _ in range(4)]
        for release in (NEW, OLD) * 10:
            folder.point("production", release)
            loader.refresh()
            clock.forward(31)
        stop.set()
    assert set().union(*(task.result() for task in watching)) <= {(r, f"model-of-{r}") for r in (OLD, NEW)}


def test_a_registry_that_hangs_holds_a_question_up_only_briefly(folder: Registry, clock: Clock) -> None:
    folder.release(OLD)
    folder.point("production", OLD)
    store = CountingStore(folder)
    loader = MetadataLoader(store=store, channel="production", clock=clock)
    loader.current()
    store.gate.clear()
    clock.forward(120)
    started = time.monotonic()
    assert loader.current().release_id == OLD
    assert time.monotonic() - started < 4
    store.gate.set()


def test_a_refresh_before_the_first_load_leaves_its_error_to_the_next_who_asks(
    folder: Registry, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    folder.point("production", NEW)
    loader = folder.loader(clock)
    clock.forward(61)
    with caplog.at_level(logging.WARNING, "datacraft"):
        loader.refresh_if_stale()
    assert "does not exist" in caplog.text
    with pytest.raises(RegistryError):
        loader.current()


@pytest.mark.parametrize("silence_s", [1, 7, 29, 61, 600])
def test_a_moved_channel_is_seen_within_a_minute_however_often_anybody_asks(
    serving: Registry, clock: Clock, silence_s: int
) -> None:
    loader = serving.loader(clock)
    loader.current()
    clock.forward(silence_s)
    loader.current()
    serving.point("production", NEW)
    waited = 0
    while loader.current().release_id == OLD:
        clock.forward(silence_s)
        waited += silence_s
        for thread in threading.enumerate():  # the look-up in the background takes no time of this clock
            if thread.name == "registry-refresh":
                thread.join(10)
        assert waited <= 60 + silence_s, "the first who asks after a minute gets the new one"


def test_a_channel_that_moves_to_what_was_deleted_keeps_the_last_good_release(
    serving: Registry, clock: Clock
) -> None:
    loader = serving.loader(clock)
    loader.current()
    serving.remove(f"models/{NEW}")
    serving.point("production", NEW)
    clock.forward(61)
    kept = loader.current()
    assert kept.release_id == OLD
    assert f"models/{NEW}/best_model_metadata.json does not exist" in kept.warnings[-1]
    serving.release(NEW)
    clock.forward(61)
    assert (loader.current().release_id, loader.current().warnings) == (NEW, ())


def test_a_channel_that_disappears_and_comes_back_elsewhere_is_followed(
    serving: Registry, clock: Clock
) -> None:
    loader = serving.loader(clock)
    loader.current()
    serving.remove("channels/production.json")
    clock.forward(61)
    assert loader.current().release_id == OLD, "not the newest one, though no channel is left"
    serving.point("production", NEW)
    clock.forward(61)
    assert loader.current().release_id == NEW
