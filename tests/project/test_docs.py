"""The documents: their commands run, their links lead somewhere, their reference pages are what the code says."""

from __future__ import annotations

import importlib.util
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from shell_blocks import DOCUMENTS, ROOT, bash_blocks

EXECUTED = [path for path in DOCUMENTS if bash_blocks(path)]


def name_of(path: Path) -> str:
    return str(path.relative_to(ROOT))


@pytest.fixture(scope="session")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Path:
    from datacraft.warehouse.sample import make_orders

    return make_orders(tmp_path_factory.mktemp("sample") / "orders_processed.parquet")


@pytest.mark.parametrize("document", EXECUTED, ids=name_of)
def test_shown_commands_run(document: Path, tmp_path: Path, sample: Path) -> None:
    (tmp_path / sample.name).symlink_to(sample)
    if document.name == "tutorial.md":
        (tmp_path / sample.name).unlink()
        settings = re.search(r"^```yaml\n(.*?)^```", document.read_text(), re.M | re.S)
        assert settings is not None
        (tmp_path / "datacraft.yaml").write_text(settings[1])
    lines = [
        line for block in bash_blocks(document) for line in block.splitlines() if not line.startswith("make ")
    ]
    command = f'datacraft() {{ "{sys.executable}" -m datacraft.cli "$@"; }}\n' + "\n".join(lines)
    environment = {key: value for key, value in os.environ.items() if not key.startswith("DATACRAFT_")}
    run = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", command],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
    )
    assert run.returncode == 0, run.stderr


def test_shown_make_targets_exist() -> None:
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), re.M))
    for document in DOCUMENTS:
        shown = re.findall(r"(?:^|`)make ([a-z]+)", document.read_text(), re.M)
        assert set(shown) <= targets, name_of(document)


def test_links_lead_somewhere() -> None:
    for document in DOCUMENTS:
        for target in re.findall(r"\]\(([^)#]+)[^)]*\)", document.read_text()):
            if "://" not in target:
                assert (document.parent / target).exists(), f"{name_of(document)}: {target}"


def test_reference_pages_are_what_the_code_says() -> None:
    spec = importlib.util.spec_from_file_location("make_reference", ROOT / "docs" / "make_reference.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    for name, text in module.pages().items():
        written = (ROOT / "docs" / "reference" / name).read_text()
        assert written == text, f"{name} is stale: python docs/make_reference.py"


def test_the_exit_codes_of_the_page_are_those_of_the_code() -> None:
    from datacraft.cli.edge import exit_code_of
    from datacraft.contracts.errors import ErrorInfo

    rows = re.findall(
        r"^\| ((?:`[a-z_]+`(?:, )?)+) \| (\d+) \|", (ROOT / "docs" / "exit-codes.md").read_text(), re.M
    )
    assert len(rows) >= 10
    for codes, expected in rows:
        for code in re.findall(r"`([a-z_]+)`", codes):
            assert exit_code_of(ErrorInfo(code=code, message="")) == int(expected), code
