"""A `ChatModel` over pydantic-ai's models: messages, settings, usage and failures put into our words."""

from __future__ import annotations

import asyncio
import re
from typing import TYPE_CHECKING, Any, cast

from pydantic_ai import exceptions
from pydantic_ai.messages import ModelRequest, ModelResponse, SystemPromptPart, TextPart, UserPromptPart
from pydantic_ai.models import Model, ModelRequestParameters
from pydantic_ai.output import OutputObjectDefinition

from datacraft.config.secrets import mask_text
from datacraft.contracts.model_config import ModelConfig
from datacraft.engines.llm.providers.model import CallFailed, FailureKind, FinishReason, Reply, Request

if TYPE_CHECKING:
    import httpx2
    from pydantic_ai.messages import ModelMessage
    from pydantic_ai.settings import ModelSettings

_DETAIL = 300  # characters of what a provider says that are repeated
_FINISHES: dict[str | None, FinishReason] = {"stop": "stop", "length": "length", "content_filter": "blocked"}
_BLOCKED = re.compile(r"SAFETY|PROHIBITED|BLOCKLIST|SPII|RECITATION", re.IGNORECASE)
_STATUS: dict[int, FailureKind] = {
    400: "rejected", 401: "access", 403: "access", 404: "not_found", 408: "timeout", 409: "server",
    413: "too_long", 422: "rejected", 425: "server", 429: "rate_limit",
}  # fmt: skip


class PydanticAIModel:
    """Asks a model through pydantic-ai.

    Args:
        model: pydantic-ai's.
        settings: of every request.
        client: of its connections, closed with it.
    """

    def __init__(
        self, model: Model[Any], settings: ModelSettings, client: httpx2.AsyncClient | None = None
    ) -> None:
        self._model = model
        self._settings = settings
        self._client = client

    async def ask(self, request: Request, *, timeout_s: float) -> Reply:
        """Make one request; see `ChatModel`."""
        definition = OutputObjectDefinition(
            json_schema=dict(request.schema), name=request.schema_name, strict=None
        )
        parameters = ModelRequestParameters(output_mode="native", output_object=definition)
        try:
            async with asyncio.timeout(timeout_s):
                response = await self._model.request(_messages(request), self._settings, parameters)
        except TimeoutError as error:
            raise CallFailed("timeout", f"no reply within {timeout_s:g} s") from error
        except exceptions.ModelAPIError as error:
            raise _failure(error) from error
        except exceptions.UnexpectedModelBehavior as error:
            raise CallFailed("server", _short(str(error))) from error
        except exceptions.UserError as error:
            raise CallFailed("rejected", _short(str(error))) from error
        except OSError as error:
            raise CallFailed("connection", _short(str(error))) from error
        except ValueError as error:  # a reply of which the client can't read the frame
            raise CallFailed("server", f"unreadable reply: {_short(str(error))}") from error
        return _reply(response)

    async def close(self) -> None:
        """Close the connections."""
        if self._client is not None:
            await self._client.aclose()


def _messages(request: Request) -> list[ModelMessage]:
    messages: list[ModelMessage] = []
    for position, message in enumerate(request.messages):
        if message.role == "model":
            messages.append(ModelResponse(parts=[TextPart(content=message.text)]))
            continue
        said = UserPromptPart(content=message.text)
        head = [SystemPromptPart(content=request.instructions)] if position == 0 else []
        messages.append(ModelRequest(parts=[*head, said]))
    return messages


def _reply(response: ModelResponse) -> Reply:
    text = "".join(part.content for part in response.parts if isinstance(part, TextPart))
    finish = _FINISHES.get(response.finish_reason, "other")
    if _BLOCKED.search(repr(response.provider_details or {})) and not text:
        finish = "blocked"
    return Reply(text, finish, response.usage.input_tokens, response.usage.output_tokens)


def _failure(error: exceptions.ModelAPIError) -> CallFailed:
    """Return a provider's error by what can be done about it."""
    detail = _short(_told(error))
    kind: FailureKind
    if isinstance(error, exceptions.ModelQuotaExceededError) and error.retry_after is None:
        kind = "quota"
    elif isinstance(error, exceptions.ModelAuthenticationError):
        kind = "access"
    elif isinstance(error, exceptions.ModelContextWindowExceededError):
        kind = "too_long"
    elif isinstance(error, exceptions.ModelHTTPError):
        kind = _STATUS.get(error.status_code, "server" if error.status_code >= 500 else "rejected")
    elif isinstance(error, exceptions.ModelTimeoutError):
        kind = "timeout"
    else:
        kind = "connection"
    return CallFailed(kind, detail, error.retry_after)


def _told(error: exceptions.ModelAPIError) -> str:
    """Return the provider's own sentence where its body has one."""
    body: object = error.body
    for key in ("error", "message"):
        if isinstance(body, dict) and key in body:
            body = cast("dict[str, object]", body)[key]
    return body if isinstance(body, str) else str(error)


def _short(text: str) -> str:
    line = " ".join(text.split())
    return mask_text(line if len(line) <= _DETAIL else f"{line[:_DETAIL]}…")


def sampling(config: ModelConfig) -> ModelSettings:
    """Return the hyperparameters that every provider has, as pydantic-ai names them."""
    given = config.hyperparameters
    settings: ModelSettings = {}
    if given.temperature is not None:
        settings["temperature"] = given.temperature
    if given.top_p is not None:
        settings["top_p"] = given.top_p
    if given.max_output_tokens is not None:
        settings["max_tokens"] = given.max_output_tokens
    if given.seed is not None:
        settings["seed"] = given.seed
    return settings


def http_client(connections: int) -> httpx2.AsyncClient:
    """Return a client whose time limits are those of each request, with as many connections as may be used.

    Args:
        connections: most requests at the same time.
    """
    import httpx2

    limits = httpx2.Limits(max_connections=connections + 4, max_keepalive_connections=connections)
    return httpx2.AsyncClient(timeout=httpx2.Timeout(600.0, connect=5.0), limits=limits)
