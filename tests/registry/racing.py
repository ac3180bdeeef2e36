"""Processes that write to a registry at the same time, or are killed while they do: `python racing.py WHAT URL ENDPOINT`.

race SEED COUNT: COUNT promoters, in threads, each of which looks once and moves once; prints the revision that
each wrote, or `lost`.

publish, promote: for each seed read from stdin, starts a child that publishes one release after the other, or
promotes, rolls back and prunes, and kills it at a random moment; prints how much it had finished.
"""

from __future__ import annotations

import datetime as dt
import os
import signal
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from random import Random

from registries import NOW, metadata

from datacraft.contracts.release import ReleaseMetadata
from datacraft.registry import ChannelMoved, Mandate, MoveRefused, PrunePolicy, open_store, publish_release
from datacraft.registry.channels import promote, read_pointer, roll_back, rollback_targets
from datacraft.registry.newest import format_time
from datacraft.registry.prune import plan_prune, prune
from datacraft.registry.store import ObjectStore

RELEASES = [f"2025010{day}T000000Z_aaa1111" for day in range(1, 6)]


def race(store: ObjectStore, seed: int, count: int) -> None:
    def attempt(number: int) -> str:
        pointer = read_pointer(store, "production")
        others = [release for release in RELEASES if release != pointer.release_id]
        mandate = Mandate(f"promoter {seed}.{number}", "race", NOW)
        try:
            return str(
                promote(store, pointer, Random(seed + number).choice(others), mandate).channel.revision
            )
        except ChannelMoved:
            return "lost"

    with ThreadPoolExecutor(8) as threads:
        for line in threads.map(attempt, range(count)):
            print(line)


def publish(store: ObjectStore, seed: int) -> Iterator[None]:
    random = Random(seed)
    for number in range(10_000):
        time = dt.datetime(2025, 3, 1, tzinfo=dt.UTC) + dt.timedelta(seconds=seed * 10_000 + number)
        name = f"{format_time(time)}_{seed:07x}"
        content = {f"evaluation/{n}.json": random.randbytes(random.randrange(40_000)) for n in range(6)}
        publish_release(store, ReleaseMetadata.model_validate(metadata(name)), content)
        yield


def move(store: ObjectStore, seed: int) -> Iterator[None]:
    random = Random(seed)
    for number in range(10_000):
        pointer = read_pointer(store, "production")
        mandate = Mandate(f"mover {seed}.{number}", "killed", NOW)
        with suppress(ChannelMoved, MoveRefused):
            if number % 7 == 6:
                prune(store, plan_prune(store, PrunePolicy(2, dt.timedelta(days=1)), NOW))
            elif number % 3 == 2:
                roll_back(store, pointer, next(rollback_targets(pointer.channel)), mandate)
            else:
                names = [name for name in store.list("models").folders if name != pointer.release_id]
                promote(store, pointer, random.choice(names), mandate, again=True)
        yield


def kill(work: Callable[[ObjectStore, int], Iterator[None]], url: str, endpoint: str, seed: int) -> int:
    """Start the work in a child, kill it once it has finished something; return how much it had."""
    seen, told = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(seen)
        try:
            for _ in work(open_store(url, "test", endpoint=endpoint or None), seed):
                os.write(told, b".")
        finally:
            os._exit(1)
    os.close(told)
    finished = len(os.read(seen, 1))
    time.sleep(Random(seed).uniform(0, 0.03))
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    while more := os.read(seen, 1_000):
        finished += len(more)
    os.close(seen)
    return finished


def main() -> None:
    what, url, endpoint, *numbers = sys.argv[1:]
    if what == "race":
        race(open_store(url, "test", endpoint=endpoint or None), *map(int, numbers))
        return
    open_store(url, "test", endpoint=endpoint or None)  # what is imported once is there in every child
    for line in sys.stdin:
        print(kill({"publish": publish, "promote": move}[what], url, endpoint, int(line)), flush=True)


if __name__ == "__main__":
    main()
