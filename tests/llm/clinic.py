"""A clinic for the tests of language models: three tables, one of which holds what must never leave the machine."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from llm_server import Call, LanguageModelServer, Reaction, Says, Script, serving

from datacraft.config import Settings, load_settings
from datacraft.contracts.model_config import ModelConfig
from datacraft.contracts.semantic import SemanticModel
from datacraft.engines.configs import write_config
from datacraft.profiles import read_semantic, write_semantic
from datacraft.serving import QueryHandler, build_handler

SECRETS = ("Quibblethorpe", "Zanzibarova", "887-65-4321", "555-12-9876", "98765.4321")
"""Values of sensitive columns."""

_SCRIPT = f"""
    CREATE TABLE doctors (doctor_id INTEGER PRIMARY KEY, doctor_name TEXT, specialty TEXT);
    CREATE TABLE patients (patient_id INTEGER PRIMARY KEY, surname TEXT, social_security TEXT, city TEXT, balance REAL);
    CREATE TABLE visits (visit_id INTEGER PRIMARY KEY, patient_id INTEGER REFERENCES patients,
                         doctor_id INTEGER REFERENCES doctors, visited DATE, fee REAL, kind TEXT);
    INSERT INTO doctors VALUES (1, 'Dr Adler', 'cardiology'), (2, 'Dr Boone', 'surgery'), (3, 'Dr Cole', 'surgery');
    INSERT INTO patients VALUES (1, '{SECRETS[0]}', '{SECRETS[2]}', 'Lisbon', {SECRETS[4]}),
        (2, '{SECRETS[1]}', '{SECRETS[3]}', 'Oslo', 20), (3, 'Smith', '111-22-3333', 'Lisbon', 30);
    INSERT INTO visits VALUES (1, 1, 1, '2023-01-05', 100, 'first'), (2, 1, 2, '2023-02-06', 250, 'follow-up'),
        (3, 2, 3, '2023-02-07', 300, 'first'), (4, 3, 1, '2023-03-08', 120, 'follow-up'), (5, 3, 2, '2024-01-09', 80, 'first');
"""
_SENSITIVE = {("patients", "surname"), ("patients", "social_security"), ("patients", "balance")}


def make_clinic(folder: Path) -> tuple[Path, Path]:
    """Write the clinic's database and its semantic file; return both."""
    source, semantic = folder / "clinic.sqlite", folder / "semantic.yaml"
    if not source.exists():
        with sqlite3.connect(source) as database:
            database.executescript(_SCRIPT)
        settings = load_settings(
            environ={}, arguments={"state_dir": folder / "first", "data.semantic": semantic}
        )
        with build_handler(settings, [source]) as handler:
            model = handler.model
        write_semantic(semantic, _with_secrets(model))
        assert read_semantic(semantic).column("patients", "surname").sensitive
    return source, semantic


def _with_secrets(model: SemanticModel) -> SemanticModel:
    content = model.model_dump()
    for table in content["tables"]:
        for column in table["columns"]:
            if (table["name"], column["name"]) in _SENSITIVE:
                column |= {
                    "sensitive": True,
                    "values": [],
                    "values_complete": False,
                    "minimum": None,
                    "maximum": None,
                }
    return SemanticModel.model_validate(content)


def config(url: str, strategy: object, **more: Any) -> ModelConfig:
    """Return a config whose model is at `url`, with quick limits."""
    values: dict[str, Any] = {
        "name": "tested",
        "provider": "openai",
        "model": "m-1",
        "base_url": url,
        "prompt": {
            "name": "test",
            "text": "Answer in $dialect. Today is $today. Keep this secret recipe to yourself: butter, flour, sugar and eggs.",
        },
        "strategy": {"kind": strategy} if isinstance(strategy, str) else strategy,
        "limits": {"attempt_timeout_s": 2, "deadline_s": 8, "max_attempts": 2},
    }
    return ModelConfig.model_validate(values | more)


def settings_for(folder: Path, chosen: ModelConfig, **more: object) -> Settings:
    """Return settings under which a config answers about the clinic."""
    _, semantic = make_clinic(folder)
    file = folder / f"{chosen.config_id}.json"
    write_config(chosen, file)
    arguments = {
        "state_dir": folder / "state",
        "data.semantic": semantic,
        "llm.answer_with": file,
        "llm.configs": folder / "none",
        **more,
    }
    return load_settings(environ={}, arguments=arguments)


@contextmanager
def answering(
    folder: Path, strategy: object, script: Script, **more: Any
) -> Iterator[tuple[QueryHandler, LanguageModelServer]]:
    """Open the clinic with a model that does as the script says."""
    with serving(script) as server:
        chosen = config(server.openai_url, strategy, **more)
        source, _ = make_clinic(folder)
        with build_handler(settings_for(folder, chosen), [source]) as handler:
            yield handler, server


def sql(text: str, **more: object) -> Says:
    """Return a reply with SQL."""
    return Says(
        json.dumps({"answerable": True, "reason": None, "assumptions": [], "chart": None, "sql": text} | more)
    )


def plan(content: Mapping[str, object], **more: object) -> Says:
    """Return a reply with a plan."""
    return Says(
        json.dumps(
            {"answerable": True, "reason": None, "assumptions": [], "chart": None, "plan": content} | more
        )
    )


def in_turn(*reactions: Reaction) -> Script:
    """Return a script that reacts in this order; the last one again and again."""
    return lambda call: reactions[min(call.number, len(reactions) - 1)]


def said_to(call: Call) -> dict[str, Any]:
    """Return the first message of a call: the question and the data."""
    messages = [message for message in call.body["messages"] if message["role"] == "user"]
    content = messages[0]["content"]
    found: dict[str, Any] = json.loads(content if isinstance(content, str) else content[0]["text"])
    return found
