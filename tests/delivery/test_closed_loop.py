"""The loop for real: people ask, things go wrong, monitoring finds out, mends it by itself, and tells."""

from __future__ import annotations

import datetime as dt
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest
import yaml
from company import POLICY, write_orders
from image_world import free_port
from receivers import MailBox, mail_server

from datacraft.registry import Mandate, open_store
from datacraft.registry.channels import promote, read_pointer

pytestmark = pytest.mark.e2e

QUESTIONS = (
    "total revenue by region",
    "how many orders",
    "average revenue by category",
    "total revenue by month",
)


@dataclass
class Shop:
    """A deployment on this machine, whose telemetry and mail are looked at."""

    folder: Path
    environ: dict[str, str]
    mail: MailBox
    port: int
    url: str = ""
    timid: str = ""

    def datacraft(self, *arguments: str, code: int = 0) -> str:
        run = subprocess.run(
            [sys.executable, "-P", "-m", "datacraft.cli", *arguments],
            cwd=self.folder, env=self.environ, capture_output=True, text=True, timeout=600,
        )  # fmt: skip
        assert run.returncode == code, run.stderr
        return run.stdout.strip()

    def look(self, code: int) -> dict[str, object]:
        """Look, act, and return the report."""
        self.datacraft(
            "monitor", "run", "--act", "--policy", "policy.yaml", "--questions", "shop.yaml",
            "--report", "look.json", code=code,
        )  # fmt: skip
        return dict(json.loads((self.folder / "look.json").read_text()))

    def acts(self) -> list[tuple[str, str]]:
        listed = json.loads(self.datacraft("monitor", "acts", "list", "--format", "json"))
        return [(one["action"], one["state"]) for one in reversed(listed)]

    def ask(self, count: int) -> None:
        """Put questions of the set, one after another."""
        cases = yaml.safe_load((self.folder / "shop.yaml").read_text())["cases"]
        with httpx.Client(base_url=self.url, timeout=60) as client:
            for number in range(count):
                client.post("/api/ask", json={"question": cases[number % len(cases)]["question"]})

    def production(self) -> str | None:
        return read_pointer(open_store(self.registry), "production").release_id

    @property
    def registry(self) -> str:
        return f"file://{self.folder}/.datacraft/registry"

    def publish_timid(self) -> str:
        """Publish a release that declines nearly everything; before another serves, which would win."""
        model = self.folder / "timid.yaml"
        model.write_text(
            "name: timid\nprovider: builtin\nstrategy: {kind: semantic, minimum_confidence: 0.999}\n"
        )
        self.environ["DATACRAFT_EVALUATION__SELECTION__FLOORS__MIN_PERFORMANCE"] = "0"
        timid = self.datacraft(
            "pipeline", "run", "--questions", "shop.yaml", "--no-tune", "--model", str(model)
        )
        del self.environ["DATACRAFT_EVALUATION__SELECTION__FLOORS__MIN_PERFORMANCE"]
        return timid

    def slip_in(self, release: str) -> None:
        """Let production name a release, past all gates."""
        store = open_store(self.registry)
        pointer = read_pointer(store, "production")
        promote(store, pointer, release, Mandate("somebody", "a mistake", dt.datetime.now(dt.UTC)))

    def serves(self, release: str) -> bool:
        """Tell whether people are served by a release: services follow within a minute."""
        for _ in range(90):
            if httpx.get(f"{self.url}/ready", timeout=10).json().get("release_id") == release:
                return True
            subprocess.run(["sleep", "1"], check=True)
        return False


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    folder = tmp_path_factory.mktemp("shop")
    with mail_server() as mail:
        environ = {
            **{name: value for name, value in os.environ.items() if not name.startswith("DATACRAFT_")},
            "DATACRAFT_DATA__PATHS": str(folder / "orders.csv"),
            "DATACRAFT_NOTIFY__SMTP_HOST": "127.0.0.1",
            "DATACRAFT_NOTIFY__SMTP_PORT": str(mail.port),
            "DATACRAFT_NOTIFY__SMTP_SECURITY": "none",
            "DATACRAFT_NOTIFY__SENDER": "datacraft@example.com",
            "DATACRAFT_NOTIFY__RECIPIENTS": "ops@example.com",
            "PORT": str(free_port()),
        }
        made = Shop(folder, environ, mail, int(environ["PORT"]))
        write_orders(folder / "orders.csv")
        (folder / "policy.yaml").write_text(f"{POLICY}\nmonitoring: {{min_requests: 10}}\n")
        made.datacraft(
            "questions", "new", "shop.yaml", "--data", "orders.csv", "--count", "300", "--seed", "4"
        )
        try:
            made.timid = made.publish_timid()
            made.url = made.datacraft(
                "release", "run", "--questions", "shop.yaml", "--policy", "policy.yaml", "--no-tune"
            )
            yield made
        finally:
            if (folder / ".datacraft" / "deploy").exists():
                made.datacraft("deploy", "stop")


def heard(mail: MailBox, ending: str) -> bool:
    """Tell whether a mail came whose subject ends so."""
    return any(str(message["Subject"]).endswith(ending) for message in mail.messages)


def test_production_is_watched_and_mends_itself(shop: Shop) -> None:
    """One story, in its order: nothing is wrong; a worse model slips in; the data change."""
    first = shop.production()
    assert first is not None
    shop.ask(20)
    assert shop.look(0)["status"] == "healthy"
    assert shop.look(0)["status"] == "healthy"
    assert shop.acts() == []
    assert len(shop.mail.messages) == 1  # that it is deployed

    shop.slip_in(shop.timid)
    assert shop.serves(shop.timid)
    shop.ask(60)
    report = shop.look(10)
    assert [one["name"] for one in report["alerts"]] == ["success rate"]  # type: ignore[index, attr-defined]
    assert shop.acts() == [("roll_back", "done")]
    assert shop.production() == first
    assert shop.serves(first)
    assert heard(shop.mail, "is not doing well in production")
    assert heard(shop.mail, "was taken back from production")

    shop.ask(400)
    shop.look(0)
    shop.look(0)
    assert heard(shop.mail, "is doing well in production again")
    assert shop.acts() == [("roll_back", "done")]

    write_orders(shop.folder / "orders.csv", later=True)
    seen = shop.look(11)
    assert seen["data"]["verdict"] == "drifted"  # type: ignore[index]
    assert "category" in seen["data"]["words"]  # type: ignore[index]
    assert shop.acts() == [("roll_back", "done")]  # seen once is not believed
    shop.look(11)
    assert shop.acts() == [("roll_back", "done"), ("re_evaluate", "done")]
    third = shop.production()
    assert third not in (None, first, shop.timid)
    assert shop.serves(third)
    assert shop.look(0)["data"]["verdict"] == "steady"  # type: ignore[index]
    assert heard(shop.mail, "was evaluated anew, since production changed")
    deployed = [one for one in shop.mail.messages if str(one["Subject"]).endswith("is deployed")]
    assert len(deployed) == 2
