"""500 racing promoters, 200 killed publishers and promoters: no move is lost, nothing half is served."""

from __future__ import annotations

import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest
from publishing import published
from racing import RELEASES
from registries import NOW, Registry

from datacraft.registry import release_problems
from datacraft.registry.channels import history_gaps, read_pointer
from datacraft.registry.newest import newest_first
from datacraft.registry.served import METADATA_FILE, find_served

PROMOTERS = 500
PROCESSES = 5
KILLS = 50
"""Of publishers and of promoters, on each kind of store: 200 in all."""


def started(registry: Registry, endpoint: str, what: str, *numbers: int) -> subprocess.Popen[str]:
    command = [sys.executable, str(Path(__file__).with_name("racing.py")), what, registry.store.url, endpoint]
    command += map(str, numbers)
    return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)


@pytest.fixture
def endpoint(registry: Registry, request: pytest.FixtureRequest) -> str:
    """The address of the registry's emulator; nothing for a folder."""
    return "" if registry.root else str(request.getfixturevalue("gcs_endpoint"))


def test_of_500_racing_promoters_exactly_one_wins_each_generation(registry: Registry, endpoint: str) -> None:
    published(registry, *RELEASES)
    each = PROMOTERS // PROCESSES
    running = [started(registry, endpoint, "race", number * each, each) for number in range(1, PROCESSES + 1)]
    outcomes: list[str] = []
    for process in running:
        out, _ = process.communicate(timeout=300)
        assert process.returncode == 0
        outcomes += out.split()
    won = Counter(outcome for outcome in outcomes if outcome != "lost")
    channel = read_pointer(registry.store, "production").channel
    assert len(outcomes) == PROMOTERS
    assert set(won.values()) == {1}, "two won the same generation"
    assert sorted(map(int, won)) == list(range(1, channel.revision + 1)), "a generation nobody won"
    assert len(channel.history) == len(won), "a winner's move is not in the history"
    assert history_gaps(channel) == []
    assert len({change.id for change in channel.history}) == len({change.by for change in channel.history})
    assert won.total() < PROMOTERS, "there was no race"


def killed_at_random(registry: Registry, endpoint: str, what: str, check: Callable[[], None]) -> int:
    """Have processes killed at random moments after they began to work; return what they had finished."""
    finished = 0
    with started(registry, endpoint, what) as driver:
        assert driver.stdin is not None
        assert driver.stdout is not None
        for seed in range(KILLS):
            driver.stdin.write(f"{seed}\n")
            driver.stdin.flush()
            done = int(driver.stdout.readline())
            assert done, "it failed by itself"
            finished += done
            check()
        driver.stdin.close()
    return finished


def whole(registry: Registry) -> list[str]:
    """The releases that count as complete, each of them verified."""
    names = [
        name
        for name in newest_first(registry.store, "models", NOW)
        if registry.store.exists(f"models/{name}/{METADATA_FILE}")
    ]
    for name in names:
        assert release_problems(registry.store, name) == []
    return names


def test_a_publisher_killed_at_any_moment_leaves_no_half_release(registry: Registry, endpoint: str) -> None:
    torn = 0

    def check() -> None:
        nonlocal torn
        served = find_served(registry.store, "production", None, NOW)
        assert served.source == "newest_release"
        assert served.release_id == whole(registry)[0]
        torn += len(registry.store.list("models").folders) - len(whole(registry))
        for name in registry.store.list("models").folders:
            registry.remove(f"models/{name}")

    published_whole = killed_at_random(registry, endpoint, "publish", check)
    assert published_whole >= KILLS
    assert torn > KILLS / 10, "nearly every kill came between two releases"


def test_a_promoter_killed_at_any_moment_leaves_no_dangling_pointer(
    registry: Registry, endpoint: str
) -> None:
    def check() -> None:
        served = find_served(registry.store, "production", None, NOW)
        assert served.source == "channel"
        assert served.release_id is not None
        assert release_problems(registry.store, served.release_id) == []
        assert history_gaps(read_pointer(registry.store, "production").channel) == []
        published(registry, *RELEASES)

    published(registry, *RELEASES)
    assert killed_at_random(registry, endpoint, "promote", check) >= KILLS
