"""What of an earlier run still holds."""

from __future__ import annotations

from dataclasses import replace

from datacraft.config import Settings
from datacraft.pipeline.folder import RunState
from datacraft.pipeline.outputs import Choice, HeldOut, Profiled, Roster
from datacraft.pipeline.place import Place
from datacraft.pipeline.publishing import released_at
from datacraft.pipeline.release import release_name
from datacraft.pipeline.steps import STEPS
from datacraft.pipeline.stored import Output, OutputRef, Outputs
from datacraft.registry.folder import FolderStore
from datacraft.registry.served import find_served


def outputs_in(settings: Settings) -> Outputs:
    """Return the outputs that the pipeline of these settings keeps on this machine."""
    return Outputs(FolderStore(settings.state_dir))


def standing(place: Place, known: RunState) -> set[str]:
    """Return the names of the steps that need not be made again, as far as is known before any is made."""
    names: set[str] = set()
    for step in STEPS:
        record = known.steps.get(step.name)
        if record is None or record.digest is None or not names.issuperset(step.after):
            continue
        given = [known.steps[name].digest or "" for name in step.after]
        if step.key(place, given) == record.key:
            names.add(step.name)
    return names


def without_competing_with_itself(place: Place, known: RunState, outputs: Outputs) -> Place:
    """Return the place, with the earlier roster where what serves was published by this very run.

    Without that, repeating a run would find a new incumbent, choose again and publish the same once more.
    """
    profiled = _kept(outputs, known, "profile", Profiled)
    roster = _kept(outputs, known, "candidates", Roster)
    choice = _kept(outputs, known, "select", Choice)
    held = _kept(outputs, known, "holdout", HeldOut)
    if profiled is None or roster is None or choice is None or held is None:
        return place
    own = release_name(released_at(profiled, choice, held), place.options.commit)
    served = find_served(place.store, place.settings.channel, None, place.clock())
    repeated = replace(place, before=roster)
    needed = {step.name for step in STEPS if not step.needs_winner}
    return repeated if served.release_id == own and needed <= standing(repeated, known) else place


def _kept(outputs: Outputs, known: RunState, name: str, kind: type[Output]) -> Output | None:
    record = known.steps.get(name)
    if record is None or record.digest is None:
        return None
    return outputs.get(OutputRef(step=name, digest=record.digest), kind)
