"""What does a delivery cost beside its parts?

Nine steps over a release that is really published, with the journal and the lock in a folder, gates and comparison
for real; evaluation, image, target and notice answer at once. Reported is the time of a whole delivery.
"""

from __future__ import annotations

import datetime as dt
import json
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path

from datacraft.config import load_settings
from datacraft.contracts.delivery_run import DeliveryWish
from datacraft.contracts.deployment import DeploymentStatus, DeployRequest, Plan, Revision, TrafficSplit
from datacraft.contracts.gates import GatePolicy
from datacraft.delivery.config import DeliveryConfig
from datacraft.delivery.releasing import Parts, run_delivery
from datacraft.registry import ObjectStore, open_store
from datacraft.registry.channels import read_pointer
from datacraft.registry.store import walk

RUNS = 15
GOALS = {"seconds_max": 5.0}
LAX = GatePolicy(small_sample=0, min_performance=0, min_execution_accuracy=0, max_wrong_shown=1)


@dataclass
class AtOnce:
    """A service that does at once what it is told."""

    store: ObjectStore
    made: list[Revision] = field(default_factory=list)
    name = "memory"

    def plan(self, request: DeployRequest) -> Plan:
        return Plan(
            target=self.name, service="app", revision=f"app-{len(self.made)}", tag="t", basis="0",
            first=not self.made, request=request, changes=(),
        )  # fmt: skip

    def apply(self, plan: Plan) -> Revision:
        if plan.needed:
            now = dt.datetime.now(dt.UTC)
            self.made.append(
                Revision(
                    name=plan.revision, tag="t", channel=plan.request.channel, image="i", state="ready",
                    traffic=100, created_at=now,
                )
            )  # fmt: skip
        return self.made[-1]

    def wait_ready(self, revision: str, timeout_s: float) -> Revision:
        return self.made[-1]

    def traffic(self, split: TrafficSplit) -> DeploymentStatus:
        return self.status()

    def status(self) -> DeploymentStatus:
        return DeploymentStatus(target=self.name, service="app", url=self.url(), revisions=tuple(self.made))

    def url(self) -> str:
        return "http://127.0.0.1"


def published(folder: Path) -> str:
    """Publish a release into the folder's registry; return its name."""
    for command in (
        ["sample", "--out", "orders.parquet"],
        ["questions", "new", "shop.yaml", "--data", "orders.parquet", "--count", "300"],
        ["pipeline", "run", "--no-tune", "--questions", "shop.yaml", "--data", "orders.parquet"],
    ):
        run = subprocess.run(
            [sys.executable, "-m", "datacraft.cli", *command],
            cwd=folder,
            capture_output=True,
            text=True,
            check=True,
        )
    return run.stdout.strip()


def deliver(folder: Path, store: ObjectStore, release: str) -> float:
    """Deliver once; return the seconds."""
    settings = load_settings(environ={}, arguments={"state_dir": folder / "state"})
    service = AtOnce(store)
    parts = Parts(
        evaluation=None,  # type: ignore[arg-type] # a release that is there needs none
        image=None,  # type: ignore[arg-type]
        target=lambda image: service,  # type: ignore[arg-type, return-value]
        serves=lambda url: read_pointer(store, "production").release_id,
        notify=lambda notice: (),
    )
    wish = DeliveryWish(release_id=release, reason="a benchmark", by="benchmark")
    began = time.perf_counter()
    journal = run_delivery(settings, DeliveryConfig(gates=LAX), store, parts, wish, new=True)
    seconds = time.perf_counter() - began
    if journal.end is None or journal.end.status != "deployed":
        raise SystemExit(f"the delivery ended so: {journal.end}")
    return seconds


def main() -> int:
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        release = published(folder)
        store = open_store((folder / ".datacraft" / "registry").as_uri())
        size = sum(
            len(store.read(f"models/{release}/{name}").data) for name in walk(store, f"models/{release}")
        )
        times = sorted(deliver(folder, store, release) for _ in range(RUNS))
    figures = {
        "runs": RUNS,
        "release_bytes": size,
        "seconds_median": round(statistics.median(times), 3),
        "seconds_worst": round(times[-1], 3),
    }
    met = times[-1] <= GOALS["seconds_max"]
    print(json.dumps({"name": "release_overhead", "figures": figures, "goals": GOALS, "met": met}))
    return 0


if __name__ == "__main__":
    sys.exit(main())
