"""Plans, sessions and windows for the tests."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

from datacraft.contracts.canary import (
    ArmWindow,
    CanaryPlan,
    CanaryState,
    CanaryVerdict,
    CanaryWindow,
    SessionTotals,
)
from datacraft.contracts.release import ReleaseMetadata
from datacraft.contracts.telemetry import TelemetryRecord
from datacraft.delivery.canary import ChannelMover, TelemetryArms, judge, run_canary
from datacraft.delivery.canary.state import advance, first_state
from datacraft.registry import Mandate, open_store, publish_release
from datacraft.registry.channels import promote, read_pointer, roll_back
from datacraft.serving.telemetry import TelemetryWriter

START = dt.datetime(2025, 6, 1, 8, 0, tzinfo=dt.UTC)
OLD, NEW = "20250501T000000Z_aaaaaaa", "20250601T000000Z_bbbbbbb"


def plan(**changes: object) -> CanaryPlan:
    return CanaryPlan.model_validate(
        {"candidate": NEW, "baseline": OLD, "started_at": START, "step_s": 0, **changes}
    )


def metadata(release_id: str) -> dict[str, object]:
    return {
        "release_id": release_id,
        "selected_model": "builtin",
        "provider": "builtin",
        "hyperparameters": {},
        "strategy": "semantic",
        "composite_score": 80,
        "performance_score": 90,
        "bias_score": 10,
        "success_rate": 95,
        "avg_response_time": 0.1,
        "deployment_ready": True,
        "selection_methodology": "composite",
        "question_set": {"name": "retail", "version": "1", "size": 200},
        "created_at": "2025-05-01T00:00:00Z",
        "commit": release_id.rpartition("_")[2],
    }


def after(**parts: float) -> dt.datetime:
    return START + dt.timedelta(**parts)


def sessions(successes: Sequence[int], name: str = "s", **bad: Sequence[int]) -> tuple[SessionTotals, ...]:
    """Single requests, one a second, that were answered or not."""
    return tuple(
        SessionTotals(
            session=f"{name}{place}",
            requests=1,
            closed_at=after(seconds=place),
            success=success,
            **{metric: values[place] for metric, values in bad.items()},
        )
        for place, success in enumerate(successes)
    )


def arm(counted: tuple[SessionTotals, ...], **changes: object) -> ArmWindow:
    last = counted[-1].closed_at if counted else None
    window = ArmWindow(sessions=counted, opened=len(counted), last_at=last)
    return window.model_copy(update=changes)


def window(baseline: ArmWindow, canary: ArmWindow, **changes: object) -> CanaryWindow:
    return CanaryWindow(baseline=baseline, canary=canary).model_copy(update=changes)


def drawn(rate: float, requests: int, seed: int) -> ArmWindow:
    """An arm that answers so many of its requests."""
    return arm(sessions(np.random.default_rng(seed).binomial(1, rate, requests).tolist()))


def ran(
    frozen: CanaryPlan,
    seen: CanaryWindow,
    now: dt.datetime,
    state: CanaryState | None = None,
    looks: int = 10,
) -> tuple[CanaryState, list[CanaryVerdict]]:
    """Look so often at the same data."""
    state = state or first_state(frozen)
    verdicts = []
    for _ in range(looks):
        verdicts.append(judge(frozen, state, seen, now))
        state = advance(frozen, state, verdicts[-1])
    return state, verdicts


class Town:
    """People who ask while a canary runs: a clock that they live by, traffic that is split between them, telemetry.

    Each session goes by chance to an arm, which answers with the release that its channel names.
    """

    def __init__(self, root: Path, quality: dict[str, float], *, per_minute: float = 60.0) -> None:
        self.root = root
        self.store = open_store((root / "registry").as_uri())
        self.quality = quality
        self.per_minute = per_minute
        self.shares = (0, 0)
        self.splits: list[tuple[int, int]] = []
        self.time = START
        self.rng = np.random.default_rng(11)
        self.asked = 0
        self.then: Callable[[], None] = lambda: None
        for release in (OLD, NEW):
            publish_release(self.store, ReleaseMetadata.model_validate(metadata(release)), {})
        self.move("production", OLD)

    def move(self, channel: str, release: str, by: str = "ada", reason: str = "said so") -> None:
        promote(
            self.store, read_pointer(self.store, channel), release, Mandate(by, reason, START), again=True
        )

    def take_back(self, channel: str, release: str, by: str = "ada", reason: str = "it was bad") -> None:
        roll_back(self.store, read_pointer(self.store, channel), release, Mandate(by, reason, START))

    def names(self, channel: str) -> str | None:
        return read_pointer(self.store, channel).release_id

    # Clock

    def now(self) -> dt.datetime:
        return self.time

    def sleep(self, seconds: float) -> None:
        self.then()
        arms = {
            channel: TelemetryWriter(self.telemetry, channel=channel) for channel in ("baseline", "canary")
        }
        for _ in range(round(self.per_minute * seconds / 60)):
            at = self.time + dt.timedelta(seconds=seconds * self.rng.random())
            place = self.rng.random() * 100
            if place < sum(self.shares):
                channel = "canary" if place < self.shares[0] else "baseline"
                release = self.names(channel)
                answered = self.rng.random() < self.quality[release or ""]
                self.asked += 1
                arms[channel].put(
                    TelemetryRecord(
                        at=at,
                        question_id=f"q{self.asked}",
                        release_id=release,
                        error=None if answered else "not_understood",
                    )
                )
        for writer in arms.values():
            writer.close()
        self.time += dt.timedelta(seconds=seconds)

    # Traffic

    def split(self, canary: int, baseline: int) -> None:
        self.shares = (canary, baseline)
        self.splits.append(self.shares)

    @property
    def telemetry(self) -> Path:
        return self.root / "telemetry"

    @property
    def folder(self) -> Path:
        return self.root / "canary"

    def run(self, frozen: CanaryPlan, **changes: object) -> CanaryState:
        mover = ChannelMover(self.store, self, clock=self.now)
        return run_canary(
            frozen,
            TelemetryArms([self.telemetry]),
            mover,
            self,
            self.folder,
            look_s=300,
            **changes,  # type: ignore[arg-type]
        )
