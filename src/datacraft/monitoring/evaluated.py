"""What a release was chosen by: its cases, and what its own model answered to them."""

from __future__ import annotations

from pydantic import ValidationError

from datacraft.contracts.errors import ReleaseInvalid
from datacraft.contracts.judgement import CallRecord
from datacraft.contracts.question_set import QuestionSet
from datacraft.registry import ObjectStore
from datacraft.registry.documents import parse_document


def evaluated_questions(store: ObjectStore, release_id: str) -> QuestionSet:
    """Return the questions that a release was chosen by.

    Raises:
        ReleaseInvalid: they are damaged.
        RegistryError: they can't be read.
    """
    path = f"models/{release_id}/evaluation/questions.json"
    return parse_document(store.read(path).data, path, QuestionSet, 1, ReleaseInvalid)


def evaluated_calls(store: ObjectStore, release_id: str) -> dict[str, CallRecord]:
    """Return the first call of each case to the model of a release.

    Raises:
        ReleaseInvalid: they are damaged.
        RegistryError: they can't be read.
    """
    path = f"models/{release_id}/evaluation/calls.jsonl"
    found: dict[str, CallRecord] = {}
    for number, line in enumerate(store.read(path).data.splitlines(), start=1):
        try:
            call = CallRecord.model_validate_json(line)
        except ValidationError as error:
            raise ReleaseInvalid(
                f"{path}, line {number} is no call: {error.errors()[0]['msg']}.", hint="Publish it again."
            ) from error
        if call.case not in found or call.repeat < found[call.case].repeat:
            found[call.case] = call
    return found
