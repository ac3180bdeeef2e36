"""What sections are built of: headings, tables, tiles, figures in words."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from datacraft.contracts.estimate import Estimate
from datacraft.evaluation.reports.gathered import KEPT_ROWS
from datacraft.evaluation.reports.markup import Child, Markup, element, joined

UNKNOWN = "–"
PERCENT = "\N{NO-BREAK SPACE}%"
_LONGEST_CELL = 80


def section(id_: str, title: str, intro: Child, *children: Child) -> Markup:
    """Return a section with its heading and a sentence that says how to read it."""
    lead = element("p", intro, class_="lead") if intro else None
    return element("section", element("h2", title), lead, *children, id=id_)


def figure(caption: Child, drawn: Markup, *more: Child) -> Markup:
    """Return a chart with its caption above; a chart wider than the page scrolls on its own."""
    return element("figure", element("figcaption", caption), element("div", drawn, class_="scroll"), *more)


def table(head: Sequence[Child], rows: Iterable[Sequence[Child]], *, numbers: Iterable[int] = ()) -> Markup:
    """Return a table; the columns at the places in `numbers` are set to the right."""
    right = set(numbers)

    def row(tag: str, cells: Sequence[Child]) -> Markup:
        return element(
            "tr",
            *(
                element(tag, cell, class_="number" if place in right else None)
                for place, cell in enumerate(cells)
            ),
        )

    body = [row("td", cells) for cells in rows]
    return element(
        "div", element("table", element("thead", row("th", head)), element("tbody", *body)), class_="scroll"
    )


def tile(label: str, value: str, note: str = "", *, class_: str = "") -> Markup:
    """Return a figure to be seen from afar."""
    return element(
        "div",
        element("span", label, class_="label"),
        element("strong", value),
        element("span", note, class_="note") if note else None,
        class_=f"tile {class_}".strip(),
    )


def fold(title: Child, *children: Child, open_: bool = False) -> Markup:
    """Return what is shown on demand."""
    return element("details", element("summary", title), *children, open=open_)


def chip(shown: str, class_: str = "") -> Markup:
    """Return a short word in a frame."""
    return element("span", shown, class_=f"chip {class_}".strip())


def ranged(estimate: Estimate | None, *, factor: float = 1.0, unit: str = "") -> str:
    """Return a figure with its interval in words."""
    if estimate is None:
        return UNKNOWN
    low, value, high = (factor * part for part in (estimate.low, estimate.value, estimate.high))
    return f"{value:.1f}{unit} ({low:.1f} to {high:.1f})"


def share(value: float | None) -> str:
    """Return a fraction as a percentage."""
    return UNKNOWN if value is None else f"{100 * value:.0f}{PERCENT}"


def seconds(milliseconds: float | None) -> str:
    """Return a duration as a person says it."""
    if milliseconds is None:
        return UNKNOWN
    return f"{milliseconds:,.0f} ms" if milliseconds < 1_000 else f"{milliseconds / 1_000:.1f} s"


def money(value: float) -> str:
    """Return US dollars; small amounts by their first two digits."""
    if value == 0:
        return "$0"
    return f"${value:,.2f}" if value >= 1 else f"${value:.2g}"


def rows_table(columns: Sequence[str], rows: Sequence[Sequence[object]], row_count: int) -> Markup:
    """Return the first rows of a result, with how many there are."""
    shown = [[_cell(value) for value in row] for row in rows[:KEPT_ROWS]]
    numbers = [
        place
        for place in range(len(columns))
        if rows and all(isinstance(row[place], int | float) or row[place] is None for row in rows[:KEPT_ROWS])
    ]
    left = row_count - len(shown)
    more = f"{left:,} more {'row' if left == 1 else 'rows'}" if left > 0 else None
    return joined(
        [
            table(list(columns), shown, numbers=numbers) if columns else None,
            element("p", more or ("no rows" if not shown else None), class_="note"),
        ]
    )


def _cell(value: object) -> Child:
    if value is None:
        return element("i", "null")
    shown = f"{value:,.6g}" if isinstance(value, float) and abs(value) < 1e6 else (
        f"{value:,.2f}" if isinstance(value, float) else str(value)
    )  # fmt: skip
    return shown if len(shown) <= _LONGEST_CELL else f"{shown[:_LONGEST_CELL]}…"
