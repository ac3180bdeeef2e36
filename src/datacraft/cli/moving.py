"""What `datacraft releases promote`, `rollback`, `pin`, `unpin`, `history`, `channels` and `prune` do."""

from __future__ import annotations

import datetime as dt
import getpass
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from datacraft.cli.edge import EXIT_ANSWERED, EXIT_INSIDE
from datacraft.cli.judging import registry_of
from datacraft.cli.options import ListFormat
from datacraft.cli.output.tables import write_table
from datacraft.cli.output.talk import say
from datacraft.cli.recording import recorded_here
from datacraft.contracts.errors import InputError

if TYPE_CHECKING:
    from datacraft.config import Settings
    from datacraft.contracts.access import AuditAction
    from datacraft.contracts.release import ChannelChange
    from datacraft.registry import Mandate, ObjectStore, Pointer, PrunePlan


@dataclass(frozen=True, slots=True)
class Move:
    """What every command takes that changes a channel."""

    channel: str
    reason: str
    by: str | None
    yes: bool
    list_format: ListFormat


def person(by: str | None) -> str:
    """Return who acts: whom the option names, else the user of this machine.

    Raises:
        InputError: neither is known.
    """
    if by is not None and by.strip():
        return by.strip()
    try:
        return getpass.getuser()
    except (KeyError, OSError) as error:
        raise InputError("It is unknown who you are.", hint="Say it with --by NAME.") from error


def promote(settings: Settings, release: str, move: Move, policy: Path | None, *, again: bool) -> int:
    """Promote a release by its evidence; return the exit code."""
    from datacraft.delivery.config import load_delivery_config
    from datacraft.delivery.promotion import promote_by_evidence

    config = load_delivery_config(policy)

    def moved(store: ObjectStore, pointer: Pointer, mandate: Mandate) -> Pointer:
        return promote_by_evidence(
            store, config, pointer, release, mandate, signers=settings.registry.signers, again=again
        )

    return _change(
        settings,
        "promote",
        move,
        lambda pointer: f"go from {pointer.release_id or 'nothing'} to {release}",
        moved,
    )


def roll_back(settings: Settings, release: str | None, move: Move) -> int:
    """Go back to what a channel named before; return the exit code."""
    from datacraft.delivery.promotion import rollback_target
    from datacraft.registry.channels import roll_back as go_back

    def moved(store: ObjectStore, pointer: Pointer, mandate: Mandate) -> Pointer:
        return go_back(store, pointer, release or rollback_target(pointer), mandate)

    return _change(
        settings,
        "rollback",
        move,
        lambda pointer: f"go back from {pointer.release_id} to {release or rollback_target(pointer)}",
        moved,
    )


def pin(settings: Settings, move: Move) -> int:
    """Keep a channel where it is; return the exit code."""
    from datacraft.registry.channels import pin as pin_channel

    return _change(settings, "pin", move, lambda pointer: f"stay at {pointer.release_id}", pin_channel)


def unpin(settings: Settings, move: Move) -> int:
    """Let a channel move again; return the exit code."""
    from datacraft.registry.channels import unpin as unpin_channel

    return _change(settings, "unpin", move, lambda _: "be free to move again", unpin_channel)


def _change(
    settings: Settings,
    action: AuditAction,
    move: Move,
    what: Callable[[Pointer], str],
    change: Callable[[ObjectStore, Pointer, Mandate], Pointer],
) -> int:
    """Change a channel once a person has agreed, and show what it names then."""
    from datacraft.registry import Mandate
    from datacraft.registry.channels import read_pointer

    if not move.reason.strip():
        raise InputError("The reason is empty.", hint="Write why: --reason TEXT.")
    store, by = registry_of(settings), person(move.by)
    before = read_pointer(store, move.channel)
    shall, reason = what(before), move.reason.strip()
    if not agreed(f"Shall the channel {move.channel} of {store.url} {shall}?", move.yes):
        return EXIT_INSIDE
    with recorded_here(settings, by, action, f"channel {move.channel}", f"{shall}: {reason}"):
        after = change(store, before, Mandate(by, reason, dt.datetime.now(dt.UTC)))
    if move.list_format is ListFormat.JSON:
        typer.echo(after.channel.history[-1].model_dump_json(indent=1))
    else:
        typer.echo(after.release_id or "")
    if after.channel.revision == before.channel.revision:
        say(f"The channel {move.channel} was so already.")
    else:
        say(f"The channel {move.channel} names {after.release_id}{_pinned(after)}.")
    return EXIT_ANSWERED


