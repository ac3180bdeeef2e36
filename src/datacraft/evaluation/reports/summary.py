"""The summary in Markdown, for the page that CI shows after a run."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from datacraft.contracts.evaluation import CandidateResult
from datacraft.evaluation.reports.gathered import Gathered
from datacraft.evaluation.reports.markup import printable
from datacraft.evaluation.reports.sections.blocks import PERCENT, money, ranged, seconds
from datacraft.evaluation.reports.sections.summary import headline

_SPECIAL = re.compile(r"([\\`*_{}\[\]<>#|~!&])")
_WEAKEST, _LEAST_CASES = 5, 5


def markdown(gathered: Gathered) -> str:
    """Return the summary: the verdict, a line per candidate, the weakest slices, the commonest mistakes."""
    evaluation = gathered.evaluation
    title = f"Evaluation of {evaluation.question_set.name} {evaluation.question_set.version}"
    verdict, _ = headline(gathered)
    reasons = gathered.selection.reasons if gathered.selection else []
    blocks = [
        f"## {plain(title)}",
        f"**{plain(verdict)}**" + "".join(f" {plain(reason)}" for reason in reasons),
        _candidates(gathered),
        *(_weakest(gathered.first) if gathered.first else []),
        *_mistakes(gathered),
        f"Data `{evaluation.identity.data}`, commit `{evaluation.commit or 'unknown'}`, "
        f"{evaluation.calls:,} calls, {money(evaluation.cost_usd)}. The whole report is in `report.html`.",
    ]
    return "\n\n".join(blocks) + "\n"


def plain(value: str) -> str:
    """Return text that Markdown shows as it is, on one line."""
    return _SPECIAL.sub(r"\\\1", " ".join(printable(value).split()))


def _candidates(gathered: Gathered) -> str:
    composites = {one.config_id: one for one in gathered.selection.ranking} if gathered.selection else {}
    head = [
        "candidate",
        "composite" if composites else "performance",
        "right",
        "wrong but shown",
        "bias",
        "p95",
        "cost",
    ]
    rows = []
    for one in gathered.order:
        ranked, bias = composites.get(one.config_id), gathered.bias.get(one.config_id)
        rows.append(
            [
                plain(one.name) + (" ✓" if ranked and gathered.winner is ranked else ""),
                ranged(ranked.composite if ranked else one.performance),
                ranged(one.rates.get("accuracy"), factor=100, unit=PERCENT),
                ranged(one.rates.get("wrong_shown"), factor=100, unit=PERCENT),
                f"{bias.score:.1f} {bias.severity.lower()}" if bias else "–",
                seconds(one.latency_p95_ms.value if one.latency_p95_ms else None),
                money(one.cost_usd),
            ]
        )
    return _table(head, rows)


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [head, ["---", *["---:"] * (len(head) - 1)], *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _weakest(one: CandidateResult) -> list[str]:
    parts = [part for part in one.slices if part.accuracy.n >= _LEAST_CASES and part.accuracy.value < 1]
    parts.sort(key=lambda part: (part.accuracy.value, -part.accuracy.n))
    if not parts:
        return []
    rows = [
        [
            plain(f"{part.dimension}: {part.value}"),
            f"{100 * part.accuracy.value:.0f}{PERCENT}",
            str(part.accuracy.n),
        ]
        for part in parts[:_WEAKEST]
    ]
    return [f"Weakest slices of {plain(one.name)}:", _table(["slice", "right", "cases"], rows)]


def _mistakes(gathered: Gathered) -> list[str]:
    if gathered.first is None or not gathered.first.mistakes:
        return []
    kinds = Counter(gathered.first.mistakes).most_common(_WEAKEST)
    told = ", ".join(f"{plain(kind.replace('_', ' '))} {count:,}" for kind, count in kinds)
    return [f"Commonest mistakes of {plain(gathered.first.name)}: {told}."]
