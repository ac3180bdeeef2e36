"""Sensitivity: what moves a config's score, and how far.

`wording` perturbs questions, `sampling` makes the data smaller, `screening` moves parts of the config, one at a
time and by Morris' design; `analysis` asks for them on the part `tune` and reports. What is made is a function of
its seed.
"""

from __future__ import annotations

from datacraft.evaluation.sensitivity.analysis import SensitivityAnalysis, SensitivityOptions

__all__ = ["SensitivityAnalysis", "SensitivityOptions"]
