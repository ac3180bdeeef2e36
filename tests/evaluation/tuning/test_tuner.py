"""Tuning finds the better config on the part `tune` alone, within its budget, and goes on after a kill."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import pytest
from scipy.stats import spearmanr
from tunable import BUILTIN, TEMPERATURES, Tunable, base_config, by_temperature, many_cases

from datacraft.contracts.errors import InputError
from datacraft.contracts.question_set import QuestionSet
from datacraft.contracts.search_space import SearchSpace
from datacraft.contracts.tuning import TuningBudget, TuningReport
from datacraft.evaluation import HyperparameterTuner
from datacraft.evaluation.data import LoadedData
from datacraft.evaluation.evaluator import ModelEvaluator, RunOptions
from datacraft.evaluation.running.checkpoint import RunChanged
from datacraft.evaluation.tuning import TuningOptions
from datacraft.evaluation.tuning.worth import CaseWorth

HERE = Path(__file__).parent
GRID_CALLS = 11 * 120  # the base is one of the grid


def tuner(data: LoadedData, folder: Path, tunable: Tunable) -> HyperparameterTuner:
    return HyperparameterTuner(data, tunable.question_set, folder, tunable.candidate_of)


@pytest.fixture
def tunable() -> Tunable:
    return Tunable(many_cases(), by_temperature)


@pytest.fixture
def grid(stall_data: LoadedData, tmp_path: Path, tunable: Tunable) -> TuningReport:
    """A grid, raced within 35 % of its calls."""
    options = TuningOptions("grid", budget=TuningBudget(max_calls=int(0.35 * GRID_CALLS)))
    return tuner(stall_data, tmp_path, tunable).tune(base_config(), TEMPERATURES, options)


def test_a_raced_grid_finds_the_optimum_within_its_budget(grid: TuningReport, tunable: Tunable) -> None:
    assert grid.complete
    assert grid.best_config.hyperparameters.temperature in (0.1, 0.2, 0.3)
    assert grid.calls == len(tunable.asked) <= 0.35 * GRID_CALLS
    assert grid.calls_of_all == GRID_CALLS
    assert grid.gain.value > 0
    assert grid.importance["temperature"] > 0.5


def test_every_trial_says_when_and_why_it_stopped(grid: TuningReport, tunable: Tunable) -> None:
    asked = Counter(config for config, _, _ in tunable.asked)
    assert len(grid.trials) == 11
    for trial in grid.trials:
        assert trial.calls == trial.cases == asked[str(trial.config_id)]
        assert trial.score is not None
        assert str(trial.cases) in trial.reason
    assert grid.trials[0].settings == {"temperature": 0.5}
    assert grid.trial_of(grid.best).end == "finished"
    assert {trial.end for trial in grid.trials} >= {"finished", "outranked"}


def test_scores_of_trials_that_stopped_early_are_projected_so_that_they_can_be_compared(
    grid: TuningReport, tunable: Tunable
) -> None:
    best = grid.trial_of(grid.best)
    assert best.score is not None
    assert best.projected == pytest.approx(best.score.value)
    truth = [0.9 - 0.6 * abs(float(str(trial.settings["temperature"])) - 0.2) for trial in grid.trials]
    projected = [trial.projected or 0.0 for trial in grid.trials]
    assert spearmanr(truth, projected).statistic > 0.8


@pytest.mark.parametrize("method", ["grid", "tpe"])
def test_repeats_of_a_case_are_calls_of_their_own_and_one_case(
    stall_data: LoadedData, tmp_path: Path, method: str
) -> None:
    tunable = Tunable(many_cases(tune=30, others=0), by_temperature, varies=True)
    budget = TuningBudget(max_calls=400)
    options = TuningOptions(method, trials=6, cohort=3, repeats=3, budget=budget)  # type: ignore[arg-type]
    report = tuner(stall_data, tmp_path, tunable).tune(base_config(), TEMPERATURES, options)
    assert 250 < report.calls == len(tunable.asked) <= 400
    assert report.calls_of_all == len(report.trials) * 30 * 3
    for trial in report.trials:
        assert trial.calls == 3 * trial.cases


def test_a_candidate_of_another_config_is_refused(
    stall_data: LoadedData, tmp_path: Path, tunable: Tunable
) -> None:
    same = tunable.candidate_of(base_config())
    made = HyperparameterTuner(stall_data, tunable.question_set, tmp_path, lambda _: same)
    with pytest.raises(ValueError, match="calls itself"):
        made.tune(base_config(), TEMPERATURES, TuningOptions("grid"))


def test_a_report_is_read_back_as_it_was(grid: TuningReport) -> None:
    assert TuningReport.model_validate_json(grid.model_dump_json()) == grid


def test_nothing_but_the_part_tune_is_asked(grid: TuningReport, tunable: Tunable) -> None:
    assert grid.split == "tune"
    assert {case.partition("-")[0] for _, case, _ in tunable.asked} == {"tune"}


def test_nothing_is_asked_twice_and_again_gives_the_same(
    stall_data: LoadedData, tmp_path: Path, tunable: Tunable, grid: TuningReport
) -> None:
    assert max(Counter(tunable.asked).values()) == 1
    before = len(tunable.asked)
    options = TuningOptions("grid", budget=grid.budget)
    again = tuner(stall_data, tmp_path, tunable).tune(base_config(), TEMPERATURES, options)
    assert len(tunable.asked) == before
    assert again.model_copy(update={"created_at": grid.created_at}) == grid


@pytest.mark.parametrize("method", ["random", "tpe"])
def test_a_search_without_a_grid_improves_on_the_base(
    stall_data: LoadedData, tmp_path: Path, tunable: Tunable, method: str
) -> None:
    space = SearchSpace.model_validate({"parameters": [{"part": "temperature", "low": 0, "high": 1}]})
    options = TuningOptions(method, trials=12, cohort=4, budget=TuningBudget(max_calls=600))  # type: ignore[arg-type]
    found = tuner(stall_data, tmp_path, tunable).tune(base_config(0.9), space, options)
    assert found.calls <= 600
    assert len(found.trials) == 13
    assert by_temperature(found.best_config) > by_temperature(base_config(0.9)) + 0.2
    assert {trial.cohort for trial in found.trials} == ({0} if method == "random" else {0, 1, 2})


def test_without_a_budget_only_those_that_are_surely_worse_stop(
    stall_data: LoadedData, tmp_path: Path, tunable: Tunable
) -> None:
    report = tuner(stall_data, tmp_path, tunable).tune(base_config(), TEMPERATURES, TuningOptions("grid"))
    ends = Counter(trial.end for trial in report.trials)
    assert set(ends) == {"finished", "surely_worse"}
    worst = report.trials[-1]
    assert (worst.settings, worst.end) == ({"temperature": 1}, "surely_worse")
    assert worst.beaten_by is not None
    assert report.trial_of(worst.beaten_by).name in worst.reason


def test_where_nothing_is_better_the_base_stays(stall_data: LoadedData, tmp_path: Path) -> None:
    tunable = Tunable(many_cases(tune=40), lambda _: 0.7)
    report = tuner(stall_data, tmp_path, tunable).tune(base_config(), TEMPERATURES, TuningOptions("grid"))
    assert report.best == base_config().config_id
    assert report.gain.value == 0


def test_a_ceiling_of_money_is_kept_and_the_best_so_far_is_told(
    stall_data: LoadedData, tmp_path: Path
) -> None:
    tunable = Tunable(many_cases(), by_temperature, cost_usd=0.01)
    options = TuningOptions("grid", budget=TuningBudget(max_cost_usd=2.0))
    report = tuner(stall_data, tmp_path, tunable).tune(base_config(), TEMPERATURES, options)
    assert report.cost_usd <= 2.0
    assert report.cost_usd == pytest.approx(0.01 * len(tunable.asked))
    assert by_temperature(report.best_config) > by_temperature(base_config())


def test_a_ceiling_of_time_ends_the_study(stall_data: LoadedData, tmp_path: Path, tunable: Tunable) -> None:
    ticks = iter(range(10_000))
    made = HyperparameterTuner(
        stall_data, tunable.question_set, tmp_path, tunable.candidate_of, seconds=lambda: next(ticks)
    )
    report = made.tune(base_config(), TEMPERATURES, TuningOptions("grid", budget=TuningBudget(max_seconds=4)))
    assert not report.complete
    assert report.stopped is not None
    assert "seconds" in report.stopped
    assert len(tunable.asked) < GRID_CALLS / 2


def test_settings_that_make_no_config_are_told_and_not_asked(stall_data: LoadedData, tmp_path: Path) -> None:
    space = SearchSpace.model_validate(
        {
            "parameters": [
                {"part": "temperature", "values": [0, 0.4]},
                {"part": "strategy", "values": [{"kind": "sql"}, {"kind": "vote", "of": {"kind": "sql"}}]},
            ]
        }
    )
    tunable = Tunable(many_cases(tune=12), lambda _: 0.5)
    report = tuner(stall_data, tmp_path, tunable).tune(base_config(), space, TuningOptions("grid"))
    (refused,) = [trial for trial in report.trials if trial.end == "invalid"]
    assert refused.settings["temperature"] == 0
    assert "always unanimous" in refused.reason
    assert (refused.config_id, refused.cases, refused.score) == (None, 0, None)


def test_a_study_that_can_show_nothing_is_refused(
    stall_data: LoadedData, tmp_path: Path, tunable: Tunable
) -> None:
    made = tuner(stall_data, tmp_path, tunable)
    with pytest.raises(InputError, match="smaller than one round: 11 configs on 10 cases"):
        made.tune(base_config(), TEMPERATURES, TuningOptions("grid", budget=TuningBudget(max_calls=100)))
    with pytest.raises(InputError, match=r"Nothing of the search space can be tried.*can't honour temp"):
        made.tune(BUILTIN, TEMPERATURES, TuningOptions("grid"))
    with pytest.raises(InputError, match="Nothing is to be tried"):
        made.tune(base_config(), TEMPERATURES, TuningOptions("random", trials=0))
    nothing = many_cases(tune=0)
    with pytest.raises(InputError, match="No case of many is in the part `tune`"):
        HyperparameterTuner(stall_data, nothing, tmp_path, tunable.candidate_of)


def test_another_order_of_cases_is_another_study(
    stall_data: LoadedData, tmp_path: Path, tunable: Tunable, grid: TuningReport
) -> None:
    with pytest.raises(RunChanged, match="another question set"):
        tuner(stall_data, tmp_path, tunable).tune(base_config(), TEMPERATURES, TuningOptions("grid", seed=1))


def test_what_cases_add_is_the_performance_score_in_the_mean(stall_data: LoadedData, tmp_path: Path) -> None:
    cases = many_cases(tune=30, others=0)
    mixed = [case.model_copy(update={"chart": "table"}) for case in cases.cases[:5]]
    silent = [
        case.model_copy(update={"answerable": "unanswerable", "gold": ()}) for case in cases.cases[5:12]
    ]
    question_set = QuestionSet(name="mixed", version=1, cases=(*mixed, *silent, *cases.cases[12:]))
    tunable = Tunable(question_set, lambda _: 0.6)
    candidate = tunable.candidate_of(base_config())
    evaluator = ModelEvaluator(stall_data, question_set, tmp_path)
    report, records = evaluator.evaluate([candidate], RunOptions(split=None))
    from datacraft.evaluation.measuring.arrays import arrays_of

    worth = CaseWorth.of(question_set.cases, report.weights)
    values = worth.values(arrays_of(question_set.cases, records), 30)
    assert report.candidates[0].performance is not None
    assert values.mean() == pytest.approx(report.candidates[0].performance.value)
    assert 0 <= values.min() <= values.max() <= worth.spread


def study(sales: Path, folder: Path, log: Path | None) -> TuningReport:
    """Tune with calls that take a moment, so that a kill meets some in flight."""
    from datacraft.config import Settings
    from datacraft.evaluation.data import DataLoader

    tunable = Tunable(many_cases(tune=40), by_temperature, sleep_s=0.02, log=log)
    settings = Settings.model_validate({"data": {"paths": [sales], "cache": False}})
    options = TuningOptions("tpe", trials=6, cohort=3, budget=TuningBudget(max_calls=150), concurrency=2)
    with DataLoader(settings).load() as data:
        return tuner(data, folder, tunable).tune(base_config(), TEMPERATURES, options)


def test_a_killed_study_comes_to_the_same_end_and_repeats_only_calls_in_flight(
    sales: Path, tmp_path: Path
) -> None:
    log = tmp_path / "log"
    command = [sys.executable, str(HERE / "killed_study.py"), str(sales), str(tmp_path / "killed"), str(log)]
    kills = 0
    for calls in (15, 60, 110):
        process = subprocess.Popen(command)
        while process.poll() is None:
            if log.exists() and log.read_text().count("\n") >= calls:
                process.send_signal(signal.SIGKILL)
                process.wait()
                kills += 1
                break
            time.sleep(0.01)
    assert kills == 3
    after = study(sales, tmp_path / "killed", log)
    calm = study(sales, tmp_path / "calm", None)
    assert after.model_copy(update={"created_at": calm.created_at}) == calm
    starts = Counter(tuple(line.split()[:3]) for line in log.read_text().splitlines())
    repeated = sum(count - 1 for count in starts.values())
    assert repeated <= kills * 4, "more calls were made twice than were in flight"
