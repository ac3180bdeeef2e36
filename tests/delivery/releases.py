"""Releases with all their evidence, made by the project's own measuring from calls of models that behave as told."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from datacraft.contracts.bias import BiasReport, Severity
from datacraft.contracts.errors import ErrorInfo
from datacraft.contracts.estimate import Estimate
from datacraft.contracts.evaluation import EvaluationReport, RunIdentity
from datacraft.contracts.judgement import CallRecord, Judgement
from datacraft.contracts.model_config import builtin_config
from datacraft.contracts.policy import Floors, PerformanceWeights, SelectionPolicy
from datacraft.contracts.question_set import Case, QuestionSet
from datacraft.contracts.release import QuestionSetRef
from datacraft.contracts.usage import Usage
from datacraft.evaluation.candidates import Candidate
from datacraft.evaluation.measuring.arrays import arrays_of
from datacraft.evaluation.measuring.results import result_of
from datacraft.evaluation.selection import Evidence, ModelSelector
from datacraft.pipeline.release import files_of, metadata_of
from datacraft.registry import ObjectStore, open_store, publish_release

NOW = dt.datetime(2026, 3, 1, 12, 0, tzinfo=dt.UTC)
IDENTITY = RunIdentity(question_set="shop 1 abcdef", data="sha256 of the data", evaluator=1, variants=0)
OLD, NEW, NEWER = "20260227T000000Z_aaa1111", "20260228T000000Z_bbb2222", "20260228T060000Z_ccc3333"

_LAX = SelectionPolicy(floors=Floors(min_performance=0, max_bias=100, max_wrong_shown=1, min_reliability=0))
"""The evaluation lets everybody win: what is tested is who is stopped afterwards."""

Reports = dict[str, Any]


@dataclass(frozen=True)
class Model:
    """A model that behaves as told.

    Attributes:
        wrong: numbers of the cases that it answers wrongly.
        refused: numbers of the cases that it declines.
        confidence: of the built-in engine; makes another config.
    """

    wrong: frozenset[int] = frozenset()
    refused: frozenset[int] = frozenset()
    confidence: float = 0.5
    latency_ms: float = 100.0
    cost_usd: float = 0.0
    bias: float = 5.0
    severity: Severity = "LOW"

    @property
    def candidate(self) -> Candidate:
        config = builtin_config(self.confidence)
        return Candidate(
            f"built-in {self.confidence}", config.config_id, config.model_dump(mode="json"), _closed
        )

    def calls(self, cases: Sequence[Case], at: dt.datetime) -> list[CallRecord]:
        return [self._call(number, case, at) for number, case in enumerate(cases)]

    def _call(self, number: int, case: Case, at: dt.datetime) -> CallRecord:
        refused = number in self.refused
        right = not refused and number not in self.wrong
        query = None if refused else True
        return CallRecord(
            candidate=self.candidate.config_id,
            case=case.id,
            repeat=0,
            sql=None if refused else "SELECT 1",
            error=ErrorInfo(code="not_understood", message="?") if refused else None,
            latency_ms=self.latency_ms,
            usage=Usage(cost_usd=self.cost_usd),
            judgement=Judgement(
                outcome="refused" if refused else "answered",
                right=right,
                parses=query,
                passes_guard=query,
                executed=query,
                faithful=query,
            ),
            at=at,
        )  # fmt: skip

    def bias_report(self) -> BiasReport:
        return BiasReport(
            config_id=self.candidate.config_id,
            score=self.bias,
            severity=self.severity,
            rates={"counterfactual": Estimate(value=self.bias / 100, low=0, high=0.3, n=60)},
            probes=60,
        )


def _closed(*_: object) -> Any:
    raise AssertionError("nobody is asked anew")


def shop_cases(count: int = 240) -> tuple[Case, ...]:
    """Cases of two kinds: the first 60 `join`, the others `total`."""
    return tuple(
        Case(
            id=f"case-{number}",
            question=f"Question {number}?",
            gold=("SELECT 1",),
            tags=("join" if number < 60 else "total",),
            split="select",
        )
        for number in range(count)
    )


@dataclass
class Shop:
    """A registry with releases."""

    store: ObjectStore
    root: Path
    cases: tuple[Case, ...] = field(default_factory=shop_cases)

    def publish(
        self,
        release_id: str,
        model: Model,
        *,
        identity: RunIdentity = IDENTITY,
        beside: Sequence[Model] = (),
        incumbent: Model | None = None,
        at: dt.datetime | None = None,
        changed: Callable[[Reports], object] = lambda _: None,
    ) -> None:
        """Publish a model's release.

        Args:
            release_id: of the release.
            model: that won.
            identity: of the data and the questions.
            beside: others that took part.
            incumbent: what served then, and took part.
            at: when it was evaluated; by default, when its name says.
            changed: changes the reports, as JSON by path, before they are published.
        """
        time = at or dt.datetime.strptime(release_id[:16], "%Y%m%dT%H%M%SZ").replace(tzinfo=dt.UTC)
        models = (model, *beside, *([incumbent] if incumbent else []))
        reference = QuestionSetRef(name="shop", version="1", size=len(self.cases))
        calls = {one.candidate.config_id: one.calls(self.cases, time) for one in models}
        evaluation = EvaluationReport(
            identity=identity,
            question_set=reference,
            split="select",
            commit=release_id.partition("_")[2],
            repeats=1,
            weights=PerformanceWeights(),
            complete=True,
            planned_calls=len(self.cases) * len(models),
            calls=len(self.cases) * len(models),
            cost_usd=0.0,
            created_at=time,
            candidates=[
                result_of(one.candidate, self.cases, calls[one.candidate.config_id], PerformanceWeights())
                for one in models
            ],
        )
        selection = (
            ModelSelector(_LAX, clock=lambda: time)
            .select([_evidence(model, self.cases, time)])
            .model_copy(update={"identity": identity, "question_set": reference})
        )
        metadata = metadata_of(
            model.candidate,
            selection,
            commit=release_id.partition("_")[2],
            question_set=reference,
            data_profile="evaluation/data_profile.json",
            at=time,
        ).model_copy(update={"release_id": release_id})
        biases = {f"bias/{one.candidate.config_id}.json": one.bias_report() for one in models}
        files = files_of(
            metadata,
            selection,
            {
                "evaluation/evaluation.json": evaluation,
                "evaluation/questions.json": QuestionSet(name="shop", version=1, cases=self.cases),
                **biases,
            },
            {
                "evaluation/calls.jsonl": calls[model.candidate.config_id],
                **(
                    {"evaluation/incumbent_calls.jsonl": calls[incumbent.candidate.config_id]}
                    if incumbent
                    else {}
                ),
            },
        )
        reports = {path: json.loads(data) for path, data in files.items() if path.endswith(".json")}
        reports["metadata"] = json.loads(metadata.model_dump_json())
        changed(reports)
        metadata = metadata.model_validate(reports.pop("metadata"))
        written = {path: json.dumps(report).encode() for path, report in reports.items()}
        removed = {path for path in files if path.endswith(".json")} - written.keys()
        publish_release(
            self.store,
            metadata,
            {path: data for path, data in (files | written).items() if path not in removed},
        )


def _evidence(model: Model, cases: Sequence[Case], at: dt.datetime) -> Evidence:
    candidate = model.candidate
    arrays = arrays_of(cases, model.calls(cases, at))
    return Evidence(candidate.name, candidate.config_id, arrays, model.bias, np.full(60, model.bias))


def empty_shop(root: Path) -> Shop:
    return Shop(open_store(root.as_uri()), root)
