"""Model configs: their identity, what they refuse, how files are read, and what a release makes of them."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from datacraft.contracts.errors import ConfigError, ModelAccessDenied, ReleaseInvalid
from datacraft.contracts.model_config import ModelConfig, builtin_config
from datacraft.contracts.release import Hyperparameters, Prompt, QuestionSetRef, ReleaseMetadata
from datacraft.engines.configs import config_of_release, find_config, known_configs, read_config, write_config
from datacraft.engines.llm.providers import Endpoints, open_model

GEMINI = {
    "provider": "gemini",
    "model": "gemini-2.5-flash",
    "prompt": {"name": "p", "text": "t"},
    "strategy": {"kind": "sql"},
}


def made(**more: object) -> ModelConfig:
    return ModelConfig.model_validate(GEMINI | more)


def test_equal_content_is_one_config_whatever_it_is_called() -> None:
    assert made(name="one").config_id == made(name="other").config_id
    assert made(hyperparameters={"temperature": 0.1}).config_id != made().config_id
    assert len(made().config_id) == 12


@given(st.floats(0, 2), st.integers(1, 1_000) | st.none(), st.text(min_size=1, max_size=40))
def test_a_config_survives_json_with_its_identity(temperature: float, top_k: int | None, text: str) -> None:
    config = made(
        hyperparameters={"temperature": temperature, "top_k": top_k},
        prompt={"name": "p", "text": text},
        fallback=[builtin_config()],
    )
    again = ModelConfig.model_validate_json(config.model_dump_json())
    assert again == config
    assert again.config_id == config.config_id


REFUSED = [
    ({"provider": "clever"}, "should be 'builtin', 'gemini', 'vertex', 'openai' or 'local'"),
    ({"hyperparameters": {"temperature": 2.5}}, "less than or equal to 2"),
    ({"hyperparameters": {"top_p": 0}}, "greater than 0"),
    ({"hyperparameters": {"top_k": 0}}, "greater than or equal to 1"),
    ({"hyperparameters": {"heat": 1}}, "Extra inputs"),
    ({"provider": "openai", "hyperparameters": {"top_k": 3}}, "OpenAI's own address can't honour top_k"),
    (
        {"provider": "openai", "base_url": "http://here/v1", "hyperparameters": {"thinking_budget": 3}},
        "openai can't honour thinking_budget",
    ),
    ({"base_url": "http://here"}, "takes no base_url"),
    ({"prompt": None}, "a prompt is needed"),
    ({"prompt": {"name": "p", "text": "t", "sha256": "0" * 64}}, "does not have the sha256"),
    ({"strategy": {"kind": "semantic"}}, "the strategy of the provider gemini is one of"),
    (
        {"provider": "builtin", "model": "builtin", "prompt": None},
        "the strategy of the provider builtin is semantic",
    ),
    (
        {"strategy": {"kind": "vote", "of": {"kind": "sql"}}, "hyperparameters": {"temperature": 0}},
        "always unanimous",
    ),
    ({"strategy": {"kind": "repair", "attempts": 9, "of": {"kind": "sql"}}}, "less than or equal to 5"),
    ({"fallback": [GEMINI | {"fallback": [GEMINI]}]}, "a fallback has no fallback of its own"),
]


@pytest.mark.parametrize(("change", "told"), REFUSED)
def test_what_can_not_be_honoured_is_refused(change: dict[str, object], told: str) -> None:
    with pytest.raises(ValidationError) as caught:
        made(**change)
    assert told in str(caught.value)


def test_short_forms_are_written_out(tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("Write $dialect.")
    (tmp_path / "mine.yaml").write_text(
        "provider: gemini\nmodel: gemini-2.5-pro\nstrategy: {kind: vote, of: repair}\n"
        "prompt: {file: mine.txt}\nfallback: [builtin]\n"
    )
    config = read_config(tmp_path / "mine.yaml")
    assert config.name == "mine"
    assert config.prompt is not None
    assert (config.prompt.name, config.prompt.text) == ("mine", "Write $dialect.")
    assert config.strategy.model_dump()["of"]["of"] == {"kind": "sql"}
    assert [one.provider for one in config.fallback] == ["builtin"]


@pytest.mark.parametrize("suffix", [".yaml", ".json"])
@pytest.mark.parametrize("name", sorted(known_configs(Path("none"))))
def test_every_config_that_comes_along_can_be_written_and_read_again(
    name: str, suffix: str, tmp_path: Path
) -> None:
    config = find_config(name, Path("none"))
    write_config(config, tmp_path / f"{name}{suffix}")
    assert read_config(tmp_path / f"{name}{suffix}") == config


def test_a_config_of_ones_own_hides_one_that_comes_along(tmp_path: Path) -> None:
    (tmp_path / "gemini-flash.yaml").write_text("provider: builtin\n")
    assert find_config("gemini-flash", tmp_path).provider == "builtin"


BAD_FILES = [
    ("provider: clever\nmodel: x\nstrategy: sql\n", ":1: provider: should be"),
    ("provider: gemini\nstrategy: sql\n", "model is missing"),
    ("provider: gemini\nmodel: x\nstrategy: fly\n", ":3: strategy:"),
    ("provider: gemini\nmodel: x\nstrategy: sql\nhyperparameters:\n  temperature: 9\n", ":5: hyperparameters.temperature:"),
    ("provider: gemini\nmodel: x\nstrategy: sql\nhyperparameters:\n  heat: 9\n", ":5: hyperparameters.heat: there is no heat"),
    ("provider: gemini\nmodel: x\nstrategy: sql\nprompt: unheard-of\n", "There is no prompt 'unheard-of'"),
    ("provider: gemini\nmodel: x\nstrategy: sql\nprompt: {name: p, text: 'Dear $reader'}\n", "$reader, which is not declared"),
    ("provider: gemini\nmodel: x\nstrategy: sql\nprompt: {name: p, text: 'costs $5'}\n", "holds a $ that begins no variable"),
    ("provider: gemini\nmodel: x\nstrategy: sql\nprompt: {file: gone.txt}\n", "gone.txt can't be read"),
    ("provider: gemini\nmodel: x\nstrategy: sql\nexamples: {file: gone.yaml}\n", "gone.yaml can't be read"),
    ("provider: [\n", "not valid YAML"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "told"), BAD_FILES)
def test_a_bad_file_is_told_with_its_line(text: str, told: str, tmp_path: Path) -> None:
    (tmp_path / "bad.yaml").write_text(text)
    with pytest.raises(ConfigError) as caught:
        read_config(tmp_path / "bad.yaml")
    assert told in caught.value.message


def test_an_unknown_name_is_told_with_those_that_there_are(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="There is no model config 'gpt'") as caught:
        find_config("gpt", tmp_path)
    assert "gemini-flash" in (caught.value.hint or "")


def metadata(**more: object) -> ReleaseMetadata:
    return ReleaseMetadata.model_validate(
        {
            "release_id": "20250101T000000Z_abc", "selected_model": "gemini-2.5-pro", "provider": "gemini",
            "hyperparameters": Hyperparameters(temperature=0.2, top_p=0.9, top_k=40), "strategy": "plan",
            "prompt": Prompt(name="old", sha256="", text="Old prompt."), "composite_score": 1.0,
            "performance_score": 1.0, "bias_score": 1.0, "success_rate": 1.0, "avg_response_time": 1.0,
            "deployment_ready": True, "selection_methodology": "", "commit": "abc",
            "question_set": QuestionSetRef(name="q", version="1", size=1), "created_at": dt.datetime(2025, 1, 1, tzinfo=dt.UTC),
        }
        | more
    )  # fmt: skip


def test_a_release_gives_exactly_the_config_that_it_holds() -> None:
    config = made(hyperparameters={"temperature": 0.3, "seed": 5}, fallback=[builtin_config()])
    assert config_of_release(metadata(config=config.model_dump(mode="json"))) == config


def test_a_release_of_others_gives_the_config_that_it_amounts_to() -> None:
    config = config_of_release(metadata())
    assert (config.provider, config.model) == ("gemini", "gemini-2.5-pro")
    assert config.hyperparameters.given() == {"temperature": 0.2, "top_p": 0.9, "top_k": 40}
    assert config.prompt is not None
    assert config.prompt.text == "Old prompt."
    assert [one.provider for one in config.fallback] == ["builtin"]


@pytest.mark.parametrize("more", [{"provider": "unheard-of"}, {"config": {"provider": "gemini"}}])
def test_a_release_that_can_not_be_used_is_told(more: dict[str, object]) -> None:
    with pytest.raises(ReleaseInvalid, match="can't be used"):
        config_of_release(metadata(**more))


def test_a_missing_key_is_told_with_its_name() -> None:
    with pytest.raises(ModelAccessDenied, match="There is no key for") as caught:
        open_model(made(), Endpoints(environ={}))
    assert "GEMINI_API_KEY" in (caught.value.hint or "")


def test_a_key_can_stand_in_a_file(tmp_path: Path) -> None:
    secret = tmp_path / "key"
    secret.write_text("  k-1\n")
    assert open_model(made(), Endpoints(environ={"GEMINI_API_KEY_FILE": str(secret)})).provider == "Gemini"
    secret.write_text("")
    with pytest.raises(ConfigError, match="is empty"):
        open_model(made(), Endpoints(environ={"GEMINI_API_KEY_FILE": str(secret)}))
    with pytest.raises(ConfigError, match="can't be read"):
        open_model(made(), Endpoints(environ={"GEMINI_API_KEY_FILE": str(tmp_path / "gone")}))


def test_vertex_needs_a_project_and_a_region() -> None:
    for endpoints, name in ((Endpoints(), "GCP_PROJECT_ID"), (Endpoints(project="p"), "GCP_REGION")):
        with pytest.raises(ConfigError) as caught:
            open_model(made(provider="vertex"), endpoints)
        assert name in (caught.value.hint or "")
