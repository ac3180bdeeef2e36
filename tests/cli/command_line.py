"""What a command of a test ended with and wrote."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Run:
    """What a command ended with and wrote."""

    code: int
    out: str
    err: str


Command = Callable[..., Run]
