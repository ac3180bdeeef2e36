"""Reads a model config from YAML or JSON, and writes one."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, cast

import yaml
from pydantic import ValidationError

from datacraft.config.yaml_file import YamlFile, read_yaml
from datacraft.contracts.errors import ConfigError
from datacraft.contracts.model_config import ModelConfig, builtin_config
from datacraft.contracts.question_set import QuestionSet

_WRAPPERS = {"repair": "of", "vote": "of", "cascade": "otherwise"}
_PROMPTS = {"sql": "sql-1", "plan": "plan-1"}
_HINT = "`datacraft models show` of one that works shows how it is written."


def read_config(path: Path) -> ModelConfig:
    """Return the config of a file.

    Raises:
        ConfigError: it can't be read, or says what a config can't; names the file, the line and the key.
    """
    file = read_yaml(path)
    values = _written_out(file.values, path)
    values.setdefault("name", path.stem)
    try:
        config = ModelConfig.model_validate(values)
    except ValidationError as error:
        raise ConfigError(_told(file, error), hint=_HINT) from error
    if config.prompt is not None:
        from datacraft.engines.llm.prompts import check_template

        check_template(config.prompt)
    return config


def write_config(config: ModelConfig, path: Path) -> None:
    """Write a config, as JSON where the file's name ends so, else as YAML.

    Raises:
        ConfigError: the file can't be written.
    """
    content = config.model_dump(mode="json", exclude_none=True)
    if path.suffix == ".json":
        text = json.dumps(content, indent=2, ensure_ascii=False) + "\n"
    else:
        text = yaml.safe_dump(content, sort_keys=False, allow_unicode=True, width=110)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise ConfigError(
            f"{path} can't be written: {error.strerror}.", hint="Choose another place."
        ) from error


def _written_out(values: Mapping[str, object], path: Path) -> dict[str, Any]:
    """Return a file's values with short forms written out."""
    found = dict(values)
    if isinstance(found.get("strategy"), str):
        found["strategy"] = {"kind": found["strategy"]}
    if isinstance(found.get("strategy"), dict):
        found["strategy"] = _strategy(cast("dict[str, object]", found["strategy"]))
    if found.get("provider") == "builtin":
        found.setdefault("model", "builtin")
        found.setdefault("strategy", {"kind": "semantic"})
    elif (leaf := _leaf(found.get("strategy"))) in _PROMPTS:
        found.setdefault("prompt", _PROMPTS[leaf])
    if "prompt" in found:
        found["prompt"] = _prompt(found["prompt"], path)
    if isinstance(found.get("examples"), dict):
        found["examples"] = _examples(cast("dict[str, object]", found["examples"]), path)
    if isinstance(found.get("fallback"), list):
        found["fallback"] = [_fallback(one, path) for one in cast("list[object]", found["fallback"])]
    return found


def _strategy(given: Mapping[str, object]) -> dict[str, object]:
    found = dict(given)
    inner = _WRAPPERS.get(str(found.get("kind")))
    if inner is not None:
        wrapped = found.setdefault(inner, {"kind": "sql"})
        if isinstance(wrapped, str):
            wrapped = {"kind": wrapped}
        found[inner] = _strategy(wrapped) if isinstance(wrapped, dict) else wrapped
    return found


def _leaf(strategy: object) -> str:
    while isinstance(strategy, dict) and (inner := _WRAPPERS.get(str(strategy.get("kind")))) is not None:
        strategy = strategy.get(inner)
    return str(strategy.get("kind")) if isinstance(strategy, dict) else ""


def _prompt(given: object, path: Path) -> object:
    from datacraft.engines.llm.prompts import shipped_prompt

    if isinstance(given, str):
        return shipped_prompt(given).model_dump()
    if isinstance(given, dict) and "file" in given and "text" not in given:
        source = path.parent / str(given["file"])
        try:
            text = source.read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise ConfigError(f"The prompt's file {source} can't be read.", hint="Check the path.") from error
        rest = {key: value for key, value in given.items() if key != "file"}
        return {"name": source.stem, **rest, "text": text}
    return given


def _examples(given: Mapping[str, object], path: Path) -> object:
    if "file" not in given:
        return dict(given)
    source = path.parent / str(given["file"])
    try:
        questions = QuestionSet.model_validate(read_yaml(source).values)
    except ValidationError as error:
        raise ConfigError(
            f"{source}, which `examples` names, is no question set.",
            hint="`datacraft questions check` tells why.",
        ) from error
    items = [
        {"id": case.id, "question": case.question, "sql": case.gold[0]}
        for case in questions.cases
        if case.gold
    ]
    rest = {key: value for key, value in given.items() if key != "file"}
    return {"name": questions.name, **rest, "items": items}


def _fallback(given: object, path: Path) -> object:
    if given == "builtin":
        return builtin_config().model_dump(mode="json")
    if isinstance(given, str):
        return read_config(path.parent / given).model_dump(mode="json")
    return _written_out(cast("dict[str, object]", given), path) if isinstance(given, dict) else given


def _told(file: YamlFile, error: ValidationError) -> str:
    """Return pydantic's findings as lines: file, line, key, what is wrong."""
    lines = []
    for finding in error.errors(include_url=False):
        key, line = "", 1
        for part in finding["loc"]:
            longer = f"{key}.{part}" if key else str(part)
            if longer in file.lines:
                key, line = longer, file.lines[longer]
        name = key or ".".join(str(part) for part in finding["loc"])
        message = finding["msg"].removeprefix("Value error, ").removeprefix("Input ")
        if finding["type"] == "extra_forbidden":
            message = f"there is no {finding['loc'][-1]}"
        elif finding["type"] == "missing":
            message = f"{finding['loc'][-1]} is missing"
        given = finding["input"]
        shown = "" if isinstance(given, dict | list) or finding["type"] == "missing" else f", not {given!r}"
        lines.append(f"{file.path}:{line}: {name + ': ' if name else ''}{message}{shown}.")
    return "\n".join(dict.fromkeys(lines))
