"""The whole way for real: Airflow, a storage emulator, gates, comparison, a local deployment, a canary, mail."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import pytest
from airflow_server import airflow_server
from company import POLICY, write_orders
from image_world import free_port
from receivers import MailBox, mail_server
from storage_emulator import running_storage_emulator

pytestmark = pytest.mark.e2e

BUCKET = "releases"


@dataclass
class Company:
    """A working folder, with everything around it on loopback."""

    folder: Path
    environ: dict[str, str]
    mail: MailBox
    port: int
    said: list[str] = field(default_factory=list)

    def datacraft(self, *arguments: str, code: int = 0) -> str:
        run = subprocess.run(
            [sys.executable, "-P", "-m", "datacraft.cli", *arguments],
            cwd=self.folder, env=self.environ, capture_output=True, text=True, timeout=600,
        )  # fmt: skip
        self.said.append(run.stderr)
        assert run.returncode == code, run.stderr
        return run.stdout.strip()

    def release(self, *arguments: str, code: int = 0) -> str:
        return self.datacraft(
            "release", "run", "--data", "orders.csv", "--questions", "shop.yaml", "--policy", "policy.yaml",
            "--port", str(self.port), "--no-tune", *arguments, code=code,
        )  # fmt: skip

    def production(self) -> str:
        listed = json.loads(self.datacraft("releases", "channels", "--format", "json"))
        return next(one["release_id"] for one in listed if one["name"] == "production")

    def ask(self, url: str) -> dict[str, object]:
        answer = httpx.post(f"{url}/api/ask", json={"question": "total revenue by region"}, timeout=60)
        assert answer.status_code == 200, answer.text
        return dict(answer.json())

    def publish_timid(self) -> str:
        """Publish a release that declines nearly everything; a company without floors would."""
        self.environ["DATACRAFT_EVALUATION__SELECTION__FLOORS__MIN_PERFORMANCE"] = "0"
        try:
            return self.datacraft(
                "pipeline",
                "run",
                "--questions",
                "shop.yaml",
                "--no-tune",
                "--model",
                self.model("timid", 0.999),
            )
        finally:
            del self.environ["DATACRAFT_EVALUATION__SELECTION__FLOORS__MIN_PERFORMANCE"]

    def model(self, name: str, confidence: float) -> str:
        path = self.folder / f"{name}.yaml"
        path.write_text(
            f"name: {name}\nprovider: builtin\nstrategy: {{kind: semantic, minimum_confidence: {confidence}}}\n"
        )
        return str(path)


@pytest.fixture(scope="module")
def company(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Company]:
    folder = tmp_path_factory.mktemp("company")
    with ExitStack() as around:
        emulator = around.enter_context(running_storage_emulator())
        httpx.post(f"{emulator}/storage/v1/b", json={"name": BUCKET}).raise_for_status()
        mail = around.enter_context(mail_server())
        environ = {
            **{name: value for name, value in os.environ.items() if not name.startswith("DATACRAFT_")},
            "STORAGE_EMULATOR_HOST": emulator,
            "GCS_BUCKET_NAME": BUCKET,
            "GCP_PROJECT_ID": "test-project",
            "DATACRAFT_DATA__PATHS": str(folder / "orders.csv"),
            "DATACRAFT_NOTIFY__SMTP_HOST": "127.0.0.1",
            "DATACRAFT_NOTIFY__SMTP_PORT": str(mail.port),
            "DATACRAFT_NOTIFY__SMTP_SECURITY": "none",
            "DATACRAFT_NOTIFY__SENDER": "datacraft@example.com",
            "DATACRAFT_NOTIFY__RECIPIENTS": "ops@example.com",
        }
        made = Company(folder, environ, mail, free_port())
        write_orders(folder / "orders.csv")
        (folder / "policy.yaml").write_text(POLICY)
        made.datacraft(
            "questions", "new", "shop.yaml", "--data", "orders.csv", "--count", "300", "--seed", "4"
        )
        try:
            yield made
        finally:
            if (folder / ".datacraft" / "deploy").exists():
                made.datacraft("deploy", "stop")


@contextmanager
def people_asking(url: str, per_session: int = 5) -> Iterator[list[str]]:
    """Let people ask one session after another while the block runs; yield what went wrong for them."""
    stop, failed = threading.Event(), list[str]()

    def person() -> None:
        while not stop.is_set():
            with httpx.Client(base_url=url, timeout=60) as client:
                for _ in range(per_session):
                    try:
                        answer = client.post("/api/ask", json={"question": "total revenue by region"})
                    except httpx.HTTPError as error:
                        failed.append(repr(error))
                        continue
                    if answer.status_code != 200:
                        failed.append(f"{answer.status_code} {answer.text[:200]}")

    threads = [threading.Thread(target=person) for _ in range(4)]
    for thread in threads:
        thread.start()
    try:
        yield failed
    finally:
        stop.set()
        for thread in threads:
            thread.join()


def test_from_airflow_to_people_and_on(company, tmp_path_factory):
    """One story, in its order: a first release by Airflow, a better one by canary, and a worse one that is stopped."""
    timid = company.publish_timid()
    with airflow_server(tmp_path_factory.mktemp("airflow"), company.folder, company.environ) as airflow:
        company.environ |= {"DATACRAFT_AIRFLOW__URL": airflow.url, "AIRFLOW_PASSWORD": airflow.password}
        url = company.release(
            "--trigger", "airflow", "--model", company.model("usual", 0.5), "--reason", "first"
        )
    first = company.production()
    assert company.ask(url)["release_id"] == first
    message = company.mail.messages[-1]
    assert "deployed" in str(message["Subject"]).lower()
    assert url in message.as_string()

    with people_asking(url) as failed:
        company.release(
            "--model", company.model("careful", 0.6), "--strategy", "canary", "--reason", "more careful"
        )
    assert failed == []
    second = company.production()
    assert second != first
    assert company.ask(url)["release_id"] == second
    assert len(company.mail.messages) == 2

    company.release("--release", timid, "--reason", "a mistake", code=10)
    assert company.production() == second
    assert company.ask(url)["release_id"] == second
    told = company.mail.messages[-1]
    assert len(company.mail.messages) == 3
    assert "rejected" in str(told["Subject"]).lower()
    assert "success_rate" in told.as_string()
    assert company.datacraft("release", "status", code=10)
