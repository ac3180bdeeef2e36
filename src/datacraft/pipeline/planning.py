"""What a run would do: which steps, how many calls, and what they would cost. Nothing is asked or written."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from pydantic import ValidationError

from datacraft.contracts.judgement import CallRecord
from datacraft.pipeline.folder import RunState
from datacraft.pipeline.outputs import Contender, Tuned
from datacraft.pipeline.place import Place
from datacraft.pipeline.standing import outputs_in, standing, without_competing_with_itself
from datacraft.pipeline.steps import STEPS, Step, gather_candidates, step_named


@dataclass(frozen=True, slots=True)
class PlannedStep:
    """What a run would do about one step.

    Attributes:
        name: of the step.
        stands: it is not made again, for nothing has changed.
        calls: that are not made yet.
        made: calls that are made and kept.
        cost_usd: of the calls to come, reckoned with what each candidate's calls have cost so far; None where no
            call of a candidate that costs money is known yet.
    """

    name: str
    stands: bool
    calls: int
    made: int
    cost_usd: float | None


def plan_of(place: Place, known: RunState | None, start: str | None = None) -> list[PlannedStep]:
    """Return what a run would do, step by step.

    Args:
        place: where it would run.
        known: how far the last run came.
        start: the step from which all are made in any case.

    Raises:
        InputError: there is no such step, or what serves can't be evaluated here.
        RegistryError: the registry can't be read.
    """
    first = STEPS.index(step_named(start)) if start else len(STEPS)
    if known is not None and not (start and first <= STEPS.index(step_named("select"))):
        place = without_competing_with_itself(place, known, outputs_in(place.settings))
    held = standing(place, known) if known is not None else set()
    contenders = gather_candidates(place, Tuned()).contenders
    return [
        _planned(step, place, contenders, stands=step.name in held and position < first)
        for position, step in enumerate(STEPS)
    ]


def _planned(step: Step, place: Place, contenders: Sequence[Contender], *, stands: bool) -> PlannedStep:
    if step.asks is None:
        calls = 0 if stands else step.takes(place)
        free = not calls or place.candidates[0].local
        return PlannedStep(step.name, stands, calls, made=0, cost_usd=0.0 if free else None)
    candidates = [place.candidate(one) for one in contenders]
    known = _known_calls(place.calls_folder(step.name))
    if step.needs_winner:
        candidates = candidates[:1]  # one of them is asked, and who is not known before
    cases = step.asks(place)
    calls, made, costs = 0, 0, [0.0]
    for one in candidates:
        mine = [call.usage.cost_usd for call in known if call.candidate == one.config_id]
        left = max(0, cases * (place.options.repeats if one.varies else 1) - len(mine))
        calls, made = calls + left, made + len(mine)
        if not one.local and left:
            costs.append(left * math.fsum(mine) / len(mine) if mine else math.nan)
    total = math.fsum(costs)
    return PlannedStep(step.name, stands, 0 if stands else calls, made, None if math.isnan(total) else total)


def _known_calls(folder: Path) -> list[CallRecord]:
    """Return the calls that are kept, as far as they can be read; a run tells of what is damaged."""
    try:
        lines = (folder / "calls.jsonl").read_bytes().splitlines()
    except OSError:
        return []
    found: dict[tuple[str, str, int], CallRecord] = {}
    for line in lines:
        try:
            call = CallRecord.model_validate_json(line)
        except ValidationError:
            continue
        found[call.candidate, call.case, call.repeat] = call
    return list(found.values())
