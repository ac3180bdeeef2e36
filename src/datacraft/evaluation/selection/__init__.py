"""Choosing the candidate that goes to production, or none.

`scores` makes the composite of what was measured, `comparing` tests pairs, `ties` decides among equals,
`robustness` asks how far the weights could move, `selector` puts it together and fails closed.
"""

from __future__ import annotations

from datacraft.evaluation.selection.scores import Evidence
from datacraft.evaluation.selection.selector import ModelSelector

__all__ = ["Evidence", "ModelSelector"]
