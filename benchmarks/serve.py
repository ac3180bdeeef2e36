"""Do 50 people at once get their answers, and does the page's memory stay where it is?

`datacraft serve` runs in a process of its own over the sample. First 50 people, each with a conversation of
their own, ask one question after the other for 60 seconds, with about a second of thought between two. Then
visitors come with a browser, one after the other: each opens the page, asks two questions and leaves. The
server's resident memory is compared after the visitors that warm it up and after as many more again. All
traffic stays on 127.0.0.1.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import platform
import random
import shutil
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import psutil

from datacraft.warehouse.sample import make_orders

QUESTIONS = (
    "total sales by region",
    "number of orders",
    "average discount by segment",
    "total profit by month",
    "top 5 states by sales",
    "total quantity by category",
    "total sales by year",
    "profit by sub category",
    "total shipping cost by ship mode",
    "number of customers per market",
)
THINKING_S = 1.0
CHROMIUM = "/usr/bin/chromium"
GOALS = {"errors": 0, "p95_ms": 1_000, "page_memory_growth_percent": 5}


@dataclass
class Load:
    """What the people saw."""

    latencies_ms: list[float] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)


async def person(client: httpx.AsyncClient, until: float, chance: random.Random, load: Load) -> None:
    """Ask, read, think, ask again."""
    await asyncio.sleep(chance.random() * THINKING_S)
    session: str | None = None
    while time.monotonic() < until:
        question = chance.choice(QUESTIONS)
        started = time.perf_counter()
        try:
            response = await client.post("/api/ask", json={"question": question, "session": session})
        except httpx.HTTPError as error:
            load.errors.append(repr(error))
        else:
            load.latencies_ms.append((time.perf_counter() - started) * 1_000)
            answer = response.json()
            if response.status_code != 200 or answer["error"] is not None:
                load.errors.append(f"{response.status_code} {question}: {answer.get('error')}")
            session = answer.get("session")
        await asyncio.sleep(chance.expovariate(1 / THINKING_S))


async def people(url: str, count: int, seconds: float) -> Load:
    """Let `count` people ask for `seconds`."""
    load = Load()
    until = time.monotonic() + seconds
    limits = httpx.Limits(max_connections=count)
    async with httpx.AsyncClient(base_url=url, timeout=90, limits=limits) as client:
        await asyncio.gather(*(person(client, until, random.Random(seed), load) for seed in range(count)))
    return load


def visit(url: str, visitors: int) -> None:
    """Let visitors come with a browser, one after the other."""
    from playwright.sync_api import expect, sync_playwright

    flags = "--headless --no-sandbox --disable-gpu --disable-background-networking --disable-component-update"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=CHROMIUM, args=[*flags.split(), "--disable-sync"]
        )
        for _ in range(visitors):
            with browser.new_context() as context:
                page = context.new_page()
                page.goto(url)
                for number, question in enumerate(QUESTIONS[:2], start=1):
                    box = page.get_by_test_id("stChatInputTextArea")
                    expect(box).to_be_enabled(timeout=30_000)
                    box.fill(question)
                    box.press("Enter")
                    cards = page.locator("[class*=st-key-answer_]")
                    expect(cards).to_have_count(number, timeout=30_000)
        browser.close()


@contextmanager
def serving(folder: Path) -> Iterator[tuple[str, psutil.Process]]:
    """Run the server over the sample."""
    data = make_orders(folder / "orders_processed.parquet")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-c", "from datacraft.cli import main; main()", "serve", "--data", str(data)]
    environment = {**os.environ, "PORT": str(port), "DATACRAFT_STATE_DIR": str(folder / "state")}
    process = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL)
    url = f"http://127.0.0.1:{port}"
    try:
        for _ in range(600):
            try:
                if httpx.get(f"{url}/ready").status_code == 200:
                    break
            except httpx.TransportError:
                pass  # it does not listen yet
            time.sleep(0.1)
        else:
            raise RuntimeError("the server was not ready within a minute")
        yield url, psutil.Process(process.pid)
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(30)


def megabytes(process: psutil.Process) -> float:
    """Return the server's resident memory, its children's included, in MB."""
    family = [process, *process.children(recursive=True)]
    return sum(member.memory_info().rss for member in family) / 1e6


def page_memory(url: str, process: psutil.Process, visitors: int) -> dict[str, float | None]:
    """Compare the memory after `visitors` and after as many more; without a browser it is not known."""
    if shutil.which(CHROMIUM) is None:
        print(f"no browser at {CHROMIUM}: the page's memory is not measured", file=sys.stderr)
        return {"page_memory_growth_percent": None}
    visit(url, visitors)
    time.sleep(5)
    before = megabytes(process)
    visit(url, visitors)
    time.sleep(5)
    after = megabytes(process)
    return {
        "page_memory_before_mb": round(before, 1),
        "page_memory_after_mb": round(after, 1),
        "page_memory_growth_percent": round((after / before - 1) * 100, 1),
    }


def main() -> int:
    """Measure, and print the figures as the last line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=int, default=50)
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--visitors", type=int, default=20, help="that warm the page up, and as many again")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, serving(Path(folder)) as (url, process):
        start_mb = megabytes(process)
        load = asyncio.run(people(url, chosen.people, chosen.seconds))
        loaded_mb = megabytes(process)
        page = page_memory(url, process, chosen.visitors)
    for error in load.errors[:5]:
        print(error, file=sys.stderr)
    slices = statistics.quantiles(load.latencies_ms, n=100)
    figures = {
        "people": chosen.people,
        "seconds": chosen.seconds,
        "questions": len(load.latencies_ms),
        "errors": len(load.errors),
        "p50_ms": round(slices[49], 1),
        "p95_ms": round(slices[94], 1),
        "p99_ms": round(slices[98], 1),
        "memory_start_mb": round(start_mb, 1),
        "memory_loaded_mb": round(loaded_mb, 1),
        **page,
        "cores": os.cpu_count(),
        "python": platform.python_version(),
    }
    met = all(figures[name] is not None and figures[name] <= goal for name, goal in GOALS.items())
    print(json.dumps({"name": "serve", "figures": figures, "goals": GOALS, "met": met}))
    return 0 if met else 1


if __name__ == "__main__":
    sys.exit(main())
