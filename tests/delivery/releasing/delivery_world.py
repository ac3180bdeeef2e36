"""A whole world for deliveries: releases, a service in memory that follows channels, and parts that can be told to fail."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

from releases import NEW, NOW, OLD, Model, Shop

from datacraft.config import load_settings
from datacraft.contracts.canary import (
    ArmWindow,
    CanaryParameters,
    CanaryPlan,
    CanaryWindow,
    SessionTotals,
)
from datacraft.contracts.delivery_run import DeliveryWish, StepRecord
from datacraft.contracts.deployment import (
    Change,
    DeploymentStatus,
    DeployRequest,
    Plan,
    Revision,
    TrafficSplit,
)
from datacraft.contracts.errors import DataCraftError, ImageFailed
from datacraft.contracts.image import BuiltImage, ImageFacts, PushedImage, VulnerabilityCheck
from datacraft.contracts.notice import DeliveryNotice, NoticeReceipt
from datacraft.contracts.shadow import ShadowParameters
from datacraft.delivery.config import DeliveryConfig
from datacraft.delivery.releasing import DeliveryJournal, Parts, run_delivery
from datacraft.delivery.releasing.work import ShadowSource
from datacraft.delivery.targets import DeploymentError, NeverReady, NoSuchRevision
from datacraft.registry import Mandate
from datacraft.registry.channels import promote, read_pointer

GOOD = Model(wrong=frozenset(range(0, 240, 20)))
BAD = Model(wrong=frozenset(range(0, 240, 2)), confidence=0.4)
DIGEST = "sha256:" + "a" * 64


class Killed(BaseException):
    """What `kill -9` is to a process: nothing of it runs any more."""


@dataclass
class StoppedClock:
    """Time that passes only by waiting."""

    at: dt.datetime = NOW

    def now(self) -> dt.datetime:
        return self.at

    def sleep(self, seconds: float) -> None:
        self.at += dt.timedelta(seconds=seconds)


@dataclass
class Service:
    """A target in memory, whose processes serve what their channel names."""

    shop: Shop
    image: str = "image-1"
    wanted_image: str | None = None
    revisions: list[Revision] = field(default_factory=list)
    fails: dict[str, DataCraftError] = field(default_factory=dict)
    calls: list[str] = field(default_factory=list)
    splits: list[dict[str, int]] = field(default_factory=list)
    frozen: str | None = None
    """A release that it goes on serving, whatever the channel says."""

    name = "memory"

    def _did(self, what: str) -> None:
        self.calls.append(what)
        if what in self.fails:
            raise self.fails[what]

    def plan(self, request: DeployRequest) -> Plan:
        serving = self.status().serving
        wanted = self.wanted_image or self.image
        changes = (
            ()
            if serving and serving[0].image == wanted
            else (Change(field="image", before=serving[0].image if serving else None, after=wanted),)
        )
        return Plan(
            target=self.name, service="app", revision=f"app-{len(self.revisions) + 1}", tag="t",
            basis=str(len(self.revisions)), first=not serving, request=request, changes=changes,
        )  # fmt: skip

    def apply(self, plan: Plan) -> Revision:
        self._did("apply")
        if not plan.needed:
            return self.status().serving[0]
        made = Revision(
            name=plan.revision, tag=plan.tag, channel=plan.request.channel,
            image=self.wanted_image or self.image, state="starting", created_at=NOW,
        )  # fmt: skip
        self.revisions.insert(0, made)
        return made

    def wait_ready(self, revision: str, timeout_s: float) -> Revision:
        self._did("wait_ready")
        return self._set(revision, state="ready")

    def traffic(self, split: TrafficSplit) -> DeploymentStatus:
        self._did("traffic")
        for one in list(self.revisions):
            self._set(one.name, traffic=split.shares.get(one.name, 0))
        self.splits.append({f"{one.channel} {one.image}": one.traffic for one in self.status().serving})
        return self.status()

    def rollback(self, revision: str | None = None) -> Revision:
        former = next(
            one
            for one in self.revisions
            if not one.traffic and one.channel == "production" and one.name != self.revisions[0].name
        )
        self.traffic(TrafficSplit.all_to(former.name))
        return former

    def discard(self, revision: str) -> None:
        self._did("discard")
        found = self.status().revision(revision)
        if found is None:
            raise NoSuchRevision(revision)
        if found.traffic:
            raise DeploymentError("it gets traffic")
        self._set(revision, state="stopped")

    def status(self) -> DeploymentStatus:
        return DeploymentStatus(
            target=self.name, service="app", url=self.url(), revisions=tuple(self.revisions)
        )

    def url(self) -> str | None:
        return "http://127.0.0.1:1" if any(one.traffic for one in self.revisions) else None

    def logs(self, revision: str | None = None, *, lines: int = 100) -> Sequence[str]:
        return ()

    def stop(self) -> None:
        raise AssertionError("a delivery ends no service")

    def _set(self, name: str, **values: object) -> Revision:
        place = next(n for n, one in enumerate(self.revisions) if one.name == name)
        self.revisions[place] = self.revisions[place].model_copy(update=values)
        return self.revisions[place]

    def serve(self, release: str) -> None:
        """Let production name a release, and a first revision serve it."""
        pointer = read_pointer(self.shop.store, "production")
        promote(self.shop.store, pointer, release, Mandate("ada", "before", NOW))
        made = self.apply(self.plan(DeployRequest(channel="production")))
        self.wait_ready(made.name, 1)
        self.traffic(TrafficSplit.all_to(made.name))
        self.calls.clear()

    def seen(self) -> dict[str, object]:
        """What users see: which image and release serve them."""
        shown = {one.image: one.traffic for one in self.status().serving}
        return {"images": shown, "release": self.answers("")}

    def answers(self, url: str) -> str | None:
        return self.frozen or read_pointer(self.shop.store, "production").release_id


@dataclass
class Evaluating:
    """Evaluates nothing: the release is there, or the error."""

    release: str = NEW
    fails: dict[str, DataCraftError] = field(default_factory=dict)
    started: list[str] = field(default_factory=list)

    def start(self, run_id: str) -> str:
        if "trigger" in self.fails:
            raise self.fails["trigger"]
        self.started.append(run_id)
        return f"run of {run_id}"

    def wait(self, name: str) -> str:
        if "wait" in self.fails:
            raise self.fails["wait"]
        return self.release


@dataclass
class Building:
    """Builds and pushes nothing."""

    fails: dict[str, list[DataCraftError]] = field(default_factory=dict)
    pushed: int = 0

    def build(self) -> BuiltImage:
        self._fail("image")
        facts = ImageFacts(
            image="datacraft-app:abc", id=DIGEST, size_bytes=1, layers=(), user="app", ports=(), entrypoint=(),
            command=(), environment={}, labels={}, health_check=(),
        )  # fmt: skip
        return BuiltImage(
            builder="buildah", tags=("datacraft-app:abc",), variant="plain", facts=facts, sbom="sbom.json",
            vulnerabilities=VulnerabilityCheck(checked=False, reason="offline"),
        )  # fmt: skip

    def push(self) -> PushedImage:
        self._fail("push")
        self.pushed += 1
        return PushedImage(
            references=("r/datacraft-app:abc",), digest=DIGEST, pinned=f"r/datacraft-app@{DIGEST}"
        )

    def _fail(self, what: str) -> None:
        if self.fails.get(what):
            raise self.fails[what].pop(0)


@dataclass
class Sessions:
    """What a canary's arms did: single requests, ten a second in each arm, some of them answered."""

    canary_success: float = 0.95
    baseline_success: float = 0.95

    def window(self, plan: CanaryPlan, now: dt.datetime) -> CanaryWindow:
        count = int((now - plan.started_at).total_seconds() * 10)
        return CanaryWindow(
            baseline=_arm(plan, count, self.baseline_success), canary=_arm(plan, count, self.canary_success)
        )


