"""`ChatModel`: one request to a model and its reply, whoever runs it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, Protocol

FinishReason = Literal["stop", "length", "blocked", "other"]
FailureKind = Literal[
    "rate_limit", "quota", "server", "connection", "timeout", "access", "not_found", "rejected", "too_long"
]
_HEALING = frozenset({"rate_limit", "server", "connection", "timeout"})


@dataclass(frozen=True, slots=True)
class Message:
    """What one side said."""

    role: Literal["user", "model"]
    text: str


@dataclass(frozen=True, slots=True)
class Request:
    """One request.

    Attributes:
        instructions: the system's part.
        messages: the conversation, the user's turn last.
        schema_name: of the reply's JSON schema.
        schema: the JSON schema that the reply must have.
        sample: tells equal requests apart that are to be answered independently.
    """

    instructions: str
    messages: tuple[Message, ...]
    schema_name: str
    schema: Mapping[str, object]
    sample: int = 0

    @property
    def digest(self) -> str:
        """Hex digest of all that is asked."""
        said = [self.instructions, [[m.role, m.text] for m in self.messages], self.schema, self.sample]
        return hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()

    @property
    def characters(self) -> int:
        """Length of what is sent, without the schema."""
        return len(self.instructions) + sum(len(message.text) for message in self.messages)


@dataclass(frozen=True, slots=True)
class Reply:
    """What the model said; tokens are the provider's own count, those of thinking among the output."""

    text: str
    finish: FinishReason
    input_tokens: int
    output_tokens: int


class CallFailed(Exception):
    """A request failed.

    Attributes:
        kind: of failure.
        retry_after_s: how long the provider wants to be left alone, where it says.
        detail: what the provider said, without secrets.
    """

    def __init__(self, kind: FailureKind, detail: str = "", retry_after_s: float | None = None) -> None:
        super().__init__(f"{kind}: {detail}")
        self.kind = kind
        self.detail = detail
        self.retry_after_s = retry_after_s

    @property
    def heals(self) -> bool:
        """Whether the same request may succeed later."""
        return self.kind in _HEALING


class ChatModel(Protocol):
    """A model that can be asked. Used from one event loop."""

    async def ask(self, request: Request, *, timeout_s: float) -> Reply:
        """Make one request. Cancelling it closes its connection.

        Raises:
            CallFailed: there is no reply.
        """
        ...

    async def close(self) -> None:
        """Let go of connections."""
        ...
