"""Schema linking: which tables, columns and values a question may touch, out of many.

`SchemaLinker` ranks by evidence (names, synonyms, values, joins); it never decides what the question means. What
it leaves out is not sent to a language model.
"""

from __future__ import annotations

from datacraft.engines.linking.linker import Linked, LinkedTable, SchemaLinker

__all__ = ["Linked", "LinkedTable", "SchemaLinker"]
