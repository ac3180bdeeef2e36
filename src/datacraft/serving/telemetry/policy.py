"""What telemetry may keep of what people asked."""

from __future__ import annotations

from dataclasses import dataclass

from datacraft.contracts.telemetry import TelemetryRecord


@dataclass(frozen=True, slots=True)
class TelemetryPolicy:
    """Which texts are kept.

    Attributes:
        questions: keep questions, the SQL made of them, and comments.
        values: keep the values in SQL; otherwise each literal is written as `?`.
        dialect: of the SQL.
    """

    questions: bool = True
    values: bool = False
    dialect: str = "duckdb"

    def apply(self, record: TelemetryRecord) -> TelemetryRecord:
        """Return `record` without what may not be kept, and with the tables that its SQL reads."""
        kept: dict[str, object] = {}
        if record.sql is not None:
            from datacraft.serving.telemetry.statement import masked, read_tokens, tables_read

            tokens = read_tokens(record.sql, self.dialect)
            kept["tables"] = tables_read(tokens) if tokens is not None else None
            if not self.values:
                kept["sql"] = masked(record.sql, tokens) if tokens is not None else "?"
        if not self.questions:
            kept.update(question=None, comment=None, sql=None)
        return record.model_copy(update=kept) if kept else record
