"""A run makes every call once, keeps it at once, stays within its budget and goes on where it stopped."""

from __future__ import annotations

import asyncio
import resource
import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest
from simulator import Simulator
from stall import question_set

from datacraft.contracts.errors import InputError
from datacraft.contracts.evaluation import EvaluationReport
from datacraft.contracts.judgement import CallRecord
from datacraft.evaluation.data import LoadedData
from datacraft.evaluation.evaluator import ModelEvaluator, Progress, RunOptions
from datacraft.evaluation.running.checkpoint import CheckpointError, RunChanged, RunInUse

Evaluate = Callable[..., tuple[EvaluationReport, list[CallRecord]]]
HERE = Path(__file__).parents[1]


@pytest.fixture
def evaluate(stall_data: LoadedData, tmp_path: Path) -> Evaluate:
    """Evaluate simulators on the whole set, in one folder."""

    def run(*simulators: Simulator, **options: object) -> tuple[EvaluationReport, list[CallRecord]]:
        cases = question_set()
        evaluator = ModelEvaluator(stall_data, cases, tmp_path / "run")
        chosen = RunOptions(**{"split": None, **options})  # type: ignore[arg-type]
        return evaluator.evaluate([simulator.candidate(cases) for simulator in simulators], chosen)

    return run


def test_every_case_is_asked_once_of_every_candidate(evaluate: Evaluate) -> None:
    first, second = Simulator("first"), Simulator("second", right=0.5)
    report, records = evaluate(first, second)
    ids = sorted(case.id for case in question_set().cases)
    assert sorted(case for case, _ in first.asked) == ids
    assert sorted(case for case, _ in second.asked) == ids
    assert (report.complete, report.calls, len(records)) == (True, 2 * len(ids), 2 * len(ids))


def test_only_candidates_that_vary_are_asked_again(evaluate: Evaluate) -> None:
    steady, varying = Simulator("steady"), Simulator("varying", right=0.5, varies=True)
    report, _ = evaluate(steady, varying, repeats=3)
    assert {repeat for _, repeat in steady.asked} == {0}
    assert {repeat for _, repeat in varying.asked} == {0, 1, 2}
    assert "stable" in report.candidates[1].rates
    assert "stable" not in report.candidates[0].rates


def test_no_more_calls_than_allowed_are_made_at_the_same_time(evaluate: Evaluate) -> None:
    simulator = Simulator("slow", sleep_s=0.01)
    evaluate(simulator, concurrency=3)
    assert simulator.most_at_once == 3


def test_a_stopped_run_goes_on_and_asks_nothing_twice(evaluate: Evaluate) -> None:
    first = Simulator("same")
    stopped, _ = evaluate(first, max_calls=5)
    assert (stopped.complete, stopped.calls) == (False, 5)
    assert stopped.stopped is not None
    second = Simulator("same")
    finished, _ = evaluate(second)
    assert finished.complete
    assert not set(first.asked) & set(second.asked)
    third = Simulator("same")
    again, _ = evaluate(third)
    assert third.asked == []
    assert again.candidates == finished.candidates


def test_a_candidate_that_joins_later_is_the_only_one_asked(evaluate: Evaluate) -> None:
    evaluate(Simulator("first"))
    first, second = Simulator("first"), Simulator("second")
    report, _ = evaluate(first, second)
    assert (len(first.asked), len(second.asked)) == (0, len(question_set().cases))
    assert report.complete


def test_the_cost_ceiling_is_never_passed(evaluate: Evaluate) -> None:
    simulator = Simulator("dear", cost_usd=0.03)
    report, _ = evaluate(simulator, max_cost_usd=0.10, concurrency=8)
    assert (report.calls, report.complete) == (3, False)
    assert report.cost_usd == pytest.approx(0.09)
    assert report.stopped is not None
    assert "$0.1" in report.stopped
    resumed, _ = evaluate(Simulator("dear", cost_usd=0.03), max_cost_usd=0.10)
    assert resumed.calls == 3, "what earlier starts have cost counts too"


