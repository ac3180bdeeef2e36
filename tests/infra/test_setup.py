"""The set-up of a Google Cloud project: makes what is missing once, with few rights, and nothing on a dry run."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from real_parts import missing_part

INFRA = Path(__file__).parents[2] / "infra"
LOOKS = {"describe", "list", "get-iam-policy", "show"}

Run = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def log(tmp_path: Path) -> Path:
    return tmp_path / "commands"


@pytest.fixture
def set_up(tmp_path: Path, log: Path) -> Run:
    commands = tmp_path / "bin"
    commands.mkdir()
    stand_in = Path(__file__).with_name("gcloud_stand_in.py")
    for name in ("gcloud", "bq"):
        (commands / name).write_text(f"#!{sys.executable}\n{stand_in.read_text()}")
        (commands / name).chmod(0o755)

    def run(*arguments: str, there: str = "nothing", fails: str = "-") -> subprocess.CompletedProcess[str]:
        environ = {
            "PATH": f"{commands}:{os.environ['PATH']}",
            "STAND_IN_LOG": str(log),
            "STAND_IN_THERE": there,
            "STAND_IN_FAILS": fails,
        }
        command = ["bash", INFRA / "setup.sh", *arguments]
        return subprocess.run(command, env=environ, capture_output=True, text=True, timeout=60)

    return run


def changes(log: Path) -> list[list[str]]:
    """Return the commands that change something."""
    commands = [json.loads(line) for line in log.read_text().splitlines()]
    return [words for words in commands if not LOOKS.intersection(words)]


USUAL = ("--project", "shop", "--github", "team/shop", "--email", "ops@example.com")


def test_all_that_is_missing_is_made(set_up, log):
    run = set_up(*USUAL)
    assert run.returncode == 0, run.stderr
    made = [" ".join(words) for words in changes(log)]
    for wanted in (
        "repositories create mlops-models --location=us-east1",
        "buckets create gs://shop-datacraft-releases",
        "buckets update gs://shop-datacraft-releases --versioning",
        "--lifecycle-file=",
        "mk --dataset shop:datacraft",
        "service-accounts create datacraft-app",
        "service-accounts create datacraft-delivery",
        "workload-identity-pools create datacraft-github",
        "channel-labels=email_address=ops@example.com",
        "policies create --policy-from-file=",
    ):
        assert sum(wanted in command for command in made) >= 1, wanted
    assert "WORKLOAD_IDENTITY_PROVIDER=projects/123456789/" in run.stdout


def test_what_is_there_is_left_alone(set_up, log):
    run = set_up(*USUAL, there="everything")
    assert run.returncode == 0, run.stderr
    assert changes(log) == []
    assert "0 made in shop." in run.stdout


def test_a_dry_run_changes_nothing_and_says_what_would_be_made(set_up, log):
    run = set_up(*USUAL, "--dry-run")
    assert run.returncode == 0, run.stderr
    assert changes(log) == []
    assert "would make: bucket shop-datacraft-releases" in run.stdout


def test_rights_are_few_and_there_are_no_keys(set_up, log):
    set_up(*USUAL)
    roles = {word.partition("=")[2] for words in changes(log) for word in words if word.startswith("--role=")}
    assert not {
        role for role in roles if role.rpartition("/")[2] in ("owner", "editor", "admin", "run.admin")
    }
    text = log.read_text()
    assert "keys" not in text.split("--attribute")[0]
    assert "allUsers" not in text
    assert "assertion.repository == 'team/shop' && assertion.ref == 'refs/heads/main'" in text


def test_a_command_that_fails_ends_it(set_up, log):
    run = set_up(*USUAL, fails="repositories")
    assert run.returncode == 1
    assert not any("buckets" in words for words in changes(log))


@pytest.mark.parametrize(
    "arguments",
    [(), ("--project", "shop"), ("--project",), ("--project", "shop", "--github", "shop"), ("--nonsense",)],
)
def test_wrong_usage_is_told_and_nothing_is_asked(set_up, log, arguments):
    run = set_up(*arguments)
    assert run.returncode == 2
    assert "Error" in run.stderr
    assert not log.exists()


def test_the_script_is_what_its_linter_wants():
    if shutil.which("shellcheck") is None:
        missing_part("shellcheck is not installed (Debian: apt install shellcheck)")
    run = subprocess.run(["shellcheck", INFRA / "setup.sh"], capture_output=True, text=True)
    assert run.returncode == 0, run.stdout


@pytest.mark.parametrize("policy", sorted((INFRA / "alerts").glob("*.json")), ids=lambda path: path.stem)
def test_an_alert_policy_is_one_that_cloud_monitoring_knows(policy):
    monitoring = pytest.importorskip("google.cloud.monitoring_v3")
    known = monitoring.AlertPolicy.from_json(policy.read_text(), ignore_unknown_fields=False)
    assert known.display_name == f"DataCraft: {policy.stem.replace('-', ' ')}"
    assert known.conditions
    assert "docs/operations.md" in known.documentation.content