def _pinned(pointer: Pointer) -> str:
    return f", and is pinned: {pointer.channel.pinned}" if pointer.channel.pinned else ""


def agreed(question: str, yes: bool) -> bool:
    """Ask a person who is there to answer; elsewhere the command is the word."""
    if yes or not sys.stdin.isatty():
        return True
    if typer.confirm(question, err=True):
        return True
    say("Nothing was done.")
    return False


def show_history(settings: Settings, channel: str, shown: ListFormat) -> None:
    """Write every change of a channel, the latest first; say what of it does not follow."""
    from datacraft.registry.channels import history_gaps, read_pointer

    pointer = read_pointer(registry_of(settings), channel)
    if pointer.generation == 0:
        raise InputError(
            f"There is no channel {channel!r}.", hint="`datacraft releases channels` shows which are."
        )
    if shown is ListFormat.JSON:
        typer.echo(pointer.channel.model_dump_json(indent=1))
    else:
        header = ("no", "when (UTC)", "what", "release", "before", "who", "why")
        write_table(header, [_entry(change) for change in reversed(pointer.channel.history)])
    for gap in history_gaps(pointer.channel):
        say(f"Warning: {gap}")


def _entry(change: ChannelChange) -> tuple[str, ...]:
    overridden = [f"{one.check} overridden by {one.by}: {one.reason}" for one in change.overrides]
    return (
        str(change.number),
        f"{change.at:%Y-%m-%d %H:%M:%S}",
        change.action,
        change.release_id or "-",
        change.previous or "-",
        change.by,
        "; ".join([change.reason, *overridden]),
    )


def show_channels(settings: Settings, shown: ListFormat) -> None:
    """Write which channels there are and what they name."""
    from pydantic_core import to_json

    from datacraft.registry.channels import channel_names, read_pointer

    store = registry_of(settings)
    pointers = [read_pointer(store, name) for name in channel_names(store)]
    if shown is ListFormat.JSON:
        listed = [
            {"name": one.name, "release_id": one.release_id, "pinned": one.channel.pinned,
             "changes": len(one.channel.history), "last": one.channel.history[-1:]}
            for one in pointers
        ]  # fmt: skip
        typer.echo(to_json(listed, indent=1).decode())
        return
    rows = [(one.name, one.release_id or "-", one.channel.pinned or "", _last(one)) for one in pointers]
    write_table(("channel", "release", "pinned", "last change"), rows)
    say(f"{len(pointers)} channels in {store.url}.")


def _last(pointer: Pointer) -> str:
    if not pointer.channel.history:
        return ""
    change = pointer.channel.history[-1]
    return f"{change.action} by {change.by}, {change.at:%Y-%m-%d %H:%M} UTC: {change.reason}"


def prune(
    settings: Settings, *, history: int, days: float, dry_run: bool, yes: bool, shown: ListFormat
) -> int:
    """Delete releases that nobody needs, or say which would go; return the exit code."""
    from datacraft.registry import PrunePolicy
    from datacraft.registry.prune import plan_prune
    from datacraft.registry.prune import prune as delete

    store = registry_of(settings)
    policy = PrunePolicy(history, dt.timedelta(days=days))
    plan = plan_prune(store, policy, dt.datetime.now(dt.UTC))
    _show_plan(plan, shown)
    if dry_run or not plan.gone:
        say(f"{len(plan.gone)} releases would go, {len(plan.kept)} stay; nothing was deleted.")
        return EXIT_ANSWERED
    if not agreed(f"Shall {len(plan.gone)} releases be deleted from {store.url} for good?", yes):
        return EXIT_INSIDE
    with recorded_here(settings, person(None), "prune", store.url) as deed:
        deleted = delete(store, plan)
        deed.detail = f"{len(deleted)} releases: {', '.join(deleted)}"
    say(f"{len(deleted)} releases were deleted.")
    for release in sorted(set(plan.gone) - set(deleted)):
        say(f"{release} stays: a channel has come to need it.")
    return EXIT_ANSWERED


def _show_plan(plan: PrunePlan, shown: ListFormat) -> None:
    if shown is ListFormat.JSON:
        from pydantic_core import to_json

        typer.echo(to_json({"gone": plan.gone, "kept": plan.kept}, indent=1).decode())
        return
    rows = [(name, "goes", "nobody needs it") for name in plan.gone]
    write_table(("release", "", "why"), [*rows, *((name, "stays", why) for name, why in plan.kept.items())])
