"""Checking a table against its contract: what passed, what did not and where, and which rows stay out."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

import duckdb
from pydantic import BaseModel, Field

from datacraft.contracts.errors import ConfigError
from datacraft.ingest.contract.checks import CompiledContract, KeyCheck, RowCheck, found_rows
from datacraft.ingest.contract.model import OnViolation, TableContract
from datacraft.warehouse.loading.quoting import literal
from datacraft.warehouse.report import EXAMPLES, Example

Outcome = Literal["passed", "warned", "set_aside", "rejected"]
_BROKEN = "broken_rows"


class CheckResult(BaseModel):
    """One check and what became of it."""

    name: str
    column: str | None = None
    outcome: Outcome
    message: str = Field(description="What does not hold; empty where all is well.")
    count: int = Field(default=0, description="Rows concerned.")
    examples: list[Example] = Field(default_factory=list)


@dataclass(frozen=True)
class Verdict:
    """What a contract says of one table that was read.

    Attributes:
        bad_rows: the name of a table of (row_id, reason) with the rows to set aside; None: there are none.
    """

    results: tuple[CheckResult, ...]
    bad_rows: str | None
    bad_count: int


class TableChecker:
    """Checks one table that was read, in the staging database.

    Args:
        connection: that the table is on.
        relation: its name; its row ids count from 0 in the order of the file.
        line: gives the line of a row id.
        on_violation: what happens with rows that break a check which does not only warn.
    """

    def __init__(
        self,
        connection: duckdb.DuckDBPyConnection,
        relation: str,
        line: Callable[[int], int | None],
        on_violation: OnViolation,
    ) -> None:
        self.connection = connection
        self.relation = relation
        self.line = line
        self.on_violation = on_violation

    def check(self, compiled: CompiledContract, checks: Sequence[RowCheck], existing: str | None) -> Verdict:
        """Run the checks of single rows and of keys.

        Args:
            compiled: the contract over this table's columns.
            checks: those of single rows, references among them.
            existing: SQL of the rows that the table has already and keeps; keys may not come again in them.
        """
        counts = self._count(checks)
        broken = [check for check, count in zip(checks, counts, strict=True) if count]
        results = [self._result(check, count) for check, count in zip(checks, counts, strict=True)]
        reasons = [(check.broken, check.what) for check in broken if not check.warns]
        for key in compiled.keys:
            condition, result = self._key(key, compiled, existing)
            results.append(result)
            if condition is not None and not key.warns:
                reasons.append((condition, result.message.split(" in ")[0]))
        if not reasons or self.on_violation != "quarantine":
            return Verdict(tuple(results), None, 0)
        return Verdict(tuple(results), _BROKEN, self._collect(reasons))

    def _count(self, checks: Sequence[RowCheck]) -> list[int]:
        counts: list[int] = []
        for start in range(0, len(checks), 100):  # a thousand columns make too wide a query
            some = checks[start : start + 100]
            counted = ", ".join(f"count(*) FILTER ({check.broken})" for check in some)
            try:
                row = self.connection.execute(f"SELECT {counted} FROM {self.relation}").fetchone()
            except duckdb.Error as error:
                raise ConfigError(
                    f"A check of the contract can't be run: {str(error).splitlines()[0]}",
                    hint="Correct its pattern, bounds or rule.",
                ) from error
            counts += [int(count) for count in row or ()]
        return counts

    def _outcome(self, warns: bool, count: int) -> Outcome:
        if not count:
            return "passed"
        if warns or self.on_violation == "warn":
            return "warned"
        return "rejected" if self.on_violation == "reject" else "set_aside"

    def _result(self, check: RowCheck, count: int) -> CheckResult:
        outcome = self._outcome(check.warns, count)
        if not count:
            return CheckResult(name=check.name, column=check.column, outcome=outcome, message="")
        examples = self._examples(check.shown, check.broken)
        message = f"{check.what} in {_rows(count)}"
        return CheckResult(
            name=check.name, column=check.column, outcome=outcome, message=message, count=count,
            examples=examples,
        )  # fmt: skip

    def _examples(self, shown: str, condition: str) -> list[Example]:
        rows = self.connection.execute(
            f"SELECT rowid, CAST({shown} AS VARCHAR) FROM {self.relation} WHERE {condition} LIMIT {EXAMPLES}"
        ).fetchall()
        return [
            Example(text="(missing)" if text is None else text[:160], row=row + 1, line=self.line(row))
            for row, text in rows
        ]

    def _key(
        self, key: KeyCheck, compiled: CompiledContract, existing: str | None
    ) -> tuple[str | None, CheckResult]:
        """Return the condition of rows whose key came before, None where there are none, and the result."""
        columns = [compiled.columns[name].expression for name in key.columns]
        names = ", ".join(key.columns)
        filled = " AND ".join(f"{column} IS NOT NULL" for column in columns)
        conditions: list[str] = []
        if self._has_twins(columns, filled):
            conditions.append(
                f"rowid IN (SELECT rowid FROM {self.relation} WHERE {filled} "
                f"QUALIFY row_number() OVER (PARTITION BY {', '.join(columns)} ORDER BY rowid) > 1)"
            )
        if existing is not None:
            conditions.append(found_rows(self.relation, columns, existing, key.columns, found=True))
        if not conditions:
            return None, CheckResult(name=key.name, outcome="passed", message="")
        condition = f"({' OR '.join(conditions)})"
        counted = self.connection.execute(
            f"SELECT count(*) FROM {self.relation} WHERE {condition}"
        ).fetchone()
        count = int(counted[0]) if counted else 0
        outcome = self._outcome(key.warns, count)
        if not count:
            return None, CheckResult(name=key.name, outcome=outcome, message="")
        shown = f"concat_ws(', ', {', '.join(columns)})"
        message = f"{names} comes twice in {_rows(count)}"
        result = CheckResult(
            name=key.name, column=key.columns[0], outcome=outcome, message=message, count=count,
            examples=self._examples(shown, condition),
        )  # fmt: skip
        return condition, result

    def _has_twins(self, columns: Sequence[str], filled: str) -> bool:
        """Whether any key comes twice; counting is far cheaper than numbering the rows of each key."""
        value = columns[0] if len(columns) == 1 else f"({', '.join(columns)})"
        row = self.connection.execute(
            f"SELECT count(*) - count(DISTINCT {value}) FROM {self.relation} WHERE {filled}"
        ).fetchone()
        return bool(row and row[0])

    def _collect(self, reasons: Sequence[tuple[str, str]]) -> int:
        """Write the rows to set aside, each with all its reasons, to a table; return their number."""
        parts = ", ".join(
            f"CASE WHEN {condition} THEN {literal(reason)} END" for condition, reason in reasons
        )
        either = " OR ".join(condition for condition, _ in reasons)
        self.connection.execute(
            f"CREATE OR REPLACE TEMP TABLE {_BROKEN} AS "
            f"SELECT rowid AS row_id, concat_ws('; ', {parts}) AS reason FROM {self.relation} WHERE {either}"
        )
        row = self.connection.execute(f"SELECT count(*) FROM {_BROKEN}").fetchone()
        return int(row[0]) if row else 0


def _rows(count: int) -> str:
    return "1 row" if count == 1 else f"{count:,} rows"


def table_results(
    contract: TableContract,
    compiled: CompiledContract,
    rows: int,
    newest: dt.datetime | None,
    now: dt.datetime,
) -> list[CheckResult]:
    """Return the checks of a load as a whole: its columns, its number of rows, and how fresh it is."""
    firm: Outcome = "warned" if contract.on_violation == "warn" else "rejected"
    results: list[CheckResult] = []
    for name in compiled.missing:
        required = contract.columns[name].required or name in contract.key
        message = f"the column {name} is missing" + ("" if required else "; it is empty")
        outcome: Outcome = firm if required else "warned"
        results.append(CheckResult(name=f"{name} column", column=name, outcome=outcome, message=message))
    for name in compiled.others:
        if contract.other_columns != "allow":
            outcome = firm if contract.other_columns == "reject" else "warned"
            message = f"the column {name} is not in the contract"
            results.append(CheckResult(name=f"{name} column", column=name, outcome=outcome, message=message))
    low, high = contract.rows.minimum, contract.rows.maximum
    if low is not None or high is not None:
        wrong = (low is not None and rows < low) or (high is not None and rows > high)
        bounds = f"{'at least ' + format(low, ',') if low is not None else ''}"
        bounds += f"{' and ' if bounds and high is not None else ''}{'at most ' + format(high, ',') if high is not None else ''}"
        message = f"{_rows(rows)} came, {bounds} were expected" if wrong else ""
        results.append(CheckResult(name="rows", outcome=firm if wrong else "passed", message=message))
    if contract.freshness is not None:
        column, days = contract.freshness.column, contract.freshness.max_age_days
        old = newest is None or now - newest > dt.timedelta(days=days)
        shown = "nothing" if newest is None else f"{newest:%Y-%m-%d}"
        message = f"the newest {column} is {shown}, older than {days:g} days" if old else ""
        results.append(
            CheckResult(name="freshness", column=column, outcome=firm if old else "passed", message=message)
        )
    return results
