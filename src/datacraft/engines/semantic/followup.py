"""Follow-ups: a fragment changes the last question ("and by region?", "only 2023", "now as a share").

The earlier question is read again and the fragment's parts are put into its frame: a group replaces the
groups, a value replaces another value of the same column, a period the period, and so on. A fragment that
asks for something of its own, without a word that leans on what was said, is a new question.
"""

from __future__ import annotations

import re

from datacraft.engines.semantic.frame import Asked, Condition, Frame, Measure
from datacraft.engines.semantic.vocabulary import ColumnId

_LEANS = re.compile(
    r"^\s*(and|now|only|just|what about|how about|also|but|instead|then|same|why not|excluding|without|except|"
    r"show (it |that |this |them )?as|as an? |make (it|that)|sort|order(ed)? by|top \d|bottom \d|by |per |in |for |"
    r"from |since |before |after |break (it|that|this|them)|split|group|compare (it|that) )",
    re.IGNORECASE,
)
_KEEPS_GROUPS = re.compile(r"^\s*(also|and also|additionally)\b", re.IGNORECASE)


def leans_on_last(question: str, frame: Frame) -> bool:
    """Whether a question only makes sense as a change of the one before."""
    complete = frame.root.thing is not None or any(
        asked.noun or (asked.measure and asked.measure.noun) for asked in frame.asked
    )
    if not complete:
        return bool(
            frame.conditions or frame.groups or frame.orders or frame.rank or frame.chart or frame.asked
        )
    return bool(_LEANS.match(question)) and len(question.split()) <= 8


def change(last: Frame, fragment: Frame, question: str) -> Frame:
    """Put the parts of a fragment into the frame of the earlier question, and return that."""
    named_groups = [asked for asked in fragment.groups if asked.noun or asked.grain]
    measures = [asked for asked in fragment.asked if asked.measure is not None]
    nouns = [asked for asked in fragment.asked if asked.measure is None]
    if named_groups:
        last.groups = [*last.groups, *named_groups] if _KEEPS_GROUPS.match(question) else named_groups
        last.asked = [asked for asked in last.asked if asked.grain is None or not named_groups]
    for condition in fragment.conditions:
        _restrict(last, condition)
    last.phrases.extend(fragment.phrases)
    _show(last, measures, nouns)
    if fragment.rank is not None:
        if fragment.rank.measure is None and last.rank is not None:
            fragment.rank.measure, fragment.rank.adjective = last.rank.measure, last.rank.adjective
        last.rank = fragment.rank
    if fragment.orders:
        last.orders = fragment.orders
    last.chart = fragment.chart or last.chart
    last.trend = last.trend or fragment.trend
    last.unread.extend(item for item in fragment.unread if not item.used)
    last.items = [*last.items, *fragment.items]
    return last


def _show(last: Frame, measures: list[Asked], nouns: list[Asked]) -> None:
    for asked in measures:
        measure = asked.measure
        assert measure is not None
        only_share = measure.share and measure.noun is None
        if only_share or (measure.window and measure.noun is None):
            for shown in last.asked:
                if shown.measure is None and shown.noun is not None:
                    shown.measure, shown.noun = Measure([], shown.noun), None
                if shown.measure is not None:
                    shown.measure.share = shown.measure.share or measure.share
                    shown.measure.window, shown.measure.window_unit = measure.window, measure.window_unit
        else:
            last.asked = [a for a in last.asked if a.measure is None and a.grain is not None] + [asked]
    if nouns and not measures:
        last.asked = [asked for asked in nouns if asked.noun is not None] or last.asked


def _restrict(last: Frame, condition: Condition) -> None:
    condition.stack = (last.root,)
    columns = _columns(condition)
    if condition.kind in ("value", "time") and not condition.negated:
        last.conditions = [
            old
            for old in last.conditions
            if not (old.kind == condition.kind and (condition.kind == "time" or columns & _columns(old)))
        ]
    last.conditions.append(condition)


def _columns(condition: Condition) -> set[ColumnId]:
    return {choice.column for value in condition.values for choice in value.candidates if choice.score >= 0.9}
