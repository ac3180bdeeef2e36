"""Holds the lock against the known vulnerabilities, by pip-audit where it is and reaches its service."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path

from pydantic import BaseModel, ValidationError

from datacraft.contracts.image import Vulnerability, VulnerabilityCheck

_TIMEOUT_S = 120


class _Advisory(BaseModel):
    id: str
    fix_versions: tuple[str, ...] = ()


class _Package(BaseModel):
    name: str
    version: str = ""
    vulns: tuple[_Advisory, ...] = ()


class _Report(BaseModel):
    dependencies: tuple[_Package, ...]


def check_vulnerabilities(lock: Path) -> VulnerabilityCheck:
    """Return what is known against the packages of a lock, or why that could not be found out."""
    program = shutil.which("pip-audit")
    if program is None:
        return VulnerabilityCheck(checked=False, reason="pip-audit is not installed.")
    command = [program, "--requirement", str(lock), "--require-hashes", "--disable-pip", "--format", "json"]
    try:
        run = subprocess.run(
            command, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=_TIMEOUT_S
        )
        # It ends with 1 where it finds something, and where it fails: only the former writes a report.
        report = _Report.model_validate(json.loads(run.stdout))
    except subprocess.TimeoutExpired:
        return VulnerabilityCheck(checked=False, reason=f"pip-audit took longer than {_TIMEOUT_S} s.")
    except (OSError, json.JSONDecodeError, ValidationError):
        return VulnerabilityCheck(checked=False, reason="pip-audit could not reach its service, or failed.")
    found = tuple(
        Vulnerability(
            package=package.name,
            version=package.version,
            advisory=advisory.id,
            fixed_in=advisory.fix_versions,
        )
        for package in report.dependencies
        for advisory in package.vulns
    )
    return VulnerabilityCheck(checked=True, found=found)
