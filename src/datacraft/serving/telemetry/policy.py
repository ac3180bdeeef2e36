"""What telemetry may keep of what people asked."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from functools import lru_cache

from datacraft.config.settings import QuestionTexts
from datacraft.contracts.telemetry import QuestionFeatures, TelemetryRecord
from datacraft.profiles.normal import normalise
from datacraft.profiles.private_values import redacted
from datacraft.serving.telemetry.statement import Shape, Statement, masked, shape_of, tables_read

_REPEATED = 1_024  # masked statements whose reading is kept: questions differ in values more than in form


@dataclass(frozen=True, slots=True)
class TelemetryPolicy:
    """Which texts are kept.

    Attributes:
        questions: whether questions and comments are `stored`, `redacted` (without what looks like an address, an
            account, a card, a telephone or another long number), `hashed` (only equal questions are seen to be
            equal, comments go), or not there at all. With the last two, SQL is not kept either.
        values: keep the values in SQL; otherwise each literal is written as `?`.
        dialect: of the SQL.
        key: of the hashes; without it nobody can try whether a question was asked.
    """

    questions: QuestionTexts = "stored"
    values: bool = False
    dialect: str = "duckdb"
    key: bytes = field(default=b"", repr=False)

    def apply(self, record: TelemetryRecord) -> TelemetryRecord:
        """Return `record` without what may not be kept, and with what its texts say of the question."""
        kept: dict[str, object] = {}
        shape: Shape | None = None
        if record.sql is not None:
            text = masked(record.sql, self.dialect)
            if text is None:
                kept.update(sql="?", tables=None)
            else:
                kept["sql"] = text
                kept["tables"], shape = _read(text)
            if self.values:
                kept["sql"] = record.sql if self.questions == "stored" else redacted(record.sql)
        if record.kind == "question":
            kept["features"] = _features(record.question, shape)
        return record.model_copy(update=kept | self._texts(record))

    def _texts(self, record: TelemetryRecord) -> dict[str, object]:
        if self.questions == "stored":
            return {}
        if self.questions == "redacted":
            return {
                name: redacted(text)
                for name, text in (("question", record.question), ("comment", record.comment))
                if text is not None
            }
        gone: dict[str, object] = {"question": None, "comment": None, "sql": None}
        if self.questions == "hashed" and record.question is not None:
            words = normalise(record.question).encode()
            gone["question_hash"] = hashlib.blake2b(words, digest_size=16, key=self.key).hexdigest()
        return gone


@lru_cache(_REPEATED)
def _read(text: str) -> tuple[tuple[str, ...], Shape]:
    """Return the tables that a masked statement reads, and what it does."""
    statement = Statement(text)
    return tables_read(statement), shape_of(statement)


def _features(question: str | None, shape: Shape | None) -> QuestionFeatures:
    found: dict[str, object] = {}
    if question is not None:
        found.update(characters=len(question), words=len(question.split()))
    if shape is not None:
        found.update(
            form=shape.form, functions=shape.functions, joins=shape.joins, filtered=shape.filtered, by_time=shape.by_time
        )  # fmt: skip
    return QuestionFeatures.model_construct(**found)  # type: ignore[arg-type]
