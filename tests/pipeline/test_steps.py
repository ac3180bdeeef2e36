"""A run makes only what something has changed for, goes on where it stopped, and says what is in its way."""

from __future__ import annotations

import resource

import pytest
from simulator import Simulator
from stall import question_set, write_sales
from workplace import Place

from datacraft.config import Settings
from datacraft.contracts.errors import DataCraftError, InputError, RegistryError
from datacraft.contracts.question_set import QuestionSet
from datacraft.contracts.sensitivity import SensitivityReport
from datacraft.contracts.tuning import TuningReport
from datacraft.evaluation.configured import builtin_candidate
from datacraft.evaluation.data import DataLoader
from datacraft.evaluation.evaluator import Progress
from datacraft.evaluation.running.checkpoint import RunInUse
from datacraft.pipeline.folder import RunFolder, RunFolderError
from datacraft.pipeline.place import SubjectChanged
from datacraft.pipeline.steps import STEPS
from datacraft.pipeline.stored import OutputDamaged

NAMES = [step.name for step in STEPS]


def changed(before: dict[str, object], after: dict[str, object]) -> list[str]:
    return [name for name in NAMES if before.get(name) != after.get(name)]


def test_a_repeated_run_makes_nothing_and_publishes_nothing_new(place: Place) -> None:
    first = place.run(builtin_candidate(0.5), builtin_candidate(0.99))
    made = place.made_at()
    again = place.run(builtin_candidate(0.5), builtin_candidate(0.99))
    assert again == first
    assert place.made_at() == made
    assert list(made) == NAMES
    assert all(sentence.endswith("(As before.)") for sentence in place.said)
    assert len(place.store.list("models").folders) == 1


def test_other_code_of_the_product_asks_everything_again(
    place: Place, everything: QuestionSet, monkeypatch: pytest.MonkeyPatch
) -> None:
    simulator, strict = Simulator("asked", right=0.2), {"floors": {"min_performance": 100}}
    place.run(simulator.candidate(everything), evaluation={"selection": strict})
    made, asked = place.made_at(), len(simulator.asked)
    for module in ("steps", "place"):
        monkeypatch.setattr(f"datacraft.pipeline.{module}.code_digest", lambda: "upgraded")
    place.run(simulator.candidate(everything), evaluation={"selection": strict})
    assert {"evaluate", "bias"} <= set(changed(made, place.made_at()))
    assert len(simulator.asked) >= 2 * asked


def test_other_weights_are_only_chosen_by_again(place: Place, everything: QuestionSet) -> None:
    simulator = Simulator("asked", right=0.2)
    strict = {"floors": {"min_performance": 100}}
    place.run(simulator.candidate(everything), evaluation={"selection": strict})
    made, asked = place.made_at(), len(simulator.asked)
    weights = {"performance": 0.6, "bias": 0.2}
    place.run(simulator.candidate(everything), evaluation={"selection": {**strict, "weights": weights}})
    assert changed(made, place.made_at()) == ["select"]
    assert len(simulator.asked) == asked


def test_another_candidate_is_asked_and_nobody_else(place: Place, everything: QuestionSet) -> None:
    first, second = Simulator("first", right=0.2), Simulator("second", right=0.2)
    strict = {"selection": {"floors": {"min_performance": 100}}}
    place.run(first.candidate(everything), evaluation=strict)
    made, asked = place.made_at(), len(first.asked)
    place.run(first.candidate(everything), second.candidate(everything), evaluation=strict)
    assert changed(made, place.made_at()) == ["candidates", "evaluate", "bias", "select"]
    assert (len(first.asked), len(second.asked)) == (asked, asked)


def test_from_a_step_all_after_it_is_made_again(place: Place) -> None:
    first = place.run(builtin_candidate())
    made = place.made_at()
    again = place.run(builtin_candidate(), start="select")
    assert again.release_id != first.release_id
    assert again.selection.incumbent == first.selection.selected, "what was published serves by now"
    assert set(NAMES[NAMES.index("select") :]) <= set(changed(made, place.made_at()))
    assert not {"data", "profile", "questions"} & set(changed(made, place.made_at()))
    with pytest.raises(InputError, match="no step 'winner'"):
        place.run(builtin_candidate(), start="winner")


