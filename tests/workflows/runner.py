"""Runs the `run` steps of a workflow's jobs without GitHub: the same commands, in the same order, by the same shell."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import yaml

_WHOLE = re.compile(r"\$\{\{(.*?)\}\}")
_TERM = re.compile(r"format\('(?P<form>[^']*)', (?P<value>[\w.]+)\)|'(?P<text>[^']*)'|(?P<name>[\w.]+)")


@dataclass
class Ran:
    """What came of a job: the exit code of its last step, and what each step wrote."""

    code: int = 0
    steps: dict[str, str] = field(default_factory=dict)


@dataclass
class Runner:
    """A machine for jobs.

    Attributes:
        workflow: the file.
        place: the checkout.
        context: values by dotted name, such as `vars.GCP_REGION`; what is not there is empty.
        environ: what a machine has anyway.
    """

    workflow: Path
    place: Path
    context: Mapping[str, str]
    environ: Mapping[str, str]

    def job(self, name: str) -> Ran:
        """Run a job's steps until one fails, as GitHub does."""
        whole = yaml.load(self.workflow.read_text(), Loader=yaml.BaseLoader)
        job, ran = whole["jobs"][name], Ran()
        for step in job["steps"]:
            if "run" not in step:
                continue
            wanted = {**whole.get("env", {}), **job.get("env", {}), **step.get("env", {})}
            environ = {**self.environ, **{key: self.value(text) for key, text in wanted.items()}}
            run = subprocess.run(
                ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", step["run"]],
                cwd=self.place, env=environ, capture_output=True, text=True, timeout=900,
            )  # fmt: skip
            ran.steps[step["name"]] = run.stdout + run.stderr
            ran.code = run.returncode
            if ran.code:
                break
        return ran

    def value(self, text: str) -> str:
        """Return a text with its expressions evaluated: names, texts, `format` and `||`."""
        return _WHOLE.sub(lambda found: self._first(found[1]), text)

    def _first(self, expression: str) -> str:
        terms = [term.strip() for term in expression.split("||")]
        return next((value for term in terms if (value := self._term(term))), "")

    def _term(self, term: str) -> str:
        found = _TERM.fullmatch(term)
        assert found is not None, f"the runner does not know {term!r}"
        if found["form"] is not None:
            return found["form"].replace("{0}", self.context.get(found["value"], ""))
        return found["text"] if found["text"] is not None else self.context.get(found["name"], "")
