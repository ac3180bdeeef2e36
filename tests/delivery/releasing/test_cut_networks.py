"""The network to any part is cut at every step in turn: nothing is lost, nothing is half, and the next run ends it.

Each part is reached over a connection of its own: the bucket (an emulator of Cloud Storage where it is what is cut,
else a folder, which is faster), Airflow, the registry of images, the target (Cloud Run) and mail.
"""

from __future__ import annotations

import itertools
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

import cloudrun_stub
import httpx
import pytest
from airflow_stub import Airflow
from airflow_stub import running as airflow_running
from delivery_world import DIGEST, GOOD, Building, StoppedClock
from receivers import MailBox, mail_server
from releases import NEW, NOW, OLD, Shop
from storage_emulator import running_storage_emulator
from wire import Wire, wired

from datacraft.config import Settings, load_settings
from datacraft.contracts.delivery_run import STEP_NAMES, DeliveryWish, StepRecord
from datacraft.contracts.deployment import DeployRequest
from datacraft.contracts.errors import DataCraftError, ImageFailed
from datacraft.contracts.image import PushedImage
from datacraft.delivery.config import DeliveryConfig
from datacraft.delivery.notify import send_notice
from datacraft.delivery.releasing import AirflowEvaluation, DeliveryJournal, Parts, run_delivery
from datacraft.delivery.releasing.airflow import AirflowPlace
from datacraft.delivery.targets import google, roll_out, with_image
from datacraft.delivery.targets.cloudrun.target import CloudRunTarget
from datacraft.delivery.targets.cloudrun.wire import CloudRun
from datacraft.registry import Mandate, ObjectStore, gcs, open_store
from datacraft.registry.channels import history_gaps, promote, read_pointer
from datacraft.registry.integrity import release_problems

pytestmark = pytest.mark.e2e

PARTS = ("bucket", "airflow", "registry", "target", "mail")
MOMENTS = (*STEP_NAMES, "promoted")
"""Of a cut: as a step begins, or right after the channel has moved."""
BEFORE, AFTER = ("image-1", OLD), (f"r/datacraft-app@{DIGEST}", NEW)
_BUCKETS = itertools.count()


class Pushing(Building):
    """Pushes to a registry that is asked over the network."""

    def __init__(self, url: str) -> None:
        super().__init__()
        self._url = url

    def push(self) -> PushedImage:
        try:
            httpx.get(f"{self._url}/v2/").raise_for_status()
        except httpx.HTTPError as error:
            raise ImageFailed("The registry can't be reached.") from error
        return super().push()


@dataclass
class Company:
    """All parts, and the wires to them."""

    shop: Shop
    store: ObjectStore
    settings: Settings
    wires: dict[str, Wire]
    airflow: Airflow
    cloud: cloudrun_stub.Cloud
    mail: MailBox
    clock: StoppedClock = field(default_factory=StoppedClock)
    cut_at: tuple[str, str] | None = None
    said: list[str] = field(default_factory=list)

    def target(self, image: str | None) -> CloudRunTarget:
        chosen = with_image(self.settings, image)
        return CloudRunTarget(chosen, CloudRun.of(chosen), poll_s=0.01)

    def users_see(self) -> tuple[str, str | None]:
        """Which image answers everybody, and with which release; looked at behind the wires."""
        service = self.cloud.seen()
        (status,) = [one for one in service.traffic_statuses if one.percent]
        assert status.percent == 100
        image = self.cloud.revision(status.revision).containers[0].image
        return image, read_pointer(self.shop.store, "production").release_id

    def moment(self, name: str) -> None:
        if self.cut_at is not None and self.cut_at[1] == name:
            self.wires[self.cut_at[0]].cut()

    def deliver(self) -> DeliveryJournal:
        def watch(run_id: str, record: StepRecord) -> None:
            if record.state == "started":
                self.moment(record.step)

        where = AirflowPlace(self.wires["airflow"].url, password="secret")
        parts = Parts(
            evaluation=AirflowEvaluation(where, {}, lambda ref: NEW, sleep=lambda _: None),
            image=Pushing(self.wires["registry"].url),
            target=self.target,
            serves=lambda url: read_pointer(self.shop.store, "production").release_id,
            notify=lambda notice: send_notice(notice, self.settings),
        )
        wish = DeliveryWish(reason="a test", by="ada", image="always", trigger="airflow")
        return run_delivery(
            self.settings, DeliveryConfig(), self.store, parts, wish,
            watch=watch, say=self.said.append, clock=self.clock, lock_ttl_s=8,
        )  # fmt: skip


class Watching:
    """A store that tells when the channel production has moved."""

    def __init__(self, store: ObjectStore, moved) -> None:
        self._store, self._moved = store, moved

    def __getattr__(self, name: str):
        return getattr(self._store, name)

    def replace(self, path: str, data: bytes, *, generation: int) -> int:
        done = self._store.replace(path, data, generation=generation)
        if path == "channels/production.json":
            self._moved()
        return done


@contextmanager
def image_registry() -> Iterator[int]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Keep quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield server.server_port
    finally:
        server.shutdown()
        server.server_close()


