"""All gates on one release, and the overrides of people."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

from datacraft.contracts.errors import InputError
from datacraft.contracts.gates import GatePolicy
from datacraft.contracts.verdict import GatesVerdict, Override
from datacraft.delivery.evidence import ReleaseEvidence
from datacraft.delivery.gates.figures import FIGURES, judge_figure
from datacraft.delivery.gates.grounds import GROUNDS, judge_ground

GATES = (*GROUNDS, *(figure.gate for figure in FIGURES))
"""Every gate by name. All of them judge every release; none can be left out."""

_FIRM = frozenset({"integrity", "schema", "winner"})
"""Where these reject, it is unknown what is vouched for; no word of a person helps."""


def judge_release(evidence: ReleaseEvidence, policy: GatePolicy, now: dt.datetime) -> GatesVerdict:
    """Let every gate judge a release.

    Args:
        evidence: what the release shows.
        policy: the thresholds.
        now: the present in UTC.
    """
    gates = (
        *(judge_ground(gate, evidence, policy, now) for gate in GROUNDS),
        *(judge_figure(figure, evidence, policy) for figure in FIGURES),
    )
    return GatesVerdict(
        release_id=evidence.release_id,
        manifest=evidence.manifest,
        accepted=all(gate.passed for gate in gates),
        gates=gates,
        policy=policy,
        created_at=now,
    )


def override_gates(verdict: GatesVerdict, reasons: Mapping[str, str], by: str) -> GatesVerdict:
    """Return the verdict with rejections that a named person takes upon them, each with its reason.

    Raises:
        InputError: there is no such gate, it can't be overridden, it rejects nothing, or a reason is missing.
    """
    known = {gate.gate: gate for gate in verdict.gates}
    for name, reason in reasons.items():
        if name not in known:
            raise InputError(f"There is no gate {name!r}.", hint=f"Gates are {', '.join(GATES)}.")
        if name in _FIRM:
            raise InputError(
                f"The gate {name} can't be overridden: it would be unknown what is released.",
                hint="Publish a release that is whole.",
            )
        if known[name].passed:
            raise InputError(f"The gate {name} rejects nothing.", hint="Leave this override out.")
        if not reason.strip() or not by.strip():
            raise InputError(f"The override of {name} needs a name and a reason.")
    gates = tuple(
        gate.model_copy(update={"override": Override(by=by, reason=reasons[gate.gate].strip())})
        if gate.gate in reasons
        else gate
        for gate in verdict.gates
    )
    return verdict.model_copy(update={"gates": gates, "accepted": all(gate.stands for gate in gates)})
