"""People who ask at a steady rate, while something else happens."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import httpx

_SESSIONS = 5


@dataclass
class Load:
    """What came of the requests."""

    answered: int = 0
    failed: list[str] = field(default_factory=list)


async def _ask(client: httpx.AsyncClient, load: Load) -> None:
    try:
        response = await client.post("/api/ask", json={"question": "total revenue by region"})
    except httpx.HTTPError as error:
        load.failed.append(repr(error))
        return
    if response.status_code == 200 and response.json()["error"] is None:
        load.answered += 1
    else:
        load.failed.append(f"{response.status_code} {response.text[:200]}")


async def _people(url: str, per_second: float, stop: threading.Event, load: Load) -> None:
    """Ask in turn as people with a session (a cookie and a kept connection), and as newcomers."""
    sessions = [httpx.AsyncClient(base_url=url, timeout=60) for _ in range(_SESSIONS)]
    loop = asyncio.get_running_loop()
    began, asked, tasks = loop.time(), 0, set()
    while not stop.is_set():
        client = sessions[asked % _SESSIONS]
        if asked % 2:
            client = httpx.AsyncClient(base_url=url, timeout=60)
        task = loop.create_task(_ask(client, load))
        tasks.add(task)
        task.add_done_callback(tasks.discard)
        asked += 1
        await asyncio.sleep(max(0.0, began + asked / per_second - loop.time()))
    await asyncio.gather(*tasks)
    for client in sessions:
        await client.aclose()


@contextmanager
def asking(url: str, per_second: float) -> Iterator[Load]:
    """Let people ask while the block runs; the load is complete after it."""
    load, stop = Load(), threading.Event()
    thread = threading.Thread(target=lambda: asyncio.run(_people(url, per_second, stop, load)))
    thread.start()
    try:
        yield load
    finally:
        stop.set()
        thread.join()
