"""Prompts: templates with declared variables, in versioned files.

`templates/NAME-VERSION.txt` come along; a model config may hold a text of its own. A template names variables as
`$name`; a `$$` is a dollar sign. What is data (`$data`, `$examples`, `$conversation`) is put into the message to
the model, quoted, whether or not the template says where; the instructions name only the rest.
"""

from __future__ import annotations

from datacraft.engines.llm.prompts.templates import (
    VARIABLES,
    check_template,
    fill,
    prompt_names,
    shipped_prompt,
)

__all__ = ["VARIABLES", "check_template", "fill", "prompt_names", "shipped_prompt"]
