"""Questions out of a release: those that it was chosen by, with what its model made of them."""

from __future__ import annotations

from pydantic import ValidationError

from datacraft.contracts.errors import ReleaseInvalid
from datacraft.contracts.judgement import CallRecord
from datacraft.contracts.question_set import QuestionSet
from datacraft.monitoring.traffic_drift.features import question_features
from datacraft.profiles.drift.questions import Asked
from datacraft.registry import ObjectStore
from datacraft.registry.documents import parse_document
from datacraft.serving.telemetry.statement import Statement, masked, shape_of, tables_read

_QUESTIONS, _CALLS = "evaluation/questions.json", "evaluation/calls.jsonl"


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
    folder = f"models/{release_id}"
    path = f"{folder}/{_QUESTIONS}"
    cases = parse_document(store.read(path).data, path, QuestionSet, 1, ReleaseInvalid).cases
    calls = _calls(store.read(f"{folder}/{_CALLS}").data, f"{folder}/{_CALLS}")
    return [
        Asked(case.question, _features(calls[case.id].sql, dialect)) for case in cases if case.id in calls
    ]


def _calls(data: bytes, path: str) -> dict[str, CallRecord]:
    """Return the first call of each case."""
    found: dict[str, CallRecord] = {}
    for number, line in enumerate(data.splitlines(), start=1):
        try:
            call = CallRecord.model_validate_json(line)
        except ValidationError as error:
            raise ReleaseInvalid(
                f"{path}, line {number} is no call: {error.errors()[0]['msg']}.", hint="Publish it again."
            ) from error
        if call.case not in found or call.repeat < found[call.case].repeat:
            found[call.case] = call
    return found


def _features(sql: str | None, dialect: str) -> dict[str, str | float | None]:
    text = masked(sql, dialect) if sql is not None else None
    if text is None:
        return question_features(None, None, None, None, None, None)
    statement = Statement(text)
    shape = shape_of(statement)
    return question_features(
        tables_read(statement), shape.form, shape.functions, shape.joins, shape.filtered, shape.by_time
    )
