"""What the data mean and what they look like: inference, the semantic file, the value index, statistics.

No question is read here; that is the engines' work. Names are imported on first use, so that reading a
semantic file or a value index stays cheap.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datacraft.profiles.connection import measuring_connection
    from datacraft.profiles.infer import infer_semantic_model
    from datacraft.profiles.join_declared import DeclaredKeys, Reference
    from datacraft.profiles.measuring.measure import profile_data
    from datacraft.profiles.measuring.merging import merge_profiles
    from datacraft.profiles.merge import ProfileChanges, merge_profile, profile_changes
    from datacraft.profiles.normal import normalise
    from datacraft.profiles.semantic_file import read_inferred, read_semantic, write_inferred, write_semantic
    from datacraft.profiles.value_index import LeftOut, ValueHit, ValueIndex
    from datacraft.profiles.value_index_file import IndexReport, build_value_index
    from datacraft.profiles.words import plural, singular, split_identifier

_HOMES = {
    "DeclaredKeys": "join_declared",
    "Reference": "join_declared",
    "infer_semantic_model": "infer",
    "ProfileChanges": "merge",
    "measuring_connection": "connection",
    "merge_profile": "merge",
    "merge_profiles": "measuring.merging",
    "normalise": "normal",
    "profile_changes": "merge",
    "profile_data": "measuring.measure",
    "read_inferred": "semantic_file",
    "read_semantic": "semantic_file",
    "write_inferred": "semantic_file",
    "write_semantic": "semantic_file",
    "LeftOut": "value_index",
    "ValueHit": "value_index",
    "ValueIndex": "value_index",
    "IndexReport": "value_index_file",
    "build_value_index": "value_index_file",
    "plural": "words",
    "singular": "words",
    "split_identifier": "words",
}

__all__ = [
    "DeclaredKeys",
    "IndexReport",
    "LeftOut",
    "ProfileChanges",
    "Reference",
    "ValueHit",
    "ValueIndex",
    "build_value_index",
    "infer_semantic_model",
    "measuring_connection",
    "merge_profile",
    "merge_profiles",
    "normalise",
    "plural",
    "profile_changes",
    "profile_data",
    "read_inferred",
    "read_semantic",
    "singular",
    "split_identifier",
    "write_inferred",
    "write_semantic",
]


def __getattr__(name: str) -> object:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
