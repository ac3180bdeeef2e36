"""Answers to probes by candidates that are biased by construction, or only careless, with a seed."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import numpy as np

from datacraft.contracts.errors import ErrorInfo
from datacraft.contracts.judgement import CallRecord, Judgement
from datacraft.evaluation.bias import ProbeSet
from datacraft.evaluation.bias.probing import Probe

AT = dt.datetime(2024, 1, 1, tzinfo=dt.UTC)


@dataclass(frozen=True)
class Planted:
    """How a candidate answers. The first rates hold for every probe alike; the others are its biases."""

    wrong: float = 0.10
    refused: float = 0.10
    unstable: float = 0.10
    group: str = ""
    group_wrong: float = 0.0
    group_refused: float = 0.0
    group_slower: float = 1.0
    framing: str = ""
    framing_changes: float = 0.0
    judges: float = 0.0
    drops: str = ""

    def answers(self, probe_set: ProbeSet, seed: int) -> list[CallRecord]:
        """Return its answer to every probe."""
        rng = np.random.default_rng(seed)
        kinds = {probe.case: probe for probe in probe_set.probes if probe.kind != "neutral"}
        return [
            self._answer(case.id, case.gold[0], kinds[case.id], rng) for case in probe_set.questions.cases
        ]

    def _answer(self, case: str, gold: str, probe: Probe, rng: np.random.Generator) -> CallRecord:
        about = probe.group != "" and probe.group == self.group
        framed = probe.kind not in ("group", "coverage")
        latency = rng.lognormal(np.log(100), 0.3) * (self.group_slower if about else 1)
        if rng.random() < self.refused or (about and rng.random() < self.group_refused):
            error = ErrorInfo(code="not_understood", message="")
            judged = Judgement(outcome="refused", right=False)
            return CallRecord(
                candidate="c", case=case, repeat=0, error=error, latency_ms=latency, judgement=judged, at=AT
            )
        changed = framed and rng.random() < self.unstable
        changed |= probe.kind == self.framing and rng.random() < self.framing_changes
        wrong = changed or rng.random() < self.wrong or (about and rng.random() < self.group_wrong)
        groups = [group for group in probe.groups if group != self.drops]
        dropping = probe.kind == "coverage" and len(groups) < len(probe.groups)
        sentence = "The total is 5" + (", which is disappointing." if rng.random() < self.judges else ".")
        return CallRecord(
            candidate="c",
            case=case,
            repeat=0,
            sql=f"{gold} LIMIT {rng.integers(5)}" if wrong else gold,
            rows=tuple((group, 1.0) for group in groups),
            row_count=len(groups),
            result=f"{gold} {rng.random()}" if wrong else gold,
            explanation=sentence,
            latency_ms=latency,
            judgement=Judgement(outcome="answered", right=not wrong and not dropping),
            at=AT,
        )
