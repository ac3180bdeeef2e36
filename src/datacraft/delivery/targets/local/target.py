"""`LocalTarget`: what people and pipelines ask of the processes on this machine."""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from datacraft.contracts.deployment import (
    DeploymentStatus,
    DeployRequest,
    Plan,
    Revision,
    TrafficSplit,
)
from datacraft.delivery.targets.errors import (
    AddressTaken,
    DeploymentChanged,
    DeploymentError,
    NeverReady,
    NoSuchRevision,
)
from datacraft.delivery.targets.local import process
from datacraft.delivery.targets.local.reading import spec_fields, status_of
from datacraft.delivery.targets.local.starting import ensure_supervisor, supervisor_ended
from datacraft.delivery.targets.local.state import (
    Address,
    DeployFolder,
    Desired,
    LocalSpec,
    Wanted,
)
from datacraft.delivery.targets.local.wishes import forget_oldest, going_back_to, split_as, with_goal
from datacraft.delivery.targets.target import changes_between, tag_of

SERVICE = "datacraft"
_POLL_S = 0.05
_SPLIT_S = 20.0
_STOP_S = 60.0
_ROLLBACK_READY_S = 60.0


@dataclass(frozen=True, slots=True)
class LocalOptions:
    """Where and how the product runs here.

    `address` is what people connect to. `spec` says how to start a revision for a request.
    """

    folder: Path
    address: Address
    drain_s: float
    spec: Callable[[DeployRequest], LocalSpec]


