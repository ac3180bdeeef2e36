"""From candidates to a release that serves, or to nothing at all."""

from __future__ import annotations

import base64
import datetime as dt
import json

import pytest
from simulator import Simulator
from stall import question_set
from workplace import NOW, Place

from datacraft.contracts.errors import InputError
from datacraft.contracts.profile import DataProfile
from datacraft.contracts.question_set import QuestionSet
from datacraft.evaluation.configured import builtin_candidate
from datacraft.evaluation.data import LoadedData
from datacraft.pipeline import PipelineOutcome
from datacraft.registry import ObjectStore
from datacraft.registry.minisign import SecretKey
from datacraft.registry.served import find_served
from datacraft.registry.signing import signature_problems


@pytest.fixture(scope="module")
def published(
    tmp_path_factory: pytest.TempPathFactory, data: LoadedData
) -> tuple[Place, PipelineOutcome, list[str]]:
    """A pipeline that has published its winner: where, what came of it, and what was said."""
    there = Place(tmp_path_factory.mktemp("published"), data)
    outcome = there.run(builtin_candidate(0.5), builtin_candidate(0.99))
    return there, outcome, list(there.said)


Published = tuple[Place, PipelineOutcome, list[str]]
STRICT = {"evaluation": {"selection": {"floors": {"min_performance": 100}}}}


def files(store: ObjectStore, folder: str) -> set[str]:
    return set(store.list(folder).files)


def test_the_winner_is_published_and_answers(published: Published) -> None:
    place, outcome, _ = published
    release = f"models/{outcome.release_id}"
    assert files(place.store, release) == {
        "best_model_metadata.json", "model_selection_report.json", "validation_report.json",
        "report.html", "junit.xml", "summary.md", "manifest.json",
    }  # fmt: skip
    assert files(place.store, f"{release}/evaluation") == {
        "calls.jsonl", "data_profile.json", "evaluation.json", "holdout.json", "holdout_calls.jsonl",
        "questions.json",
    }  # fmt: skip
    assert len(files(place.store, f"{release}/bias")) == 2
    served = find_served(place.store, "production", None, NOW + dt.timedelta(days=1))
    assert served.release_id == outcome.release_id
    assert served.metadata.deployment_ready
    assert served.metadata.selected_model == "builtin"
    assert served.metadata.question_set.name == "stall"
    profile = place.store.read(f"{release}/{served.metadata.data_profile}").data
    assert [table.name for table in DataProfile.model_validate_json(profile).tables] == ["sales"]
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


def test_with_a_key_in_the_environment_the_release_is_signed(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    seed, key_id = b"k" * 32, bytes(range(8))
    public = SecretKey(key_id[::-1].hex().upper(), seed).public
    secret = b"Ed\0\0B2" + bytes(48) + key_id + seed + public.raw + bytes(32)  # as `minisign -G -W` writes it
    monkeypatch.setenv("DATACRAFT_SIGNING_KEY", base64.b64encode(secret).decode())
    outcome = place.run(builtin_candidate())
    assert outcome.release_id is not None
    assert signature_problems(place.store, outcome.release_id, [public.text]) == []