@pytest.fixture(scope="module")
def emulator() -> Iterator[str]:
    with running_storage_emulator() as address:
        yield address


@pytest.fixture
def company(request, emulator: str, tmp_path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Company]:
    monkeypatch.setattr(gcs, "_DEADLINE_S", 0.5)
    monkeypatch.setattr(google, "_FIRST_PAUSE_S", 0.001)
    bucket = f"releases-{next(_BUCKETS)}"
    httpx.post(f"{emulator}/storage/v1/b", json={"name": bucket}).raise_for_status()
    is_bucket = getattr(request.node, "callspec", None) and request.node.callspec.params["part"] == "bucket"
    cloud, airflow = cloudrun_stub.Cloud(), Airflow(states=["running", "success"])
    with ExitStack() as around:
        around.enter_context(airflow_running(airflow))
        mail = around.enter_context(mail_server())
        ports = {
            "bucket": _port(emulator),
            "airflow": _port(airflow.url),
            "registry": around.enter_context(image_registry()),
            "target": _port(around.enter_context(cloudrun_stub.serving(cloud))),
            "mail": mail.port,
        }
        wires = {name: around.enter_context(wired(port)) for name, port in ports.items()}
        settings = load_settings(
            environ={},
            arguments={
                "state_dir": tmp_path / "state",
                "gcp.project_id": cloudrun_stub.PROJECT,
                "deploy.target": "cloudrun",
                "deploy.cloudrun.endpoint": wires["target"].url,
                "deploy.cloudrun.image": BEFORE[0],
                "notify.smtp_host": "127.0.0.1",
                "notify.smtp_port": wires["mail"].port,
                "notify.smtp_security": "none",
                "notify.sender": "datacraft@example.com",
                "notify.recipients": "ops@example.com",
                "notify.timeout_s": 5,
            },
        )
        (tmp_path / "registry").mkdir()
        address = f"gs://{bucket}" if is_bucket else (tmp_path / "registry").as_uri()
        behind = open_store(address, cloudrun_stub.PROJECT, endpoint=emulator)
        shop = Shop(behind, tmp_path)
        shop.publish(OLD, GOOD)
        shop.publish(NEW, GOOD.__class__(wrong=frozenset(range(0, 240, 20)), confidence=0.6), incumbent=GOOD)
        promote(behind, read_pointer(behind, "production"), OLD, Mandate("ada", "before", NOW))
        over_wire = open_store(address, cloudrun_stub.PROJECT, endpoint=wires["bucket"].url)
        made = Company(shop, over_wire, settings, wires, airflow, cloud, mail)
        made.store = Watching(over_wire, lambda: made.moment("promoted"))  # type: ignore[assignment]
        target = made.target(None)
        roll_out(target, target.plan(DeployRequest(channel="production", release_id=OLD)), timeout_s=5)
        yield made


def _port(url: str) -> int:
    port = urlsplit(url).port
    assert port is not None
    return port


def test_without_a_cut_it_is_delivered(company):
    assert company.users_see() == BEFORE
    journal = company.deliver()
    assert journal.end is not None
    assert journal.end.status == "deployed", journal.end.error
    assert company.users_see() == AFTER
    assert [one["Subject"] for one in company.mail.messages][-1]


@pytest.mark.parametrize("moment", MOMENTS)
@pytest.mark.parametrize("part", PARTS)
def test_a_cut_loses_nothing_and_leaves_nothing_half(company, part, moment):
    company.cut_at = (part, moment)
    try:
        first = company.deliver()
    except DataCraftError:
        assert part == "bucket"  # without it there is no journal: what goes on is said by the command alone
        first = None
    assert company.wires[part].is_cut
    company.wires[part].mend()
    company.cut_at = None
    seen = company.users_see()
    allowed = [BEFORE, AFTER]
    if (part, moment) == ("bucket", "promoted"):
        # Without the bucket a channel that has moved can't be moved back: people get the release, which is accepted,
        # by the image that was there, and the next run brings the new one.
        allowed.append((BEFORE[0], NEW))
    assert seen in allowed
    if first is not None and first.end is not None and first.end.status != "deployed":
        assert seen == BEFORE

    again = company.deliver()
    assert again.end is not None
    channel = read_pointer(company.shop.store, "production").channel
    assert history_gaps(channel) == []
    if again.end.status == "waiting":  # moved and moved back: only a person lets that release be tried again
        assert [one.release_id for one in channel.history] == [OLD, NEW, OLD]
        assert company.users_see() == BEFORE
    else:
        assert again.end.status == "deployed", again.end.error
        assert company.users_see() == AFTER
        assert [one.release_id for one in channel.history] == [OLD, NEW]
    for release in (OLD, NEW):
        assert release_problems(company.shop.store, release) == []
    assert len(company.airflow.runs) == (1 if first is None or first.run_id == again.run_id else 2)
    told = str(company.mail.messages[-1]["Subject"]).lower()
    assert ("deployed" in told) == (again.end.status == "deployed")
    if part == "mail" and moment == "notify":
        assert first is not None
        assert "did not reach" in first.latest()["notify"].note
