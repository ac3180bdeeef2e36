"""What several figures of one question have in common: their noun, the things they count, the counts they average."""

from __future__ import annotations

from itertools import pairwise

from datacraft.engines.semantic.frame import Asked, Frame, Measure, Noun
from datacraft.engines.semantic.vocabulary import Thing


def share_noun(frame: Frame) -> None:
    """`the minimum, maximum and average price`: functions in a row are of the one noun behind the last."""
    ranked = frame.rank.measure if frame.rank is not None else None
    bare = [
        a.measure
        for a in frame.asked
        if a.measure is not None and a.measure.functions and a.measure.noun is None
    ]
    if (
        ranked is not None
        and ranked.noun is not None
        and not ranked.functions
        and len(bare) == len(frame.asked) > 0
    ):
        assert frame.rank is not None  # "... and the maximum number of pages" is a figure there, not a rank
        frame.asked.append(Asked(measure=Measure(["max" if frame.rank.descending else "min"], ranked.noun)))
        frame.rank = None
    measures = [asked.measure for asked in frame.asked]
    for one, following in reversed(list(pairwise(measures))):
        if one is None or following is None or not one.functions or not following.functions:
            continue
        if one.noun is None and following.noun is not None and one.functions[0] != "count" and not one.share:
            one.noun = following.noun


def count_each(frame: Frame) -> None:
    """`how many male and how many female students`: the two are counted side by side."""
    counts = [a for a in frame.asked if a.measure is not None and a.measure.functions == ["count"]]
    if len(counts) != 2 or len(frame.asked) != 2 or any(c.negated for c in frame.conditions):
        return
    first, second = (a.measure.noun if a.measure is not None else None for a in counts)
    values = [c for c in frame.conditions if c.kind == "value"]
    one = next((c for c in values if first is not None and c.values[0].item is first.item), None)
    other = next((c for c in values[values.index(one) + 1 :]), None) if one is not None else None
    alike = first is not None and (second is None or first.candidates[0][0] == second.candidates[0][0])
    if alike and len(values) == 2:
        one, other = values  # "how many orders were cancelled and how many were delivered"
    if one is None or other is None:
        return
    kept = second or first
    frame.root.thing, frame.asked = kept, [Asked(measure=Measure(["count"], kept))]
    one.values += other.values
    frame.conditions.remove(other)
    frame.compare = True


def average_of_counts(frame: Frame) -> None:
    """`on average, how many lines are there on an order`: one count for each order, then their average."""
    averages = [
        a
        for a in frame.asked
        if a.measure is not None and a.measure.functions == ["avg"] and _names_a_thing(a.measure.noun)
    ]
    counts = [
        a
        for a in frame.asked
        if a.measure is not None and a.measure.functions == ["count"] and a.measure.noun is not None
    ]
    if len(counts) != 1 or counts[0].measure is None or not (len(averages) == 1 or frame.average_of_counts):
        return
    phrase = next((p for p in frame.phrases if p.thing is not None), None)
    usual = averages[0].measure.noun if averages and averages[0].measure is not None else None
    said = phrase.thing if phrase is not None else frame.groups[0].noun if frame.groups else frame.root.thing
    per = usual or said
    if per is None or per is counts[0].measure.noun:
        return
    if averages:
        frame.asked.remove(averages[0])
    counts[0].measure.functions = ["avg", "count"]
    counts[0].measure.per = per
    frame.groups = [g for g in frame.groups if g.noun is not per]
    frame.conditions = [c for c in frame.conditions if phrase is None or c.phrase is not phrase]
    frame.phrases = [p for p in frame.phrases if p is not phrase]


def _names_a_thing(noun: Noun | None) -> bool:
    """`how many courses does an average student take`: the average over students."""
    return noun is None or isinstance(noun.candidates[0][0], Thing)
