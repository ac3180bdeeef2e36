"""What the deployment's files say, for people and for comparison."""

from __future__ import annotations

import shlex
from collections.abc import Iterator

from datacraft.contracts.deployment import DeploymentStatus, Revision
from datacraft.delivery.targets.local import process
from datacraft.delivery.targets.local.proxy import LOOPBACK
from datacraft.delivery.targets.local.state import (
    Address,
    Desired,
    LocalSpec,
    Observed,
    RevisionRecord,
    Wanted,
)

_ANY_HOST = {"0.0.0.0": LOOPBACK, "::": "[::1]"}


def spec_fields(spec: LocalSpec, address: Address) -> dict[str, str]:
    """Return what two revisions can differ in, by a name for people.

    The release isn't one of them: a revision follows its channel, and loads what that names by itself.
    """
    return {
        "program": shlex.join(spec.program),
        "version": spec.version,
        "arguments": shlex.join(spec.arguments),
        "folder": str(spec.folder),
        "channel": spec.channel,
        "address": f"{address.host}:{address.port}",
        **{f"environment {name}": value for name, value in spec.environment.items()},
    }


def status_of(desired: Desired, observed: Observed, service: str, *, supervised: bool) -> DeploymentStatus:
    """Return the service as its files say it is."""
    serves = desired.running and bool(observed.proxy.traffic)
    host = _ANY_HOST.get(desired.address.host, desired.address.host)
    return DeploymentStatus(
        target="local",
        service=service,
        url=f"http://{host}:{desired.address.port}" if serves else None,
        revisions=tuple(_revision(one, observed) for one in reversed(desired.revisions)),
        problems=tuple(_problems(desired, observed, supervised=supervised)),
    )


def _revision(wanted: Wanted, observed: Observed) -> Revision:
    record = observed.revisions.get(wanted.name, RevisionRecord())
    gave_up = record.state == "stopped" and not record.has_been_ready and record.problem is not None
    up = record.state in ("ready", "draining", "standby") and record.port is not None
    return Revision(
        name=wanted.name,
        tag=wanted.tag,
        channel=wanted.spec.channel,
        release_id=wanted.spec.release_id,
        image=f"{shlex.join(wanted.spec.program)} ({wanted.spec.version})",
        state="failed" if gave_up else record.state,
        traffic=observed.proxy.traffic.get(wanted.name, 0),
        url=f"http://{LOOPBACK}:{record.port}" if up else None,
        created_at=wanted.created_at,
        restarts=record.restarts,
        problem=record.problem,
    )


def _problems(desired: Desired, observed: Observed, *, supervised: bool) -> Iterator[str]:
    if not desired.revisions:
        yield "Nothing is deployed here."
        return
    if not desired.running:
        yield "The deployment is stopped; `datacraft deploy apply` starts it again."
        return
    if not supervised:
        yield "The supervisor does not run: nothing that dies is started again. `datacraft deploy apply` starts it."
    if observed.proxy.problem:
        yield f"The proxy: {observed.proxy.problem}"
    for name in desired.traffic:
        record = observed.revisions.get(name)
        if record is None or record.state != "ready":
            why = (record.problem if record else None) or "it is being started."
            yield f"Revision {name} gets traffic and is not ready: {why}"
        elif record.process is None or not process.is_alive(record.process):
            yield f"Revision {name} gets traffic and its process has ended."
