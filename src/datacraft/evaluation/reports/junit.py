"""JUnit XML: a suite for each candidate, a test for each call, so that CI shows which questions fail."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from xml.etree import ElementTree as ET

from datacraft.contracts.judgement import CallRecord
from datacraft.contracts.question_set import Case
from datacraft.evaluation.reports.gathered import Gathered
from datacraft.evaluation.reports.markup import printable


def junit(gathered: Gathered) -> str:
    """Return the calls as JUnit XML. What failed inside is an error, every other wrong answer a failure."""
    by_candidate: dict[str, list[CallRecord]] = defaultdict(list)
    for record in gathered.records:
        by_candidate[record.candidate].append(record)
    evaluation, cases = gathered.evaluation, gathered.cases
    name = f"{evaluation.question_set.name} {evaluation.question_set.version}"
    suites = ET.Element("testsuites", {"name": printable(name), **_counts(gathered.records)})
    for one in gathered.order:
        records = by_candidate[one.config_id]
        suite = ET.SubElement(
            suites,
            "testsuite",
            {
                "name": printable(one.name),
                "timestamp": f"{evaluation.created_at:%Y-%m-%dT%H:%M:%S}",
                **_counts(records),
            },
        )
        properties = ET.SubElement(suite, "properties")
        for key, value in (("config_id", one.config_id), ("data", evaluation.identity.data)):
            ET.SubElement(properties, "property", name=key, value=printable(value))
        for record in records:
            if record.case in cases:
                suite.append(_test(record, cases[record.case], name, evaluation.repeats > 1))
    ET.indent(suites)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + ET.tostring(suites, encoding="unicode") + "\n"


def _counts(records: Sequence[CallRecord]) -> dict[str, str]:
    failed = [record for record in records if not record.judgement.right]
    errors = sum(record.judgement.outcome == "failed" for record in failed)
    return {
        "tests": str(len(records)),
        "failures": str(len(failed) - errors),
        "errors": str(errors),
        "time": f"{sum(record.latency_ms for record in records) / 1_000:.3f}",
    }


def _test(record: CallRecord, case: Case, set_name: str, repeated: bool) -> ET.Element:
    name = f"{case.id} #{record.repeat + 1}" if repeated else case.id
    test = ET.Element(
        "testcase",
        classname=printable(f"{set_name}.{case.topic or 'cases'}"),
        name=printable(name),
        time=f"{record.latency_ms / 1_000:.3f}",
    )
    judged = record.judgement
    if not judged.right:
        kinds: list[str] = [mistake.kind for mistake in judged.mistakes] or [judged.outcome]
        message = judged.difference or (record.error.message if record.error else ", ".join(kinds))
        tag = "error" if judged.outcome == "failed" else "failure"
        found = ET.SubElement(test, tag, type=kinds[0], message=printable(message))
        lines = [
            f"question: {case.question}",
            f"expected: {case.gold[0] if case.gold else 'not to be answered'}",
            f"given: {record.sql or 'no SQL'}",
            *(f"{mistake.kind}: {mistake.detail}" for mistake in judged.mistakes),
        ]
        found.text = printable("\n".join(lines))
    return test
