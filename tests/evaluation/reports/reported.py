"""A report of everything: simulators on a stall whose questions, names and data hold markup."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path

sys.path.append(str(Path(__file__).parents[1] / "tuning"))
sys.path.append(str(Path(__file__).parents[1] / "selection"))

from made import evidence
from simulator import Simulator
from stall import question_set as stall
from tunable import Tunable, base_config, by_temperature, many_cases

from datacraft.contracts.bias import BiasFinding, BiasReport, GroupShare
from datacraft.contracts.estimate import Estimate
from datacraft.contracts.question_set import Case, QuestionSet
from datacraft.contracts.search_space import SearchSpace
from datacraft.contracts.sensitivity import ElementaryEffects, Factor, Level, SensitivityReport
from datacraft.contracts.tuning import TuningBudget
from datacraft.evaluation.bias.pairs import Pair, Told
from datacraft.evaluation.data import LoadedData
from datacraft.evaluation.evaluator import ModelEvaluator, RunOptions
from datacraft.evaluation.reports import Gathered, gold_rows
from datacraft.evaluation.selection import ModelSelector
from datacraft.evaluation.tuning import HyperparameterTuner, TuningOptions

EVIL = "</script><script>alert('1')</script><!--&amp;\"]]>"

SPACE = SearchSpace.model_validate(
    {
        "parameters": [
            {"part": "temperature", "low": 0, "high": 1, "step": 0.25},
            {"part": "prompt", "values": [{"name": "plain", "text": "a"}, {"name": EVIL, "text": "b"}]},
        ]
    }
)


def questions() -> QuestionSet:
    """Return the stall's questions and one that holds markup and what no document may hold."""
    evil = Case(
        id="evil",
        question=f"total of {EVIL} \x00\x1b",
        gold=("SELECT '<img src=x onerror=alert(1)>' AS \"<b>\" FROM sales LIMIT 12",),
        topic=EVIL,
        tags=(EVIL,),
    )
    base = stall()
    return base.model_copy(update={"cases": (*base.cases, evil)})


def evaluated(data: LoadedData, folder: Path) -> Gathered:
    """Return an evaluation alone."""
    cases = questions()
    candidates = [
        Simulator("good", right=0.9, seed=1, latency_ms=900, cost_usd=0.002).candidate(cases),
        Simulator(EVIL, right=0.6, refused=0.2, failed=0.1, seed=2, answers={"evil": "wrong"}).candidate(
            cases
        ),
    ]
    report, records = ModelEvaluator(data, cases, folder, commit="abc1234").evaluate(
        candidates, RunOptions(split=None)
    )
    golds = gold_rows(cases.cases, records, data.warehouse)
    return Gathered(report, cases, records, f"datacraft evaluate --questions '{EVIL}'", golds=golds)


def everything(data: LoadedData, folder: Path) -> Gathered:
    """Return an evaluation with a selection, bias, tuning and sensitivity."""
    gathered = evaluated(data, folder / "run")
    first, second = gathered.evaluation.candidates
    selection = ModelSelector().select(
        [
            replace(evidence(first.name, [1.0] * 16), config_id=first.config_id),
            replace(evidence(second.name, [1.0] * 9 + [0.0] * 7), config_id=second.config_id),
        ],
        incumbent=second.config_id,
    )
    tunable = Tunable(many_cases(tune=30, others=0), by_temperature)
    tuner = HyperparameterTuner(data, tunable.question_set, folder / "tuning", tunable.candidate_of)
    study = tuner.tune(base_config(), SPACE, TuningOptions("grid", budget=TuningBudget(max_calls=200)))
    return replace(
        gathered, selection=selection, tuning=study, sensitivity=moved(gathered),
        holdout=gathered.evaluation.model_copy(update={"candidates": [first]}),
        pairs={second.config_id: [Pair("region", Told("total in South", gathered.records[0]),
                                       Told(f"total in {EVIL}", gathered.records[-1]))]},
        bias={first.config_id: biased(first.config_id)},
    )  # fmt: skip


def moved(gathered: Gathered) -> SensitivityReport:
    def level(label: str, change: float) -> Level:
        estimate = Estimate(value=change, low=change - 2, high=change + 2, n=40)
        return Level(label=label, score=80 + change, change=estimate, wrong_shown=0.1, example=EVIL)

    factors = [
        Factor(name=EVIL, kind="config", levels=(level("low", -9.0), level("high", 4.0))),
        Factor(name="typos", kind="wording", levels=(level("one word", -3.0),)),
        Factor(name="case", kind="wording", levels=(level("capitals", 0.0),)),
    ]
    strength = Estimate(value=12.0, low=8.0, high=16.0, n=4)
    evaluation = gathered.evaluation
    return SensitivityReport(
        config=base_config(name=EVIL), identity=evaluation.identity, question_set=evaluation.question_set,
        split="tune", weights=evaluation.weights, cases=40, calls=400, cost_usd=0.0,
        score=Estimate(value=80, low=75, high=85, n=40), factors=factors,
        effects=[ElementaryEffects(part="temperature", mean=-9.0, strength=strength, spread=3.0)],
        created_at=evaluation.created_at,
    )  # fmt: skip


def biased(config_id: str) -> BiasReport:
    finding = BiasFinding(
        test="parity", attribute="region", group=EVIL, outcome="accuracy", effect=-0.3, p_value=0.004,
        message=f"Questions about {EVIL} are answered rightly 30% less often.", examples=("total in North", EVIL),
    )  # fmt: skip
    rate = Estimate(value=0.2, low=0.1, high=0.3, n=50)
    shares = [GroupShare(attribute="region", group=group, rows=10, share=0.5) for group in (EVIL, None)]
    return BiasReport(
        config_id=config_id, score=22.0, severity="HIGH", rates={"parity": rate}, findings=[finding], probes=80,
        representation=shares,
    )  # fmt: skip
