"""Evaluation: candidates are asked, judged, measured, probed for bias and chosen among.

`questions` and `data` are what they are judged on, `candidates` and `builtin` who is judged, `running` makes calls,
`judging` says what one answer is worth, `measuring` and `statistics` what many are, `tuning` searches for better
configs, `sensitivity` asks what moves their scores, `bias` and `selection` decide, `responses` keeps the winner's
answers. Doesn't live here: the order of the steps and publishing (`pipeline`).

Names are imported on first use: reading a question set needs no statistics.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datacraft.evaluation.bias import BiasDetector
    from datacraft.evaluation.candidates import Candidate, Respondent
    from datacraft.evaluation.data import DataLoader
    from datacraft.evaluation.evaluator import ModelEvaluator, RunOptions
    from datacraft.evaluation.questions import load_question_set
    from datacraft.evaluation.responses import ResponseSaver
    from datacraft.evaluation.selection import Evidence, ModelSelector
    from datacraft.evaluation.sensitivity import SensitivityAnalysis
    from datacraft.evaluation.tuning import HyperparameterTuner

_HOMES = {
    "BiasDetector": "bias",
    "Candidate": "candidates",
    "DataLoader": "data",
    "Evidence": "selection",
    "HyperparameterTuner": "tuning",
    "ModelEvaluator": "evaluator",
    "ModelSelector": "selection",
    "Respondent": "candidates",
    "ResponseSaver": "responses",
    "RunOptions": "evaluator",
    "SensitivityAnalysis": "sensitivity",
    "load_question_set": "questions",
}

__all__ = [
    "BiasDetector",
    "Candidate",
    "DataLoader",
    "Evidence",
    "HyperparameterTuner",
    "ModelEvaluator",
    "ModelSelector",
    "Respondent",
    "ResponseSaver",
    "RunOptions",
    "SensitivityAnalysis",
    "load_question_set",
]


def __getattr__(name: str) -> object:
    """Load a public name from its module when it is first asked for."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