def _arm(plan: CanaryPlan, count: int, success: float) -> ArmWindow:
    every = round(1 / (1 - success))
    sessions = tuple(
        SessionTotals(
            session=f"{success}-{number}",
            requests=1,
            closed_at=plan.started_at + dt.timedelta(seconds=number / 10),
            success=number % every > 0,
        )
        for number in range(count)
    )
    last = sessions[-1].closed_at if sessions else None
    return ArmWindow(sessions=sessions, opened=count, last_at=last)


@dataclass
class World:
    """All that a delivery touches."""

    shop: Shop
    service: Service
    evaluating: Evaluating = field(default_factory=Evaluating)
    building: Building = field(default_factory=Building)
    clock: StoppedClock = field(default_factory=StoppedClock)
    notices: list[DeliveryNotice] = field(default_factory=list)
    said: list[str] = field(default_factory=list)
    records: list[StepRecord] = field(default_factory=list)
    arms: Sessions | None = None
    on_record: Callable[[StepRecord], None] = lambda _: None
    canary: CanaryParameters = field(default_factory=CanaryParameters)
    shadow: ShadowSource | None = None
    shadowing: ShadowParameters = field(default_factory=ShadowParameters)

    def deliver(self, *, wish: dict[str, object] | None = None, **options: object) -> DeliveryJournal:
        settings = load_settings(environ={}, arguments={"state_dir": self.shop.root.parent / "state"})
        asked = DeliveryWish.model_validate({"reason": "a test", "by": "ada", **(wish or {})})

        def target(image: str | None) -> Service:
            return replace(self.service, wanted_image=image)

        def notify(notice: DeliveryNotice) -> tuple[NoticeReceipt, ...]:
            self.notices.append(notice)
            return (NoticeReceipt(destination="a list", delivered=True),)

        def watch(run_id: str, record: StepRecord) -> None:
            self.records.append(record)
            self.on_record(record)

        parts = Parts(
            evaluation=self.evaluating,
            image=self.building,
            target=target,
            serves=self.service.answers,
            notify=notify,
            arms=self.arms,
            shadow=self.shadow,
        )
        return run_delivery(
            settings, DeliveryConfig(canary=self.canary, shadow=self.shadowing), self.shop.store, parts, asked,
            clock=self.clock, watch=watch, say=self.said.append, lock_ttl_s=1, **options,
        )  # type: ignore[arg-type]  # fmt: skip


def broken_image() -> ImageFailed:
    return ImageFailed("the registry is away")


def never_ready() -> NeverReady:
    return NeverReady("it dies at once")


def world_with(shop: Shop, *, serving: str | None = OLD) -> World:
    """Return a world in which OLD serves (or nothing) and NEW is as good."""
    shop.publish(OLD, GOOD)
    shop.publish(NEW, GOOD.__class__(wrong=frozenset(range(0, 240, 20)), confidence=0.6), incumbent=GOOD)
    service = Service(shop)
    if serving is not None:
        service.serve(serving)
    return World(shop, service)
