"""Bias of a model that writes SQL: quality or content of an answer depends on who or what the question is about.

`probing` makes questions that differ in nothing but a group, a framing or a wording, as cases that are asked and
judged like any others; `detector` looks at what came back, `pairs` picks what a person can look at. How the data set itself represents groups is reported
apart (`representation`) and never counted against a candidate.
"""

from __future__ import annotations

from datacraft.evaluation.bias.detector import BiasDetector
from datacraft.evaluation.bias.pairs import Pair, pairs_of
from datacraft.evaluation.bias.probing import ProbeSet, probes_of, required_probes

__all__ = ["BiasDetector", "Pair", "ProbeSet", "pairs_of", "probes_of", "required_probes"]
