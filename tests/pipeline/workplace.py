"""A registry and a state folder for the tests of this layer."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from pathlib import Path

from stall import question_set

from datacraft.config import Settings
from datacraft.contracts.question_set import QuestionSet
from datacraft.evaluation.candidates import Candidate
from datacraft.evaluation.data import LoadedData
from datacraft.evaluation.evaluator import Progress
from datacraft.pipeline import PipelineOptions, PipelineOutcome, run_pipeline
from datacraft.pipeline.folder import RunState, read_state
from datacraft.pipeline.place import Place as PipelinePlace
from datacraft.pipeline.planning import PlannedStep, plan_of
from datacraft.registry import open_store

NOW = dt.datetime(2026, 1, 2, 3, 4, 5, tzinfo=dt.UTC)


class Clock:
    """Goes on by a minute whenever it is read."""

    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> dt.datetime:
        self.now += dt.timedelta(minutes=1)
        return self.now


class Place:
    """A registry and a state folder, and what a pipeline there has said."""

    def __init__(self, root: Path, data: LoadedData) -> None:
        self.root, self.data, self.clock = root, data, Clock()
        self.store = open_store((root / "registry").as_uri())
        self.said: list[str] = []

    def run(
        self,
        *candidates: Candidate,
        questions: QuestionSet | None = None,
        start: str | None = None,
        resume: bool = False,
        progress: Callable[[Progress], None] = lambda _: None,
        tune: bool = False,
        **settings: object,
    ) -> PipelineOutcome:
        self.said.clear()
        chosen = Settings.model_validate({"state_dir": self.root / "state", **settings})
        return run_pipeline(
            chosen, self.data, questions or question_set(), candidates, self.store,
            PipelineOptions(commit="abc1234", tune=tune), start=start, resume=resume, say=self.said.append,
            progress=progress, clock=self.clock,
        )  # fmt: skip

    def plan(self, *candidates: Candidate, start: str | None = None) -> list[PlannedStep]:
        settings = Settings.model_validate({"state_dir": self.root / "state"})
        options = PipelineOptions(commit="abc1234")
        there = PipelinePlace(
            settings,
            self.data,
            question_set(),
            candidates,
            self.store,
            options,
            self.folder,
            clock=self.clock,
        )
        return plan_of(there, read_state(self.folder), start)

    @property
    def folder(self) -> Path:
        return self.root / "state" / "pipeline"

    def state(self) -> RunState:
        state = read_state(self.folder)
        assert state is not None
        return state

    def made_at(self) -> dict[str, dt.datetime]:
        """Return when each step was made."""
        return {name: record.at for name, record in self.state().steps.items()}
