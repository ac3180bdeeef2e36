"""Questions out of a release: those that it was chosen by, with what its model made of them."""

from __future__ import annotations

from datacraft.monitoring.evaluated import evaluated_calls, evaluated_questions
from datacraft.monitoring.traffic_drift.features import question_features
from datacraft.profiles.drift.questions import Asked
from datacraft.registry import ObjectStore
from datacraft.serving.telemetry.statement import Statement, masked, shape_of, tables_read


def questions_of_release(store: ObjectStore, release_id: str, dialect: str = "duckdb") -> list[Asked]:
    """Return the questions that a release was chosen by. What its own model answered says what they are about:
    gold SQL is written by people, in another style.

    Args:
        store: of the registry.
        release_id: of the release.
        dialect: of its SQL.

    Raises:
        ReleaseInvalid: what it was chosen by is damaged.
        RegistryError: it can't be read.
    """
    cases = evaluated_questions(store, release_id).cases
    calls = evaluated_calls(store, release_id)
    return [
        Asked(case.question, _features(calls[case.id].sql, dialect)) for case in cases if case.id in calls
    ]


def _features(sql: str | None, dialect: str) -> dict[str, str | float | None]:
    text = masked(sql, dialect) if sql is not None else None
    if text is None:
        return question_features(None, None, None, None, None, None)
    statement = Statement(text)
    shape = shape_of(statement)
    return question_features(
        tables_read(statement), shape.form, shape.functions, shape.joins, shape.filtered, shape.by_time
    )
