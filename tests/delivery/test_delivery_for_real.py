"""The whole way for real: Airflow, a storage emulator, gates, comparison, image, registry, deployment, canary, mail."""

from __future__ import annotations

import json
import shutil
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
from image_parts import WHEELS, make_parts
from image_world import BASE_IMAGE, Machine, checkout, free_port, program, registry, what_is_missing
from real_parts import missing_part
from receivers import MailBox, mail_server
from storage_emulator import running_storage_emulator

from datacraft.contracts.image import ImageFacts

pytestmark = [pytest.mark.e2e, pytest.mark.image]

BUCKET = "releases"


@dataclass
class Company:
    """A working folder, with everything around it on loopback."""

    folder: Path
    environ: dict[str, str]
    mail: MailBox
    port: int
    images: str
    """The registry of images."""
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

    def deploy_image(self, command: Path) -> None:
        """Let a revision of an image's own program take over; its data are where images have them."""
        self.datacraft(
            "deploy", "apply", "--data", "/data/orders.csv", "--port", str(self.port), "--program", str(command)
        )  # fmt: skip

    def serving_programs(self) -> list[str]:
        """What runs for people."""
        status = json.loads(self.datacraft("deploy", "status", "--json"))
        return [one["image"] for one in status["revisions"] if one["traffic"]]

    def commit(self) -> str:
        """The commit of the working folder's checkout."""
        run = subprocess.run(
            ["git", "rev-parse", "HEAD"], cwd=self.folder, capture_output=True, text=True, check=True
        )
        return run.stdout.strip()

    def facts(self) -> dict[str, str]:
        """What is known of the latest delivery."""
        listed = json.loads(self.datacraft("release", "list", "--format", "json"))
        return dict(listed[0]["facts"])

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
    if missing := what_is_missing():
        missing_part(missing)
    make_parts()
    folder = checkout(tmp_path_factory.mktemp("company"))
    (folder / ".git" / "info" / "exclude").write_text(
        "*\n"
    )  # so that what the company makes changes no commit
    machine = Machine(tmp_path_factory.mktemp("images"))
    machine.take_base()
    with ExitStack() as around:
        around.callback(shutil.rmtree, machine.folder)  # gigabytes
        images = around.enter_context(registry(tmp_path_factory.mktemp("registry") / "served"))
        emulator = around.enter_context(running_storage_emulator())
        httpx.post(f"{emulator}/storage/v1/b", json={"name": BUCKET}).raise_for_status()
        mail = around.enter_context(mail_server())
        environ = {
            **{name: value for name, value in machine.environ.items() if not name.startswith("DATACRAFT_")},
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
        made = Company(folder, environ, mail, free_port(), images)
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
def pulled(pinned: str, folder: Path) -> Iterator[tuple[Path, ImageFacts]]:
    """Pull an image to another machine; yield its files and what it says of itself."""
    there = Machine(folder)
    try:
        there.buildah("pull", "--quiet", "--tls-verify=false", pinned)
        told, _ = there.datacraft("inspect", pinned, cwd=folder)
        with there.root_of(pinned) as root:
            yield root, ImageFacts.model_validate(told)
    finally:
        shutil.rmtree(folder)


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
            "--trigger", "airflow", "--model", company.model("usual", 0.5), "--reason", "first",
            "--image", "always", "--builder", "buildah", "--base", BASE_IMAGE, "--wheels", str(WHEELS),
            "--registry", f"{company.images}/mlops-models", "--plain-http",
        )  # fmt: skip
    first = company.production()
    assert company.ask(url)["release_id"] == first
    pinned = company.facts()["pinned"]
    assert pinned.startswith(f"{company.images}/mlops-models/datacraft-app@sha256:")
    assert pinned in company.datacraft("release", "status")
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

    with pulled(pinned, tmp_path_factory.mktemp("elsewhere")) as (root, facts):
        assert facts.revision == company.commit()
        data = tmp_path_factory.mktemp("data")
        shutil.copy(company.folder / "orders.csv", data)
        data.chmod(0o755)
        command = program(root, facts, data, company.folder / "datacraft-of-the-image")
        with people_asking(url) as failed:
            company.deploy_image(command)
        assert failed == []
        (runs,) = company.serving_programs()
        assert runs.startswith(str(command))
        assert company.ask(url)["release_id"] == second
        assert httpx.get(f"{url}/health").json() == {"status": "alive"}
        company.datacraft("deploy", "stop")
