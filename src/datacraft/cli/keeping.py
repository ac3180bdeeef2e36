"""What the commands of `datacraft keys` and `datacraft audit` do."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import typer

from datacraft.cli.edge import EXIT_ANSWERED, EXIT_INSIDE
from datacraft.cli.options import ListFormat
from datacraft.cli.output.tables import write_table
from datacraft.cli.output.talk import say
from datacraft.cli.recording import here, opened_state

if TYPE_CHECKING:
    from datacraft.config import Settings
    from datacraft.contracts.access import AuditAction, Role


def create(settings: Settings, name: str, role: Role, days: float, by: str) -> None:
    """Make a key and write it."""
    from datacraft.access.audit import recorded

    with (
        opened_state(settings) as state,
        recorded(state.audit, by, "key_created", f"key {name}", here(), f"role {role}") as deed,
    ):
        key, text = state.keys.create(name, role, by, dt.timedelta(days=days))
        deed.detail = f"{key.id}, role {role}, until {key.expires_at:%Y-%m-%d %H:%M} UTC"
    typer.echo(text)
    say(f"The key {key.id} of {key.name} ({role}) is valid until {key.expires_at:%Y-%m-%d %H:%M} UTC.")
    say("Keep it now: it is not shown again.")


def show_keys(settings: Settings, shown: ListFormat) -> None:
    """Write the keys."""
    from pydantic_core import to_json

    with opened_state(settings) as state:
        found = state.keys.list()
    if shown is ListFormat.JSON:
        typer.echo(to_json(found, indent=1).decode())
        return
    now = dt.datetime.now(dt.UTC)
    rows = [
        (
            key.id,
            key.name,
            key.role,
            key.state(now),
            f"{key.expires_at:%Y-%m-%d}",
            f"{key.last_used_at:%Y-%m-%d %H:%M}" if key.last_used_at else "never",
            key.created_by,
        )
        for key in found
    ]
    write_table(("key", "name", "role", "state", "until (UTC)", "last used (UTC)", "made by"), rows)
    say(f"{len(found)} keys.")


def revoke(settings: Settings, key_id: str, by: str) -> None:
    """Revoke a key."""
    from datacraft.access.audit import recorded

    with (
        opened_state(settings) as state,
        recorded(state.audit, by, "key_revoked", f"key {key_id}", here()) as deed,
    ):
        key = state.keys.revoke(key_id)
        deed.detail = f"of {key.name}, role {key.role}"
    say(f"The key {key.id} of {key.name} opens nothing any more.")


def show_audit(
    settings: Settings, lines: int, who: str | None, action: AuditAction | None, shown: ListFormat
) -> None:
    """Write entries of the audit log."""
    from pydantic_core import to_json

    with opened_state(settings) as state:
        found = state.audit.latest(lines, who=who, action=action)
    if shown is ListFormat.JSON:
        typer.echo(to_json(found, indent=1).decode())
        return
    header = ("no", "when (UTC)", "who", "what", "on what", "how it ended", "from where", "details")
    rows = [
        (
            str(one.number),
            f"{one.at:%Y-%m-%d %H:%M:%S}",
            one.who,
            one.action,
            one.target,
            one.outcome,
            one.source,
            one.detail,
        )
        for one in found
    ]
    write_table(header, rows)


def verify_audit(settings: Settings, known: str | None) -> int:
    """Check the audit log and write its last hash; return the exit code."""
    with opened_state(settings) as state:
        head, broken = state.audit.verify(known=known)
    if broken is not None:
        typer.echo(f"{broken.number}\t{broken.problem}")
        say(f"The audit log is broken at entry {broken.number}: {broken.problem}.")
        return EXIT_INSIDE
    typer.echo(head.hash)
    say(f"All {head.number} entries are as they were written.")
    return EXIT_ANSWERED
