"""The image for real: built, pushed, pulled, run with a root that can't be written, asked, stopped."""

from __future__ import annotations

import json
import shutil
import signal
import subprocess
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest
from image_parts import WHEELS, make_parts
from image_world import (
    BASE_IMAGE,
    Machine,
    checkout,
    free_port,
    registry,
    running,
    wait_for,
    what_is_missing,
)
from real_parts import missing_part

from datacraft.contracts.image import BuiltImage, ImageFacts, PushedImage

pytestmark = [pytest.mark.e2e, pytest.mark.image]

LARGEST_BYTES = 700_000_000
DRAINED_S = 10
SECRET = "planted-72616e646f6d"
# Where people leave secrets in a checkout.
HIDDEN_IN = (
    ".env", "settings.yaml", "credentials.json", "frontend/.env", "frontend/image/key.pem", "requirements/.netrc",
    "src/.env", "src/datacraft/.env", "src/datacraft/config/service-account.pem", "src/datacraft/config/notes.md",
    "src/datacraft/ui/.streamlit/secrets.toml",
)  # fmt: skip
SALES = "region,sold_on,revenue\nNorth,2026-01-02,100\nSouth,2026-01-03,250\nNorth,2026-01-04,50\n"


@dataclass(frozen=True)
class World:
    """An image that one machine built and pushed, and another one pulled."""

    built: BuiltImage
    said: str
    planted: BuiltImage
    pushed: PushedImage
    pulled: ImageFacts
    source: Path
    root: Path
    data: Path


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    if missing := what_is_missing():
        missing_part(missing)
    make_parts()
    folder = tmp_path_factory.mktemp("image")
    try:
        yield from _make_world(folder)
    finally:
        shutil.rmtree(folder)  # gigabytes


def _make_world(folder: Path) -> Iterator[World]:
    here, elsewhere, there = (Machine(folder / name) for name in ("here", "elsewhere", "there"))
    clean, dirty = checkout(folder / "clean"), checkout(folder / "dirty")
    for name in HIDDEN_IN:
        (dirty / name).write_text(SECRET)
    with ThreadPoolExecutor() as threads:
        first, second = (
            threads.submit(build, here, clean),
            threads.submit(build, elsewhere, dirty, DEPLOY_TOKEN=SECRET),
        )
        (built, said), (planted, _) = first.result(), second.result()
    data = folder / "data"
    data.mkdir(mode=0o755)
    (data / "sales.csv").write_text(SALES)
    with registry(folder / "registry") as address:
        options = ("--registry", f"{address}/mlops-models", "--plain-http")
        pushed = PushedImage.model_validate(here.datacraft("push", *options, cwd=clean)[0])
        there.buildah("pull", "--quiet", "--tls-verify=false", pushed.pinned)
        latest = there.buildah("pull", "--quiet", "--tls-verify=false", pushed.references[1])
    pulled = ImageFacts.model_validate(there.datacraft("inspect", latest, cwd=clean)[0])
    with there.root_of(latest) as root:
        yield World(built, said, planted, pushed, pulled, clean, root, data)


def build(machine: Machine, source: Path, **environ: str) -> tuple[BuiltImage, str]:
    machine.take_base()
    told, said = machine.datacraft("build", "--base", BASE_IMAGE, "--wheels", WHEELS, cwd=source, **environ)
    return BuiltImage.model_validate(told), said


def run(world: World, *command: str) -> subprocess.CompletedProcess[str]:
    """Run a command in the image to its end."""
    facts = world.pulled.model_copy(update={"entrypoint": ()})
    with running(world.root, facts, world.data, *command) as process:
        out, _ = process.communicate(timeout=60)
    return subprocess.CompletedProcess(command, process.returncode, out)


@pytest.fixture(scope="module")
def server(world: World) -> Iterator[str]:
    port = str(free_port())
    with running(
        world.root, world.pulled, world.data, PORT=port, DATACRAFT_DATA__PATHS="/data/sales.csv"
    ) as process:
        wait_for(f"http://127.0.0.1:{port}/ready", process)
        yield f"http://127.0.0.1:{port}"


def test_an_image_of_the_commit_is_built_and_told_of(world: World) -> None:
    facts = world.built.facts
    commit = facts.revision or ""
    assert len(commit) == 40
    assert world.built.tags == (f"datacraft-app:{commit[:7]}", "datacraft-app:latest")
    assert facts.labels["org.opencontainers.image.created"] == "2026-01-02T03:04:05Z"
    assert facts.ports == ("8501/tcp",)
    assert facts.health_check
    assert facts.environment["STREAMLIT_BROWSER_GATHER_USAGE_STATS"] == "false"
    print(f"image: {facts.size_bytes / 1e6:.0f} MB with its base")
    assert facts.size_bytes <= LARGEST_BYTES


