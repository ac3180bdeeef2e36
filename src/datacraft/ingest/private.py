"""Columns whose values belong to persons: found, said, and never shown as examples."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import duckdb

from datacraft.contracts.semantic import ColumnType
from datacraft.ingest.contract.verdict import CheckResult
from datacraft.profiles.private_values import MOST_SAMPLED, PrivateKind, private_kind
from datacraft.warehouse.loading.quoting import identifier
from datacraft.warehouse.model import ColumnInfo
from datacraft.warehouse.report import Example, Finding

HIDDEN = "(private)"
_NAME_HEADERS = {
    "first_name", "last_name", "middle_name", "surname", "given_name", "family_name", "maiden_name", "full_name",
    "firstname", "lastname", "vorname", "nachname", "prenom", "apellido",
}  # fmt: skip


def private_columns(
    connection: duckdb.DuckDBPyConnection, relation: str, columns: Sequence[ColumnInfo]
) -> dict[str, PrivateKind]:
    """Return what the values of a table's private columns are."""
    found: dict[str, PrivateKind] = {}
    for column in columns:
        if column.type not in {ColumnType.TEXT, ColumnType.INTEGER}:
            continue
        name = identifier(column.name)
        rows = connection.execute(
            f"SELECT {name} FROM {relation} WHERE {name} IS NOT NULL LIMIT {MOST_SAMPLED}"
        ).fetchall()
        kind = private_kind(list(dict.fromkeys(value for (value,) in rows)))
        if kind is not None:
            found[column.name] = kind
    return found


def private_findings(columns: Sequence[ColumnInfo], private: Mapping[str, PrivateKind]) -> list[Finding]:
    """Return what a person should know about private columns."""
    findings = [
        Finding(
            code="private_values",
            message=f"{name} holds {kind}: it is marked sensitive, so its values are neither indexed nor shown.",
            column=name,
        )
        for name, kind in private.items()
    ]
    named = [column.name for column in columns if column.name in _NAME_HEADERS]
    if named:
        message = (
            f"{', '.join(named)} are names of persons. People ask by them, so they are not marked; write "
            "`sensitive: true` in semantic.yaml to hide them."
        )
        findings.append(Finding(code="personal_names", severity="info", message=message, count=len(named)))
    return findings


def without_private(
    examples: Sequence[Example], column: str | None, private: Mapping[str, PrivateKind]
) -> list[Example]:
    """Return examples with their places, but without values of private columns."""
    if column not in private:
        return list(examples)
    return [example.model_copy(update={"text": HIDDEN}) for example in examples]


def hide_in_findings(findings: Sequence[Finding], private: Mapping[str, PrivateKind]) -> list[Finding]:
    """Return findings whose examples show nothing private."""
    return [
        f.model_copy(update={"examples": without_private(f.examples, f.column, private)}) for f in findings
    ]


def hide_in_checks(checks: Sequence[CheckResult], private: Mapping[str, PrivateKind]) -> list[CheckResult]:
    """Return results of checks whose examples show nothing private."""
    return [c.model_copy(update={"examples": without_private(c.examples, c.column, private)}) for c in checks]
