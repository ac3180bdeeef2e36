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
        """Return `record` without what may not be kept."""
        if not self.questions:
            return record.model_copy(update={"question": None, "comment": None, "sql": None})
        if self.values or record.sql is None:
            return record
        return record.model_copy(update={"sql": mask_literals(record.sql, self.dialect)})


def mask_literals(sql: str, dialect: str) -> str:
    """Return `sql` with every literal replaced by `?`; of text that can't be read nothing is kept."""
    from sqlglot.dialects.dialect import Dialect
    from sqlglot.errors import TokenError
    from sqlglot.tokenizer_core import TokenType

    kinds = {
        TokenType.STRING,
        TokenType.NUMBER,
        TokenType.RAW_STRING,
        TokenType.BYTE_STRING,
        TokenType.HEX_STRING,
        TokenType.BIT_STRING,
        TokenType.NATIONAL_STRING,
        TokenType.UNICODE_STRING,
        TokenType.HEREDOC_STRING,
    }
    try:
        tokens = Dialect.get_or_raise(dialect).tokenize(sql)
    except TokenError:
        return "?"
    pieces: list[str] = []
    position = 0
    for token in tokens:
        if token.token_type in kinds:
            pieces += [sql[position : token.start], "?"]
            position = token.end + 1
    return "".join([*pieces, sql[position:]])
