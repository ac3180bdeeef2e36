"""`CloudRunTarget`: what people and pipelines ask of a service on Google Cloud Run.

Traffic always names revisions, never "latest": a new revision gets what it is given, and nothing by itself. What had
the traffic before is kept in an annotation of the service, so that a rollback knows where to.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, TypeVar

from google.cloud import run_v2

from datacraft.config import Settings
from datacraft.contracts.deployment import (
    DeploymentStatus,
    DeployRequest,
    Plan,
    Revision,
    TrafficSplit,
)
from datacraft.delivery.targets.cloudrun import shape
from datacraft.delivery.targets.cloudrun.wire import CloudRun
from datacraft.delivery.targets.errors import (
    DeploymentChanged,
    DeploymentError,
    NeverReady,
    NoSuchRevision,
)
from datacraft.delivery.targets.former import former_after
from datacraft.delivery.targets.target import changes_between, tag_of

if TYPE_CHECKING:
    from google.api_core.operation import Operation

_SPLIT_S = 120.0
_APPEARS_S = 60.0
_Result = TypeVar("_Result")
_Mode = run_v2.ServiceScaling.ScalingMode


class CloudRunTarget:
    """One service. Two at once are told apart by its etag: one of them is refused."""

    name = "cloudrun"

    def __init__(self, settings: Settings, cloud: CloudRun, *, poll_s: float = 1.0) -> None:
        self._settings = settings
        self._cloud = cloud
        self._poll_s = poll_s

    def plan(self, request: DeployRequest) -> Plan:
        """Return what `apply` would change."""
        service = self._cloud.service()
        number = (service.generation if service else 0) + 1
        revision, tag = f"{self._cloud.service_id}-{number:05d}", tag_of(request.release_id, number)
        template = shape.template_of(self._settings, request, revision, tag)
        after = shape.fields_of(template, public=self._settings.deploy.cloudrun.allow_unauthenticated)
        before: dict[str, str] = {}
        serving = self._compared_with(service, request.channel) if service else None
        if serving is not None:
            before = shape.fields_of(serving, public=shape.is_public(self._cloud.policy()))
            if "service account" not in after:  # Cloud Run fills in the project's own
                before.pop("service account", None)
        return Plan(
            target=self.name,
            service=self._cloud.service_id,
            revision=revision,
            tag=tag,
            basis=service.etag if service else "",
            first=serving is None,
            request=request,
            changes=changes_between(before, after),
        )

    def apply(self, plan: Plan) -> Revision:
        """Start the plan's revision, without traffic unless it is the first; see `DeployTarget.apply`."""
        service = self._cloud.service()
        if (service.etag if service else "") != plan.basis:
            raise DeploymentChanged(
                f"{self._cloud.name} was changed since the plan was made; nothing was done.",
                hint="Look at `datacraft deploy status`, and plan again.",
            )
        name = plan.revision
        if not plan.needed and service is not None:
            name = self._unchanged(service, plan.request.channel)
        else:
            template = shape.template_of(self._settings, plan.request, plan.revision, plan.tag)
            operation = self._make(service, template, plan)
            self._appeared(name, operation)
        self._open_or_close()
        return self._found(name)

    def wait_ready(self, revision: str, timeout_s: float) -> Revision:
        """Return the revision once it can serve; see `DeployTarget.wait_ready`."""
        hint = f"`datacraft deploy logs {revision}` shows what it said."

        def check() -> Revision | None:
            found = self._found(revision)
            if found.state == "failed":
                raise NeverReady(f"Revision {revision} does not start: {found.problem}", hint=hint)
            return found if found.state == "ready" else None

        found = self._until(check, timeout_s)
        if found is None:
            raise NeverReady(f"Revision {revision} was not ready within {timeout_s:g} s.", hint=hint)
        return found

    def traffic(self, split: TrafficSplit) -> DeploymentStatus:
        """Split new sessions; see `DeployTarget.traffic`. Cloud Run drains what gets none any more."""
        service = self._service()
        shares = {self._named(name).name: share for name, share in split.shares.items() if share}
        for name in shares:
            if (found := self._found(name)).state != "ready":
                raise NeverReady(f"Revision {name} is {found.state}: it can't get traffic.")
        before = shape.shares_of(service)
        if before == shares:
            return self.status()
        former = former_after(shape.former_of(service), before, shares)
        service.annotations[shape.FORMER] = ",".join(former)
        service.traffic = shape.targets(shares, shape.kept_tags(service, self._cloud.revisions(), shares))
        operation = self._cloud.update(service, "traffic", "annotations")

        def moved() -> bool | None:
            if shape.shares_of(self._service()) == shares:
                return True
            self._cloud.check(operation)
            return None

        if self._until(moved, _SPLIT_S) is None:
            raise DeploymentError(
                f"Cloud Run has not moved traffic within {_SPLIT_S:g} s.",
                hint="`datacraft deploy status` shows how it is split.",
            )
        return self.status()

    def rollback(self, revision: str | None = None) -> Revision:
        """Give all traffic to a former revision again; see `DeployTarget.rollback`."""
        if revision is None:
            there = {shape.short(one.name) for one in self._cloud.revisions()}
            former = [name for name in shape.former_of(self._service()) if name in there]
            if not former:
                raise NoSuchRevision("There is no former revision to go back to.")
            revision = former[-1]
        name = self._named(revision).name
        return self.traffic(TrafficSplit.all_to(name)).revision(name) or self._found(name)

    def discard(self, revision: str) -> None:
        """Take away the tag of a revision that gets no traffic: then it has no address, and no instance.

        Cloud Run keeps the revision itself, as it does not delete the latest one.
        """
        service = self._service()
        name = self._named(revision).name
        shares = shape.shares_of(service)
        if name in shares and shares != {name: 100}:
            raise DeploymentError(
                f"Revision {name} gets traffic.", hint="Give its traffic to another one first."
            )
        tags = shape.tags_of(service)
        if tags.pop(name, None) is not None and shares and name not in shares:
            service.traffic = shape.targets(shares, tags)
            self._cloud.update(service, "traffic")

    def status(self) -> DeploymentStatus:
        """Return the service as it is."""
        service = self._cloud.service()
        if service is None:
            problem = f"There is no service {self._cloud.name}."
            return DeploymentStatus(
                target=self.name, service=self._cloud.service_id, url=None, revisions=(), problems=(problem,)
            )
        shares = shape.shares_of(service)
        addresses = {one.revision: one.uri for one in service.traffic_statuses if one.revision and one.uri}
        revisions = tuple(shape.revision_of(one, shares, addresses) for one in self._cloud.revisions())
        problems = [
            f"Revision {one.name} gets traffic and is {one.state}: {one.problem}"
            for one in revisions
            if one.traffic and one.state != "ready"
        ]
        stopped = _is_stopped(service)
        if stopped:
            problems.append("The service is stopped; `datacraft deploy apply` starts it again.")
        elif not shares:
            problems.append("No revision gets traffic.")
        return DeploymentStatus(
            target=self.name,
            service=self._cloud.service_id,
            url=service.uri if shares and not stopped else None,
            revisions=revisions,
            problems=tuple(problems),
        )

    def url(self) -> str | None:
        """Return the address for people."""
        return self.status().url

    def logs(self, revision: str | None = None, *, lines: int = 100) -> Sequence[str]:
        """Return the last lines of a revision, by default of the one with the most traffic."""
        if revision is None:
            serving = self.status().serving
            if not serving:
                raise NoSuchRevision("Nothing serves.", hint="Name a revision.")
            return self._cloud.log_lines(serving[0].name, lines)
        return self._cloud.log_lines(self._named(revision).name, lines)

    def stop(self) -> None:
        """Scale the service to nothing; its revisions stay."""
        service = self._service()
        service.scaling = run_v2.ServiceScaling(scaling_mode=_Mode.MANUAL, manual_instance_count=0)
        self._cloud.update(service, "scaling")

    def _make(
        self, service: run_v2.Service | None, template: run_v2.RevisionTemplate, plan: Plan
    ) -> Operation:
        if service is None:
            made = run_v2.Service(template=template)
            made.traffic = shape.targets({plan.revision: 100}, {plan.revision: plan.tag})
            return self._cloud.create(made)
        shares = shape.shares_of(service) or {plan.revision: 100}
        # A tag belongs to one revision: a release that is deployed again takes its own along.
        tags = {
            name: tag
            for name, tag in shape.kept_tags(service, self._cloud.revisions(), shares).items()
            if tag != plan.tag
        }
        service.template = template
        service.traffic = shape.targets(shares, tags | {plan.revision: plan.tag})
        service.scaling = run_v2.ServiceScaling(scaling_mode=_Mode.AUTOMATIC)
        return self._cloud.update(service, "template", "traffic", "scaling")

    def _appeared(self, revision: str, operation: Operation) -> None:
        """Wait until a revision is there, ready or not: Cloud Run makes it a moment after it has taken the order."""

        def check() -> bool | None:
            if self._cloud.revision(revision) is not None:
                return True
            self._cloud.check(operation)
            return None

        if self._until(check, _APPEARS_S) is None:
            raise DeploymentError(
                f"Cloud Run has not made revision {revision} within {_APPEARS_S:g} s.",
                hint="`datacraft deploy status` shows whether it is there.",
            )

    def _unchanged(self, service: run_v2.Service, channel: str) -> str:
        if _is_stopped(service):
            service.scaling = run_v2.ServiceScaling(scaling_mode=_Mode.AUTOMATIC)
            self._cloud.update(service, "scaling")
        serving = self._compared_with(service, channel)
        if serving is None:
            raise DeploymentChanged("What served is gone meanwhile; nothing was done.", hint="Plan again.")
        return shape.short(serving.name)

    def _open_or_close(self) -> None:
        """Let everybody in, or not, as the settings say."""
        public = self._settings.deploy.cloudrun.allow_unauthenticated
        policy = self._cloud.policy()
        if shape.is_public(policy) != public:
            self._cloud.set_policy(shape.with_public(policy, public=public))

    def _compared_with(self, service: run_v2.Service, channel: str) -> run_v2.Revision | None:
        """Return what a new revision is compared with: what serves its channel, else what serves most."""
        return shape.nearest(self._cloud.revisions(), shape.shares_of(service), channel)

    def _service(self) -> run_v2.Service:
        service = self._cloud.service()
        if service is None:
            raise NoSuchRevision(
                f"There is no service {self._cloud.name}.", hint="`datacraft deploy apply` makes it."
            )
        return service

    def _found(self, name: str) -> Revision:
        found = self._cloud.revision(name)
        if found is None:
            raise NoSuchRevision(
                f"There is no revision {name!r}.",
                hint="`datacraft deploy status` lists those that there are.",
            )
        return shape.revision_of(found, {}, {})

    def _named(self, name: str) -> Revision:
        if found := self.status().revision(name):
            return found
        return self._found(name)

    def _until(self, check: Callable[[], _Result | None], timeout_s: float) -> _Result | None:
        deadline = time.monotonic() + timeout_s
        while (found := check()) is None and time.monotonic() < deadline:
            time.sleep(self._poll_s)
        return found


def _is_stopped(service: run_v2.Service) -> bool:
    scaling = service.scaling
    return scaling.scaling_mode == _Mode.MANUAL and scaling.manual_instance_count == 0
