"""Read a YAML file into plain values that remember their line."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import yaml
from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from datacraft.contracts.errors import ConfigError


@dataclass(frozen=True, slots=True)
class YamlFile:
    """A file's values and, for each dotted key, the line (from 1) on which it stands."""

    path: Path
    values: dict[str, object]
    lines: dict[str, int]


class _Loader(yaml.SafeLoader):
    """YAML without aliases: settings need none, and they can blow a small file up to any size."""

    def compose_node(self, parent: Node | None, index: int) -> Node | None:
        if self.check_event(yaml.AliasEvent):
            event = self.peek_event()  # type: ignore[no-untyped-call]
            raise yaml.MarkedYAMLError(
                problem="aliases (*name) are not allowed", problem_mark=event.start_mark
            )
        return super().compose_node(parent, index)


def read_yaml(path: Path) -> YamlFile:
    """Read `path`.

    Raises:
        ConfigError: it can't be read, isn't YAML, isn't a mapping, or holds a key twice; names the line.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise ConfigError(f"{path} is not UTF-8 text.", hint="Save it as UTF-8.") from error
    except OSError as error:
        raise ConfigError(
            f"{path} can't be read: {error.strerror}.", hint="Check the path and its rights."
        ) from error
    try:
        loader = _Loader(text)
        node = loader.get_single_node()
        reader = _Reader(path, loader)
        values = {} if node is None else reader.mapping(node, "")
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise ConfigError(
            f"{path}:{line}: not valid YAML: {error.problem}.", hint="Check the indentation."
        ) from error
    except yaml.YAMLError as error:
        raise ConfigError(f"{path}: not valid YAML: {error}.") from error
    except RecursionError as error:
        raise ConfigError(f"{path}: nested too deeply.") from error
    return YamlFile(path, values, reader.lines)


class _Reader:
    """Turns nodes into values, and notes where each key stands."""

    def __init__(self, path: Path, loader: _Loader) -> None:
        self.path = path
        self.loader = loader
        self.lines: dict[str, int] = {}

    def mapping(self, node: Node, prefix: str) -> dict[str, object]:
        if not isinstance(node, MappingNode):
            raise self.error(node, "expected `key: value` lines")
        values: dict[str, object] = {}
        for key_node, value_node in node.value:
            if not isinstance(key_node, ScalarNode):
                raise self.error(key_node, "a key must be a plain word")
            name = str(key_node.value)
            if not name or "." in name:
                raise self.error(
                    key_node, f"{name!r} can't be a key; sections are nested, not written with dots"
                )
            key = f"{prefix}{name}"
            if name in values:
                raise self.error(
                    key_node, f"{key} stands here for the second time (first: line {self.lines[key]})"
                )
            self.lines[key] = key_node.start_mark.line + 1
            values[name] = self.value(value_node, key)
        return values

    def value(self, node: Node, key: str) -> object:
        if isinstance(node, MappingNode):
            return self.mapping(node, f"{key}.")
        if isinstance(node, SequenceNode):
            return [self.value(item, f"{key}.{number}") for number, item in enumerate(node.value)]
        try:
            return self.loader.construct_object(node)
        except ValueError as error:
            raise self.error(node, f"{key}: {error}") from error

    def error(self, node: Node, problem: str) -> ConfigError:
        return ConfigError(f"{self.path}:{node.start_mark.line + 1}: {problem}.")
