"""What profiling found, in a few lines for people."""

from __future__ import annotations

from typing import TYPE_CHECKING

from datacraft.cli.output.talk import say

if TYPE_CHECKING:
    from datacraft.cli.profiling import ProfileOutcome
    from datacraft.profiles import ProfileChanges


def say_profile(outcome: ProfileOutcome) -> None:
    """Write the tables, the joins, what changed, and what to do next."""
    model = outcome.model
    for table in model.tables:
        rows = "" if table.rows is None else f"{table.rows:,} rows, "
        time = f", time column {table.time_column}" if table.time_column else ""
        say(f"{table.name}: {rows}{len(table.columns)} columns, one row is one {table.entity}{time}")
    for join in model.joins:
        pairs = ", ".join(f"{join.left}.{left} = {join.right}.{right}" for left, right in join.columns)
        say(f"join: {pairs} ({join.cardinality.replace('_', ' ')})")
    if outcome.changes:
        _say_changes(outcome.changes)
    say(f"The statistics are in {outcome.statistics}; what the data means is for you to edit in:")


def _say_changes(changes: ProfileChanges) -> None:
    told = {
        "new": [*changes.new_tables, *changes.new_columns],
        "gone": [*changes.vanished_tables, *changes.vanished_columns],
        "of another type now": changes.retyped_columns,
        "dropped from the file, because what they name is gone": changes.dropped,
    }
    for what, names in told.items():
        if names:
            say(f"{what}: {', '.join(names)}")
