"""The failures, to be looked through: gold against predicted SQL, and their rows side by side."""

from __future__ import annotations

from dataclasses import dataclass, field

from datacraft.contracts.judgement import CallRecord
from datacraft.contracts.question_set import Case
from datacraft.evaluation.reports.gathered import Gathered, GoldRows
from datacraft.evaluation.reports.markup import Child, Markup, element
from datacraft.evaluation.reports.sections.blocks import chip, rows_table, section
from datacraft.evaluation.reports.sections.sql import marked, pretty

MOST_FAILURES = 300
"""Shown; each takes a few kilobytes, and the page is to stay below 5 MB."""

_CAUTION = (
    "These cases are for choosing. Whoever mends a candidate by them measures its memory the next time: look for the "
    "same mistakes among the cases of the part tune."
)
_ORDER = {"answered": 0, "failed": 1, "refused": 2}


@dataclass
class Failure:
    """A wrong handling of a case that one or more candidates share.

    Attributes:
        case: that was asked.
        record: of the first of them.
        config_ids: of all.
    """

    case: Case
    record: CallRecord
    config_ids: list[str] = field(default_factory=list)

    @property
    def kind(self) -> str:
        """What went wrong first of all."""
        mistakes = self.record.judgement.mistakes
        return mistakes[0].kind if mistakes else self.record.judgement.outcome


def failures_of(gathered: Gathered) -> list[Failure]:
    """Return what went wrong, equal answers to a case together.

    Those of the candidate that was chosen come first, and among these wrong answers shown as fact.
    """
    cases = gathered.cases
    found: dict[tuple[str, str | None, str | None, str | None], Failure] = {}
    for record in gathered.records:
        if record.judgement.right or record.case not in cases:
            continue
        code = record.error.code if record.error else None
        key = (record.case, record.sql, record.result, code)
        failure = found.setdefault(key, Failure(cases[record.case], record))
        if record.candidate not in failure.config_ids:
            failure.config_ids.append(record.candidate)
    first = gathered.first.config_id if gathered.first else None
    return sorted(
        found.values(),
        key=lambda one: (
            first not in one.config_ids,
            _ORDER[one.record.judgement.outcome],
            one.kind,
            one.case.id,
        ),
    )


def failures(gathered: Gathered) -> Markup:
    """Return the section."""
    found = failures_of(gathered)
    if not found:
        return section("failures", "Failures", "Every case was handled rightly.")
    shown = found[:MOST_FAILURES]
    left = len(found) - len(shown)
    kinds = sorted({one.kind for one in shown})
    names = {name: gathered.names.get(name, name) for one in shown for name in one.config_ids}
    return section(
        "failures",
        "Failures",
        f"{len(found):,} answers were not right; equal answers of several candidates stand together, those of "
        f"{gathered.first.name if gathered.first else 'the best'} first. Lines of SQL that differ are marked.",
        None if gathered.evaluation.split in (None, "tune") else element("p", _CAUTION, class_="note"),
        element(
            "form",
            _select("candidate", "All candidates", names),
            _select("kind", "All kinds", {kind: kind.replace("_", " ") for kind in kinds}),
            element(
                "input", type="search", name="text", placeholder="Words of the question", aria_label="Search"
            ),
            element("output", f"{len(shown)} shown", name="count"),
            class_="filters",
        ),
        *(_failure(one, gathered) for one in shown),
        element("p", f"{left:,} more are in calls.jsonl.", class_="note") if left > 0 else None,
    )


def _select(name: str, everything: str, options: dict[str, str]) -> Markup:
    return element(
        "select",
        element("option", everything, value=""),
        *(element("option", shown, value=value) for value, shown in options.items()),
        name=name,
        aria_label=everything,
    )


def _failure(one: Failure, gathered: Gathered) -> Markup:
    record, judged = one.record, one.record.judgement
    gold = pretty(one.case.gold[0], gathered.dialect) if one.case.gold else None
    given = pretty(record.sql, gathered.dialect) if record.sql else None
    names = ", ".join(gathered.names.get(name, name) for name in one.config_ids)
    return element(
        "details",
        element(
            "summary",
            chip(one.kind.replace("_", " "), "bad" if judged.outcome == "answered" else "warn"),
            " ",
            element("b", one.case.question),
            element("span", f" {names}", class_="note"),
        ),
        _facts(one),
        element(
            "div",
            _side("Expected", gold, given, _gold_rows(one.case, gathered.golds.get(one.case.id))),
            _side("Given", given, gold, _given_rows(record)),
            class_="sides",
        ),
        class_="failure",
        data_candidate=" ".join(one.config_ids),
        data_kind=one.kind,
        data_text=one.case.question.lower(),
    )


def _facts(one: Failure) -> Markup:
    judged = one.record.judgement
    lines: list[Child] = []
    for mistake in judged.mistakes:
        detail = f": {mistake.detail}" if mistake.detail else ""
        lines.append(f"{mistake.kind.replace('_', ' ')}{detail}")
    if judged.difference:
        lines.append(f"First difference: {judged.difference}")
    if one.record.error is not None:
        lines.append(f"Told: {one.record.error.message}")
    elif one.record.explanation:
        lines.append(f"Told: {one.record.explanation}")
    if one.record.confidence is not None:
        lines.append(f"Confidence {one.record.confidence:.2f}")
    tags = ", ".join(one.case.tags)
    lines.append(f"Case {one.case.id}{f' ({tags})' if tags else ''}")
    return element("ul", *(element("li", line) for line in lines), class_="facts")


def _side(title: str, sql: str | None, other: str | None, rows: Child) -> Markup:
    return element(
        "div", element("h4", title), element("pre", marked(sql, other)) if sql else None, rows, class_="side"
    )


def _gold_rows(case: Case, gold: GoldRows | None) -> Markup:
    if not case.gold:
        return element("p", "This should not be answered as it stands.", class_="note")
    if gold is None:
        return element("p", "Its rows were not kept.", class_="note")
    return rows_table(gold.columns, gold.rows, gold.row_count)


def _given_rows(record: CallRecord) -> Markup:
    if record.error is not None:
        return element("p", f"No rows: {record.error.code.replace('_', ' ')}.", class_="note")
    return rows_table(record.columns, record.rows, record.row_count)
