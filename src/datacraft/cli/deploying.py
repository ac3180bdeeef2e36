"""What the commands of `datacraft deploy` do."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from datacraft.cli.edge import EXIT_ANSWERED, EXIT_INSIDE
from datacraft.cli.moving import person
from datacraft.cli.output.talk import say
from datacraft.cli.parts import require_delivery_parts
from datacraft.cli.recording import recorded_here
from datacraft.contracts.deployment import DeployRequest
from datacraft.contracts.errors import RegistryError

if TYPE_CHECKING:
    from datacraft.config import Settings
    from datacraft.contracts.deployment import Plan
    from datacraft.delivery.targets import DeployTarget


@dataclass(frozen=True, slots=True)
class Wish:
    """What a command says besides the settings."""

    config: Path | None = None
    program: Path | None = None
    image: str | None = None
    again: bool = False


def show_plan(settings: Settings, wish: Wish, *, as_json: bool) -> None:
    """Write what would change."""
    plan = _target(settings, wish).plan(_request(settings, wish))
    if as_json:
        typer.echo(plan.model_dump_json(indent=1))
        return
    for line in _lines(plan):
        typer.echo(line)
    say(_summary(plan))


def apply_plan(settings: Settings, wish: Wish, percent: int | None) -> None:
    """Deploy; write the address."""
    from datacraft.delivery.targets import roll_out

    target = _target(settings, wish)
    plan = target.plan(_request(settings, wish))
    for line in _lines(plan):
        say(line)
    say(_summary(plan))
    told = f"{plan.revision if plan.needed else 'what is there'}, {_share(percent)}"
    with recorded_here(settings, person(None), "deploy", _service(settings), told):
        revision = roll_out(target, plan, timeout_s=settings.deploy.ready_timeout_s, percent=percent)
    say(f"{revision.name} is ready.")
    for one in target.status().serving:
        say(f"{one.name} gets {one.traffic} % of new sessions.")
    typer.echo(target.url())


def show_status(settings: Settings, *, as_json: bool) -> int:
    """Write the revisions; return the exit code."""
    status = _target(settings, Wish()).status()
    if as_json:
        typer.echo(status.model_dump_json(indent=1))
    else:
        for one in status.revisions:
            shown = (one.release_id or one.tag, one.url or "-")
            typer.echo("\t".join((one.name, one.state, f"{one.traffic} %", one.channel, *shown)))
    for problem in status.problems:
        say(problem)
    if status.url is not None and not status.problems:
        say(f"All is well at {status.url}.")
    return EXIT_INSIDE if status.problems else EXIT_ANSWERED


def roll_back(settings: Settings, revision: str | None) -> None:
    """Go back; write the address."""
    target = _target(settings, Wish())
    who = person(None)
    with recorded_here(settings, who, "rollback", _service(settings)) as deed:
        served = target.rollback(revision)
        deed.detail = f"to {served.name}"
    say(f"{served.name} serves again.")
    typer.echo(target.url())


def show_logs(settings: Settings, revision: str | None, lines: int) -> None:
    """Write the last lines of a log."""
    for line in _target(settings, Wish()).logs(revision, lines=lines):
        typer.echo(line)


def stop_service(settings: Settings) -> None:
    """End the service."""
    target = _target(settings, Wish())
    with recorded_here(settings, person(None), "stop", _service(settings)):
        target.stop()
    say("The service has ended; `datacraft deploy apply` starts it again.")


def _service(settings: Settings) -> str:
    return f"service on {settings.deploy.target}"


def _share(percent: int | None) -> str:
    return "all new sessions" if percent is None else f"{percent} % of new sessions"


def _target(settings: Settings, wish: Wish) -> DeployTarget:
    require_delivery_parts(settings.deploy.target)
    from datacraft.delivery.targets import LocalStart, open_target, with_image

    return open_target(with_image(settings, wish.image), LocalStart(config=wish.config, program=wish.program))


def _request(settings: Settings, wish: Wish) -> DeployRequest:
    return DeployRequest(channel=settings.channel, release_id=_named_release(settings), again=wish.again)


def _named_release(settings: Settings) -> str | None:
    """Return what the channel names now; a registry that is away does not stop a deployment."""
    from datacraft.registry import open_store
    from datacraft.registry.channels import read_pointer

    try:
        store = open_store(
            settings.registry_url, settings.gcp.project_id, endpoint=settings.registry.endpoint
        )
        return read_pointer(store, settings.channel).release_id
    except RegistryError as error:
        say(f"Warning: the registry does not say what channel {settings.channel!r} names: {error.message}")
        return None


def _lines(plan: Plan) -> list[str]:
    def shown(value: str | None) -> str:
        return "nothing" if value is None else value

    return [f"{one.field}: {shown(one.before)} -> {shown(one.after)}" for one in plan.changes]


def _summary(plan: Plan) -> str:
    if not plan.needed:
        return f"Nothing changes: {plan.service} is as it shall be."
    return f"{plan.service} on {plan.target} gets the revision {plan.revision}."
