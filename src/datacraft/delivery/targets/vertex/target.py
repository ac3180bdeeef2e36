"""`VertexTarget`: what people and pipelines ask of an endpoint of Vertex AI.

A revision is a version of the endpoint's model. It costs machines as long as it runs, so that besides what gets
requests only the one goes on running that a rollback would lead to; any other is deployed anew for it.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from typing import TypeVar

from datacraft.config import Settings
from datacraft.contracts.deployment import (
    DeploymentStatus,
    DeployRequest,
    Plan,
    Revision,
    RevisionState,
    TrafficSplit,
)
from datacraft.delivery.targets.errors import DeploymentError, NeverReady, NoSuchRevision
from datacraft.delivery.targets.former import former_after
from datacraft.delivery.targets.target import changes_between, tag_of
from datacraft.delivery.targets.vertex import shape
from datacraft.delivery.targets.vertex.resources import DeployedModel, Endpoint, Model, Operation
from datacraft.delivery.targets.vertex.wire import OperationFailed, Vertex, changed_meanwhile

_MADE_S = 300.0
_Result = TypeVar("_Result")


class VertexTarget:
    """One endpoint. Two at once are told apart by its etag and by the versions of its model."""

    name = "vertex"

    def __init__(self, settings: Settings, cloud: Vertex, *, poll_s: float = 5.0) -> None:
        self._settings = settings
        self._cloud = cloud
        self._poll_s = poll_s
        self._deploying: dict[str, Operation] = {}

    def plan(self, request: DeployRequest) -> Plan:
        """Return what `apply` would change."""
        endpoint, versions = self._cloud.endpoint(), self._cloud.versions()
        number = _next(versions)
        revision, tag = shape.name_of(self._cloud.service_id, number), tag_of(request.release_id, number)
        model = shape.model_of(self._settings, request, revision, tag)
        after = shape.fields_of(model, shape.deployed_of(self._settings, model))
        before: dict[str, str] = {}
        serving = _compared_with(endpoint, versions, request.channel)
        if serving is not None:
            before = shape.fields_of(*serving)
            if "service account" not in after:  # Vertex AI fills in its own
                before.pop("service account", None)
        return Plan(
            target=self.name,
            service=self._cloud.service_id,
            revision=revision,
            tag=tag,
            basis=_basis(endpoint, versions),
            first=serving is None,
            request=request,
            changes=changes_between(before, after),
        )

    def apply(self, plan: Plan) -> Revision:
        """Start the plan's revision, without traffic; see `DeployTarget.apply`."""
        endpoint, versions = self._cloud.endpoint(), self._cloud.versions()
        if _basis(endpoint, versions) != plan.basis:
            raise changed_meanwhile()
        if not plan.needed:
            serving = _compared_with(endpoint, versions, plan.request.channel)
            assert serving is not None, "else the plan would be the first"
            return self._named(serving[0].version_id or "")
        if endpoint is None:
            endpoint = self._made()
        model = self._uploaded(plan, first=not versions)
        self._start(endpoint, model)
        return shape.revision_of(model, self._cloud.service_id, {}, "starting")

    def wait_ready(self, revision: str, timeout_s: float) -> Revision:
        """Return the revision once it runs; see `DeployTarget.wait_ready`."""

        def check() -> Revision | None:
            found = self._named(revision)
            if found.state in ("failed", "stopped"):
                raise NeverReady(
                    f"Revision {revision} does not start: {found.problem or 'it was taken away.'}",
                    hint="The logs of what was deployed are in Cloud Logging, by its endpoint.",
                )
            return found if found.state in ("ready", "standby") else None

        found = self._until(check, timeout_s)
        if found is None:
            raise NeverReady(
                f"Revision {revision} was not ready within {timeout_s:g} s.",
                hint="Vertex AI may take 15 minutes: set deploy.ready_timeout_s to 1800.",
            )
        return found

    def traffic(self, split: TrafficSplit) -> DeploymentStatus:
        """Split requests; see `DeployTarget.traffic`. There are no sessions here: each request is split anew."""
        endpoint = self._endpoint()
        shares = {
            shape.version_of(self._running(endpoint, name).name): share
            for name, share in split.shares.items()
            if share
        }
        before = shape.shares_of(endpoint)
        if before == shares:
            return self.status()
        former = former_after(shape.former_of(endpoint), before, shares)
        changed = endpoint.model_copy(
            update={
                "traffic_split": shape.split_of(endpoint, shares),
                "labels": endpoint.labels | {shape.FORMER: shape.former_label(former)},
            }
        )
        self._cloud.update(changed, "trafficSplit", "labels")
        self._end_unused(endpoint, {*before, *former} - shares.keys() - set(former[-1:]))
        return self.status()

    def rollback(self, revision: str | None = None) -> Revision:
        """Give all traffic to a former revision again, deployed anew if need be; see `DeployTarget.rollback`."""
        endpoint = self._endpoint()
        if revision is None:
            there = {one.version_id for one in self._cloud.versions()}
            former = [version for version in shape.former_of(endpoint) if version in there]
            if not former:
                raise NoSuchRevision("There is no former revision to go back to.")
            revision = shape.name_of(self._cloud.service_id, int(former[-1]))
        found = self._named(revision)
        if found.state not in ("ready", "standby", "starting"):
            self._start(endpoint, self._version(found.name))
        self.wait_ready(found.name, self._settings.deploy.ready_timeout_s)
        return self.traffic(TrafficSplit.all_to(found.name)).revision(found.name) or found

    def discard(self, revision: str) -> None:
        """End a revision that gets no traffic; its version stays, so that it can be deployed again."""
        endpoint = self._endpoint()
        version = shape.version_of(self._named(revision).name)
        if version in shape.shares_of(endpoint):
            raise DeploymentError(
                f"Revision {revision} gets traffic.", hint="Give its traffic to another one first."
            )
        self._end_unused(endpoint, {version})

    def status(self) -> DeploymentStatus:
        """Return the endpoint as it is."""
        versions = self._cloud.versions()
        # First what is being done, then what is: what ends in between has come by then.
        coming = self._coming(versions)
        endpoint = self._cloud.endpoint()
        shares = shape.shares_of(endpoint) if endpoint else {}
        revisions = tuple(
            shape.revision_of(
                one, self._cloud.service_id, shares, *_state(endpoint, one.version_id or "", coming)
            )
            for one in versions
        )
        problems = []
        if endpoint is None:
            problems.append(f"There is no endpoint {self._cloud.service_id} in {self._cloud.parent}.")
        elif not shares:
            problems.append("No revision gets traffic; `datacraft deploy apply` makes one.")
        return DeploymentStatus(
            target=self.name,
            service=self._cloud.service_id,
            url=self._cloud.url_of(endpoint) if endpoint and shares else None,
            revisions=revisions,
            problems=tuple(problems),
        )

    def url(self) -> str | None:
        """Return where programs ask for predictions; there is no page for people."""
        return self.status().url

    def logs(self, revision: str | None = None, *, lines: int = 100) -> Sequence[str]:
        """Return the last lines of a revision that runs, by default of the one with the most traffic."""
        endpoint = self._endpoint()
        if revision is None:
            serving = self.status().serving
            if not serving:
                raise NoSuchRevision("Nothing serves.", hint="Name a revision.")
            revision = serving[0].name
        deployed = shape.running(endpoint, shape.version_of(self._named(revision).name))
        if deployed is None or deployed.id is None:
            raise NoSuchRevision(f"Revision {revision} does not run, and Vertex AI keeps logs by what runs.")
        return self._cloud.log_lines(endpoint, deployed.id, lines)

    def stop(self) -> None:
        """End all that runs, so that it costs nothing; the endpoint and its address stay."""
        endpoint = self._endpoint()
        shares = shape.shares_of(endpoint)
        self._end_unused(
            endpoint, {one.model_version_id or "" for one in endpoint.deployed_models} - shares.keys()
        )
        left = sorted(shares, key=lambda version: shares[version])
        while left:
            version = left.pop(0)
            rest = shape.split_of(endpoint, {left[-1]: 100}) if left else None
            deployed = shape.running(endpoint, version)
            assert deployed is not None and deployed.id is not None, "it gets traffic"
            self._finish(self._cloud.undeploy(endpoint, deployed.id, rest))

    def _made(self) -> Endpoint:
        self._finish(self._cloud.create(Endpoint(display_name=self._cloud.service_id)))
        return self._endpoint()

    def _uploaded(self, plan: Plan, *, first: bool) -> Model:
        model = shape.model_of(self._settings, plan.request, plan.revision, plan.tag)
        done = self._finish(self._cloud.upload(model, first=first))
        version = str((done.response or {}).get("modelVersionId", ""))
        if shape.name_of(self._cloud.service_id, int(version or 0)) != plan.revision:
            raise changed_meanwhile()
        return self._version(plan.revision)

    def _start(self, endpoint: Endpoint, model: Model) -> None:
        begun = self._cloud.deploy(endpoint, shape.deployed_of(self._settings, model))
        self._deploying[model.version_id or ""] = begun

    def _end_unused(self, endpoint: Endpoint, versions: set[str]) -> None:
        for deployed in endpoint.deployed_models:
            if deployed.model_version_id in versions and deployed.id is not None:
                self._finish(self._cloud.undeploy(endpoint, deployed.id))

    def _finish(self, operation: Operation) -> Operation:
        """Wait until something that takes seconds is done."""
        found = operation if operation.done and operation.error is None else None

        def check() -> Operation | None:
            seen = self._cloud.seen(operation)
            return seen if seen.done else None

        done = found or self._until(check, _MADE_S)
        if done is None:
            raise DeploymentError(
                f"Vertex AI has not done {operation.name} within {_MADE_S:g} s.",
                hint="`datacraft deploy status` shows how it stands.",
            )
        return done

    def _coming(self, versions: Sequence[Model]) -> dict[str, str | None]:
        """Return the versions that are being deployed, and those that could not be, with why."""
        coming: dict[str, str | None] = {}
        for version, begun in self._deploying.items():
            try:
                if not self._cloud.seen(begun).done:
                    coming[version] = None
            except OperationFailed as error:
                coming[version] = error.message
        newest = versions[0].version_id if versions else None
        endpoint = self._cloud.endpoint() if newest and newest not in self._deploying else None
        if (
            endpoint
            and newest
            and not shape.running(endpoint, newest)
            and self._cloud.open_operations(endpoint)
        ):
            coming[newest] = (
                None  # somebody else has begun it: what is open does not say which version it brings
            )
        return coming

    def _named(self, revision: str) -> Revision:
        wanted = {revision}
        if revision.isdecimal():
            wanted = {shape.name_of(self._cloud.service_id, int(revision))}
        found = next((one for one in self.status().revisions if wanted & {one.name, one.tag}), None)
        if found is None:
            raise NoSuchRevision(
                f"There is no revision {revision!r}.",
                hint="`datacraft deploy status` lists those that there are.",
            )
        return found

    def _running(self, endpoint: Endpoint, revision: str) -> Revision:
        found = self._named(revision)
        if shape.running(endpoint, shape.version_of(found.name)) is None:
            raise NeverReady(f"Revision {found.name} is {found.state}: it can't get traffic.")
        return found

    def _version(self, revision: str) -> Model:
        return next(one for one in self._cloud.versions() if one.version_id == shape.version_of(revision))

    def _endpoint(self) -> Endpoint:
        endpoint = self._cloud.endpoint()
        if endpoint is None:
            raise NoSuchRevision(
                f"There is no endpoint {self._cloud.service_id} in {self._cloud.parent}.",
                hint="`datacraft deploy apply` makes it.",
            )
        return endpoint

    def _until(self, check: Callable[[], _Result | None], timeout_s: float) -> _Result | None:
        deadline = time.monotonic() + timeout_s
        while (found := check()) is None and time.monotonic() < deadline:
            time.sleep(self._poll_s)
        return found