def test_no_call_starts_when_the_time_is_over(evaluate: Evaluate) -> None:
    slow = Simulator("slow", sleep_s=0.05)
    report, _ = evaluate(slow, max_seconds=0.12, concurrency=1)
    assert 0 < len(slow.asked) < len(question_set().cases)
    assert not report.complete
    assert report.stopped is not None
    assert "seconds are over" in report.stopped


def test_some_cases_alone_are_asked_where_only_they_are_named(evaluate: Evaluate) -> None:
    simulator = Simulator("some")
    report, records = evaluate(simulator, cases=frozenset({"rows", "all"}))
    assert sorted(case for case, _ in simulator.asked) == ["all", "rows"]
    assert (report.complete, report.candidates[0].cases, len(records)) == (True, 2, 2)
    whole, _ = evaluate(simulator)
    assert whole.complete
    assert len(simulator.asked) == len(question_set().cases), (
        "what was asked of some is not asked again of all"
    )


def test_failed_calls_alone_are_made_again(evaluate: Evaluate) -> None:
    broken = {"rows": "failed", "all": "failed"}
    before, _ = evaluate(Simulator("flaky", answers=broken))
    assert before.candidates[0].rates["reliable"].value < 1
    mended = Simulator("flaky")
    after, records = evaluate(mended, only_failed=True)
    assert sorted(case for case, _ in mended.asked) == ["all", "rows"]
    assert after.candidates[0].rates["reliable"].value == 1
    assert len(records) == len(question_set().cases)


def test_progress_counts_what_earlier_starts_finished(stall_data: LoadedData, tmp_path: Path) -> None:
    cases, seen = question_set(), list[Progress]()
    candidate = Simulator("one", cost_usd=0.5).candidate(cases)
    evaluator = ModelEvaluator(stall_data, cases, tmp_path, progress=seen.append)
    evaluator.evaluate([candidate], RunOptions(split=None, max_calls=4))
    evaluator.evaluate([candidate], RunOptions(split=None))
    assert [step.done for step in seen] == list(range(1, len(cases.cases) + 1))
    assert seen[-1].cost_usd == pytest.approx(0.5 * len(cases.cases))


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"max_calls": 1}, "less than one round"),
        ({"split": "nowhere"}, "No case of stall is in the part"),
    ],
)
def test_a_run_that_can_show_nothing_is_refused(
    evaluate: Evaluate, options: dict[str, object], message: str
) -> None:
    with pytest.raises(InputError, match=message):
        evaluate(Simulator("a"), Simulator("b"), **options)


def test_the_same_config_twice_and_no_config_are_refused(evaluate: Evaluate) -> None:
    with pytest.raises(InputError, match="named twice"):
        evaluate(Simulator("a"), Simulator("a"))
    with pytest.raises(InputError, match="no candidate"):
        evaluate()


def test_results_on_another_set_or_other_data_are_not_mixed(stall_data: LoadedData, tmp_path: Path) -> None:
    cases = question_set()
    ModelEvaluator(stall_data, cases, tmp_path).evaluate(
        [Simulator("a").candidate(cases)], RunOptions(split=None)
    )
    changed = cases.model_copy(update={"version": 2})
    with pytest.raises(RunChanged, match=r"another question set: stall 1 .* not stall 2"):
        ModelEvaluator(stall_data, changed, tmp_path).evaluate([Simulator("a").candidate(changed)])
    other = LoadedData(stall_data.warehouse, stall_data.meaning, "0" * 12, (), stall_data._resources)
    with pytest.raises(RunChanged, match="another data"):
        ModelEvaluator(other, cases, tmp_path).evaluate([Simulator("a").candidate(cases)])


def test_a_torn_last_line_is_cut_off_and_its_call_made_again(evaluate: Evaluate, tmp_path: Path) -> None:
    evaluate(Simulator("a"))
    calls = tmp_path / "run" / "calls.jsonl"
    calls.write_bytes(calls.read_bytes()[:-20])
    again = Simulator("a")
    report, _ = evaluate(again)
    assert len(again.asked) == 1
    assert report.complete


