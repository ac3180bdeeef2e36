"""The analysis finds what moves a score, leaves alone what does not, and asks nothing twice."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

sys.path.append(str(Path(__file__).parents[1] / "tuning"))

from simulator import Simulator
from tunable import BUILTIN, Tunable, base_config, many_cases

from datacraft.contracts.errors import InputError
from datacraft.contracts.model_config import ModelConfig
from datacraft.contracts.question_set import Case, QuestionSet
from datacraft.contracts.search_space import SearchSpace
from datacraft.contracts.sensitivity import SensitivityReport
from datacraft.evaluation.candidates import Candidate, Respondent, Workplace
from datacraft.evaluation.configured import builtin_candidate
from datacraft.evaluation.data import LoadedData
from datacraft.evaluation.sensitivity import SensitivityAnalysis, SensitivityOptions
from datacraft.evaluation.sensitivity.sampling import subsampled
from datacraft.evaluation.sensitivity.screening import MorrisDesign, one_at_a_time

SPACE = SearchSpace.model_validate(
    {
        "parameters": [
            {"part": "temperature", "low": 0, "high": 1},
            {"part": "top_p", "low": 0.1, "high": 1},
        ]
    }
)


def quality(config: ModelConfig) -> float:
    """Temperature matters much, top_p not at all."""
    temperature = config.hyperparameters.temperature
    assert temperature is not None
    return 0.9 - 0.5 * temperature


class CareFor(Tunable):
    """Answers what is asked in capitals wrongly, and everything else as it can."""

    def candidate_of(self, config: ModelConfig) -> Candidate:
        made = super().candidate_of(config)

        @contextmanager
        def opened(data: LoadedData, workplace: Workplace) -> Iterator[Respondent]:
            with made.open(data, workplace) as respondent:
                yield _Lowered(respondent, self.question_set)

        return replace(made, open=opened)


class _Lowered:
    """Finds a reworded question's case by its number, so that a simulator can answer it."""

    def __init__(self, respondent: Respondent, question_set: QuestionSet) -> None:
        self._respondent = respondent
        self._questions = {
            "".join(filter(str.isdigit, case.question)): case.question
            for case in question_set.cases
            if case.split == "tune"
        }

    async def ask(self, question: str, *, repeat: int) -> object:
        original = self._questions["".join(filter(str.isdigit, question))]
        answer = await self._respondent.ask(original, repeat=repeat)
        if question.isupper():
            answer.rows = [[-1]]
        return answer.model_copy(update={"question": question})


@pytest.fixture(scope="module")
def report(stall_data: LoadedData, tmp_path_factory: pytest.TempPathFactory) -> SensitivityReport:
    tunable = CareFor(many_cases(tune=60), quality)
    folder = tmp_path_factory.mktemp("sensitivity")
    analysis = SensitivityAnalysis(stall_data, tunable.question_set, folder, tunable.candidate_of)
    return analysis.measure(base_config(0.2), SPACE, SensitivityOptions(most_cases=50, paths=5))


def test_what_moves_the_score_comes_first_and_what_does_not_last(report: SensitivityReport) -> None:
    factors = {factor.name: factor for factor in report.factors}
    assert report.factors[0].name == "case"
    assert [level.label for level in factors["case"].levels] == ["small letters", "capitals"]
    small, capitals = factors["case"].levels
    assert small.change.value == 0
    assert capitals.change.high < -30
    assert (capitals.wrong_shown, capitals.score) == (1.0, pytest.approx(0, abs=6)), (
        "all was answered, and wrongly"
    )
    assert factors["temperature"].worst < -15 < 0 < factors["temperature"].best
    assert (factors["top_p"].worst, factors["top_p"].best) == (0, 0)
    assert (factors["typos"].worst, factors["typos"].best) == (0, 0)
    assert (factors["data size"].worst, factors["data size"].best) == (0, 0)
    assert report.cases == 50


def test_no_change_seen_still_has_an_interval(report: SensitivityReport) -> None:
    (typos,) = [factor for factor in report.factors if factor.name == "typos"]
    for level in typos.levels:
        assert level.change.low < 0 < level.change.high
        assert level.example is not None


def test_morris_finds_the_same_part_strong(report: SensitivityReport) -> None:
    temperature, top_p = report.effects
    assert (temperature.part, top_p.part) == ("temperature", "top_p")
    assert temperature.mean < -20
    assert temperature.strength.value == pytest.approx(50, abs=20)
    assert (top_p.strength.value, top_p.spread) == (0, 0)


def test_a_report_is_read_back_as_it_was(report: SensitivityReport) -> None:
    assert SensitivityReport.model_validate_json(report.model_dump_json()) == report


def test_only_tune_is_asked_and_nothing_again(stall_data: LoadedData, tmp_path: Path) -> None:
    tunable = CareFor(many_cases(tune=20), quality)
    options = SensitivityOptions(paths=2, shares=(0.5,))

    def measured() -> SensitivityReport:
        analysis = SensitivityAnalysis(stall_data, tunable.question_set, tmp_path, tunable.candidate_of)
        return analysis.measure(base_config(0.2), SPACE, options)

    first = measured()
    asked = len(tunable.asked)
    assert {case.partition("-")[0] for _, case, _ in tunable.asked} == {"tune"}
    assert first.calls == asked
    again = measured()
    assert len(tunable.asked) == asked
    assert again.model_copy(update={"created_at": first.created_at}) == first


