"""From candidates to a release that serves, or to nothing at all."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from simulator import Simulator
from stall import question_set, write_sales

from datacraft.config import Settings
from datacraft.contracts.errors import InputError
from datacraft.contracts.question_set import QuestionSet
from datacraft.evaluation.bias import probes_of
from datacraft.evaluation.candidates import Candidate
from datacraft.evaluation.configured import builtin_candidate
from datacraft.evaluation.data import DataLoader, LoadedData
from datacraft.pipeline import PipelineOptions, PipelineOutcome, run_pipeline
from datacraft.registry import ObjectStore, open_store
from datacraft.registry.served import find_served

NOW = dt.datetime(2026, 1, 2, 3, 4, 5, tzinfo=dt.UTC)


class Clock:
    """Goes on by a minute whenever it is read."""

    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> dt.datetime:
        self.now += dt.timedelta(minutes=1)
        return self.now


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LoadedData]:
    sales = write_sales(tmp_path_factory.mktemp("stall"))
    settings = Settings.model_validate({"data": {"paths": [sales], "cache": False}})
    with DataLoader(settings).load() as loaded:
        yield loaded


class Place:
    """A registry and a state folder, and what a pipeline there has said."""

    def __init__(self, root: Path, data: LoadedData) -> None:
        self.root, self.data, self.clock = root, data, Clock()
        self.store = open_store((root / "registry").as_uri())
        self.said: list[str] = []

    def run(
        self, *candidates: Candidate, questions: QuestionSet | None = None, **settings: object
    ) -> PipelineOutcome:
        self.said.clear()
        chosen = Settings.model_validate({"state_dir": self.root / "state", **settings})
        return run_pipeline(
            chosen, self.data, questions or question_set(), candidates, self.store,
            PipelineOptions(commit="abc1234"), say=self.said.append, clock=self.clock,
        )  # fmt: skip


@pytest.fixture
def place(tmp_path: Path, data: LoadedData) -> Place:
    return Place(tmp_path, data)


@pytest.fixture(scope="module")
def published(
    tmp_path_factory: pytest.TempPathFactory, data: LoadedData
) -> tuple[Place, PipelineOutcome, list[str]]:
    """A pipeline that has published its winner: where, what came of it, and what was said."""
    there = Place(tmp_path_factory.mktemp("published"), data)
    outcome = there.run(builtin_candidate(0.5), builtin_candidate(0.99))
    return there, outcome, list(there.said)


@pytest.fixture(scope="module")
def everything(data: LoadedData) -> QuestionSet:
    """The cases, and every probe of bias, so that a simulator knows all golds."""
    probes = probes_of(data)
    assert probes is not None
    return QuestionSet(name="all", version=1, cases=(*question_set().cases, *probes.questions.cases))


Published = tuple[Place, PipelineOutcome, list[str]]
STRICT = {"evaluation": {"selection": {"floors": {"min_performance": 100}}}}


def files(store: ObjectStore, folder: str) -> set[str]:
    return set(store.list(folder).files)


def test_the_winner_is_published_and_answers(published: Published) -> None:
    place, outcome, _ = published
    release = f"models/{outcome.release_id}"
    assert files(place.store, release) == {
        "best_model_metadata.json", "model_selection_report.json", "validation_report.json",
    }  # fmt: skip
    assert files(place.store, f"{release}/evaluation") == {
        "calls.jsonl", "evaluation.json", "holdout.json", "holdout_calls.jsonl",
    }  # fmt: skip
    assert len(files(place.store, f"{release}/bias")) == 2
    served = find_served(place.store, "production", None, NOW + dt.timedelta(days=1))
    assert served.release_id == outcome.release_id
    assert served.metadata.deployment_ready
    assert served.metadata.selected_model == "builtin"
    assert served.metadata.question_set.name == "stall"
    validation = json.loads(place.store.read(f"{release}/validation_report.json").data)
    assert validation["deployment_ready"]
    assert all(floor["passed"] for floor in validation["floors"])


def test_the_winner_s_answers_are_saved_one_by_one(published: Published) -> None:
    place, outcome, _ = published
    assert outcome.responses is not None
    summary = json.loads(place.store.read(f"{outcome.responses}/summary.json").data)
    selected = question_set().of("select")
    assert summary["responses"] == len(selected)
    assert summary["release_id"] == outcome.release_id
    assert len(place.store.list(outcome.responses).folders) == len(selected)
    first = json.loads(place.store.read(f"{outcome.responses}/query_001/question.json").data)
    assert first["question"] == selected[0].question


def test_the_optimism_of_the_choice_is_said(published: Published) -> None:
    _, outcome, said = published
    assert outcome.holdout is not None
    assert any("points of optimism" in line for line in said)


def test_what_serves_takes_part_and_stays_unless_it_is_beaten(published: Published) -> None:
    place, before, _ = published
    after = place.run(builtin_candidate(0.45))
    assert after.selection.incumbent == before.selection.selected
    assert len(after.selection.ranking) == 2
    assert after.selection.selected == before.selection.selected, "equals: what serves stays"


def test_nothing_is_published_where_nobody_reaches_the_floors(place: Place, everything: QuestionSet) -> None:
    first = Simulator("asked", right=0.2)
    outcome = place.run(first.candidate(everything), **STRICT)
    assert outcome.release_id is None
    assert outcome.selection.selected is None
    assert any("misses the floor of performance" in line for line in place.said)
    assert place.store.list("models").folders == ()
    assert place.store.list("best_model_responses").folders == ()
    again = Simulator("asked", right=0.2)
    after = place.run(again.candidate(everything), **STRICT)
    assert first.asked
    assert again.asked == [], "the same run again asks nothing"
    assert [one.composite for one in after.selection.ranking] == [
        one.composite for one in outcome.selection.ranking
    ]


def test_a_simulator_can_never_be_published(place: Place, everything: QuestionSet) -> None:
    with pytest.raises(InputError, match="no model config that can serve"):
        place.run(Simulator("perfect").candidate(everything))
    assert place.store.list("models").folders == ()


def test_a_question_set_with_errors_stops_before_anybody_is_asked(place: Place) -> None:
    broken = question_set().cases[0].model_copy(update={"gold": ("SELECT nothing FROM sales",)})
    bad = question_set().model_copy(update={"cases": (broken, *question_set().cases[1:])})
    with pytest.raises(InputError, match=r"has 1 errors: error rows: gold 1 does not run"):
        place.run(builtin_candidate(), questions=bad)
