"""A small real model answers through every strategy; what it gets right is told, not asserted."""

from __future__ import annotations

from pathlib import Path

import pytest
from clinic import config, make_clinic, settings_for
from real_parts import missing_part

from datacraft.contracts.errors import ModelNotFound
from datacraft.contracts.model_config import ModelConfig
from datacraft.engines.llm.providers import Endpoints, open_model
from datacraft.serving import build_handler
from datacraft.serving.trying import try_model

FOLDER = Path(__file__).parents[2] / ".small-model"
BRIEF = {
    "name": "brief",
    "text": 'Write one SELECT in $dialect for "question" from "data". Reply with JSON: answerable, sql, assumptions.',
}
STRATEGIES = [
    "sql",
    {"kind": "repair", "attempts": 1, "of": {"kind": "sql"}},
    {"kind": "vote", "samples": 2, "threshold": 0.5, "of": {"kind": "sql"}},
    {"kind": "cascade", "threshold": 1.0, "otherwise": {"kind": "sql"}},
    "plan",
]
ANSWERED = {
    "answered",
    "model_output_invalid",
    "model_too_slow",
    "not_understood",
    "query_failed",
    "unsafe_sql",
}
QUESTION = "what did each kind of visit bring in?"


@pytest.fixture(scope="module")
def model_file() -> str:
    found = sorted(FOLDER.rglob("*.gguf"))
    if not found:
        missing_part(f"no model file in {FOLDER}; .ci/run says how it is put there")
    pytest.importorskip("xllamacpp")
    return str(found[0])


def small(model_file: str, strategy: object) -> ModelConfig:
    limits = {"attempt_timeout_s": 25, "deadline_s": 40, "max_attempts": 1}
    sampling = {"temperature": 0.3, "top_p": 0.9, "top_k": 40, "max_output_tokens": 96, "seed": 7}
    return config(
        "", strategy, provider="local", base_url=None, model=model_file, prompt=BRIEF,
        hyperparameters=sampling, limits=limits, context={"tables": 2, "tokens": 600},
    )  # fmt: skip


@pytest.mark.parametrize(
    "strategy", STRATEGIES, ids=lambda named: named if isinstance(named, str) else named["kind"]
)
def test_every_strategy_ends_with_a_real_model(
    model_file: str, strategy: object, shared: Path, record_property: pytest.RecordProperty
) -> None:
    source, _ = make_clinic(shared)
    with build_handler(settings_for(shared, small(model_file, strategy)), [source]) as handler:
        answer = handler.ask(QUESTION)
    outcome = answer.error.code if answer.error else "answered"
    record_property("outcome", outcome)
    print(f"{strategy}: {outcome}")
    assert outcome in ANSWERED
    assert answer.usage.attempts >= 1
    assert answer.usage.input_tokens > 0 or outcome == "model_too_slow"


def test_what_the_model_can_do_is_found_by_calling_it(model_file: str, shared: Path) -> None:
    traits = {
        trait.what: trait
        for trait in try_model(small(model_file, "sql"), settings_for(shared, small(model_file, "sql")))
    }
    assert traits["call"].works
    assert traits["structured output"].works
    assert traits["token counts"].works


def test_a_broken_model_file_is_told(model_file: str, tmp_path: Path) -> None:
    for content, told in (
        (b"no model", "is not a model file"),
        (Path(model_file).read_bytes()[:2_000], "can't be loaded"),
    ):
        broken = tmp_path / "broken.gguf"
        broken.write_bytes(content)
        with pytest.raises(ModelNotFound, match=told):
            open_model(small(str(broken), "sql"), Endpoints())
    with pytest.raises(ModelNotFound, match="can't be read"):
        open_model(small(str(tmp_path / "none.gguf"), "sql"), Endpoints())
