"""What leaves and arrives on the wire: the official clients against a server that speaks the providers' formats."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import pytest
from llm_server import Does, Fails, LanguageModelServer, Raw, Reaction, Says, serving

from datacraft.contracts.model_config import ModelConfig
from datacraft.engines.llm.providers import CallFailed, ChatModel, Message, Reply, Request
from datacraft.engines.llm.providers.google import gemini_model, vertex_model
from datacraft.engines.llm.providers.openai import openai_model

SCHEMA = {
    "type": "object",
    "properties": {"sql": {"type": "string"}},
    "required": ["sql"],
    "additionalProperties": False,
}
REQUEST = Request(
    "Be good.",
    (Message("user", "sales?"), Message("model", "which?"), Message("user", "all")),
    "SqlReply",
    SCHEMA,
)
SAMPLING = {"temperature": 0.3, "top_p": 0.9, "top_k": 40, "max_output_tokens": 99, "seed": 3}


def config(provider: str, **more: object) -> ModelConfig:
    return ModelConfig.model_validate(
        {
            "provider": provider,
            "model": "m-1",
            "prompt": {"name": "p", "text": "t"},
            "strategy": {"kind": "sql"},
            "hyperparameters": SAMPLING | more,
            **({"base_url": "http://here"} if provider == "openai" else {}),
        }
    )


def gemini(server: LanguageModelServer) -> ChatModel:
    return gemini_model(config("gemini", thinking_budget=128), key="KEY", base_url=server.url, connections=2)


def vertex(server: LanguageModelServer) -> ChatModel:
    return vertex_model(
        config("vertex"), project="shop", region="us-central1", base_url=server.url, connections=2
    )


def openai(server: LanguageModelServer) -> ChatModel:
    return openai_model(config("openai"), key="KEY", base_url=server.openai_url, connections=2)


PROVIDERS = [gemini, vertex, openai]
Make = Callable[[LanguageModelServer], ChatModel]


def ask(make: Make, server: LanguageModelServer, timeout_s: float = 1.0) -> Reply:
    async def once() -> Reply:
        model = make(server)
        try:
            return await model.ask(REQUEST, timeout_s=timeout_s)
        finally:
            await model.close()

    return asyncio.run(once())


@pytest.mark.parametrize("make", PROVIDERS)
def test_a_reply_comes_with_its_text_and_the_providers_token_counts(make: Make) -> None:
    with serving(lambda _: Says('{"sql": "select 1"}', input_tokens=71, output_tokens=13)) as server:
        assert ask(make, server) == Reply('{"sql": "select 1"}', "stop", 71, 13)


def test_gemini_gets_sampling_schema_instructions_conversation_and_key() -> None:
    with serving(lambda _: Says("{}")) as server:
        ask(gemini, server)
    (call,) = server.calls
    sent = call.body["generationConfig"]
    assert {name: sent[name] for name in ("temperature", "topP", "topK", "maxOutputTokens", "seed")} == {
        "temperature": 0.3, "topP": 0.9, "topK": 40, "maxOutputTokens": 99, "seed": 3,
    }  # fmt: skip
    assert sent["responseJsonSchema"]["properties"] == SCHEMA["properties"]
    assert sent["responseMimeType"] == "application/json"
    assert 128 in sent["thinkingConfig"].values()
    assert call.path == "/v1beta/models/m-1:generateContent"
    assert call.headers["x-goog-api-key"] == "KEY"
    assert call.body["systemInstruction"]["parts"] == [{"text": "Be good."}]
    assert [(turn["role"], turn["parts"][0]["text"]) for turn in call.body["contents"]] == [
        ("user", "sales?"), ("model", "which?"), ("user", "all"),
    ]  # fmt: skip


def test_vertex_is_asked_in_the_project_and_region() -> None:
    with serving(lambda _: Says("{}")) as server:
        ask(vertex, server)
    assert "/projects/shop/locations/us-central1/publishers/google/models/m-1:" in server.calls[0].path
    assert server.calls[0].body["generationConfig"]["topK"] == 40


def test_an_openai_server_gets_sampling_schema_conversation_and_key() -> None:
    with serving(lambda _: Says("{}")) as server:
        ask(openai, server)
    (call,) = server.calls
    assert {name: call.body[name] for name in ("temperature", "top_p", "top_k", "seed")} == {
        "temperature": 0.3, "top_p": 0.9, "top_k": 40, "seed": 3,
    }  # fmt: skip
    assert 99 in (call.body.get("max_tokens"), call.body.get("max_completion_tokens"))
    assert call.body["response_format"]["json_schema"]["schema"]["properties"] == SCHEMA["properties"]
    assert call.headers["authorization"] == "Bearer KEY"
    assert [message["role"] for message in call.body["messages"]] == ["system", "user", "assistant", "user"]


FINISHES = [
    (Says('{"sql": "sel', "length"), "length"),
    (Says("", "blocked"), "blocked"),
    (Does("blocked_prompt"), "blocked"),
]


@pytest.mark.parametrize("make", PROVIDERS)
@pytest.mark.parametrize(("reaction", "finish"), FINISHES)
def test_how_a_reply_ended_is_known(make: Make, reaction: Reaction, finish: str) -> None:
    with serving(lambda _: reaction) as server:
        assert ask(make, server).finish == finish


@pytest.mark.parametrize("make", PROVIDERS)
def test_an_empty_candidate_is_an_empty_reply(make: Make) -> None:
    with serving(lambda _: Does("empty")) as server:
        assert ask(make, server).text == ""


FAILURES = [
    (Fails(400), "rejected", False),
    (Fails(401), "access", False),
    (Fails(403), "access", False),
    (Fails(404, "models/m-1 is not found"), "not_found", False),
    (Fails(413), "too_long", False),
    (Fails(429), "rate_limit", True),
    (Fails(500), "server", True),
    (Fails(503), "server", True),
    (Raw(b'{"candidates": [{"con'), "connection", True),
    (Raw(b"<html>proxy</html>"), "connection", True),
    (Does("hang"), "timeout", True),
    (Does("drop"), "connection", True),
    (Does("trickle"), "timeout", True),
]


@pytest.mark.parametrize("make", PROVIDERS)
@pytest.mark.parametrize(("reaction", "kind", "heals"), FAILURES)
def test_every_failure_is_told_by_what_can_be_done_about_it(
    make: Make, reaction: Reaction, kind: str, heals: bool
) -> None:
    with serving(lambda _: reaction) as server, pytest.raises(CallFailed) as caught:
        ask(make, server, timeout_s=0.4)
    assert (caught.value.kind, caught.value.heals) == (kind, heals)
    assert len(server.calls) == 1, "the clients must not retry on their own"
    assert "KEY" not in str(caught.value)


@pytest.mark.parametrize("make", PROVIDERS)
def test_how_long_to_wait_is_taken_from_the_provider(make: Make) -> None:
    with (
        serving(lambda _: Fails(429, headers={"retry-after": "7"})) as server,
        pytest.raises(CallFailed) as caught,
    ):
        ask(make, server)
    assert caught.value.retry_after_s == 7


@pytest.mark.parametrize("make", PROVIDERS)
def test_a_call_that_is_cancelled_closes_its_connection(make: Make) -> None:
    async def cancel(server: LanguageModelServer) -> None:
        model = make(server)
        call = asyncio.ensure_future(model.ask(REQUEST, timeout_s=30))
        while not server.calls:
            await asyncio.sleep(0.01)
        assert server.open_connections == 1
        call.cancel()
        for _ in range(200):
            if server.open_connections == 0:
                break
            await asyncio.sleep(0.01)
        assert server.open_connections == 0
        await model.close()

    with serving(lambda _: Does("hang")) as server:
        asyncio.run(cancel(server))
