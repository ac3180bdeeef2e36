"""Is any request lost while versions are rolled out and back, and how long does a rollback take?

A service is deployed on this machine over the sample: real processes of the product behind Caddy. People ask at 20
requests a second for two minutes, half of them with a session and half as newcomers.
Meanwhile a new version is rolled out and rolled back, again and again. All traffic stays on 127.0.0.1.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import platform
import statistics
import sys
import tempfile
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path

import httpx

from datacraft.config import Settings, load_settings
from datacraft.contracts.deployment import DeployRequest
from datacraft.delivery.targets import DeployTarget, LocalStart, open_target, roll_out
from datacraft.delivery.targets.local.process import free_port
from datacraft.warehouse.sample import make_orders

QUESTIONS = ("total sales by region", "number of orders", "total profit by month", "top 5 states by sales")
SESSIONS = 10
SETTLE_S = 3.0
REQUEST = DeployRequest(channel="production", again=True)
GOALS = {"failed": 0, "rollback_s_max": 10}


@dataclass
class Load:
    """What the people saw."""

    latencies_ms: list[float] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)
    late_ms: float = 0.0


async def ask(client: httpx.AsyncClient, question: str, load: Load) -> None:
    """Ask once."""
    started = time.perf_counter()
    try:
        response = await client.post("/api/ask", json={"question": question})
    except httpx.HTTPError as error:
        load.failed.append(repr(error))
        return
    if response.status_code == 200 and response.json()["error"] is None:
        load.latencies_ms.append((time.perf_counter() - started) * 1_000)
    else:
        load.failed.append(f"{response.status_code} {response.text[:200]}")


async def people(url: str, per_second: float, stop: threading.Event, load: Load) -> None:
    """Ask at a steady rate until told to stop; then wait for the answers that are missing."""
    kept = [httpx.AsyncClient(base_url=url, timeout=60) for _ in range(SESSIONS)]
    # A newcomer has no cookie and no connection; the client itself is made once, as that costs more than a question.
    newcomers = httpx.AsyncClient(base_url=url, timeout=60, limits=httpx.Limits(max_keepalive_connections=0))
    loop = asyncio.get_running_loop()
    began, asked, tasks = loop.time(), 0, set()
    while not stop.is_set():
        newcomers.cookies.clear()
        client = newcomers if asked % 2 else kept[asked // 2 % SESSIONS]
        task = loop.create_task(ask(client, QUESTIONS[asked % len(QUESTIONS)], load))
        tasks.add(task)
        task.add_done_callback(tasks.discard)
        asked += 1
        due = began + asked / per_second
        load.late_ms = max(load.late_ms, (loop.time() - due) * 1_000)
        await asyncio.sleep(max(0.0, due - loop.time()))
    await asyncio.gather(*tasks)
    for client in (*kept, newcomers):
        await client.aclose()


def change(target: DeployTarget, seconds: float, settings: Settings) -> tuple[list[float], list[float]]:
    """Roll out and back until the time is up; return how long each took, in seconds."""
    until = time.monotonic() + seconds
    forth: list[float] = []
    back: list[float] = []
    while time.monotonic() < until:
        started = time.monotonic()
        roll_out(target, target.plan(REQUEST), timeout_s=settings.deploy.ready_timeout_s)
        forth.append(time.monotonic() - started)
        time.sleep(SETTLE_S)
        started = time.monotonic()
        target.rollback()
        back.append(time.monotonic() - started)
        time.sleep(SETTLE_S)
    return forth, back


def main() -> int:
    """Measure, and print the figures as the last line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=120)
    parser.add_argument("--rate", type=float, default=20, help="requests a second")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        data = make_orders(folder / "orders_processed.parquet")
        arguments = {
            "data.paths": [data],
            "state_dir": folder / "state",
            "serve.port": free_port("127.0.0.1"),
        }
        settings = load_settings(arguments=arguments, environ={})
        target = open_target(settings, LocalStart(folder=folder, environ={}))
        load, stop = Load(), threading.Event()
        try:
            roll_out(target, target.plan(REQUEST), timeout_s=settings.deploy.ready_timeout_s)
            url = target.url() or ""
            crowd = threading.Thread(target=lambda: asyncio.run(people(url, chosen.rate, stop, load)))
            crowd.start()
            try:
                forth, back = change(target, chosen.seconds, settings)
            finally:
                stop.set()
                crowd.join()
            problems = target.status().problems
        finally:
            target.stop()
    for error in load.failed[:5]:
        print(error, file=sys.stderr)
    slices = statistics.quantiles(load.latencies_ms, n=100)
    figures = {
        "seconds": chosen.seconds,
        "rate": chosen.rate,
        "answered": len(load.latencies_ms),
        "failed": len(load.failed),
        "rollouts": len(forth),
        "rollout_s_median": round(statistics.median(forth), 1),
        "rollbacks": len(back),
        "rollback_s_max": round(max(back), 1),
        "p50_ms": round(slices[49], 1),
        "p99_ms": round(slices[98], 1),
        "latest_question_ms": round(load.late_ms, 1),
        "problems": len(problems),
        "cores": os.cpu_count(),
        "python": platform.python_version(),
    }
    met = not problems and all(figures[name] <= goal for name, goal in GOALS.items())
    print(json.dumps({"name": "rollout", "figures": figures, "goals": GOALS, "met": met}))
    return 0 if met else 1


if __name__ == "__main__":
    sys.exit(main())
