"""The way from data and candidates to a release, as steps: `steps` says which, and in what order.

Each step is a plain function of the layers below, with typed input and output (`outputs`), stored by the hash of its
content (`stored`). `run` makes them one after another in this process, and only those that something changed for;
`tasks` makes one at a time for a scheduler. Doesn't live here: how anything is judged (`evaluation`).
"""

from __future__ import annotations

from datacraft.pipeline.folder import Request
from datacraft.pipeline.outcome import NoWinner, PipelineOutcome
from datacraft.pipeline.place import PipelineOptions
from datacraft.pipeline.run import run_pipeline

__all__ = ["NoWinner", "PipelineOptions", "PipelineOutcome", "Request", "run_pipeline"]
