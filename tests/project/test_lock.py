"""The locked versions: whole, with hashes, for any index, and in step with pyproject.toml."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

ROOT = Path(__file__).parents[2]
ALL_LOCKS = sorted((ROOT / "requirements").glob("*.txt"))
# A part that tests start in an environment of its own has its wishes in a file beside its lock.
LOCKS = [path for path in ALL_LOCKS if not path.with_suffix(".in").exists()]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())


def pins(path: Path) -> dict[str, list[Version]]:
    """Return the locked versions of each package; more than one where Python's version decides."""
    found: dict[str, list[Version]] = {}
    for line in re.findall(r"^[A-Za-z0-9].*", path.read_text(), re.M):
        requirement = Requirement(line.removesuffix("\\").strip())
        (specifier,) = requirement.specifier
        found.setdefault(canonicalize_name(requirement.name), []).append(Version(specifier.version))
    return found


def wanted() -> dict[str, list[str]]:
    """Return what pyproject.toml asks for, by the lock that must hold it."""
    project, groups = PROJECT["project"], PROJECT["dependency-groups"]
    base, extras = project["dependencies"], project["optional-dependencies"]
    plain = [item for item in groups["dev"] if isinstance(item, str)]
    everything = [*base, *(item for extra in extras.values() for item in extra), *plain, *groups["build"]]
    return {
        "base": base,
        "ui": [*base, *extras["ui"], *extras["documents"]],
        "demo": [*base, *extras["evaluate"], *extras["documents"]],
        "image": [
            *base,
            *(
                item
                for name in ("ui", "gcp", "llm", "otel", "postgres", "documents")
                for item in extras[name]
            ),
        ],
        "build": groups["build"],
        "dev": everything,
    }


def test_every_group_has_its_lock() -> None:
    assert {path.stem for path in LOCKS} == wanted().keys()


@pytest.mark.parametrize("path", LOCKS, ids=lambda path: path.stem)
def test_a_lock_holds_what_pyproject_asks_for(path: Path) -> None:
    held = pins(path)
    for text in wanted()[path.stem]:
        requirement = Requirement(text)
        versions = held.get(canonicalize_name(requirement.name), [])
        assert versions, f"{requirement.name} is not locked: make lock"
        assert all(requirement.specifier.contains(version) for version in versions), f"{text}: make lock"


@pytest.mark.parametrize("path", LOCKS, ids=lambda path: path.stem)
def test_a_lock_agrees_with_the_widest_one(path: Path) -> None:
    widest = pins(ROOT / "requirements" / "dev.txt")
    assert {name: widest.get(name) for name in pins(path)} == pins(path)


@pytest.mark.parametrize("path", ALL_LOCKS, ids=lambda path: path.stem)
def test_every_version_has_hashes_and_no_address(path: Path) -> None:
    text = path.read_text()
    entries = re.split(r"\n(?=[A-Za-z0-9])", text.strip())
    assert all("--hash=sha256:" in entry for entry in entries)
    assert not re.search(r"://|--index|--find-links|^-|@ |\s/", text, re.M)
