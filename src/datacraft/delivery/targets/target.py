"""`DeployTarget`: what every place that a release can be deployed to does, and a whole rollout on any of them."""

from __future__ import annotations

import logging
import re
from collections.abc import Mapping, Sequence
from typing import Protocol

from datacraft.config.secrets import mask_value
from datacraft.contracts.deployment import (
    Change,
    DeploymentStatus,
    DeployRequest,
    Plan,
    Revision,
    TrafficSplit,
)
from datacraft.contracts.errors import DataCraftError

log = logging.getLogger(__name__)


class DeployTarget(Protocol):
    """A place where the service runs, as revisions between which traffic is split.

    Every method raises `TargetUnavailable` where the target can't be reached, and `DeploymentError` where it
    does not do what it is asked.
    """

    name: str

    def plan(self, request: DeployRequest) -> Plan:
        """Return what `apply` would change; changes nothing."""

    def apply(self, plan: Plan) -> Revision:
        """Start the plan's revision. It gets no traffic yet, and what serves goes on.

        Where nothing has changed, what serves is returned, and brought up where it was down.

        Raises:
            DeploymentChanged: the service is not any more what the plan was made for.
        """

    def wait_ready(self, revision: str, timeout_s: float) -> Revision:
        """Return the revision once it can serve.

        Raises:
            NeverReady: it can't, or not in this time.
        """

    def traffic(self, split: TrafficSplit) -> DeploymentStatus:
        """Split new sessions as said; what gets none any more is drained.

        Raises:
            NoSuchRevision: one of the revisions is not there.
            NeverReady: one of them does not serve.
        """

    def rollback(self, revision: str | None = None) -> Revision:
        """Give all traffic to a former revision: the named one, else the one that had it before.

        Raises:
            NoSuchRevision: it is not there any more, or there is none to go back to.
            NeverReady: it does not come up; then nothing has changed.
        """

    def discard(self, revision: str) -> None:
        """Take away a revision that gets no traffic."""

    def status(self) -> DeploymentStatus:
        """Return the service as it is."""

    def url(self) -> str | None:
        """Return the address for people; None: nothing serves."""

    def logs(self, revision: str | None = None, *, lines: int = 100) -> Sequence[str]:
        """Return the last lines that a revision (default: what serves) has written."""

    def stop(self) -> None:
        """Let the service end: what is being answered is answered, then nothing serves."""


def roll_out(target: DeployTarget, plan: Plan, *, timeout_s: float, percent: int | None = None) -> Revision:
    """Start the plan's revision, wait for it, and give it traffic. What is there already is only given traffic.

    Args:
        target: where.
        plan: of that target.
        timeout_s: how long the revision may take until it can serve.
        percent: of new sessions; the rest stays with what serves most. By default a new revision gets all,
            and one that is there keeps what it has.

    Raises:
        DataCraftError: as the target's methods; a revision that does not serve is taken away again, and what
            served before goes on.
    """
    revision = target.apply(plan)
    is_new = revision.name == plan.revision
    try:
        ready = target.wait_ready(revision.name, timeout_s)
        if percent is None and not is_new:
            return ready
        split = _giving(target.status(), revision.name, 100 if percent is None else percent)
        return target.traffic(split).revision(revision.name) or ready
    except (DataCraftError, KeyboardInterrupt):
        if is_new:
            _take_away(target, revision.name)
        raise


def _giving(status: DeploymentStatus, revision: str, percent: int) -> TrafficSplit:
    others = [one.name for one in status.serving if one.name != revision]
    if percent == 100 or not others:
        return TrafficSplit.all_to(revision)
    return TrafficSplit(shares={others[0]: 100 - percent, revision: percent})


def _take_away(target: DeployTarget, revision: str) -> None:
    try:
        target.discard(revision)
    except DataCraftError as error:  # what went wrong first is what people should hear of
        log.warning("revision %s could not be taken away: %s", revision, error.message)


def changes_between(before: Mapping[str, str], after: Mapping[str, str]) -> tuple[Change, ...]:
    """Return what differs, by field, in alphabetical order; what may be a secret is masked."""
    return tuple(
        Change(field=field, before=_shown(field, before), after=_shown(field, after))
        for field in sorted(before.keys() | after.keys())
        if before.get(field) != after.get(field)
    )


def _shown(field: str, values: Mapping[str, str]) -> str | None:
    value = mask_value(field, values.get(field))
    return None if value is None else str(value)


def tag_of(release_id: str | None, number: int) -> str:
    """Return a revision's tag: its release's name in small letters, else its number."""
    if release_id is None:
        return f"v{number}"
    return "r" + re.sub(r"[^a-z0-9]+", "-", release_id.lower()).strip("-")
