"""Any server that speaks OpenAI's chat completions: OpenAI, vLLM, Ollama, llama.cpp."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from datacraft.contracts.model_config import OPENAI_URL, ModelConfig
from datacraft.engines.llm.providers.pydantic_ai_model import PydanticAIModel, http_client, sampling

if TYPE_CHECKING:
    from pydantic_ai.models.openai import OpenAIChatModelSettings

_NO_KEY = "none"  # the client wants one; servers of one's own often need none


def openai_model(config: ModelConfig, *, key: str | None, base_url: str, connections: int) -> PydanticAIModel:
    """Return a model of an OpenAI-compatible server.

    Args:
        config: its name and hyperparameters.
        key: of the API; servers of one's own may need none.
        base_url: up to and with `/v1`.
        connections: most requests at the same time.
    """
    from openai import AsyncOpenAI
    from pydantic_ai.models.openai import OpenAIChatModel
    from pydantic_ai.providers.openai import OpenAIProvider
    from pydantic_ai.providers.openai_compatible import OpenAICompatibleProvider

    client = http_client(connections)
    api = AsyncOpenAI(api_key=key or _NO_KEY, base_url=base_url, http_client=client, max_retries=0)
    if base_url.rstrip("/") == OPENAI_URL:
        model = OpenAIChatModel(config.model, provider=OpenAIProvider(openai_client=api))
    else:
        compatible = OpenAICompatibleProvider(name="openai-compatible", openai_client=api)
        model = OpenAIChatModel(config.model, provider=compatible)
    return PydanticAIModel(model, _settings(config), client)


def _settings(config: ModelConfig) -> OpenAIChatModelSettings:
    given = config.hyperparameters
    settings = cast("OpenAIChatModelSettings", sampling(config))
    if given.top_k is not None:  # not in OpenAI's own API, but in that of servers that speak it
        settings["extra_body"] = {"top_k": given.top_k}
    return settings
