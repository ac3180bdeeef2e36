"""Contracts on disk: one YAML file for each table, `contracts/orders.yaml`."""

from __future__ import annotations

from pathlib import Path

import yaml
from pydantic import ValidationError

from datacraft.config.yaml_file import YamlFile, read_yaml
from datacraft.contracts.errors import ConfigError
from datacraft.ingest.conditions import parse_condition
from datacraft.ingest.contract.model import TableContract

_HEADER = """\
# What the rows of this table must be. `datacraft ingest` proposed it from the first load; edit it freely.
# on_violation: reject (nothing is loaded), quarantine (bad rows are kept beside, with reasons) or warn.
# Each column may have: type, required, unique, minimum, maximum, allowed, pattern; warn: [pattern, ...] lists the
# checks that only warn. Also: key, rows {minimum, maximum}, freshness {column, max_age_days},
# references [{columns, table, referenced}], rules [{name, check}] such as check: ship_date >= order_date.
"""
_SHOWN = 10


def contract_path(folder: Path, table: str) -> Path:
    """Return where the contract of a table is kept."""
    return folder / f"{table}.yaml"


def read_contract(path: Path, table: str) -> TableContract | None:
    """Read a table's contract; None where there is none.

    Raises:
        ConfigError: it is wrong; names file, line and key of up to ten mistakes.
    """
    if not path.exists():
        return None
    file = read_yaml(path)
    try:
        contract = TableContract.model_validate(file.values)
    except ValidationError as error:
        raise ConfigError(
            "\n".join(_mistakes(file, error)), hint="Correct the contract, or remove it to have one proposed."
        ) from error
    _require_consistent(file, contract, table)
    return contract


def write_contract(path: Path, contract: TableContract) -> None:
    """Write a contract for people to edit.

    Raises:
        ConfigError: it can't be written.
    """
    content = contract.model_dump(mode="json", exclude_defaults=True)
    content = {"table": contract.table, "on_violation": contract.on_violation, **content}
    text = yaml.safe_dump(content, sort_keys=False, allow_unicode=True, width=110, default_flow_style=None)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(_HEADER + text, encoding="utf-8")
    except OSError as error:
        raise ConfigError(
            f"The contract {path} can't be written: {error.strerror}.",
            hint="Choose another with --contracts.",
        ) from error


def _mistakes(file: YamlFile, error: ValidationError) -> list[str]:
    mistakes = []
    for detail in error.errors()[:_SHOWN]:
        key = ".".join(str(part) for part in detail["loc"])
        known = key
        while known and known not in file.lines:
            known = known.rpartition(".")[0]
        mistakes.append(f"{file.path}:{file.lines.get(known, 1)}: {key}: {detail['msg']}.")
    return mistakes


def _require_consistent(file: YamlFile, contract: TableContract, table: str) -> None:
    """Every column that is named anywhere is listed, every rule is a condition, and the table is this one."""

    def wrong(key: str, what: str) -> ConfigError:
        return ConfigError(f"{file.path}:{file.lines.get(key, 1)}: {what}", hint="Correct the contract.")

    if contract.table != table:
        raise wrong("table", f"this is the contract of {contract.table}, not of {table}.")
    named = [("key", column) for column in contract.key]
    named += [("references", column) for reference in contract.references for column in reference.columns]
    if contract.freshness is not None:
        named.append(("freshness", contract.freshness.column))
    for key, column in named:
        if column not in contract.columns:
            raise wrong(key, f"{key} names the column {column}, which is not listed under columns.")
    for rule in contract.rules:
        parse_condition(rule.check, list(contract.columns))
