"""A language model on loopback that speaks the wire formats of Gemini, Vertex AI and OpenAI.

It answers every request as a script says: with text, an error status, a hang, a dropped connection. The official
clients talk to it; `calls` holds what arrived.
"""

from __future__ import annotations

import asyncio
import json
import re
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Literal

_GOOGLE_FINISH = {"stop": "STOP", "length": "MAX_TOKENS", "blocked": "SAFETY"}
_OPENAI_FINISH = {"stop": "stop", "length": "length", "blocked": "content_filter"}
_GOOGLE_PATH = re.compile(r"/models/([^/:]+):generateContent$")


@dataclass(frozen=True)
class Call:
    """A request that arrived."""

    number: int
    wire: Literal["google", "openai"]
    path: str
    headers: dict[str, str]
    body: dict[str, Any]
    at: float

    @property
    def model(self) -> str:
        """The model that is asked."""
        match = _GOOGLE_PATH.search(self.path)
        return match[1] if match else str(self.body.get("model"))

    @property
    def text(self) -> str:
        """All that was said, instructions first."""
        if self.wire == "openai":
            return "\n".join(_content(message["content"]) for message in self.body["messages"])
        parts = [self.body.get("systemInstruction") or {}, *self.body["contents"]]
        return "\n".join(part.get("text", "") for turn in parts for part in turn.get("parts", ()))

    @property
    def last(self) -> str:
        """The last thing that was said."""
        if self.wire == "openai":
            return _content(self.body["messages"][-1]["content"])
        return "\n".join(part.get("text", "") for part in self.body["contents"][-1]["parts"])


def _content(content: str | list[dict[str, str]]) -> str:
    return content if isinstance(content, str) else "\n".join(part.get("text", "") for part in content)


@dataclass(frozen=True)
class Says:
    """The model answers."""

    text: str
    finish: str = "stop"
    input_tokens: int = 100
    output_tokens: int = 20
    after_s: float = 0.0


@dataclass(frozen=True)
class Fails:
    """An error status, in the provider's own shape."""

    status: int
    message: str = "planned failure"
    headers: dict[str, str] = field(default_factory=dict)
    code: str = ""


@dataclass(frozen=True)
class Raw:
    """These very bytes as the body."""

    body: bytes
    status: int = 200


@dataclass(frozen=True)
class Does:
    """Something else: `hang` says nothing, `drop` closes the connection, `trickle` sends a byte at a time."""

    what: Literal["hang", "drop", "trickle", "empty", "blocked_prompt"]


Reaction = Says | Fails | Raw | Does
Script = Callable[[Call], Reaction]


