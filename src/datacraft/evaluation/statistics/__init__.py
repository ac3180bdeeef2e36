"""Statistics of evaluations: pure functions of arrays, each with the source of its formula.

Cases are the unit everywhere: repeats of a case depend on each other, so they are drawn together. Random numbers
come from a generator that the caller gives. Needs SciPy (extra `evaluate`), which is imported when first used.
"""

from __future__ import annotations

from datacraft.evaluation.statistics.intervals import cluster_ratio, percentile_estimate, wilson
from datacraft.evaluation.statistics.multiplicity import holm
from datacraft.evaluation.statistics.paired import (
    mcnemar_exact,
    paired_difference,
    paired_rates,
    sign_test,
    tango,
)
from datacraft.evaluation.statistics.power import cases_needed, smallest_difference
from datacraft.evaluation.statistics.sequential import log_fortunes

__all__ = [
    "cases_needed",
    "cluster_ratio",
    "holm",
    "log_fortunes",
    "mcnemar_exact",
    "paired_difference",
    "paired_rates",
    "percentile_estimate",
    "sign_test",
    "smallest_difference",
    "tango",
    "wilson",
]
