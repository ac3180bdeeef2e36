"""Running gold SQL: with bounds of its own, since it is trusted but can be wrong."""

from __future__ import annotations

from datacraft.sql.compare import Table
from datacraft.warehouse import Warehouse

_TIMEOUT_S = 30.0
_MAX_ROWS = 200_000


def run_gold(sql: str, warehouse: Warehouse) -> Table:
    """Return the result of a SELECT.

    Raises:
        DataCraftError: it is not one SELECT, is wrong for this data, or takes too long.
    """
    result = warehouse.execute(sql, timeout_s=_TIMEOUT_S, max_rows=_MAX_ROWS)
    return Table([column.name for column in result.columns], result.rows)
