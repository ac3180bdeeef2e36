"""Question sets on disk: YAML, or JSON Lines whose first line is the set and every other one a case."""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from textwrap import indent

from pydantic import ValidationError

from datacraft.contracts.errors import InputError
from datacraft.contracts.question_set import Case, QuestionSet, split_of

_HINT = "Mend it there, then run `datacraft questions check`."


class QuestionSetError(InputError):
    """A question set can't be used; names the file, the line and what is wrong."""

    code = "bad_question_set"


def packaged_sets() -> dict[str, Path]:
    """Return the sets that come with DataCraft, by name."""
    folder = Path(__file__).parents[1] / "question_sets"
    return {path.stem: path for path in sorted(folder.glob("*.yaml"))}


def load_question_set(source: Path | str) -> QuestionSet:
    """Read a set from a .yaml or .jsonl file, or by the name of one that comes with DataCraft.

    Raises:
        QuestionSetError: it is missing, can't be read, or holds what a set can't; names the file and line.
    """
    known = packaged_sets()
    path = known.get(str(source), Path(source))
    if not path.is_file():
        raise QuestionSetError(
            f"There is no question set {source}.",
            hint=f"Name a .yaml or .jsonl file, or one that comes with DataCraft: {', '.join(known)}.",
        )
    values, lines = _read_lines(path) if path.suffix == ".jsonl" else _read_yaml(path)
    try:
        question_set = QuestionSet.model_validate(values)
    except ValidationError as error:
        raise QuestionSetError(_told(path, error, values, lines), hint=_HINT) from error
    _refuse_twins(path, question_set, lines)
    return question_set


def _read_yaml(path: Path) -> tuple[Mapping[str, object], Mapping[str, int]]:
    from datacraft.config.yaml_file import read_yaml
    from datacraft.contracts.errors import ConfigError

    try:
        file = read_yaml(path)
    except ConfigError as error:
        raise QuestionSetError(error.message, hint=error.hint) from error
    return file.values, file.lines


def _read_lines(path: Path) -> tuple[Mapping[str, object], Mapping[str, int]]:
    try:
        texts = path.read_text(encoding="utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise QuestionSetError(
            f"{path} can't be read: {error}.", hint="Check its rights, and save it as UTF-8."
        ) from error
    values: dict[str, object] = {}
    cases: list[object] = []
    lines: dict[str, int] = {}
    for number, text in enumerate(texts, start=1):
        if not text.strip():
            continue
        try:
            item = json.loads(text)
        except ValueError as error:
            raise QuestionSetError(f"{path}:{number}: not valid JSON: {error}.", hint=_HINT) from error
        if not isinstance(item, dict):
            raise QuestionSetError(f"{path}:{number}: this is no JSON object.", hint=_HINT)
        if not values:
            values = item
        else:
            lines[f"cases.{len(cases)}.id"] = number
            cases.append(item)
    return {**values, "cases": cases}, lines


def _told(path: Path, error: ValidationError, values: Mapping[str, object], lines: Mapping[str, int]) -> str:
    # What is worked out from a wrong field is no error of its own.
    errors = [
        item for item in error.errors(include_url=False) if item["type"] != "default_factory_not_called"
    ]
    first = errors[0]
    location = [str(part) for part in first["loc"]]
    key = ".".join(location)
    candidates = [".".join(location[:end]) for end in range(len(location), 0, -1)]
    if location[:1] == ["cases"] and len(location) > 1:
        candidates.insert(-1, f"cases.{location[1]}.id")
    line = next((lines[name] for name in candidates if name in lines), None)
    place = f"{path}:{line}" if line else str(path)
    cases = values.get("cases")
    if location[:1] == ["cases"] and len(location) > 1 and isinstance(cases, list):
        case = cases[int(location[1])]
        name = case.get("id") if isinstance(case, dict) else None
        key = f"case {name or int(location[1]) + 1}" + (f", {'.'.join(location[2:])}" if location[2:] else "")
    more = f" ({len(errors) - 1} more)" if len(errors) > 1 else ""
    return f"{place}: {key}: {first['msg']}{more}."


def _refuse_twins(path: Path, question_set: QuestionSet, lines: Mapping[str, int]) -> None:
    seen: dict[str, int] = {}
    for index, case in enumerate(question_set.cases):
        if case.id in seen:
            place = f"{path}:{lines.get(f'cases.{index}.id', '?')}"
            raise QuestionSetError(f"{place}: the id {case.id} is used for the second time.", hint=_HINT)
        seen[case.id] = index
    for case in question_set.cases:
        if case.paraphrase_of is not None and case.paraphrase_of not in seen:
            raise QuestionSetError(
                f"{path}: case {case.id} is a paraphrase of {case.paraphrase_of}, which is not in the set.",
                hint=_HINT,
            )


def write_question_set(path: Path, question_set: QuestionSet) -> None:
    """Write a set as YAML or, for a .jsonl name, as JSON Lines; whole or not at all.

    Raises:
        QuestionSetError: the file can't be written.
    """
    header = question_set.model_dump(mode="json", exclude={"cases"}, exclude_none=True)
    cases = [case_fields(case) for case in question_set.cases]
    if path.suffix == ".jsonl":
        text = "".join(json.dumps(item, ensure_ascii=False) + "\n" for item in [header, *cases])
    else:
        text = f"{_yaml(header)}cases:\n{indent(_yaml(cases), '  ')}"
    _write(path, text)


def _yaml(value: object) -> str:
    import yaml

    return yaml.safe_dump(value, sort_keys=False, allow_unicode=True, width=110)


def _write(path: Path, text: str) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(
            "w", dir=path.parent, prefix=f".{path.name}.", delete=False, encoding="utf-8"
        ) as file:
            file.write(text)
        os.chmod(file.name, 0o644)  # noqa: PTH101 - a set is for others to read; temporary files are not
        Path(file.name).replace(path)
    except OSError as error:
        raise QuestionSetError(
            f"{path} can't be written: {error.strerror}.", hint="Choose another place."
        ) from error


def append_cases(path: Path, cases: Sequence[Case]) -> QuestionSet:
    """Add cases to the end of a set's file, and keep the rest of it, comments included, as it is.

    Raises:
        QuestionSetError: the set is wrong, a case's id is taken, or the file can't be written.
    """
    question_set = load_question_set(path)
    larger = question_set.model_copy(update={"cases": (*question_set.cases, *cases)})
    _refuse_twins(path, larger, {})
    text = path.read_text(encoding="utf-8-sig").rstrip("\n") + "\n"
    fields = [case_fields(case) for case in cases]
    if path.suffix == ".jsonl":
        text += "".join(json.dumps(item, ensure_ascii=False) + "\n" for item in fields)
    else:
        text += indent(_yaml(fields), "  ")
    with tempfile.TemporaryDirectory() as folder:
        trial = Path(folder) / path.name
        trial.write_text(text, encoding="utf-8")
        try:
            as_meant = load_question_set(trial) == larger
        except QuestionSetError:  # other keys follow the cases, or they are indented in another way
            as_meant = False
    if as_meant:
        _write(path, text)
    else:
        write_question_set(path, larger)
    return larger


def case_fields(case: Case) -> dict[str, object]:
    """Return what a file holds of a case: nothing that is at its default."""
    fields = case.model_dump(mode="json", exclude_defaults=True)
    if case.split == split_of(case.paraphrase_of or case.id):
        fields.pop("split", None)
    return fields
