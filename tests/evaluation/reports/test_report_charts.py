"""What charts compute: round ticks within their range, and who is beaten by nobody."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from datacraft.contracts.estimate import Estimate
from datacraft.evaluation.reports.charts.frame import Scale, around, ticks
from datacraft.evaluation.reports.charts.points import Point, front_of
from datacraft.evaluation.reports.markup import element, text

NUMBERS = st.floats(-1e6, 1e6)


@given(low=NUMBERS, width=st.floats(1e-3, 1e6))
def test_ticks_are_few_and_lie_within_their_range(low: float, width: float) -> None:
    found = ticks(low, low + width)
    assert 1 <= len(found) <= 7
    room = width * 1e-6
    assert all(low - room <= tick <= low + width + room for tick in found)
    assert found == sorted(set(found))


@given(values=st.lists(NUMBERS, min_size=1, max_size=9), least=st.floats(0.1, 50))
def test_a_range_holds_its_values_and_is_wide_enough(values: list[float], least: float) -> None:
    low, high = around(values, least=least)
    assert low <= min(values) <= max(values) <= high
    assert high - low >= least * 0.999


def test_a_scale_without_width_puts_everything_in_the_middle() -> None:
    assert Scale(3, 3, 0, 10)(3) == 5


@given(places=st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)), min_size=1, max_size=12))
def test_nobody_beats_who_is_on_the_front_and_everyone_else_is_beaten(places: list[tuple[int, int]]) -> None:
    points = [
        Point(str(n), float(x), Estimate(value=y, low=y, high=y, n=1)) for n, (x, y) in enumerate(places)
    ]
    front = front_of(points)
    assert front

    def beats(one: Point, other: Point) -> bool:
        better = one.x < other.x or one.y.value > other.y.value
        return one.x <= other.x and one.y.value >= other.y.value and better

    assert not any(beats(one, other) for one in points for other in front)
    for point in points:
        if point not in front:
            assert any(beats(one, point) or (one.x, one.y) == (point.x, point.y) for one in front)


@given(value=st.text(), name=st.text())
def test_text_is_never_markup(value: str, name: str) -> None:
    shown = element("p", value, title=name)
    inner = shown.removeprefix("<p title=").removesuffix("</p>")
    assert "<" not in inner
    assert inner.count(">") == 1
    assert inner.count('"') == 2 + str(text(value)).count('"')
