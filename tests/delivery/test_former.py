"""Which revision a rollback leads to."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from datacraft.delivery.targets.former import former_after, main_of

names = st.sampled_from([f"app-{number:05d}" for number in range(1, 7)])
main_first = st.tuples(names, names, st.integers(0, 49))


def split(main: str, other: str, share: int) -> dict[str, int]:
    """Return a split in which the first revision has most."""
    return {main: 100} if main == other or not share else {main: 100 - share, other: share}


@given(moves=st.lists(main_first, max_size=20))
def test_no_revision_is_there_twice_and_what_serves_is_none_of_them(
    moves: list[tuple[str, str, int]],
) -> None:
    former: tuple[str, ...] = ()
    before: dict[str, int] = {}
    for move in moves:
        after = split(*move)
        former = former_after(former, before, after)
        before = after
        assert main_of(after) not in former
        assert len(set(former)) == len(former)


@given(count=st.integers(1, 10))
def test_going_back_step_by_step_undoes_every_rollout(count: int) -> None:
    former: tuple[str, ...] = ()
    serving = {"app-0": 100}
    for number in range(1, count + 1):
        after = {f"app-{number}": 100}
        former, serving = former_after(former, serving, after), after
    for number in reversed(range(count)):
        after = {former[-1]: 100}
        former, serving = former_after(former, serving, after), after
        assert serving == {f"app-{number}": 100}
    assert former == ()


def test_a_canary_that_is_taken_back_leaves_no_trace() -> None:
    stable, both = {"stable": 100}, {"stable": 95, "canary": 5}
    former = former_after(("older",), stable, both)
    assert former_after(former, both, stable) == ("older",)
    assert former_after(former, both, {"canary": 100}) == ("older", "stable")