def _state(
    endpoint: Endpoint | None, version: str, coming: Mapping[str, str | None]
) -> tuple[RevisionState, str | None]:
    if endpoint is not None and shape.running(endpoint, version) is not None:
        unused = version in shape.former_of(endpoint) and version not in shape.shares_of(endpoint)
        return ("standby" if unused else "ready"), None
    if version in coming:
        problem = coming[version]
        return ("starting" if problem is None else "failed"), problem
    return "stopped", None


def _next(versions: Sequence[Model]) -> int:
    return 1 + max((int(one.version_id or 0) for one in versions), default=0)


def _basis(endpoint: Endpoint | None, versions: Sequence[Model]) -> str:
    return f"{endpoint.etag if endpoint else ''}/{_next(versions)}"


def _compared_with(
    endpoint: Endpoint | None, versions: Sequence[Model], channel: str
) -> tuple[Model, DeployedModel] | None:
    """Return what a new revision is compared with: what serves its channel, else what serves most."""
    if endpoint is None:
        return None
    shares = shape.shares_of(endpoint)
    serving = [
        (one, deployed)
        for one in versions
        if (one.version_id or "") in shares and (deployed := shape.running(endpoint, one.version_id or ""))
    ]
    return min(
        serving,
        key=lambda pair: (shape.channel_of(pair[0]) != channel, -shares[pair[0].version_id or ""]),
        default=None,
    )
