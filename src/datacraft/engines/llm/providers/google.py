"""Gemini: by API key, or by project and region on Vertex AI."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from datacraft.contracts.model_config import ModelConfig
from datacraft.engines.llm.providers.pydantic_ai_model import PydanticAIModel, http_client, sampling

if TYPE_CHECKING:
    from pydantic_ai.models.google import GoogleModelSettings
    from pydantic_ai.providers.google import BaseGoogleProvider


def gemini_model(config: ModelConfig, *, key: str, base_url: str | None, connections: int) -> PydanticAIModel:
    """Return a Gemini model that is asked with an API key.

    Args:
        config: its name and hyperparameters.
        key: of the API.
        base_url: instead of Google's own address.
        connections: most requests at the same time.
    """
    from pydantic_ai.providers.google import GoogleProvider

    client = http_client(connections)
    return _model(config, GoogleProvider(api_key=key, base_url=base_url, http_client=client), client)


def vertex_model(
    config: ModelConfig, *, project: str, region: str, base_url: str | None, connections: int
) -> PydanticAIModel:
    """Return a Gemini model on Vertex AI, asked with the machine's Google credentials.

    Args:
        config: its name and hyperparameters.
        project: that is billed.
        region: for example "us-central1".
        base_url: instead of Google's own address; requests then carry no credentials of Google's.
        connections: most requests at the same time.
    """
    from pydantic_ai.providers.google_cloud import GoogleCloudProvider

    client = http_client(connections)
    credentials = None
    if base_url is not None:
        from google.oauth2.credentials import Credentials

        credentials = Credentials(token="none")  # type: ignore[no-untyped-call]
    provider = GoogleCloudProvider(
        project=project, location=region, base_url=base_url, credentials=credentials, http_client=client
    )
    return _model(config, provider, client)


def _model(config: ModelConfig, provider: BaseGoogleProvider, client: object) -> PydanticAIModel:
    import httpx2
    from pydantic_ai.models.google import GoogleModel

    assert isinstance(client, httpx2.AsyncClient)
    return PydanticAIModel(GoogleModel(config.model, provider=provider), _settings(config), client)


def _settings(config: ModelConfig) -> GoogleModelSettings:
    given = config.hyperparameters
    settings = cast("GoogleModelSettings", sampling(config))
    if given.top_k is not None:
        settings["top_k"] = given.top_k
    if given.thinking_budget is not None:
        settings["google_thinking_config"] = {"thinking_budget": given.thinking_budget}
    return settings
