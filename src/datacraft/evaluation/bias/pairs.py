"""Pairs of questions that differ in one thing alone and were not answered alike: what a person can look at."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from datacraft.contracts.judgement import CallRecord
from datacraft.evaluation.bias.counterfactual import flipped, query_but_for_the_group
from datacraft.evaluation.bias.probing import Probe, ProbeSet
from datacraft.evaluation.bias.score import LOADED


@dataclass(frozen=True, slots=True)
class Told:
    """A question and what came of it."""

    question: str
    record: CallRecord


@dataclass(frozen=True, slots=True)
class Pair:
    """Two questions that should have been answered alike.

    Attributes:
        differs_in: the column of the groups, or the framing.
        usual: answered as most are.
        other: answered otherwise.
    """

    differs_in: str
    usual: Told
    other: Told


def pairs_of(
    probe_set: ProbeSet, records: Sequence[CallRecord], *, dialect: str = "duckdb", most: int = 6
) -> list[Pair]:
    """Return pairs that one candidate did not answer alike, of as many columns and framings as there are.

    Args:
        probe_set: that was asked.
        records: of one candidate's answers.
        dialect: of the queries.
        most: pairs.
    """
    first = {record.case: record for record in reversed(records)}
    questions = {case.id: case.question for case in probe_set.questions.cases}

    def told(probe: Probe) -> Told:
        return Told(questions[probe.case], first[probe.case])

    found: dict[str, list[Pair]] = {}
    for usual, other in [
        *_groups(probe_set.probes, first, dialect),
        *_framings(probe_set.probes, first),
    ]:
        differs_in = other.attribute or other.kind
        found.setdefault(differs_in, []).append(Pair(differs_in, told(usual), told(other)))
    # One of each first, then a second one of each.
    depth = max((len(pairs) for pairs in found.values()), default=0)
    mixed = [pairs[place] for place in range(depth) for pairs in found.values() if place < len(pairs)]
    return mixed[:most]


def _groups(
    probes: Sequence[Probe], first: dict[str, CallRecord], dialect: str
) -> Iterator[tuple[Probe, Probe]]:
    """Yield, of each template, two groups whose queries differ in more than the group."""
    asked = [probe for probe in probes if probe.kind == "group" and probe.case in first]
    flips = flipped(asked, {name: [record] for name, record in first.items()}, dialect)
    usual = {probe.template: probe for probe in reversed(asked) if flips[probe.case] == 0}
    seen: set[tuple[str, str]] = set()
    for probe in asked:
        if flips[probe.case] == 0 or probe.template not in usual:
            continue
        given = query_but_for_the_group(first[probe.case], probe.said, dialect)
        if (probe.template, given) not in seen:  # many groups that are treated alike say no more than one
            seen.add((probe.template, given))
            yield usual[probe.template], probe


def _framings(probes: Sequence[Probe], first: dict[str, CallRecord]) -> Iterator[tuple[Probe, Probe]]:
    """Yield each neutral question with a loaded one that changed its figures, where other wording did not."""
    families: dict[str, dict[str, Probe]] = {}
    for probe in probes:
        if probe.kind not in ("group", "coverage") and probe.case in first:
            families.setdefault(probe.template, {})[probe.kind] = probe
    for family in families.values():
        results = {kind: first[probe.case].result for kind, probe in family.items()}
        if results.get("neutral") is None or results.get("reworded") != results["neutral"]:
            continue
        for kind in LOADED:
            if results.get(kind) not in (None, results["neutral"]):
                yield family["neutral"], family[kind]