def test_a_stopped_run_goes_on_with_the_calls_that_are_missing(place: Place, everything: QuestionSet) -> None:
    simulator = Simulator("asked", right=0.2)
    strict = {"evaluation": {"selection": {"floors": {"min_performance": 100}}}}

    def stop(progress: Progress) -> None:
        if progress.done == 3:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        place.run(simulator.candidate(everything), progress=stop, **strict)
    state = place.state()
    assert (state.status, state.current) == ("stopped", "bias")
    assert state.steps["bias"].error == "It was stopped."
    place.run(simulator.candidate(everything), resume=True, **strict)
    assert place.state().status == "no_winner"
    twice = len(simulator.asked) - len(set(simulator.asked))
    assert twice <= 16, "none but those in flight when it was stopped"


def test_a_run_is_not_gone_on_with_on_other_data_or_questions(
    place: Place, tmp_path_factory: pytest.TempPathFactory
) -> None:
    place.run(builtin_candidate())
    before = (place.folder / "run.json").read_bytes()
    fewer = question_set().model_copy(update={"cases": question_set().cases[1:]})
    with pytest.raises(SubjectChanged, match="questions have changed since this run began"):
        place.run(builtin_candidate(), questions=fewer, resume=True)
    other = write_sales(tmp_path_factory.mktemp("other"), seed=6)
    settings = Settings.model_validate({"data": {"paths": [other], "cache": False}})
    with DataLoader(settings).load() as loaded:
        place.data = loaded
        with pytest.raises(SubjectChanged, match="data has changed since this run began"):
            place.run(builtin_candidate(), resume=True)
        assert (place.folder / "run.json").read_bytes() == before
        made = place.made_at()
        place.run(builtin_candidate())
        assert changed(made, place.made_at()) == NAMES, "a new run makes everything"


def test_there_must_be_a_run_to_go_on_with(place: Place) -> None:
    with pytest.raises(InputError, match="No pipeline has run"):
        place.run(builtin_candidate(), resume=True)


def test_two_runs_in_one_folder_are_refused(place: Place) -> None:
    with RunFolder(place.folder), pytest.raises(RunInUse, match="Another run is at work"):
        place.run(builtin_candidate())
    assert not (place.folder / "run.json").exists()
    assert place.run(builtin_candidate()).release_id is not None


def test_a_damaged_output_is_told_and_only_it_is_made_anew(place: Place, everything: QuestionSet) -> None:
    simulator = Simulator("asked", right=0.2)
    strict = {"evaluation": {"selection": {"floors": {"min_performance": 100}}}}
    place.run(simulator.candidate(everything), **strict)
    made, asked = place.made_at(), len(simulator.asked)
    (report,) = (place.folder / "outputs" / "evaluate").iterdir()
    report.write_bytes(report.read_bytes()[:-5])
    with pytest.raises(OutputDamaged, match=report.name) as raised:
        place.run(simulator.candidate(everything), **strict)
    assert raised.value.hint is not None
    assert "Remove that file" in raised.value.hint
    assert (place.state().status, place.state().current) == ("failed", "evaluate")
    report.unlink()
    place.run(simulator.candidate(everything), **strict)
    assert changed(made, place.made_at()) == ["evaluate", "select"]
    assert len(simulator.asked) == asked


def test_a_damaged_state_is_told(place: Place) -> None:
    place.run(builtin_candidate())
    (place.folder / "run.json").write_text("{")
    with pytest.raises(RunFolderError, match=r"run\.json can't be read"):
        place.run(builtin_candidate())