class LanguageModelServer:
    """Serves on a thread of its own until it is closed."""

    def __init__(self, script: Script) -> None:
        self.script = script
        self.calls: list[Call] = []
        self.open_connections = 0
        self._lock = threading.Lock()
        self._started = threading.Event()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._run, name="language-model", daemon=True)
        self._thread.start()
        self._started.wait()

    @property
    def url(self) -> str:
        """The address without a path; Google's clients take it as it is."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def openai_url(self) -> str:
        """The address for clients of OpenAI."""
        return f"{self.url}/v1"

    def close(self) -> None:
        """Stop serving; open connections are cut."""
        self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join()

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        self._loop.run_until_complete(self._serve())
        self._loop.close()

    async def _serve(self) -> None:
        self._stop = asyncio.Event()
        server = await asyncio.start_server(self._connection, "127.0.0.1", 0, backlog=512)
        self.port = server.sockets[0].getsockname()[1]
        self._started.set()
        await self._stop.wait()
        server.close()
        tasks = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _connection(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.open_connections += 1
        try:
            while await self._exchange(reader, writer):
                pass
        except (ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
            pass  # the other side, or the test, has had enough
        finally:
            self.open_connections -= 1
            writer.close()

    async def _exchange(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
        _, path, _ = head[0].split(" ", 2)
        headers = {
            name.lower(): value.strip()
            for name, _, value in (line.partition(":") for line in head[1:] if line)
        }
        body = await reader.readexactly(int(headers.get("content-length", 0)))
        wire: Literal["google", "openai"] = "google" if ":generateContent" in path else "openai"
        with self._lock:
            call = Call(
                len(self.calls),
                wire,
                path.partition("?")[0],
                headers,
                json.loads(body) if body else {},
                time.monotonic(),
            )
            self.calls.append(call)
        reaction = self.script(call)
        watching = asyncio.ensure_future(reader.read(1))  # the other side hung up
        acting = asyncio.ensure_future(self._react(call, reaction, writer))
        await asyncio.wait({watching, acting}, return_when=asyncio.FIRST_COMPLETED)
        if not acting.done():
            acting.cancel()
            return False
        if not watching.done():
            watching.cancel()
            await asyncio.gather(watching, return_exceptions=True)
            return acting.result()
        return False

    async def _react(self, call: Call, reaction: Reaction, writer: asyncio.StreamWriter) -> bool:
        match reaction:
            case Does("hang"):
                await asyncio.sleep(3_600)
            case Does("drop"):
                return False
            case Does("trickle"):
                writer.write(_head(200, 10_000))
                for _ in range(10_000):
                    writer.write(b" ")
                    await writer.drain()
                    await asyncio.sleep(0.2)
            case Does("empty"):
                await _send(writer, 200, _empty(call))
            case Does("blocked_prompt"):
                body = {"promptFeedback": {"blockReason": "SAFETY"}, "usageMetadata": {"promptTokenCount": 9}}
                await _send(
                    writer, 200, body if call.wire == "google" else _openai(call, Says("", "blocked"))
                )
            case Fails():
                await _send(writer, reaction.status, _error(call, reaction), reaction.headers)
            case Raw():
                writer.write(_head(reaction.status, len(reaction.body)) + reaction.body)
                await writer.drain()
            case Says():
                if reaction.after_s:
                    await asyncio.sleep(reaction.after_s)
                body = _google(call, reaction) if call.wire == "google" else _openai(call, reaction)
                await _send(writer, 200, body)
        return True


def _head(status: int, length: int, headers: dict[str, str] | None = None) -> bytes:
    lines = [
        f"HTTP/1.1 {status} Planned",
        "content-type: application/json",
        f"content-length: {length}",
        *(f"{name}: {value}" for name, value in (headers or {}).items()),
    ]
    return ("\r\n".join(lines) + "\r\n\r\n").encode()


async def _send(
    writer: asyncio.StreamWriter, status: int, body: dict[str, Any], headers: dict[str, str] | None = None
) -> None:
    content = json.dumps(body).encode()
    writer.write(_head(status, len(content), headers) + content)
    await writer.drain()


def _google(call: Call, says: Says) -> dict[str, Any]:
    candidate: dict[str, Any] = {"finishReason": _GOOGLE_FINISH[says.finish], "index": 0}
    if says.text:
        candidate["content"] = {"role": "model", "parts": [{"text": says.text}]}
    return {
        "candidates": [candidate],
        "usageMetadata": {
            "promptTokenCount": says.input_tokens,
            "candidatesTokenCount": says.output_tokens,
            "totalTokenCount": says.input_tokens + says.output_tokens,
        },
        "modelVersion": call.model,
        "responseId": f"reply-{call.number}",
    }


def _openai(call: Call, says: Says) -> dict[str, Any]:
    return {
        "id": f"reply-{call.number}",
        "object": "chat.completion",
        "created": 1_700_000_000,
        "model": call.model,
        "choices": [
            {
                "index": 0,
                "message": {"role": "assistant", "content": says.text},
                "finish_reason": _OPENAI_FINISH[says.finish],
            }
        ],
        "usage": {
            "prompt_tokens": says.input_tokens,
            "completion_tokens": says.output_tokens,
            "total_tokens": says.input_tokens + says.output_tokens,
        },
    }


def _empty(call: Call) -> dict[str, Any]:
    if call.wire == "google":
        return {"candidates": [], "usageMetadata": {"promptTokenCount": 9, "totalTokenCount": 9}}
    return _openai(call, Says(""))


def _error(call: Call, fails: Fails) -> dict[str, Any]:
    if call.wire == "google":
        status = fails.code or {
            400: "INVALID_ARGUMENT", 401: "UNAUTHENTICATED", 403: "PERMISSION_DENIED", 404: "NOT_FOUND",
            429: "RESOURCE_EXHAUSTED", 500: "INTERNAL", 503: "UNAVAILABLE",
        }.get(fails.status, "UNKNOWN")  # fmt: skip
        return {"error": {"code": fails.status, "message": fails.message, "status": status}}
    return {"error": {"message": fails.message, "type": "planned", "code": fails.code or None}}


@contextmanager
def serving(script: Script) -> Iterator[LanguageModelServer]:
    """Serve a model that does as the script says."""
    server = LanguageModelServer(script)
    try:
        yield server
    finally:
        server.close()