class LocalTarget:
    """Supervised processes behind Caddy. Safe to use from several processes at once."""

    name = "local"

    def __init__(self, options: LocalOptions) -> None:
        self._options = options
        self._folder = DeployFolder(options.folder)

    def plan(self, request: DeployRequest) -> Plan:
        """Return what `apply` would change."""
        desired = self._folder.desired()
        before = self._compared_with(desired, request.channel)
        after = self._options.spec(request)
        changes = changes_between(
            spec_fields(before.spec, desired.address) if before else {},
            spec_fields(after, self._options.address),
        )
        number = desired.made + 1
        return Plan(
            target=self.name,
            service=SERVICE,
            revision=f"{SERVICE}-{number:05d}",
            tag=tag_of(request.release_id, number),
            basis=str(desired.number),
            first=before is None,
            request=request,
            changes=changes,
        )

    def apply(self, plan: Plan) -> Revision:
        """Start the plan's revision, without traffic; see `DeployTarget.apply`.

        Raises:
            AddressTaken: somebody else listens where people shall connect to.
        """
        with self._folder.changing():
            desired = self._folder.desired()
            if str(desired.number) != plan.basis:
                raise DeploymentChanged(
                    "Somebody else has changed the deployment since the plan was made; nothing was done.",
                    hint="Look at `datacraft deploy status`, and plan again.",
                )
            self._check_address(desired)
            options = self._options
            update: dict[str, object] = {
                "running": True,
                "address": options.address,
                "drain_s": options.drain_s,
            }
            name = plan.revision
            if plan.needed:
                made = Wanted(
                    name=name,
                    tag=plan.tag,
                    spec=options.spec(plan.request),
                    created_at=dt.datetime.now(dt.UTC),
                )
                kept = forget_oldest(desired, self._folder.observed())
                update |= {"made": desired.made + 1, "revisions": (*kept, made)}
            else:
                serving = self._compared_with(desired, plan.request.channel)
                name = serving.name if serving else name
            self._want(desired.model_copy(update=update))
        ensure_supervisor(self._folder)
        return self._revision(name)

    def wait_ready(self, revision: str, timeout_s: float) -> Revision:
        """Return the revision once it can serve; see `DeployTarget.wait_ready`."""
        deadline = time.monotonic() + timeout_s
        while True:
            found = self._revision(revision)
            if found.state == "ready":
                return found
            problem = found.problem or "It did not say why."
            if found.state == "failed":
                raise NeverReady(
                    f"Revision {found.name} does not start: {problem}", hint=_see_log(found.name)
                )
            if time.monotonic() > deadline:
                raise NeverReady(
                    f"Revision {found.name} was not ready within {timeout_s:g} s: {problem}",
                    hint=_see_log(found.name),
                )
            if not self._folder.is_supervised():
                raise supervisor_ended(self._folder)
            time.sleep(_POLL_S)

    def traffic(self, split: TrafficSplit) -> DeploymentStatus:
        """Split new sessions, and drain what gets none any more; see `DeployTarget.traffic`."""
        ensure_supervisor(self._folder)
        with self._folder.changing():
            before = self._folder.desired()
            shares = {self._name_of(name, before): share for name, share in split.shares.items() if share}
            for name in shares:
                found = self._revision(name)
                if found.state != "ready" and not before.traffic.get(name):
                    raise NeverReady(
                        f"Revision {name} is {found.state}: it can't get traffic.", hint=_see_log(name)
                    )
            number = self._want(split_as(before, shares))
            try:
                self._until_split(number, shares)
            except DeploymentError:
                self._want(before)
                raise
        return self.status()

    def rollback(self, revision: str | None = None) -> Revision:
        """Give all traffic to a former revision again; see `DeployTarget.rollback`."""
        with self._folder.changing():
            before = self._folder.desired()
            wanted = going_back_to(before, revision)
            self._want(with_goal(before, wanted.name, "run"))
        ensure_supervisor(self._folder)
        try:
            self.wait_ready(wanted.name, _ROLLBACK_READY_S)
            self.traffic(TrafficSplit.all_to(wanted.name))
        except DeploymentError:
            with self._folder.changing():
                self._want(with_goal(self._folder.desired(), wanted.name, wanted.goal))
            raise
        return self._revision(wanted.name)

    def discard(self, revision: str) -> None:
        """End a revision that gets no traffic."""
        with self._folder.changing():
            desired = self._folder.desired()
            name = self._name_of(revision, desired)
            if desired.traffic.get(name):
                raise DeploymentError(
                    f"Revision {name} gets traffic.", hint="Give its traffic to another one first."
                )
            self._want(with_goal(desired, name, "stop"))

    def status(self) -> DeploymentStatus:
        """Return the service as it is."""
        supervised = self._folder.is_supervised()
        return status_of(self._folder.desired(), self._folder.observed(), SERVICE, supervised=supervised)

    def url(self) -> str | None:
        """Return the address for people."""
        return self.status().url

    def logs(self, revision: str | None = None, *, lines: int = 100) -> Sequence[str]:
        """Return the last lines of a revision, by default of the one with the most traffic."""
        desired = self._folder.desired()
        if revision is None:
            serving = self.status().serving
            if not serving:
                raise NoSuchRevision(
                    "Nothing serves.", hint="Name a revision; `datacraft deploy status` lists them."
                )
            revision = serving[0].name
        return process.tail(self._folder.logs / f"{self._name_of(revision, desired)}.log", lines)

    def stop(self) -> None:
        """Let what is being answered be answered, and end every process of the deployment."""
        with self._folder.changing():
            desired = self._folder.desired()
            if not desired.revisions:
                raise NoSuchRevision("Nothing is deployed here.", hint="`datacraft deploy apply` deploys.")
            self._want(desired.model_copy(update={"running": False}))
        observed = self._folder.observed()
        if observed.processes:
            ensure_supervisor(self._folder)
        deadline = time.monotonic() + _STOP_S
        while self._folder.is_supervised():
            if time.monotonic() > deadline:
                raise DeploymentError(
                    f"The deployment has not ended within {_STOP_S:g} s.",
                    hint="`datacraft deploy status` shows what still runs.",
                )
            time.sleep(_POLL_S)

    def _compared_with(self, desired: Desired, channel: str) -> Wanted | None:
        """Return what a new revision is compared with: what serves its channel, else what serves most."""
        serving = sorted(
            (one for one in desired.revisions if desired.traffic.get(one.name)),
            key=lambda one: (one.spec.channel != channel, -desired.traffic[one.name]),
        )
        return serving[0] if serving else None

    def _check_address(self, desired: Desired) -> None:
        address, proxy = self._options.address, self._folder.observed().proxy
        ours = proxy.door.process is not None and process.is_alive(proxy.door.process)
        if ours and address == desired.address:
            return
        if not process.can_listen(address.host, address.port):
            raise AddressTaken(
                f"Something else listens on port {address.port} of {address.host}, where people shall connect to.",
                hint="End it, or choose another port with --port or PORT.",
            )

    def _want(self, desired: Desired) -> int:
        number = self._folder.desired().number + 1
        self._folder.write_desired(desired.model_copy(update={"number": number}))
        return number

    def _until_split(self, number: int, shares: dict[str, int]) -> None:
        deadline = time.monotonic() + _SPLIT_S
        while True:
            observed = self._folder.observed()
            if observed.number >= number and observed.proxy.traffic == shares:
                return
            if time.monotonic() > deadline:
                raise DeploymentError(
                    f"Traffic was not moved: {observed.proxy.problem or 'the proxy does not answer'}.",
                    hint=f"Look into {self._folder.logs}.",
                )
            time.sleep(_POLL_S)

    def _name_of(self, revision: str, desired: Desired) -> str:
        if found := desired.find(revision):
            return found.name
        raise NoSuchRevision(
            f"There is no revision {revision!r}.",
            hint="`datacraft deploy status` lists those that there are.",
        )

    def _revision(self, name: str) -> Revision:
        found = self.status().revision(name)
        if found is None:
            raise NoSuchRevision(f"There is no revision {name!r} any more.")
        return found


def _see_log(revision: str) -> str:
    return f"`datacraft deploy logs {revision}` shows what it said."