def test_a_full_disk_is_told_and_what_is_finished_is_kept(place: Place) -> None:
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (7_000, limits[1]))
    try:
        with pytest.raises(DataCraftError, match="can't be written") as raised:
            place.run(builtin_candidate())
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert raised.value.hint is not None
    assert "room" in raised.value.hint
    state = place.state()
    assert state.status == "failed"
    made = {name: record.at for name, record in state.steps.items() if record.digest is not None}
    assert made
    assert state.current is not None
    assert state.steps[state.current].error == raised.value.message
    assert place.run(builtin_candidate(), resume=True).release_id is not None
    assert {name: place.made_at()[name] for name in made} == made, "what was finished is not made again"


def test_an_unreadable_registry_is_told_and_the_run_goes_on_once_it_is_back(place: Place) -> None:
    blocked = place.root / "registry" / "models"
    blocked.parent.mkdir(parents=True)
    blocked.write_text("a file where a folder must be")
    with pytest.raises(RegistryError):
        place.run(builtin_candidate())
    state = place.state()
    assert (state.status, state.current) == ("failed", "candidates")
    blocked.unlink()
    assert place.run(builtin_candidate(), resume=True).release_id is not None


def test_a_release_that_was_torn_is_finished_under_its_own_name(place: Place) -> None:
    first = place.run(builtin_candidate())
    state = place.state()
    release = place.root / "registry" / "models" / str(first.release_id)
    (release / "best_model_metadata.json").unlink()
    del state.steps["publish"]
    with RunFolder(place.folder) as folder:
        folder.write(state.model_copy(update={"status": "running", "current": "publish"}))
    assert place.run(builtin_candidate(), resume=True).release_id == first.release_id
    assert (release / "best_model_metadata.json").exists()
    assert len(place.store.list("models").folders) == 1


def test_a_plan_says_what_is_left_to_ask_and_what_it_would_cost(
    place: Place, everything: QuestionSet
) -> None:
    simulator = Simulator("asked", right=0.2, cost_usd=0.01)
    candidate = simulator.candidate(everything)
    before = {step.name: step for step in place.plan(candidate)}
    cases = len(question_set().of("select"))
    assert (before["evaluate"].calls, before["evaluate"].made) == (cases, 0)
    assert before["evaluate"].cost_usd is None, "nobody knows before the first call"
    assert before["select"].cost_usd == 0

    def stop(progress: Progress) -> None:
        if progress.done == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        place.run(candidate, progress=stop)
    asked = len(simulator.asked)
    between = {step.name: step for step in place.plan(candidate)}
    assert between["evaluate"].made + between["evaluate"].calls == cases
    assert between["evaluate"].made >= 2
    assert between["evaluate"].cost_usd == pytest.approx(0.01 * between["evaluate"].calls)
    assert {name for name, step in between.items() if step.stands} == {
        "data",
        "profile",
        "questions",
        "tune",
        "candidates",
    }
    assert len(simulator.asked) == asked, "a plan asks nothing"
    assert not {name for name, step in before.items() if step.stands}


def test_a_plan_from_a_step_makes_it_and_all_after_it(place: Place) -> None:
    place.run(builtin_candidate())
    assert all(step.stands for step in place.plan(builtin_candidate()))
    planned = place.plan(builtin_candidate(), start="profile")
    assert [step.name for step in planned if step.stands] == ["data"]


def test_a_config_that_tuning_found_better_takes_part(place: Place) -> None:
    careless = builtin_candidate(0.99)  # so careful that it answers nothing
    outcome = place.run(careless, tune=True)
    names = {one.name for one in outcome.selection.ranking}
    assert len(names) == 2
    assert outcome.selection.selected not in (None, careless.config_id)
    assert any("Tuned over 9 configs" in said for said in place.said)
    release = f"models/{outcome.release_id}"
    study = TuningReport.model_validate_json(place.store.read(f"{release}/tuning/study.json").data)
    assert study.base.config_id == careless.config_id
    assert study.best == outcome.selection.selected
    moved = SensitivityReport.model_validate_json(place.store.read(f"{release}/sensitivity/report.json").data)
    assert {factor.kind for factor in moved.factors} == {"config", "wording", "data"}
    before = place.made_at()
    assert place.run(careless, tune=True).release_id == outcome.release_id
    assert place.made_at() == before, "the study stands: nothing is searched again"
