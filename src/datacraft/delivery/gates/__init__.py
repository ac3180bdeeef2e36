"""Gates: what a release must show before it may be promoted. They fail closed: what is unknown does not pass.

Lives here: gates of figures against thresholds (`figures`), gates of what the figures rest on (`grounds`), all of
them together with overrides (`judge`).
Doesn't live here: comparison with what serves, and who may promote.
"""

from __future__ import annotations

from datacraft.delivery.gates.judge import GATES, judge_release, override_gates

__all__ = ["GATES", "judge_release", "override_gates"]