def test_paraphrases_stand_against_their_originals(stall_data: LoadedData, tmp_path: Path) -> None:
    def case(name: str, **more: str) -> Case:
        return Case(id=name, question=f"question {name}", gold=("SELECT 1 AS n",), split="tune", **more)  # type: ignore[arg-type]

    cases = (case("a"), case("b"), case("a2", paraphrase_of="a"), case("a3", paraphrase_of="a"))
    question_set = QuestionSet(name="said", version=1, cases=cases)
    simulator = Simulator("careful", answers={"a3": "wrong"})
    candidate = simulator.candidate(question_set)

    @contextmanager
    def opened(data: LoadedData, workplace: Workplace) -> Iterator[Respondent]:
        with candidate.open(data, workplace) as respondent:
            yield _Known(respondent, question_set)

    def candidate_of(config: ModelConfig) -> Candidate:
        return replace(candidate, config_id=config.config_id, open=opened)

    analysis = SensitivityAnalysis(stall_data, question_set, tmp_path, candidate_of)
    report = analysis.measure(BUILTIN, None, SensitivityOptions(shares=()))
    (paraphrase,) = [factor for factor in report.factors if factor.name == "paraphrase"]
    assert paraphrase.levels[0].change.value == pytest.approx(-45, abs=10)
    assert paraphrase.levels[0].change.n == 2


class _Known:
    """Answers questions that it knows; of others it says that it doesn't."""

    def __init__(self, respondent: Respondent, question_set: QuestionSet) -> None:
        self._respondent = respondent
        self._known = {case.question.lower(): case.question for case in question_set.cases}

    async def ask(self, question: str, *, repeat: int) -> object:
        known = self._known.get(question.lower(), next(iter(self._known.values())))
        return await self._respondent.ask(known, repeat=repeat)


def test_less_data_is_the_same_tables_with_fewer_rows(stall_data: LoadedData) -> None:
    (whole,) = stall_data.warehouse.tables()
    with subsampled(stall_data, 0.5) as half, subsampled(stall_data, 0.25) as quarter:
        (fewer,), (fewest,) = half.warehouse.tables(), quarter.warehouse.tables()
        assert [column.name for column in fewer.columns] == [column.name for column in whole.columns]
        assert whole.row_count > fewer.row_count > fewest.row_count > 0
        ids = [
            {
                row[0]
                for row in data.warehouse.execute("SELECT sale_id FROM sales", timeout_s=9, max_rows=999).rows
            }
            for data in (half, quarter)
        ]
        assert ids[1] < ids[0]
        with subsampled(stall_data, 0.5) as again:
            assert again.content == half.content
    with pytest.raises(InputError, match="are no rows"), subsampled(stall_data, 0.0):
        pass


def test_one_at_a_time_leaves_out_what_the_base_is_and_what_can_not_be() -> None:
    space = SearchSpace.model_validate(
        {
            "parameters": [
                {"part": "temperature", "values": [0.2, 0.7]},
                {"part": "strategy", "values": [{"kind": "sql"}, {"kind": "semantic"}, {"kind": "plan"}]},
                {"part": "top_p", "low": 0.2, "high": 1, "step": 0.2},
            ]
        }
    )
    moved = [(one.part, one.value) for one in one_at_a_time(base_config(0.2), space)]
    assert [value for part, value in moved if part == "temperature"] == [0.7]
    assert [value for part, value in moved if part == "strategy"] == [{"kind": "plan"}]
    assert [value for part, value in moved if part == "top_p"] == [0.2, 0.6, 1.0]


def test_a_design_of_impossible_configs_has_no_effects() -> None:
    space = SearchSpace.model_validate(
        {"parameters": [{"part": "strategy", "values": [{"kind": "semantic"}]}]}
    )
    design = MorrisDesign(base_config(), space, paths=3)
    assert design.configs == []
    assert design.effects([]) == []


def test_the_builtin_engine_is_measured_for_real(stall_data: LoadedData, tmp_path: Path) -> None:
    cases = tuple(
        Case(
            id=f"c{number}", question=question, gold=(sql,), split="tune",
        )
        for number, (question, sql) in enumerate(
            [
                ("What is the total amount by product?", "SELECT product, sum(amount) FROM sales GROUP BY 1"),
                ("How many sales are there?", "SELECT count(*) FROM sales"),
                ("average amount in region North", "SELECT avg(amount) FROM sales WHERE region = 'North'"),
            ]
        )
    )  # fmt: skip
    analysis = SensitivityAnalysis(
        stall_data,
        QuestionSet(name="real", version=1, cases=cases),
        tmp_path,
        lambda config: replace(builtin_candidate(), config_id=config.config_id),
    )
    report = analysis.measure(BUILTIN, None, SensitivityOptions(shares=(0.5,)))
    assert report.score.value > 90
    (case,) = [factor for factor in report.factors if factor.name == "case"]
    assert case.best == case.worst == 0, "letters do not matter to the engine"
