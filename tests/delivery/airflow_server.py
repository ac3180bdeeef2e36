"""Airflow as a server: its API, scheduler and database on loopback, from an environment of its own."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
from real_parts import missing_part

ROOT = Path(__file__).parents[2]
ENVIRONMENT = Path(os.environ.get("AIRFLOW_VENV", ROOT / ".venv-airflow"))
_UP_WITHIN_S = 180


@dataclass(frozen=True)
class AirflowServer:
    """Where it is, and who may sign in."""

    url: str
    password: str


@contextmanager
def airflow_server(folder: Path, place: Path, environ: Mapping[str, str]) -> Iterator[AirflowServer]:
    """Run Airflow with the project's DAGs.

    Args:
        folder: for Airflow's own files.
        place: the working folder of its tasks.
        environ: of its tasks.
    """
    binary = ENVIRONMENT / "bin" / "airflow"
    if not binary.exists():
        missing_part(f"Airflow is not in {ENVIRONMENT.name} (see .ci/run)")
    port = _free_port()
    url = f"http://127.0.0.1:{port}"
    own = {
        "PATH": f"{binary.parent}:{os.environ['PATH']}",  # it starts its parts by name
        "AIRFLOW_HOME": str(folder),
        "AIRFLOW__CORE__DAGS_FOLDER": str(ROOT / "dags"),
        "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
        "AIRFLOW__CORE__PARALLELISM": "2",
        "AIRFLOW__CORE__EXECUTION_API_SERVER_URL": f"{url}/execution/",
        "AIRFLOW__API__HOST": "127.0.0.1",
        "AIRFLOW__API__PORT": str(port),
        "AIRFLOW__API__WORKERS": "1",
        "AIRFLOW__DAG_PROCESSOR__REFRESH_INTERVAL": "10",
        "AIRFLOW__LOGGING__WORKER_LOG_SERVER_PORT": str(_free_port()),
        "AIRFLOW__LOGGING__TRIGGER_LOG_SERVER_PORT": str(_free_port()),
        "AIRFLOW__USAGE_DATA_COLLECTION__ENABLED": "False",
        "PYTHONPATH": str(ROOT / "src"),
    }
    kept = {
        name: value for name, value in os.environ.items() if not name.startswith(("DATACRAFT_", "AIRFLOW_"))
    }
    folder.mkdir(parents=True, exist_ok=True)
    environment = {**kept, **environ, **own}
    subprocess.run(
        [binary, "db", "migrate"], env=environment, cwd=place, check=True, capture_output=True, timeout=120
    )
    pool = [binary, "pools", "set", "model_calls", "2", "Tasks that ask models"]
    subprocess.run(pool, env=environment, cwd=place, check=True, capture_output=True, timeout=120)
    with (folder / "standalone.log").open("wb") as log:
        process = subprocess.Popen(
            [binary, "standalone"], env=environment, cwd=place, stdout=log, stderr=log, start_new_session=True
        )
    try:
        _wait_until_up(url, process, folder)
        secrets = json.loads((folder / "simple_auth_manager_passwords.json.generated").read_text())
        yield AirflowServer(url, secrets["admin"])
    finally:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def _wait_until_up(url: str, process: subprocess.Popen[bytes], folder: Path) -> None:
    end = time.monotonic() + _UP_WITHIN_S
    while time.monotonic() < end:
        assert process.poll() is None, (folder / "standalone.log").read_text()[-3_000:]
        try:
            health = httpx.get(f"{url}/api/v2/monitor/health", timeout=5).json()
        except (httpx.HTTPError, ValueError):
            time.sleep(1)
            continue
        if health["scheduler"]["status"] == "healthy" and health["dag_processor"]["status"] == "healthy":
            return
        time.sleep(1)
    raise AssertionError(f"Airflow is not up: {(folder / 'standalone.log').read_text()[-3_000:]}")


def _free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])
