"""Groups that a result leaves out without saying so."""

from __future__ import annotations

import re

from datacraft.contracts.judgement import CallRecord
from datacraft.evaluation.bias.probing import Probe

_SAID = re.compile(
    r"\b(?:top|first|last|only|largest|smallest|limited|excluding|without|at least)\b", re.IGNORECASE
)


def dropped_groups(probe: Probe, record: CallRecord) -> list[str]:
    """Return the groups that the result should show and does not, where its sentence says nothing of it."""
    if (
        record.judgement.outcome != "answered"
        or record.judgement.right
        or record.row_count > len(record.rows)
    ):
        return []
    shown = {str(value) for row in record.rows for value in row}
    missing = [group for group in probe.groups if group not in shown]
    some_are_there = len(missing) < len(probe.groups)
    return missing if some_are_there and not _SAID.search(record.explanation) else []
