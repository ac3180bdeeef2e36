"""A semantic model as YAML text that people edit, and back, with every mistake named by line and key."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import yaml
from pydantic import BaseModel, ValidationError

from datacraft.contracts.errors import ConfigError
from datacraft.contracts.semantic import SemanticModel
from datacraft.profiles.semantic_checks import Location, Problem, did_you_mean, find_problems

_HEADER = """\
# What the data mean. Edit freely: names, descriptions, synonyms, roles, units, joins, measures, filters.
# Profiling again keeps the edits and refreshes counts and sample values. Keys left out have their usual value.
"""
_SHOWN = 10

try:
    from yaml import CSafeDumper as _BaseDumper
    from yaml import CSafeLoader as _BaseLoader
except ImportError:  # PyYAML built without libyaml: slower, otherwise the same
    from yaml import SafeDumper as _BaseDumper  # type: ignore[assignment]
    from yaml import SafeLoader as _BaseLoader  # type: ignore[assignment]


class _Inline(list[object]):
    """A list written on one line."""


class _Dumper(_BaseDumper):
    """Writes lists of plain values on one line, everything else as blocks."""


class _Loader(_BaseLoader):
    """Reads numbers and true/false as such and all else as text: no dates, and `no` is the word."""


_Dumper.add_representer(
    _Inline, lambda dumper, items: dumper.represent_sequence("tag:yaml.org,2002:seq", items, flow_style=True)
)
_KEPT_TAGS = {
    "tag:yaml.org,2002:int",
    "tag:yaml.org,2002:float",
    "tag:yaml.org,2002:null",
    "tag:yaml.org,2002:bool",
}
_Loader.yaml_implicit_resolvers = {
    first: [
        (tag, pattern)
        for tag, pattern in resolvers
        if tag in _KEPT_TAGS and not (tag.endswith("bool") and first not in "tTfF")
    ]
    for first, resolvers in _BaseLoader.yaml_implicit_resolvers.items()
}


def to_yaml(model: SemanticModel) -> str:
    """Return the model as YAML; fields with their usual value are left out."""
    return _HEADER + yaml.dump(
        _plain(model),
        Dumper=_Dumper,
        sort_keys=False,
        allow_unicode=True,
        width=120,
        default_flow_style=False,
    )


def _plain(part: BaseModel) -> dict[str, object]:
    """Return the fields of a part that differ from their default, in the contract's order."""
    shown: dict[str, object] = {}
    for name, spec in type(part).model_fields.items():
        value = getattr(part, name)
        if (
            name != "schema_version"
            and not spec.is_required()
            and value == spec.get_default(call_default_factory=True)
        ):
            continue
        if isinstance(value, list) and value and isinstance(value[0], BaseModel):
            shown[name] = [_plain(item) for item in value]
        elif isinstance(value, list):
            shown[name] = _Inline([_Inline(item) if isinstance(item, tuple) else item for item in value])
        else:
            shown[name] = value.value if hasattr(value, "value") else value
    return shown


def from_yaml(text: str, source: str) -> SemanticModel:
    """Read a semantic model.

    Args:
        text: the YAML.
        source: where it came from, for messages.

    Raises:
        ConfigError: it is no YAML, has an unknown or repeated key or a wrong value, or names a table or
            column that it doesn't describe; the message gives file, line and key of up to ten mistakes.
    """
    loader = _Loader(text)
    try:
        root = loader.get_single_node()
        if root is None:
            raise ConfigError(f"{source} is empty.", hint="Run `datacraft profile` to write it anew.")
        data = loader.construct_document(root)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = mark.line + 1 if mark else 1
        raise ConfigError(f"{source}:{line}: this is not YAML: {error.problem or error.context}.") from error
    except yaml.YAMLError as error:
        raise ConfigError(f"{source}: this is not YAML: {error}.") from error
    finally:
        loader.dispose()
    problems = list(_repeated_keys(root, ()))
    if not problems:
        try:
            model = SemanticModel.model_validate(data)
        except ValidationError as error:
            problems = list(_explained(error))
        else:
            problems = find_problems(model)
            if not problems:
                return model
    raise ConfigError(_message(source, root, problems), hint="Correct the lines named above.")


def _repeated_keys(node: yaml.Node, here: Location) -> Iterator[Problem]:
    if isinstance(node, yaml.MappingNode):
        seen: set[str] = set()
        for key, value in node.value:
            if key.value in seen:
                yield Problem((*here, key.value), "this key is given twice")
            seen.add(str(key.value))
            yield from _repeated_keys(value, (*here, key.value))
    elif isinstance(node, yaml.SequenceNode):
        for position, item in enumerate(node.value):
            yield from _repeated_keys(item, (*here, position))


def _explained(error: ValidationError) -> Iterator[Problem]:
    seen: set[Location] = set()
    for detail in error.errors(include_url=False):
        location = tuple(part for part in detail["loc"])
        if detail["type"] == "extra_forbidden":
            yield Problem(location, f"unknown key{did_you_mean(str(location[-1]), _keys_beside(location))}")
        elif detail["type"] == "missing":
            yield Problem(location, "this key is required")
        else:
            trimmed = tuple(part for part in location if part not in {"str", "int", "float", "bool"})
            if trimmed not in seen:  # a union reports every member
                yield Problem(trimmed, detail["msg"][:1].lower() + detail["msg"][1:])
            seen.add(trimmed)


def _keys_beside(location: Location) -> list[str]:
    """Return the keys that the contract knows at the place of an unknown key."""
    part: type[BaseModel] = SemanticModel
    for step in location[:-1]:
        if isinstance(step, str):
            spec = part.model_fields.get(step)
            inner = getattr(spec.annotation, "__args__", ()) if spec else ()
            part = next((c for c in inner if isinstance(c, type) and issubclass(c, BaseModel)), part)
    return list(part.model_fields)


def _message(source: str, root: yaml.Node, problems: Sequence[Problem]) -> str:
    lines = sorted(
        (_line(root, problem.location), _path(problem.location), problem.message) for problem in problems
    )
    shown = [f"{source}:{line}: {path or 'the file'}: {message}" for line, path, message in lines[:_SHOWN]]
    if len(lines) > _SHOWN:
        shown.append(f"... and {len(lines) - _SHOWN} more.")
    return "\n".join(shown)


def _path(location: Location) -> str:
    text = ""
    for part in location:
        text += f"[{part}]" if isinstance(part, int) else f".{part}" if text else part
    return text


def _line(root: yaml.Node, location: Location) -> int:
    """Return the line of the innermost node on the way to `location`, from 1."""
    node, line = root, root.start_mark.line
    for part in location:
        child = None
        if isinstance(node, yaml.MappingNode):
            for key, value in node.value:
                if key.value == part:
                    child, line = value, key.start_mark.line
        elif isinstance(node, yaml.SequenceNode) and isinstance(part, int) and part < len(node.value):
            child = node.value[part]
            line = child.start_mark.line
        if child is None:
            break
        node = child
    return line + 1
