"""Providers: who runs a language model. One adapter each, behind `ChatModel`; the clients are pydantic-ai's.

`google` speaks to Gemini (API key, or Vertex AI), `openai` to any OpenAI-compatible server, `local` runs a
model file on this machine. None of them retries: that is the work of `datacraft.engines.llm.calls`.
"""

from __future__ import annotations

from datacraft.engines.llm.providers.model import CallFailed, ChatModel, FailureKind, Message, Reply, Request
from datacraft.engines.llm.providers.opening import Endpoints, OpenedModel, open_model

__all__ = [
    "CallFailed",
    "ChatModel",
    "Endpoints",
    "FailureKind",
    "Message",
    "OpenedModel",
    "Reply",
    "Request",
    "open_model",
]
