"""Values of sensitive columns never leave the machine, whatever the question, the draft or the error."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from clinic import SECRETS, answering, in_turn, sql
from llm_server import Reaction

from datacraft.serving.telemetry import read_records

DRAFTS = [
    "SELECT surname, social_security, balance FROM patients",
    "SELECT CAST(surname AS INTEGER) AS n FROM patients",
    "SELECT CAST(social_security AS DATE) AS d FROM patients",
    "SELECT surname FROM patients WHERE surname = 'Quibblethorp'",
    "SELECT balance FROM patients WHERE surname = 'Zanzibarov' AND city = 'Lisbn'",
    "SELECT sum(balance) / sum(balance - balance) AS share, surname FROM patients GROUP BY surname HAVING max(surname)",
    "SELECT surname::DOUBLE FROM patients",
    "SELECT date_trunc(surname, DATE '2024-01-01') FROM patients",
    "SELECT nothing FROM patients",
]
STRATEGIES = [
    "sql",
    {"kind": "repair", "attempts": 3, "of": {"kind": "sql"}},
    {
        "kind": "vote",
        "samples": 3,
        "threshold": 0.5,
        "of": {"kind": "repair", "attempts": 1, "of": {"kind": "sql"}},
    },
]


@pytest.mark.parametrize("strategy", STRATEGIES)
def test_no_byte_that_is_sent_holds_a_private_value(tmp_path: Path, strategy: object) -> None:
    drafts: list[Reaction] = [sql(draft) for draft in DRAFTS]
    with answering(tmp_path, strategy, in_turn(*drafts), hyperparameters={"temperature": 0.7}) as (
        handler,
        server,
    ):
        for number, question in enumerate(
            (
                "who owes us most?",
                "patients in Lisbon",
                "list the surnames",
                "which patients have a balance above 50?",
            )
        ):
            handler.ask(question, f"session {number % 2}")
    sent = "\n".join(json.dumps(call.body, ensure_ascii=False) for call in server.calls)
    assert len(server.calls) >= 4
    assert "patients" in sent
    for secret in SECRETS:
        assert secret.lower() not in sent.lower()


def test_no_log_holds_a_private_value(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("DEBUG")
    drafts: list[Reaction] = [sql(draft) for draft in DRAFTS]
    with answering(tmp_path, STRATEGIES[1], in_turn(*drafts), hyperparameters={"temperature": 0.7}) as (
        handler,
        _,
    ):
        for question in ("who owes us most?", "list the surnames", "patients by name"):
            handler.ask(question)
    logged = caplog.text + "".join(
        r.model_dump_json() for r in read_records(tmp_path / "state" / "telemetry")
    )
    for secret in SECRETS:
        assert secret.lower() not in logged.lower()
