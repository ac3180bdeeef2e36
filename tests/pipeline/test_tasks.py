"""Steps one at a time, as a scheduler makes them: only references pass, and what doesn't fit together is refused."""

from __future__ import annotations

from pathlib import Path

import pytest
from stall import question_set, write_sales

from datacraft.contracts.errors import InputError
from datacraft.pipeline import NoWinner
from datacraft.pipeline.outputs import BiasFound, Evaluated
from datacraft.pipeline.place import SubjectChanged
from datacraft.pipeline.stored import OutputRef, Outputs
from datacraft.pipeline.tasks import (
    TaskRequest,
    contenders_of,
    join_parts,
    make_step,
    require_winner,
    sentences_of,
)
from datacraft.registry import open_store


class Scheduler:
    """Makes steps in a folder, and remembers the references."""

    def __init__(self, folder: Path, settings: str = "") -> None:
        self.folder = folder
        self.sales = write_sales(folder)
        self.refs: dict[str, OutputRef] = {}
        (folder / "stall.yaml").write_text(question_set().model_dump_json(exclude_defaults=True))
        (folder / "datacraft.yaml").write_text(
            f"state_dir: {folder / 'state'}\ndata: {{cache: false}}\n{settings}"
        )
        self.request = TaskRequest(
            config=folder / "datacraft.yaml", questions=str(folder / "stall.yaml"), commit="abc1234"
        )
        self.outputs = Outputs(open_store((folder / "state" / "registry").as_uri()))

    def make(self, *names: str) -> None:
        for name in names:
            self.refs[name] = make_step(self.request, name, list(self.refs.values()))

    def make_in_parts(self, name: str) -> list[OutputRef]:
        ids = contenders_of(self.request, self.refs["candidates"])
        return [make_step(self.request, name, list(self.refs.values()), candidate=one) for one in ids]


@pytest.fixture
def scheduler(tmp_path: Path) -> Scheduler:
    return Scheduler(tmp_path)


def test_parts_put_together_are_what_is_made_at_once(scheduler: Scheduler) -> None:
    scheduler.make("data", "questions", "tune", "candidates", "evaluate", "bias")
    for name, kind in (("evaluate", Evaluated), ("bias", BiasFound)):
        joined = join_parts(scheduler.request, scheduler.make_in_parts(name))
        whole, parts = (scheduler.outputs.get(ref, kind) for ref in (scheduler.refs[name], joined))
        if isinstance(whole, Evaluated):
            assert isinstance(parts, Evaluated)
            assert [one.config_id for one in parts.report.candidates] == [
                one.config_id for one in whole.report.candidates
            ]
            assert (parts.report.calls, parts.report.complete) == (whole.report.calls, True)
            verdicts = [{(c.candidate, c.case): c.judgement for c in one.calls} for one in (whole, parts)]
            assert verdicts[0] == verdicts[1]
        else:
            assert isinstance(whole, BiasFound)
            assert isinstance(parts, BiasFound)
            assert parts.probes == whole.probes
            assert {key: one.report.score for key, one in parts.candidates.items()} == {
                key: one.report.score for key, one in whole.candidates.items()
            }
    assert sentences_of(scheduler.request, joined) == sentences_of(scheduler.request, scheduler.refs["bias"])


def test_data_that_changes_between_two_tasks_is_refused(scheduler: Scheduler) -> None:
    scheduler.make("data")
    write_sales(scheduler.folder, seed=6)
    with pytest.raises(SubjectChanged, match="data has changed"):
        scheduler.make("profile")


def test_questions_that_change_between_two_tasks_are_refused(scheduler: Scheduler) -> None:
    scheduler.make("data", "questions", "tune", "candidates")
    questions = question_set().model_copy(update={"version": 2})
    (scheduler.folder / "stall.yaml").write_text(questions.model_dump_json(exclude_defaults=True))
    with pytest.raises(SubjectChanged, match="questions have changed"):
        scheduler.make("evaluate")


def test_what_is_missing_is_named(scheduler: Scheduler) -> None:
    with pytest.raises(InputError, match="The step profile lacks what data gives"):
        scheduler.make("profile")
    scheduler.make("data")
    (scheduler.folder / "state" / "registry" / scheduler.refs["data"].path).unlink()
    with pytest.raises(InputError, match="What the step data gave was removed"):
        scheduler.make("profile")


def test_only_contenders_are_asked_and_only_their_answers_put_together(scheduler: Scheduler) -> None:
    scheduler.make("data", "questions", "tune", "candidates")
    with pytest.raises(InputError, match="The candidate nobody takes no part"):
        make_step(scheduler.request, "evaluate", list(scheduler.refs.values()), candidate="nobody")
    with pytest.raises(InputError, match="Parts of data can't be put together"):
        join_parts(scheduler.request, [scheduler.refs["data"]])


def test_evaluations_on_other_questions_are_not_put_together(scheduler: Scheduler) -> None:
    scheduler.make("data", "questions", "tune", "candidates")
    first, *_ = scheduler.make_in_parts("evaluate")
    questions = question_set().model_copy(update={"version": 2})
    (scheduler.folder / "stall.yaml").write_text(questions.model_dump_json(exclude_defaults=True))
    scheduler.make("questions")
    _, second, *_ = scheduler.make_in_parts("evaluate")
    with pytest.raises(InputError, match="not evaluated on the same data and questions"):
        join_parts(scheduler.request, [first, second])


def test_without_a_winner_the_reasons_are_told(tmp_path: Path) -> None:
    scheduler = Scheduler(tmp_path, "evaluation: {selection: {floors: {min_performance: 100}}}\n")
    questions = tmp_path / "stall.yaml"
    questions.write_text(questions.read_text().replace("sum(amount)", "max(amount)"))
    scheduler.make("data", "questions", "tune", "candidates", "evaluate", "bias", "select")
    with pytest.raises(NoWinner, match="misses the floor of performance") as raised:
        require_winner(scheduler.request, scheduler.refs["select"])
    assert raised.value.exit_code == 14
