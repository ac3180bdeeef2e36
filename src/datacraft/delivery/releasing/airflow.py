"""`AirflowEvaluation`: evaluates by a DAG, through Airflow 3's REST API (airflow.apache.org, "Airflow public API" v2)."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from datacraft.contracts.errors import DataCraftError, NobodyChosen

if TYPE_CHECKING:
    import httpx

log = logging.getLogger(__name__)

_TRIES = 6
_REQUEST_S = 30.0
_LONGEST_PAUSE_S = 30.0
_LOG_LINES = 15


class AirflowFailed(DataCraftError):
    """Airflow can't be reached, does not take the request, or the DAG failed."""

    code = "airflow_failed"


@dataclass(frozen=True)
class AirflowPlace:
    """Where Airflow is, and how long its answers are waited for.

    Attributes:
        url: of its API server, without `/api`.
        user: who signs in.
        password: of the user; empty: no sign-in.
        dag: name of the DAG.
        deadline_s: how long a run may take.
    """

    url: str
    user: str = "admin"
    password: str = field(default="", repr=False)
    dag: str = "model_pipeline_dag"
    deadline_s: float = 43_200


class AirflowEvaluation:
    """Runs the DAG for a delivery; see `Evaluation`.

    Args:
        place: of Airflow.
        conf: parameters of the run.
        release_of: returns the release that a reference of the DAG's last task names.
        say: told what goes on.
        sleep: waits.
    """

    def __init__(
        self,
        place: AirflowPlace,
        conf: Mapping[str, object],
        release_of: Callable[[Mapping[str, str]], str],
        *,
        say: Callable[[str], None] = lambda _: None,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._place = place
        self._conf = dict(conf)
        self._release_of = release_of
        self._say = say
        self._sleep = sleep
        self._token: str | None = None

    def start(self, run_id: str) -> str:
        """Ask for a run of the delivery's name, which there is at most one of."""
        name = f"delivery_{run_id}"
        self._call("PATCH", f"/dags/{self._place.dag}", {"is_paused": False})
        asked = {"dag_run_id": name, "logical_date": None, "conf": self._conf}
        self._call("POST", f"/dags/{self._place.dag}/dagRuns", asked, fine=(409,))
        return name

    def wait(self, name: str) -> str:
        """Return the release that the run published.

        Raises:
            AirflowFailed: it failed, takes longer than it may, or ended without a release.
            NobodyChosen: no candidate reached the floors.
        """
        began, pause_s, known = time.monotonic(), 1.0, ""
        run = f"/dags/{self._place.dag}/dagRuns/{quote(name)}"
        while True:
            state = str(self._call("GET", run).get("state"))
            if state != known:
                self._say(f"Airflow's run {name} is {state}.")
            known = state
            if state == "success":
                return self._published(run)
            if state == "failed":
                self._raise_why(run)
            if time.monotonic() - began > self._place.deadline_s:
                raise AirflowFailed(
                    f"The run {name} is {state} after {self._place.deadline_s:g} s.",
                    hint="Look at it in Airflow; run the delivery again to go on waiting.",
                )
            self._sleep(pause_s)
            pause_s = min(_LONGEST_PAUSE_S, pause_s * 1.3)

    def _published(self, run: str) -> str:
        entry = self._call("GET", f"{run}/taskInstances/publish/xcomEntries/return_value", fine=(404,))
        ref = entry.get("value")
        if not isinstance(ref, dict):
            raise AirflowFailed(
                f"The run {run.rpartition('/')[2]} ended well and published no release.",
                hint=f"Look at its task publish in {self._place.url}.",
            )
        return self._release_of({str(key): str(value) for key, value in ref.items()})

    def _raise_why(self, run: str) -> None:
        tasks = self._call("GET", f"{run}/taskInstances").get("task_instances", [])
        failed = [task for task in tasks if task.get("state") == "failed"]
        names = sorted({str(task.get("task_id")) for task in failed})
        told = "\n".join(self._log_of(run, failed[0])) if failed else ""
        if names == ["require_winner"]:
            raise NobodyChosen(f"No candidate reached the floors; nothing is published.\n{told}".strip())
        raise AirflowFailed(
            f"The run {run.rpartition('/')[2]} failed in {', '.join(names) or 'no task'}.\n{told}".strip(),
            hint=f"Its log is in {self._place.url}.",
        )

    def _log_of(self, run: str, task: Mapping[str, Any]) -> list[str]:
        path = f"{run}/taskInstances/{task.get('task_id')}/logs/{task.get('try_number', 1)}"
        try:
            content = self._call("GET", f"{path}?full_content=true").get("content", [])
        except AirflowFailed as error:
            return [f"(Its log can't be read: {error.message})"]
        lines = [
            str(line.get("event", line)) if isinstance(line, dict) else str(line)
            for line in (content if isinstance(content, list) else [content])
        ]
        return [line[:500] for line in lines if line.strip()][-_LOG_LINES:]

    def _call(
        self, method: str, path: str, body: Mapping[str, object] | None = None, fine: tuple[int, ...] = ()
    ) -> dict[str, Any]:
        """Return what Airflow answers; what may heal is tried again, each time after a longer pause."""
        pause_s = 1.0
        for left in range(_TRIES - 1, -1, -1):
            problem, answer = self._tried(method, path, body)
            if answer is not None and (answer.is_success or answer.status_code in fine):
                return dict(answer.json()) if answer.is_success else {}
            if answer is not None and answer.status_code == 401 and left and self._token is not None:
                self._token = None  # it has run out
                continue
            if answer is not None and answer.status_code < 500 and answer.status_code != 429:
                raise AirflowFailed(
                    f"Airflow does not take {method} {path.partition('?')[0]}: {answer.status_code} {_detail(answer)}",
                    hint="Check airflow.url, airflow.user, AIRFLOW_PASSWORD and that the DAG is there.",
                )
            if left:
                self._sleep(pause_s)
                pause_s = min(_LONGEST_PAUSE_S, 2 * pause_s)
        raise AirflowFailed(
            f"Airflow at {self._place.url} does not answer: {problem}", hint="Start it, or check airflow.url."
        )

    def _tried(
        self, method: str, path: str, body: Mapping[str, object] | None
    ) -> tuple[str, httpx.Response | None]:
        import httpx

        try:
            with httpx.Client(base_url=self._place.url, timeout=_REQUEST_S) as client:
                if self._token is None and self._place.password:
                    signed = client.post(
                        "/auth/token",
                        json={"username": self._place.user, "password": self._place.password},
                    )
                    if not signed.is_success:
                        return f"signing in gave {signed.status_code}", signed
                    self._token = str(signed.json()["access_token"])
                headers = {"Authorization": f"Bearer {self._token}"} if self._token else {}
                answer = client.request(method, f"/api/v2{path}", json=body, headers=headers)
        except (httpx.HTTPError, ValueError, KeyError) as error:
            return f"{type(error).__name__}.", None
        return f"{answer.status_code} {_detail(answer)}", answer


def _detail(answer: httpx.Response) -> str:
    try:
        return str(answer.json().get("detail", ""))[:300]
    except (ValueError, AttributeError):
        return ""
