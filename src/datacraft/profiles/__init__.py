"""What the data mean and what they look like: inference, the semantic file, the value index, statistics.

No question is read here; that is the engines' work. Names are imported on first use, so that reading a
semantic file or a value index stays cheap.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datacraft.profiles.infer import infer_semantic_model

_HOMES = {
    "infer_semantic_model": "infer",
}

__all__ = ["infer_semantic_model"]


def __getattr__(name: str) -> object:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
