"""The delivering workflow, job by job, on a checkout: from data to people on this machine, and stopped by the gates."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import httpx
import pytest

sys.path.append(str(Path(__file__).parents[1] / "delivery"))

from company import POLICY, write_orders
from image_world import checkout, free_port
from receivers import MailBox, mail_server
from runner import Runner
from storage_emulator import running_storage_emulator

pytestmark = pytest.mark.e2e

ROOT = Path(__file__).parents[2]
BUCKET = "workflow-releases"


@pytest.fixture
def around(tmp_path: Path) -> Iterator[tuple[Runner, MailBox]]:
    place = checkout(tmp_path / "checkout")
    (place / ".venv").symlink_to(ROOT / ".venv")
    for path in (*place.glob("requirements/*"), place / "pyproject.toml"):
        os.utime(path, (0, 0))  # so that make finds everything installed
    write_orders(place / "orders.csv")
    with ExitStack() as parts:
        emulator = parts.enter_context(running_storage_emulator())
        httpx.post(f"{emulator}/storage/v1/b", json={"name": BUCKET}).raise_for_status()
        mail = parts.enter_context(mail_server())
        environ = {
            **{name: value for name, value in os.environ.items() if not name.startswith("DATACRAFT_")},
            "PYTHONPATH": str(place / "src"),
            "PORT": str(free_port()),
            "STORAGE_EMULATOR_HOST": emulator,
            "DATACRAFT_DATA__PATHS": str(place / "orders.csv"),
            "DATACRAFT_NOTIFY__SMTP_PORT": str(mail.port),
            "DATACRAFT_NOTIFY__SMTP_SECURITY": "none",
            "DATACRAFT_NOTIFY__SENDER": "datacraft@example.com",
        }
        context = {
            "vars.GCS_BUCKET_NAME": BUCKET,
            "vars.GCP_PROJECT_ID": "test-project",
            "vars.DEPLOY_TARGET": "local",
            "vars.TRIGGER": "here",
            "vars.QUESTIONS": "shop.yaml",
            "vars.EMAIL_SMTP_HOST": "127.0.0.1",
            "vars.EMAIL_RECIPIENTS": "ops@example.com",
            "github.server_url": "https://github.example",
            "github.repository": "team/datacraft",
            "github.run_id": "42",
            "github.sha": "abc1234",
        }
        runner = Runner(ROOT / ".github/workflows/model-training-ci-cd.yml", place, context, environ)
        new = ".venv/bin/datacraft questions new shop.yaml --data orders.csv --count 300 --seed 4"
        assert os.system(f"cd {place} && PYTHONPATH=src {new} 2>/dev/null >/dev/null") == 0
        try:
            yield runner, mail
        finally:
            os.system(f"cd {place} && PYTHONPATH=src .venv/bin/datacraft deploy stop 2>/dev/null")


def test_the_jobs_take_a_release_to_people(around):
    runner, mail = around
    (runner.place / "ci-cd/config/ci_cd_config.yaml").write_text(POLICY)
    evaluated = runner.job("evaluate")
    assert evaluated.code == 0, evaluated.steps
    assert mail.messages == []
    deployed = runner.job("deploy")
    assert deployed.code == 0, deployed.steps
    message = mail.messages[-1].as_string()
    url = f"http://127.0.0.1:{runner.environ['PORT']}"
    assert url in message
    assert "https://github.example/team/datacraft/actions/runs/42" in message
    answer = httpx.post(f"{url}/api/ask", json={"question": "total revenue by region"}, timeout=60).json()
    assert len(answer["rows"]) == 4
    assert answer["release_id"] in message


def test_a_rejected_release_ends_the_workflow_and_is_told_once(around):
    runner, mail = around
    (runner.place / "ci-cd/config/ci_cd_config.yaml").write_text("gates: {max_latency_p95_ms: 0.001}\n")
    evaluated = runner.job("evaluate")
    assert evaluated.code == 10, evaluated.steps
    assert len(mail.messages) == 1
    assert "latency" in mail.messages[0].as_string()
