"""The judge: what follows from what both arms did."""

from __future__ import annotations

import json

import pytest
from canary_parts import after, arm, drawn, plan, ran, sessions, window
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from datacraft.contracts.canary import (
    ArmWindow,
    CanaryPlan,
    CanaryVerdict,
    CanaryWindow,
    Guardrail,
    Signal,
)
from datacraft.delivery.canary.judge import judge
from datacraft.delivery.canary.state import advance, first_state

SOON = after(minutes=15)
ALIKE = window(drawn(0.95, 900, 1), drawn(0.95, 900, 2))


def first_verdict(seen: CanaryWindow, frozen: CanaryPlan | None = None) -> CanaryVerdict:
    frozen = frozen or plan()
    return judge(frozen, first_state(frozen), seen, SOON)


def test_a_worse_version_is_rolled_back_in_its_first_step() -> None:
    state, verdicts = ran(plan(), window(drawn(0.95, 300, 1), drawn(0.80, 300, 2)), SOON)
    assert [verdict.decision for verdict in verdicts] == ["roll_back"] * 10
    assert (state.status, state.step) == ("rolled_back", 0)
    primary = verdicts[0].primary
    assert primary is not None
    assert primary.high < 0
    assert primary.worse >= 1 / primary.alpha


def test_a_version_that_is_as_good_takes_each_step_and_is_promoted() -> None:
    frozen = plan()
    state = first_state(frozen)
    decisions = []
    for count in (50, 150, 250, 320, 900):
        verdict = judge(frozen, state, window(drawn(0.95, count, 1), drawn(0.95, count, 2)), SOON)
        state = advance(frozen, state, verdict)
        decisions.append((verdict.decision, verdict.percent))
    assert decisions == [("go_on", 5), ("next_step", 5), ("next_step", 25), ("go_on", 50), ("promote", 50)]
    assert state.status == "promoted"


def test_a_step_lasts_as_long_as_was_said() -> None:
    frozen = plan(step_s=3_600)
    assert first_verdict(ALIKE, frozen).decision == "go_on"
    assert judge(frozen, first_state(frozen), ALIKE, after(hours=1)).decision == "hold", (
        "nobody asks any more"
    )
    lively = window(*(drawn(0.95, 3_600, seed) for seed in (1, 2)))
    assert judge(frozen, first_state(frozen), lively, after(hours=1)).decision == "next_step"


def test_nothing_is_concluded_from_too_few_requests() -> None:
    hopeless = window(arm(sessions([1] * 40)), arm(sessions([0] * 40)))
    assert first_verdict(hopeless).decision == "go_on"
    more = window(arm(sessions([1] * 50)), arm(sessions([0] * 50)))
    assert first_verdict(more).decision == "roll_back"


def test_swapped_arms_are_not_rolled_back() -> None:
    better = first_verdict(window(drawn(0.80, 300, 2), drawn(0.95, 300, 1)))
    assert better.decision == "next_step"


def test_time_that_is_up_is_for_a_person_and_never_promotes() -> None:
    frozen = plan(max_s=7_200)
    lively = window(*(drawn(0.95, 7_300, seed) for seed in (1, 2)))
    last_step = first_state(frozen).model_copy(update={"step": 2})
    assert judge(frozen, last_step, lively, after(hours=2)).decision == "promote"
    late = judge(frozen, last_step, lively, after(hours=2, seconds=1))
    assert late.decision == "ask_person"
    state = advance(frozen, last_step, late)
    assert state.status == "waiting"
    assert judge(frozen, state, window(drawn(0.95, 900, 1), drawn(0.5, 900, 2)), after(hours=3)) == late


def test_a_worse_version_is_rolled_back_even_when_the_time_is_up() -> None:
    frozen = plan(max_s=60)
    seen = window(drawn(0.95, 300, 1), drawn(0.80, 300, 2))
    assert judge(frozen, first_state(frozen), seen, SOON).decision == "roll_back"


@pytest.mark.parametrize("silent", ["baseline", "canary"])
def test_no_data_is_not_zero_errors(silent: str) -> None:
    seen = ALIKE.model_copy(update={silent: ArmWindow()})
    frozen = plan()
    held = judge(frozen, first_state(frozen), seen, after(minutes=31))
    assert held.decision == "hold"
    assert f"No request has reached the {silent} for 31 minutes" in " ".join(held.reasons)


def test_a_canary_that_fell_silent_resumes_by_itself() -> None:
    frozen = plan()
    state, _ = ran(frozen, ALIKE, after(hours=2), looks=1)
    assert state.status == "holding"
    awake = {"last_at": after(hours=2)}
    seen = window(ALIKE.baseline.model_copy(update=awake), ALIKE.canary.model_copy(update=awake))
    state = advance(frozen, state, judge(frozen, state, seen, after(hours=2, minutes=1)))
    assert (state.status, state.step) == ("running", 1)


