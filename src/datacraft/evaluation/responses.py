"""`ResponseSaver`: every answer of the winner, one folder per question, with a summary."""

from __future__ import annotations

import datetime as dt
import json
import re
from collections import Counter
from collections.abc import Mapping, Sequence

from datacraft.contracts.judgement import CallRecord
from datacraft.contracts.question_set import Case
from datacraft.registry import ObjectStore

_UNSAFE = re.compile(r"[^A-Za-z0-9.-]+")


class ResponseSaver:
    """Writes `best_model_responses/{timestamp}_{model}/`.

    Args:
        store: of the registry.
    """

    def __init__(self, store: ObjectStore) -> None:
        self._store = store

    def save(
        self,
        model: str,
        cases: Mapping[str, Case],
        records: Sequence[CallRecord],
        *,
        at: dt.datetime,
        release_id: str | None = None,
    ) -> str:
        """Write the answers in the order of their cases, the summary last; return the folder.

        Raises:
            RegistryError: they can't be written.
        """
        folder = f"best_model_responses/{at:%Y%m%dT%H%M%SZ}_{_UNSAFE.sub('-', model)}"
        for number, record in enumerate(records, start=1):
            case = cases[record.case]
            place = f"{folder}/query_{number:03d}"
            question = {
                "id": case.id,
                "question": case.question,
                "repeat": record.repeat,
                "gold": list(case.gold),
            }
            self._store.create(f"{place}/question.json", _json(question))
            self._store.create(f"{place}/response.json", record.model_dump_json(indent=1).encode())
        outcomes = Counter(record.judgement.outcome for record in records)
        summary = {
            "model": model,
            "release_id": release_id,
            "responses": len(records),
            "right": sum(record.judgement.right for record in records),
            **{outcome: outcomes[outcome] for outcome in ("answered", "refused", "failed")},
            "created_at": at.isoformat(),
        }
        self._store.create(f"{folder}/summary.json", _json(summary))
        return folder


def _json(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False, indent=1).encode()
