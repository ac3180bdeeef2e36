"""`Work`: what the steps of a delivery work with; whoever calls them brings the parts."""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from datacraft.config import Settings
from datacraft.contracts.delivery_run import DeliveryFacts, DeliveryWish
from datacraft.contracts.image import BuiltImage, PushedImage
from datacraft.contracts.notice import DeliveryNotice, NoticeReceipt
from datacraft.delivery.canary import ArmSource
from datacraft.delivery.comparing import AskAgain
from datacraft.delivery.config import DeliveryConfig
from datacraft.delivery.shadow import AskCandidate
from datacraft.delivery.targets import DeployTarget
from datacraft.registry import ObjectStore


class Evaluation(Protocol):
    """Whoever evaluates candidates and publishes the winner."""

    def start(self, run_id: str) -> str:
        """Start an evaluation for a delivery, once however often it is called; return its name.

        Raises:
            DataCraftError: it can't be started.
        """

    def wait(self, name: str) -> str:
        """Return the release that it published, once it is done.

        Raises:
            DataCraftError: it failed, took too long, or chose nobody (exit code 14).
        """


class ImageWork(Protocol):
    """Builds and pushes the image of this checkout."""

    def build(self) -> BuiltImage:
        """Return the image that was built.

        Raises:
            DataCraftError: it could not be built.
        """

    def push(self) -> PushedImage:
        """Return what the registry took.

        Raises:
            DataCraftError: it could not be pushed.
        """


class ShadowSource(Protocol):
    """Lets a release answer copies, where users don't notice."""

    def __call__(self, release_id: str) -> AbstractContextManager[AskCandidate]:
        """Open a release for questions.

        Raises:
            DataCraftError: it, or the data, can't be opened.
        """


class Clock(Protocol):
    """Time, and waiting for it."""

    def now(self) -> dt.datetime:
        """Return the present in UTC."""

    def sleep(self, seconds: float) -> None:
        """Wait."""


class SystemClock:
    """The clock of the machine."""

    def now(self) -> dt.datetime:
        """Return the present in UTC."""
        return dt.datetime.now(dt.UTC)

    def sleep(self, seconds: float) -> None:
        """Wait."""
        time.sleep(seconds)


@dataclass(frozen=True)
class Parts:
    """The outside world of a delivery.

    Attributes:
        evaluation: evaluates candidates.
        image: builds and pushes.
        target: returns where a given image is deployed; None: the image of the settings.
        serves: returns which release answers at an address; None where it does not tell.
        notify: tells people.
        arms: where a canary's judge learns what the arms did; None: that can't be read from here.
        shadow: lets a candidate answer copies; None: what production answers can't be copied from here.
        ask_again: asks the models of both sides of a comparison anew; None: nobody can be asked here.
    """

    evaluation: Evaluation
    image: ImageWork
    target: Callable[[str | None], DeployTarget]
    serves: Callable[[str], str | None]
    notify: Callable[[DeliveryNotice], tuple[NoticeReceipt, ...]]
    arms: ArmSource | None = None
    shadow: ShadowSource | None = None
    ask_again: AskAgain | None = None


@dataclass(frozen=True)
class Work:
    """One delivery at work.

    Attributes:
        run_id: of the delivery.
        wish: what was asked for.
        settings: that hold.
        config: gates, margins, channels, canary.
        store: of the registry.
        parts: the outside world.
        folder: for what is downloaded.
        keep: writes what is known by now into the journal, before the step is done.
        check: raises where the delivery is not alone any more.
        say: tells whoever looks on.
        clock: of waits.
    """

    run_id: str
    wish: DeliveryWish
    settings: Settings
    config: DeliveryConfig
    store: ObjectStore
    parts: Parts
    folder: Path
    keep: Callable[[DeliveryFacts], None]
    check: Callable[[], None]
    say: Callable[[str], None] = lambda _: None
    clock: Clock = field(default_factory=SystemClock)


@dataclass(frozen=True, slots=True)
class StepResult:
    """What a step came to.

    Attributes:
        facts: what is known now.
        note: a sentence for people.
        skipped: there was nothing to do.
    """

    facts: DeliveryFacts
    note: str
    skipped: bool = False