def test_a_damaged_line_is_named(evaluate: Evaluate, tmp_path: Path) -> None:
    evaluate(Simulator("a"))
    calls = tmp_path / "run" / "calls.jsonl"
    lines = calls.read_bytes().splitlines(keepends=True)
    calls.write_bytes(b"".join([*lines[:2], b'{"candidate": 1}\n', *lines[3:]]))
    with pytest.raises(CheckpointError, match=r"calls.jsonl:3 is damaged"):
        evaluate(Simulator("a"))
    calls.write_bytes(b"".join([*lines[:2], *lines[3:]]))
    again = Simulator("a")
    evaluate(again)
    assert len(again.asked) == 1


def test_a_run_of_unknown_content_is_not_gone_on_with(evaluate: Evaluate, tmp_path: Path) -> None:
    evaluate(Simulator("a"))
    (tmp_path / "run" / "run.json").write_text("{")
    with pytest.raises(CheckpointError, match=r"run.json can't be read"):
        evaluate(Simulator("a"))


def test_a_provider_that_is_down_fails_its_calls_and_not_the_run(evaluate: Evaluate) -> None:
    report, _ = evaluate(Simulator("up"), Simulator("down", right=0, failed=1))
    assert report.complete
    up, down = report.candidates
    assert (up.rates["reliable"].value, down.rates["reliable"].value) == (1.0, 0.0)
    assert down.mistakes == {"failed": len(question_set().cases)}
    assert up.mistakes == {}


def test_two_runs_in_one_folder_are_refused(stall_data: LoadedData, tmp_path: Path) -> None:
    cases = question_set()
    holder = subprocess.Popen(
        [sys.executable, "-c", "import fcntl,sys; f=open(sys.argv[1],'a'); fcntl.flock(f,fcntl.LOCK_EX);"
         "print('held',flush=True); sys.stdin.read()", str(tmp_path / "lock")],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE,
    )  # fmt: skip
    assert holder.stdout is not None
    assert holder.stdin is not None
    holder.stdout.readline()
    try:
        with pytest.raises(RunInUse, match="Another run"):
            ModelEvaluator(stall_data, cases, tmp_path).evaluate([Simulator("a").candidate(cases)])
    finally:
        holder.stdin.close()
        holder.wait()


def test_a_full_disk_stops_the_run_and_loses_nothing_that_was_finished(
    evaluate: Evaluate, tmp_path: Path
) -> None:
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (3_000, limits[1]))
    try:
        with pytest.raises(CheckpointError, match="can't be written"):
            evaluate(Simulator("a"), concurrency=1)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    kept = (tmp_path / "run" / "calls.jsonl").read_bytes().count(b"\n")
    again = Simulator("a")
    report, _ = evaluate(again)
    assert kept > 0
    assert len(again.asked) == len(question_set().cases) - kept
    assert report.complete


@pytest.fixture(scope="module")
def killed(sales: Path, tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """Run an evaluation that is killed 30 times; what the script says of it."""
    folder = tmp_path_factory.mktemp("killed")
    command = [sys.executable, str(HERE / "killing.py"), str(sales), str(folder), "30"]
    done = subprocess.run(command, capture_output=True, text=True, cwd=HERE)
    assert done.returncode == 0, done.stderr
    return done.stdout.split()


def test_thirty_kills_change_no_verdict_and_repeat_only_calls_in_flight(killed: list[str]) -> None:
    kills, same, most_repeated = int(killed[0]), killed[1], int(killed[2])
    assert kills == 30
    assert same == "same"
    assert most_repeated <= 8, "more calls were made twice after one kill than were in flight"


def test_calls_are_counted_by_candidate_and_case(evaluate: Evaluate) -> None:
    _, records = evaluate(Simulator("a", varies=True), repeats=2)
    assert set(Counter((record.case, record.repeat) for record in records).values()) == {1}


def test_a_run_is_made_where_a_loop_runs_already_as_in_a_notebook(evaluate: Evaluate) -> None:
    async def cell() -> EvaluationReport:
        return evaluate(Simulator("first"))[0]

    assert asyncio.run(cell()).complete
