"""A notice as plain text: for consoles, mail without HTML, and services that show text."""

from __future__ import annotations

from collections.abc import Iterator

from datacraft.contracts.notice import DeliveryNotice, NoticeGate, NoticeScore
from datacraft.delivery.notify.wording import WORDINGS, headline, next_steps, one_line

_DIGITS = {"": 1, "%": 1, "s": 2}


def notice_text(notice: DeliveryNotice) -> str:
    """Return the notice as text; each value of data stays on its line."""
    return "\n\n".join("\n".join(part) for part in _parts(notice) if part) + "\n"


def _parts(notice: DeliveryNotice) -> Iterator[list[str]]:
    yield [f"{headline(notice)}.", *([one_line(notice.reason)] if notice.reason else [])]
    yield [WORDINGS[notice.status].meaning]
    yield [f"{label}: {value}" for label, value in facts(notice)]
    if notice.scores:
        yield ["Scores:", *(f"  {one_line(score.name)}: {compared(score)}" for score in notice.scores)]
    if notice.gates:
        yield ["Gates:", *(f"  {one_line(gate.gate)}: {judged(gate)}" for gate in notice.gates)]
    yield ["What to do next:", *(f"  - {one_line(step)}" for step in next_steps(notice))]


def facts(notice: DeliveryNotice) -> list[tuple[str, str]]:
    """Return what is known of the delivery, by label."""
    known = [
        ("Status", notice.status.replace("_", " ")),
        ("Release", notice.release_id),
        ("Production before", notice.production),
        ("Commit", notice.commit),
        ("Deployment", notice.deployment_url),
        ("Workflow run", notice.workflow_run_url),
        ("Time", f"{notice.created_at:%Y-%m-%d %H:%M:%S %Z}".strip()),
    ]
    return [(label, one_line(value)) for label, value in known if value]


def compared(score: NoticeScore) -> str:
    """Return a figure, production's, and whether that is better."""
    digits = _DIGITS[score.unit]
    shown = f"{score.value:.{digits}f}{score.unit and f' {score.unit}'}"
    if score.production is None:
        return shown
    difference = round(score.value, digits) - round(score.production, digits)
    if difference == 0:
        verdict = "the same"
    else:
        verdict = "better" if (difference > 0) == score.higher_is_better else "worse"
    return f"{shown} (production {score.production:.{digits}f}, {difference:+.{digits}f}: {verdict})"


def judged(gate: NoticeGate) -> str:
    """Return a gate's verdict and why."""
    verdict = "passed" if gate.passed else "overridden" if gate.overridden else "FAILED"
    by = f" (by {one_line(gate.overridden)})" if gate.overridden else ""
    return f"{verdict}{by}. {one_line(gate.detail)}".rstrip()