def test_what_was_not_looked_for_is_said(world: World) -> None:
    check = world.built.vulnerabilities
    assert check.checked or "known vulnerabilities were not looked for" in world.said


def test_the_same_checkout_gives_the_same_layers(world: World) -> None:
    assert world.planted.facts.layers == world.built.facts.layers


def test_a_secret_of_the_checkout_or_the_shell_is_nowhere_in_the_image(world: World) -> None:
    assert world.planted.facts.revision == f"{world.built.facts.revision}-dirty"
    assert SECRET not in world.planted.model_dump_json()
    found = subprocess.run(
        ["grep", "-rlF", "--devices=skip", SECRET, world.root], capture_output=True, text=True
    )
    assert found.stdout == ""


def test_what_was_pulled_is_what_was_built(world: World) -> None:
    assert world.pulled.layers == world.built.facts.layers
    assert world.pulled.id == world.built.facts.id
    assert world.pushed.pinned.endswith(f"/mlops-models/datacraft-app@{world.pushed.digest}")


@pytest.mark.parametrize(
    "program", ["cc", "gcc", "g++", "clang", "make", "pip", "pip3", "pdftotext", "tesseract"]
)
def test_what_serving_does_not_need_is_not_there(world: World, program: str) -> None:
    assert run(world, "sh", "-c", f"command -v {program}").returncode != 0


def test_the_user_can_write_to_tmp_alone(world: World) -> None:
    assert run(world, "id", "-u").stdout.strip() == "10001"
    tried = run(
        world,
        "sh",
        "-c",
        "for place in /opt /opt/datacraft /etc /data /; do touch $place/x 2>/dev/null && echo $place; done; touch /tmp/x && echo /tmp",
    )
    assert tried.stdout.split() == ["/tmp"]


def test_the_bill_of_materials_names_what_is_installed(world: World) -> None:
    code = "import importlib.metadata as m; print(*(f'{d.name}=={d.version}' for d in m.distributions()), sep='\\n')"
    installed = set(run(world, "python", "-c", code).stdout.lower().replace("_", "-").split())
    told = json.loads((world.source / world.built.sbom).read_text())
    named = {f"{one['name']}=={one['version']}".lower().replace("_", "-") for one in told["components"]}
    assert named == installed


def test_it_is_healthy_and_answers_a_question(server: str) -> None:
    assert httpx.get(f"{server}/health").json() == {"status": "alive"}
    assert "Streamlit" in httpx.get(server).text
    reply = ask(server, "total revenue by region")
    assert reply.status_code == 200
    assert sorted(reply.json()["rows"]) == [["North", 150], ["South", 250]]


def test_it_serves_predictions_as_vertex_ai_starts_it(world: World) -> None:
    port, route, health = str(free_port()), "/predict", "/ready"
    vertex = {"AIP_HTTP_PORT": port, "AIP_PREDICT_ROUTE": route, "AIP_HEALTH_ROUTE": health}
    data = {"DATACRAFT_DATA__PATHS": "/data/sales.csv"}
    with running(world.root, world.pulled, world.data, **vertex, **data) as process:
        url = f"http://127.0.0.1:{port}"
        wait_for(f"{url}{health}", process)
        reply = httpx.post(f"{url}{route}", json={"instances": ["total revenue by region"]}, timeout=30)
        assert sorted(reply.json()["predictions"][0]["rows"]) == [["North", 150], ["South", 250]]
        assert httpx.get(url).status_code == 404


def test_its_health_check_tells_a_server_that_answers_from_none(world: World, server: str) -> None:
    command = world.pulled.health_check
    port = server.rpartition(":")[2]
    assert run(world, "env", f"PORT={port}", *command).returncode == 0
    assert run(world, "env", f"PORT={free_port()}", *command).returncode != 0


def test_a_stopped_server_first_answers_what_it_was_asked(world: World) -> None:
    port = str(free_port())
    with running(
        world.root, world.pulled, world.data, PORT=port, DATACRAFT_DATA__PATHS="/data/sales.csv"
    ) as process:
        url = f"http://127.0.0.1:{port}"
        wait_for(f"{url}/ready", process)
        begun, events = threading.Event(), []
        asking = threading.Thread(target=_stream, args=(url, begun, events))
        asking.start()
        assert begun.wait(30)
        process.send_signal(signal.SIGTERM)
        process.wait(DRAINED_S)
        asking.join(30)
    assert events[-1] == "event: answer"
    assert process.returncode == 0


def _stream(url: str, begun: threading.Event, events: list[str]) -> None:
    body = {"question": "total revenue by region"}
    with httpx.stream("POST", f"{url}/api/ask/stream", json=body, timeout=30) as reply:
        for line in reply.iter_lines():
            begun.set()
            if line.startswith("event:"):
                events.append(line)


def ask(url: str, question: str) -> httpx.Response:
    return httpx.post(f"{url}/api/ask", json={"question": question}, timeout=30)
