"""Verdicts as Markdown, for people."""

from __future__ import annotations

import re

from datacraft.contracts.verdict import ComparisonVerdict, GateResult, GatesVerdict, Override, Verdict

_SPECIAL = re.compile(r"([\\`*_{}\[\]<>|#~!&])")


def as_markdown(verdict: Verdict) -> str:
    """Return a verdict as a page: the decision first, then why."""
    return _gates(verdict) if isinstance(verdict, GatesVerdict) else _comparison(verdict)


def plain(text: str) -> str:
    """Return text that Markdown shows as it is: what data and people wrote must not become markup."""
    return _SPECIAL.sub(r"\\\1", " ".join(text.split()))


def _gates(verdict: GatesVerdict) -> str:
    rejecting = [gate for gate in verdict.gates if not gate.stands]
    decision = (
        "accepted" if verdict.accepted else f"rejected by {len(rejecting)} of {len(verdict.gates)} gates"
    )
    lines = [
        f"# Gates: {plain(verdict.release_id)} is {decision}\n",
        f"{verdict.created_at:%Y-%m-%d %H:%M} UTC; manifest {verdict.manifest or 'missing'}.\n",
        "| gate | verdict | why |",
        "| --- | --- | --- |",
    ]
    # What stops the release is read first.
    for gate in sorted(verdict.gates, key=lambda gate: (gate.stands, gate.passed)):
        lines.append(f"| {gate.gate} | {_word(gate)} | {plain(gate.detail)}{_override(gate.override)} |")
    return "\n".join(lines) + "\n"


def _word(gate: GateResult) -> str:
    if gate.passed:
        return "passed"
    return "overridden" if gate.override else "**rejected**"


def _override(override: Override | None) -> str:
    return f" Overridden by {plain(override.by)}: {plain(override.reason)}" if override else ""


def _comparison(verdict: ComparisonVerdict) -> str:
    against = f"against {plain(verdict.production)}" if verdict.production else "without a predecessor"
    lines = [
        f"# Comparison: {plain(verdict.release_id)} {against}: {'accepted' if verdict.accepted else 'rejected'}\n",
        f"{plain(verdict.reason)}{_override(verdict.override)}\n",
        f"{verdict.created_at:%Y-%m-%d %H:%M} UTC; channel {plain(verdict.channel)}; method: {verdict.method}.\n",
    ]
    if verdict.checks:
        lines += ["| check | verdict | why |", "| --- | --- | --- |"]
    for check in sorted(verdict.checks, key=lambda check: check.passed):
        word = "passed" if check.passed else "**worse**"
        lines.append(f"| {plain(check.check)} | {word} | {plain(check.detail)} |")
    return "\n".join(lines) + "\n"
