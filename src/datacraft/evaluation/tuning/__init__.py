"""Tuning: which hyperparameters, prompt and strategy do best on the part `tune`, for as few calls as will tell.

`space` reads what may vary and makes configs of it, `proposing` says which to try (grid, random, TPE), `racing`
stops those that won't win, `tuner` asks and reports. The race works on numbers alone and knows no models.
"""

from __future__ import annotations

from datacraft.evaluation.tuning.space import load_search_space, usual_space
from datacraft.evaluation.tuning.tuner import HyperparameterTuner, TuningOptions

__all__ = ["HyperparameterTuner", "TuningOptions", "load_search_space", "usual_space"]
