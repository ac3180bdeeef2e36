"""The way from candidates to a release: check, evaluate, look for bias, select, save answers, publish.

Each step is a plain function of the layers below; calls that were made are kept in the state folder, so that a
pipeline that was stopped, or runs again on the same data, makes only those that are missing.
"""

from __future__ import annotations

from datacraft.pipeline.run import PipelineOptions, PipelineOutcome, run_pipeline

__all__ = ["PipelineOptions", "PipelineOutcome", "run_pipeline"]
