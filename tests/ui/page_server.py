"""The page as people get it: `datacraft serve` in a process of its own, and Debian's Chromium."""

from __future__ import annotations

import os
import random
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

import httpx
from playwright.sync_api import Browser, Page, expect, sync_playwright
from real_parts import missing_part

CHROMIUM = "/usr/bin/chromium"
_ARGUMENTS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
_PATIENCE_S = 60
_STILL = """() => document.getAnimations().every(
  (one) => one.playState !== "running" || one.effect.getComputedTiming().iterations === Infinity)"""


class PageServer:
    """`datacraft serve` that can be stopped and started again with the same state and port."""

    def __init__(self, data: Path, state: Path, environment: Mapping[str, str] | None = None) -> None:
        self._data = data
        self._environment = dict(environment or {})
        self._state = state
        self._log = state.with_suffix(".log")
        self._port = _lasting_port()
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._port}"

    @property
    def pid(self) -> int:
        assert self._process is not None
        return self._process.pid

    @property
    def log(self) -> str:
        return self._log.read_text(encoding="utf-8")

    def start(self) -> None:
        command = [
            sys.executable,
            "-c",
            "from datacraft.cli import main; main()",
            "serve",
            "--data",
            str(self._data),
        ]
        environment = {
            **os.environ,
            **self._environment,
            "PORT": str(self._port),
            "DATACRAFT_STATE_DIR": str(self._state),
        }
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(command, env=environment, stdout=log, stderr=log)
        deadline = time.monotonic() + _PATIENCE_S
        while not self._ready():
            assert self._process.poll() is None, f"the server ended: {self.log}"
            assert time.monotonic() < deadline, f"the server is not ready: {self.log}"
            time.sleep(0.1)

    def stop(self) -> int:
        """Ask the server to stop, as a platform does; return its exit code."""
        assert self._process is not None
        self._process.send_signal(signal.SIGTERM)
        return self._process.wait(30)

    def _ready(self) -> bool:
        try:
            return httpx.get(f"{self.url}/ready", timeout=5).status_code == 200
        except httpx.TransportError:
            return False


def _lasting_port() -> int:
    """Return a free port that nobody is given by chance while the server is stopped: below those of the system."""
    for port in random.sample(range(20_000, 30_000), 100):
        with socket.socket() as probe, suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port
    raise OSError("no port is free")


@contextmanager
def chromium() -> Iterator[Browser]:
    """Yield a browser; without one the test is skipped, or fails in CI."""
    if shutil.which(CHROMIUM) is None:
        missing_part(f"the page's tests need a browser at {CHROMIUM} (Debian's package chromium)")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=_ARGUMENTS)
        try:
            yield browser
        finally:
            browser.close()


def open_page(page: Page, url: str) -> None:
    page.goto(url)
    expect(page.get_by_role("heading", name="DataCraft")).to_be_visible(timeout=30_000)
    settle(page)


def settle(page: Page) -> None:
    """Wait until the page is drawn and nothing opens or closes any more.

    What is clicked before may move, or be drawn anew, under the pointer, so that the click is lost: faster than people.
    """
    state = page.get_by_test_id("stApp")
    expect(state).to_have_attribute("data-test-script-state", "notRunning", timeout=30_000)
    page.wait_for_function(_STILL)


def ask(page: Page, question: str) -> None:
    """Type a question, and wait for its answer's card."""
    cards = page.locator("[class*=st-key-answer_]")
    before = cards.count()
    box = page.get_by_test_id("stChatInputTextArea")
    box.fill(question)
    box.press("Enter")
    expect(cards).to_have_count(before + 1, timeout=20_000)
    expect(page.locator(".dc-working")).to_have_count(0, timeout=20_000)
    settle(page)


def last_card(page: Page) -> str:
    """Return the text of the latest answer's card."""
    return page.locator("[class*=st-key-answer_]").last.inner_text()