def test_an_uneven_split_holds_and_neither_promotes_nor_rolls_back() -> None:
    for rate in (0.95, 0.5):
        seen = window(drawn(0.95, 900, 1), drawn(rate, 700, 2))
        verdict = first_verdict(seen)
        assert verdict.decision == "hold"
        assert verdict.reasons[0].startswith("Sessions are not split evenly: 900 for the baseline, 700")


def test_an_even_split_with_the_luck_of_the_draw_does_not_hold() -> None:
    assert first_verdict(window(drawn(0.95, 900, 1), drawn(0.95, 850, 2))).decision == "next_step"


def test_a_session_that_saw_both_arms_holds_for_a_while() -> None:
    frozen = plan()
    seen = ALIKE.model_copy(update={"crossed": 1, "crossed_at": after(minutes=5)})
    assert first_verdict(seen).decision == "hold"
    later = judge(
        frozen, first_state(frozen), seen.model_copy(update={"crossed_at": after(minutes=-20)}), SOON
    )
    assert later.decision == "next_step"


def test_many_sessions_that_saw_both_arms_hold_for_good() -> None:
    seen = ALIKE.model_copy(update={"crossed": 19, "crossed_at": after(minutes=-100)})
    assert first_verdict(seen).decision == "hold"


def test_an_arm_that_serves_another_release_holds() -> None:
    seen = ALIKE.model_copy(
        update={"canary": ALIKE.canary.model_copy(update={"strays": 3, "stray_at": after(minutes=14)})}
    )
    assert "another release" in " ".join(first_verdict(seen).reasons)


def test_a_signal_holds_and_does_nothing_else() -> None:
    frozen = plan()
    alert = Signal(name="freshness", message="the data is two days old")
    held = judge(frozen, first_state(frozen), ALIKE, SOON, [alert])
    assert (held.decision, held.reasons) == ("hold", ("freshness: the data is two days old",))
    bad = window(drawn(0.95, 300, 1), drawn(0.80, 300, 2))
    assert judge(frozen, first_state(frozen), bad, SOON, [alert]).decision == "roll_back"


@pytest.mark.parametrize(
    ("action", "decision"), [("roll_back", "roll_back"), ("hold", "hold"), ("warn", "next_step")]
)
def test_a_guardrail_does_what_it_may(action: str, decision: str) -> None:
    frozen = plan(guardrails=[Guardrail(metric="slow", action=action, alpha=0.01, tolerance=0.02)])  # type: ignore[arg-type]
    well, slow = [0] * 300, [1] * 60 + [0] * 240
    seen = window(arm(sessions([1] * 300, slow=well)), arm(sessions([1] * 300, slow=slow)))
    verdict = first_verdict(seen, frozen)
    assert verdict.decision == decision
    assert bool(verdict.warnings) == (action == "warn")
    swapped = first_verdict(window(seen.canary, seen.baseline), frozen)
    assert (swapped.decision, swapped.warnings) == ("next_step", ()), "guardrails are one-sided"


def test_every_verdict_prints_its_numbers() -> None:
    text = " ".join(first_verdict(ALIKE).reasons)
    for number in ("900 requests", "900 sessions", "bounds", "evidence that it is worse", "of 22.2"):
        assert number in text
    verdict = first_verdict(ALIKE)
    assert CanaryVerdict.model_validate_json(verdict.model_dump_json()) == verdict
    assert len(json.loads(verdict.model_dump_json())["guardrails"]) == 4


WINDOWS = st.builds(
    lambda base, canary, count, opened, crossed: window(
        drawn(base, count, 1),
        drawn(canary, count, 2).model_copy(update={"opened": opened}),
        crossed=crossed,
        crossed_at=after(minutes=1),
    ),
    st.floats(0.5, 1),
    st.floats(0.3, 1),
    st.integers(0, 300),
    st.integers(0, 400),
    st.integers(0, 5),
)


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(WINDOWS, st.integers(0, 200_000)), min_size=1, max_size=6))
def test_whatever_is_seen_an_end_is_an_end(looks: list[tuple[CanaryWindow, int]]) -> None:
    frozen = plan()
    state = first_state(frozen)
    for seen, seconds in looks:
        verdict = judge(frozen, state, seen, after(seconds=seconds))
        following = advance(frozen, state, verdict)
        assert following.step - state.step in (0, 1)
        if state.final or state.status == "waiting":
            assert following == state
            assert verdict == state.verdict
        if following.status == "promoted":
            assert state.step == len(frozen.steps) - 1
        state = following


@pytest.mark.parametrize(
    "wrong",
    [
        {"steps": []},
        {"steps": [25, 5]},
        {"steps": [5, 60]},
        {"candidate": "same", "baseline": "same"},
        {"alpha": 0.004},
        {"guardrails": [{"metric": "slow", "action": "explode", "alpha": 0.01}]},
        {"guardrails": [{"metric": "slow", "action": "hold", "alpha": 0.01}] * 2},
        {"margin": 0},
    ],
)
def test_a_plan_that_can_not_decide_is_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        plan(**wrong)


def test_a_plan_is_frozen() -> None:
    with pytest.raises(ValidationError):
        plan().margin = 0.5  # type: ignore[misc]
