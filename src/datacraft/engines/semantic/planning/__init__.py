"""From a resolved frame to a query plan.

`build` tells the order of the work: the frame is said in simpler terms (`rewriting`), what it is about is found
(`subject`), then a `draft` gathers what is listed and grouped by (`dimensions`, `outputs`), the figures
(`measures`, `sides`, `nested`) and the order of the rows (`ordering`). Conditions are `restricting`'s part.
"""

from datacraft.engines.semantic.planning.build import build_plan

__all__ = ["build_plan"]
