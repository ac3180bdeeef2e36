"""Where candidates are strong and weak: accuracy by slice, as a heat map."""

from __future__ import annotations

from collections.abc import Sequence

from datacraft.contracts.evaluation import SliceResult
from datacraft.evaluation.reports.gathered import Gathered
from datacraft.evaluation.reports.markup import Markup, element
from datacraft.evaluation.reports.sections.blocks import PERCENT, section

_NAMES = {
    "answerable": "answerability",
    "kind": "what has to be understood",
    "sensitive": "attribute of people or places",
}


def slices(gathered: Gathered) -> Markup | None:
    """Return the section; nothing where no case has a slice."""
    candidates = gathered.order
    found = {(part.dimension, part.value): part.accuracy.n for one in candidates for part in one.slices}
    if not found:
        return None
    known = {(one.config_id, part.dimension, part.value): part for one in candidates for part in one.slices}
    rows: list[Markup] = []
    for dimension in sorted({dimension for dimension, _ in found}):
        title = _NAMES.get(dimension, dimension)
        rows.append(element("tr", element("th", title, colspan=len(candidates) + 2, class_="group")))
        for value in sorted(value for other, value in found if other == dimension):
            parts = [known.get((one.config_id, dimension, value)) for one in candidates]
            rows.append(_row(value, found[dimension, value], parts))
    head = element(
        "tr",
        element("th", "slice"),
        element("th", "cases", class_="number"),
        *(element("th", one.name, class_="heat") for one in candidates),
    )
    heat = element("table", element("thead", head), element("tbody", *rows), class_="heatmap")
    return section(
        "slices",
        "Slices",
        "Percent right of each slice; where a question should not be answered, percent handled rightly. The stronger "
        "the colour, the better. Slices of few cases swing: hold the pointer over a cell for its interval.",
        element("div", heat, class_="scroll"),
    )


def _row(value: str, cases: int, parts: Sequence[SliceResult | None]) -> Markup:
    return element(
        "tr",
        element("td", value),
        element("td", str(cases), class_="number"),
        *(_cell(part) for part in parts),
    )


def _cell(part: SliceResult | None) -> Markup:
    if part is None:
        return element("td", "–", class_="heat")
    accuracy = part.accuracy
    shade = round(100 * accuracy.value)
    told = f"{100 * accuracy.low:.0f} to {100 * accuracy.high:.0f}{PERCENT}, wrong but shown {100 * part.wrong_shown.value:.0f}{PERCENT}"
    class_ = "heat deep" if shade >= 90 else "heat half" if shade >= 60 else "heat"
    return element("td", str(shade), class_=class_, style=f"--share: {shade}%", title=told)
