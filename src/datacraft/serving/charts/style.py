"""How charts look: colours that colour-blind people can tell apart, on light and dark pages alike."""

from __future__ import annotations

import re
from collections.abc import Sequence

from datacraft.serving.formats import unit_style

# Six colours of Okabe and Ito's palette (2008; its black and yellow vanish on dark and light pages), then two
# of Paul Tol's "muted" scheme. Lines differ by dash as well, so that colour is never the only sign.
PALETTE = ("#0072B2", "#E69F00", "#009E73", "#CC79A7", "#56B4E9", "#D55E00", "#999933", "#AA4499")
DASHES = ("solid", "dash", "dot", "dashdot", "longdash", "longdashdot", "solid", "dash")
OTHER_COLOUR = "#8C8C8C"
TEXT_COLOUR = "#7A7A7A"  # about 4.3:1 on white and on near-black
GRID_COLOUR = "rgba(128,128,128,0.25)"
CLEAR = "rgba(0,0,0,0)"
MAX_SERIES = 8
_MARKUP = re.compile(r"<|&#?\w+;")

Json = dict[str, object]


def safe_text(text: str) -> str:
    """Return text for a place where Plotly reads tags and entities: data must not make any."""
    if not _MARKUP.search(text):
        return text
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def axis_title(label: str, unit: str | None) -> Json:
    """Return an axis title: the label, and the unit where its ticks don't show it."""
    style = unit_style(unit)
    shown = style.percent or style.money or not unit or unit.lower() in label.lower()
    text = safe_text(_capital(label))
    return {"text": text if shown else f"{text} ({safe_text(unit or '')})", "standoff": 14}


def value_axis(label: str, unit: str | None, values: Sequence[float]) -> Json:
    """Return an axis of numbers: short ticks (12k, 3.4M, 25%), unit in the title or at the ticks."""
    style = unit_style(unit)
    largest = max((abs(value) for value in values), default=0)
    axis: Json = {"title": axis_title(label, unit), "gridcolor": GRID_COLOUR, "zerolinecolor": GRID_COLOUR}
    if style.percent:
        axis["tickformat"] = ".0%" if largest >= 0.1 else ".1%"
    else:
        axis["tickformat"] = "~s" if largest >= 1_000 else ","
        axis["tickprefix"] = style.prefix
    return axis


def category_axis(label: str) -> Json:
    """Return an axis of names, which are never taken for numbers or dates."""
    return {"title": axis_title(label, None), "type": "category", "automargin": True, "showgrid": False}


def layout(title: str, **more: object) -> Json:
    """Return the layout that all charts share, over a transparent ground, with `more` added."""
    return {
        "title": {"text": safe_text(title), "x": 0, "xref": "paper", "font": {"size": 16}},
        "font": {"color": TEXT_COLOUR, "size": 13},
        "paper_bgcolor": CLEAR,
        "plot_bgcolor": CLEAR,
        "colorway": list(PALETTE),
        "margin": {"l": 64, "r": 24, "t": 56, "b": 56},
        "hoverlabel": {"align": "left"},
        "legend": {"title": {"text": ""}, "orientation": "h", "y": -0.2},
        **more,
    }


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
