"""`datacraft models`, and `--model` of the commands that ask."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from command_line import Command
from llm_server import Call, Fails, Reaction, Says, serving

SQL = "SELECT region, sum(sales) AS sales FROM sales GROUP BY region ORDER BY region"


def replying(call: Call) -> Reaction:
    if "four letters" in call.text:
        return Says('{"word": "lamp", "number": 7}')
    return Says(
        json.dumps({"answerable": True, "reason": None, "assumptions": [], "chart": None, "sql": SQL})
    )


def write(folder: Path, url: str, **more: object) -> Path:
    config = {
        "provider": "openai",
        "model": "m-1",
        "base_url": url,
        "strategy": "sql",
        "fallback": ["builtin"],
    } | more
    path = folder / "mine.yaml"
    path.write_text(json.dumps(config))
    return path


def test_the_configs_that_there_are_are_listed_with_who_answers(datacraft: Command, folder: Path) -> None:
    (folder / "models").mkdir()
    write(folder / "models", "http://here/v1")
    (folder / "models" / "broken.yaml").write_text("provider: clever\n")
    run = datacraft("models", "list")
    names = [line.split("\t")[0] for line in run.out.splitlines()]
    assert {"builtin", "gemini-flash", "gemini-pro", "mine", "broken"} <= set(names)
    assert "broken.yaml:1: provider" in run.out
    assert "builtin answers" in run.err


def test_a_config_is_shown_whole_and_can_be_written_out(datacraft: Command, folder: Path) -> None:
    shown = datacraft("models", "show", "gemini-flash")
    config = json.loads(shown.out)
    assert config["prompt"]["text"].startswith("You turn one question")
    assert config["hyperparameters"]["temperature"] == 0.0
    assert "Its id is" in shown.err
    assert datacraft("models", "show", "gemini-flash", "--out", "copy.yaml").code == 0
    assert json.loads(datacraft("models", "show", "copy.yaml").out)["prompt"] == config["prompt"]


def test_the_difference_of_two_configs_is_a_line_for_each_field(datacraft: Command) -> None:
    lines = datacraft("models", "diff", "gemini-flash", "gemini-pro").out.splitlines()
    assert "model: 'gemini-2.5-flash' -> 'gemini-2.5-pro'" in lines
    assert not datacraft("models", "diff", "gemini-flash", "gemini-flash").out


def test_a_check_makes_a_real_call_and_says_what_works(datacraft: Command, folder: Path) -> None:
    with serving(replying) as server:
        path = write(folder, server.openai_url, hyperparameters={"seed": 4}, price={"input": 1, "output": 1})
        run = datacraft("models", "check", path)
        assert run.code == 0, run.err
        found = {line.split("\t")[0]: line.split("\t")[1] for line in run.out.splitlines()}
        assert found == {
            "call": "ok",
            "structured output": "ok",
            "seed": "ok",
            "token counts": "ok",
            "cost": "ok",
        }
        assert len(server.calls) == 2
    with serving(lambda _: Says("lamp and 7")) as server:
        assert datacraft("models", "check", write(folder, server.openai_url)).code == 4


BAD = [
    (Fails(401, "no such key"), "does not accept the key"),
    (Fails(404, "no such model"), "has no model m-1"),
    (Fails(500), "can't be reached or fails inside"),
]


@pytest.mark.parametrize(("reaction", "told"), BAD)
def test_a_check_that_fails_says_why_and_what_to_do(
    reaction: Reaction, told: str, datacraft: Command, folder: Path
) -> None:
    with serving(lambda _: reaction) as server:
        run = datacraft("models", "check", write(folder, server.openai_url, limits={"max_attempts": 1}))
    assert run.code == 1
    assert told in run.err
    assert "Hint:" in run.err


def test_an_address_that_nobody_listens_on_is_told(datacraft: Command, folder: Path) -> None:
    run = datacraft("models", "check", write(folder, "http://127.0.0.1:9/v1", limits={"max_attempts": 1}))
    assert run.code == 1
    assert "can't be reached" in run.err


def test_a_missing_key_is_told(datacraft: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("GEMINI_API_KEY", "GOOGLE_API_KEY", "GEMINI_API_KEY_FILE", "GOOGLE_API_KEY_FILE"):
        monkeypatch.delenv(name, raising=False)
    run = datacraft("models", "check", "gemini-flash")
    assert run.code == 1
    assert "There is no key for gemini-2.5-flash" in run.err
    assert "GEMINI_API_KEY" in run.err


def test_a_question_is_answered_by_the_model_that_is_named(datacraft: Command, folder: Path) -> None:
    with serving(replying) as server:
        path = write(folder, server.openai_url)
        run = datacraft(
            "ask", "sales of each region", "-d", "sales.csv", "--model", path, "--format", "csv", "--explain"
        )
    assert run.code == 0, run.err
    assert run.out.splitlines()[0] == "region,sales"
    assert "Model: m-1, 120 tokens, $0.0000, sql" in run.err


def test_without_its_key_the_fallback_answers_and_says_so(datacraft: Command, folder: Path) -> None:
    with serving(lambda _: Fails(403, "not yours")) as server:
        run = datacraft(
            "ask", "total sales by region", "-d", "sales.csv", "-m", write(folder, server.openai_url)
        )
    assert run.code == 0
    assert "builtin answered instead of m-1" in run.err


def test_a_config_that_is_not_there_is_told(datacraft: Command) -> None:
    run = datacraft("ask", "total sales", "-d", "sales.csv", "--model", "gpt-99")
    assert run.code == 2
    assert "There is no model config 'gpt-99'" in run.err
    assert "gemini-flash" in run.err


def test_candidates_can_be_model_configs(datacraft: Command, folder: Path) -> None:
    cases = "\n".join(
        ["name: shop", "version: 1", "data: sales.csv", "cases:",
         f'  - {{id: a, question: sales of each region, gold: ["{SQL}"]}}',
         f'  - {{id: b, question: what each region sold, gold: ["{SQL}"]}}']
    )  # fmt: skip
    (folder / "shop.yaml").write_text(cases)
    examples = {
        "name": "e",
        "count": 5,
        "items": [
            {"id": "b", "question": "x", "sql": "SELECT 1"},
            {"id": "z", "question": "What each region SOLD?", "sql": "SELECT 2"},
        ],
    }
    with serving(replying) as server:
        path = write(folder, server.openai_url, examples=examples)
        run = datacraft("evaluate", "--questions", "shop.yaml", "--part", "all", "-m", path, "-m", "builtin")
        assert run.code == 0, run.err
        assert len(server.calls) == 2
        assert all(
            '"examples":' not in call.text for call in server.calls
        )  # both are of the set that is evaluated
    assert "mine" in run.out
    report = json.loads(next((folder / ".datacraft" / "evaluations").rglob("evaluation.json")).read_text())
    judged = {one["name"]: one["rates"]["accuracy"]["value"] for one in report["candidates"]}
    assert judged["mine"] == 1.0


def test_doctor_says_whether_the_named_model_has_what_it_needs(
    datacraft: Command, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATACRAFT_LLM__ANSWER_WITH", "gemini-flash")
    for name in ("GEMINI_API_KEY", "GOOGLE_API_KEY", "GEMINI_API_KEY_FILE", "GOOGLE_API_KEY_FILE"):
        monkeypatch.delenv(name, raising=False)
    without = datacraft("doctor")
    assert without.code == 4
    assert "There is no key for gemini-2.5-flash" in without.out
    monkeypatch.setenv("GEMINI_API_KEY", "k-4711")
    assert "gemini-flash" in datacraft("doctor").out
    assert "k-4711" not in datacraft("doctor").out
