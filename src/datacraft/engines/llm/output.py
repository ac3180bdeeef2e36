"""What a model is asked to write, and how its text is read: by JSON schema, tolerant of wrappings."""

from __future__ import annotations

import json
import re
from typing import Any, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from datacraft.contracts.plan import QueryPlan

ChartKind = Literal["number", "table", "line", "bar", "grouped_bar", "stacked_bar", "scatter", "histogram"]
_FENCE = re.compile(r"```(?:json|JSON)?\s*\n?(.*?)```", re.DOTALL)
_MOST_FINDINGS = 5


class _Reply(BaseModel):
    model_config = ConfigDict(extra="ignore")

    answerable: bool = True
    reason: str | None = Field(default=None, description="Why it can't be answered, for a person.")
    assumptions: list[str] = Field(default_factory=list, description="Choices that the question left open.")
    chart: ChartKind | None = None


class SqlReply(_Reply):
    """One query, or why there is none."""

    sql: str | None = Field(default=None, description="One SELECT.")

    @model_validator(mode="after")
    def _has_sql(self) -> SqlReply:
        if self.answerable and not (self.sql or "").strip():
            raise ValueError('"sql" is missing, although "answerable" is true')
        return self


class PlanReply(_Reply):
    """A plan, or why there is none."""

    plan: QueryPlan | None = None

    @model_validator(mode="after")
    def _has_plan(self) -> PlanReply:
        if self.answerable and self.plan is None:
            raise ValueError('"plan" is missing, although "answerable" is true')
        return self


Reply = TypeVar("Reply", bound=_Reply)


class Unreadable(Exception):
    """A text is not what was asked for; the message says why, for the model to read."""


def schema_of(kind: type[_Reply]) -> dict[str, Any]:
    """Return the JSON schema of a reply, without what only people read."""
    schema: dict[str, Any] = _bare(kind.model_json_schema())
    return schema | {"required": list(schema["properties"]), "additionalProperties": False}


def _bare(node: Any) -> Any:
    """Drop titles and defaults, which some providers refuse and none needs."""
    if isinstance(node, dict):
        return {
            key: {name: _bare(part) for name, part in value.items()}
            if key in ("properties", "$defs") and isinstance(value, dict)
            else _bare(value)
            for key, value in node.items()
            if key not in ("title", "default", "discriminator")
        }
    return [_bare(part) for part in node] if isinstance(node, list) else node


def read_reply(text: str, kind: type[Reply]) -> Reply:
    """Return what a model wrote.

    Taken are JSON alone, in a fence, or with words around it.

    Raises:
        Unreadable: it is no JSON, or not of that kind.
    """
    found = _json_in(text)
    if not isinstance(found, dict):
        raise Unreadable("The reply is not a JSON object.")
    try:
        return kind.model_validate(found)
    except ValidationError as error:
        findings = [
            f"{'.'.join(str(part) for part in finding['loc']) or 'reply'}: {finding['msg']}"
            for finding in error.errors(include_url=False, include_input=False)[:_MOST_FINDINGS]
        ]
        raise Unreadable("; ".join(findings)) from error


def _json_in(text: str) -> object:
    candidates = [text, *(match[1] for match in _FENCE.finditer(text))]
    for candidate in candidates:
        try:
            return json.loads(candidate)
        except ValueError:
            continue
    decoder = json.JSONDecoder()
    for match in re.finditer(r"\{", text):
        try:
            return decoder.raw_decode(text, match.start())[0]
        except ValueError:
            continue
    raise Unreadable("The reply is not JSON.")
