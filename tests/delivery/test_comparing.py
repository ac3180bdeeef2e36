"""A release is compared with what serves on the same cases and data; what can't be compared is stopped."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from releases import IDENTITY, NEW, NEWER, NOW, OLD, Model, Shop, shop_cases

from datacraft.contracts.errors import InputError
from datacraft.contracts.evaluation import RunIdentity
from datacraft.contracts.gates import ComparisonPolicy
from datacraft.contracts.verdict import Check, ComparisonVerdict
from datacraft.delivery.comparing import AskAgain, Side, compare_releases, override_comparison
from datacraft.delivery.comparing.checks import checks_of
from datacraft.delivery.comparing.sides import NotComparable
from datacraft.delivery.comparing.slices import slice_checks
from datacraft.delivery.evidence import ReleaseEvidence, read_evidence
from datacraft.delivery.markdown import as_markdown
from datacraft.delivery.verdicts import verdicts_of, write_verdict

unhurried = settings(deadline=None, max_examples=60)
POLICY = ComparisonPolicy()
CASES = shop_cases()
EVERY_TENTH = frozenset(range(0, 240, 10))
SERVES = Model(wrong=EVERY_TENTH)
"""24 of 240 wrong, 6 of them among the 60 joins."""


def side(model: Model, cases: int = 240, identity: RunIdentity = IDENTITY) -> Side:
    chosen = shop_cases(cases)
    return Side(
        model.candidate.config_id, identity, chosen, tuple(model.calls(chosen, NOW)), model.bias_report()
    )


def check(checks: object, name: str) -> Check:
    return next(one for one in checks if one.check == name)  # type: ignore[attr-defined]


def compared(
    shop: Shop, *, ask_again: AskAgain | None = None, policy: ComparisonPolicy = POLICY
) -> ComparisonVerdict:
    release, production = read_evidence(shop.store, NEW), read_evidence(shop.store, OLD)
    return compare_releases(
        shop.store, release, production, policy, channel="production", now=NOW, ask_again=ask_again
    )


def worse_in(verdict: ComparisonVerdict) -> set[str]:
    return {one.check for one in verdict.checks if not one.passed}


def published(shop: Shop, new: Model, serves: Model = SERVES, *, identity: RunIdentity = IDENTITY) -> None:
    shop.publish(OLD, serves)
    shop.publish(NEW, replace(new, confidence=0.7), identity=identity)


@pytest.mark.parametrize(
    ("new", "worse", "superior"),
    [
        (Model(wrong=EVERY_TENTH), set(), False),
        (Model(wrong=frozenset({0})), set(), True),
        (Model(wrong=EVERY_TENTH | {1, 2}), set(), False),
        (Model(wrong=EVERY_TENTH | frozenset(range(100, 116))), {"accuracy", "wrong_shown"}, False),
        (Model(refused=frozenset(range(20, 60))), {"accuracy"}, False),
        (Model(wrong=EVERY_TENTH, bias=15.0), {"bias"}, False),
        (Model(wrong=EVERY_TENTH, bias=6.0, severity="MEDIUM"), {"bias"}, False),
        (Model(wrong=EVERY_TENTH, bias=9.0), set(), False),
        (Model(wrong=EVERY_TENTH, latency_ms=340), set(), False),
        (Model(wrong=EVERY_TENTH, latency_ms=360), {"latency_p95"}, False),
        (Model(wrong=EVERY_TENTH, cost_usd=0.0009), set(), False),
        (Model(wrong=EVERY_TENTH, cost_usd=0.002), {"cost"}, False),
    ],
)
def test_worse_than_what_serves_is_stopped_and_better_is_said(
    shop: Shop, new: Model, worse: set[str], superior: bool
) -> None:
    published(shop, new)
    verdict = compared(shop)
    whole = {name for name in worse_in(verdict) if ":" not in name}
    assert (whole, verdict.superior) == (worse, superior), verdict.checks
    assert verdict.accepted == (not worse_in(verdict))
    assert verdict.method == "same cases"


def test_better_on_the_whole_and_surely_worse_on_a_slice_is_stopped(shop: Shop) -> None:
    joins_lost = Model(wrong=frozenset(range(0, 30, 2)))
    published(shop, joins_lost, Model(wrong=frozenset(range(60, 130))))
    verdict = compared(shop)
    assert verdict.superior
    assert worse_in(verdict) == {"kind: join"}
    found = check(verdict.checks, "kind: join")
    assert found.p_value is not None
    assert found.p_value < POLICY.alpha
    assert found.difference is not None
    assert found.difference.high < 0
    assert "stopped all the same" in verdict.reason


def test_a_slice_of_few_cases_is_not_judged_and_p_values_are_corrected_for_the_others() -> None:
    serves, new = side(SERVES), side(Model(wrong=frozenset(range(7)), confidence=0.7))
    names = {one.check for one in slice_checks(new, serves, POLICY)}
    assert names == {"answerable: answerable", "kind: join", "kind: total"}
    few = slice_checks(new, serves, ComparisonPolicy(slice_cases=61))
    assert {one.check for one in few} == names - {"kind: join"}
    alone = slice_checks(new, serves, ComparisonPolicy(slice_cases=240))
    assert [one.check for one in alone] == ["answerable: answerable"]
    three = check(slice_checks(new, serves, POLICY), "answerable: answerable").p_value
    assert three is not None
    assert alone[0].p_value is not None
    assert three >= alone[0].p_value


def test_two_that_differ_in_nothing_pass_where_there_are_enough_cases_and_else_it_is_said_how_many_lack() -> (
    None
):
    serves, new = side(Model(), 40), side(Model(confidence=0.7), 40)
    found = check(checks_of(new, serves, POLICY), "accuracy")
    assert not found.passed
    assert "About 48 more cases like these would settle it." in found.detail
    assert check(checks_of(side(Model(confidence=0.7), 88), side(Model(), 88), POLICY), "accuracy").passed


def test_no_number_of_cases_settles_what_is_worse_by_more_than_the_margin() -> None:
    found = check(checks_of(side(Model(wrong=frozenset(range(20)))), side(Model()), POLICY), "accuracy")
    assert not found.passed
    assert "more cases" not in found.detail


def test_the_first_release_is_said_to_be_the_first(shop: Shop) -> None:
    shop.publish(NEW, Model())
    verdict = compare_releases(
        shop.store, read_evidence(shop.store, NEW), None, POLICY, channel="production", now=NOW
    )
    assert (verdict.accepted, verdict.production, verdict.checks) == (True, None, ())
    assert "it is the first, and the gates alone decide" in verdict.reason


def test_the_model_config_that_serves_is_not_worse_than_itself(shop: Shop) -> None:
    shop.publish(OLD, SERVES)
    shop.publish(NEW, SERVES, identity=IDENTITY.model_copy(update={"data": "other"}))
    verdict = compared(shop)
    assert (verdict.accepted, verdict.method) == (True, "same config")


def test_what_took_part_in_the_release_s_own_run_is_compared_there(shop: Shop) -> None:
    shop.publish(OLD, replace(SERVES, confidence=0.9))
    better_now = Model(confidence=0.9)
    shop.publish(NEW, SERVES, incumbent=better_now, identity=IDENTITY.model_copy(update={"data": "today"}))
    verdict = compared(shop)
    assert verdict.method == "same run"
    assert worse_in(verdict) >= {"accuracy", "wrong_shown"}, "the calls of today count, not those of before"


@pytest.mark.parametrize("field", ["data", "question_set", "evaluator", "variants"])
def test_other_data_or_questions_need_asking_again(shop: Shop, field: str) -> None:
    other = {"data": "other", "question_set": "shop 2 fedcba", "evaluator": 2, "variants": 3}
    published(shop, SERVES, identity=IDENTITY.model_copy(update={field: other[field]}))
    verdict = compared(shop)
    assert (verdict.accepted, verdict.method) == (False, "none")
    assert worse_in(verdict) == {"comparable"}
    assert "must be asked again" in verdict.reason


class Interview:
    """Asks models anew; keeps whom."""

    def __init__(self, identity: RunIdentity, models: dict[str, Model]) -> None:
        self.identity, self.models = identity, models
        self.asked: list[str] = []

    def __call__(self, release: ReleaseEvidence) -> Side:
        self.asked.append(release.release_id)
        return side(self.models[release.release_id], identity=self.identity)


TODAY = IDENTITY.model_copy(update={"data": "today"})


def test_only_what_serves_is_asked_again_where_the_release_is_of_today_s_data(shop: Shop) -> None:
    published(shop, SERVES, identity=TODAY)
    again = Interview(TODAY, {OLD: SERVES})
    verdict = compared(shop, ask_again=again)
    assert (verdict.accepted, verdict.method, again.asked) == (True, "asked again", [OLD])


def test_both_are_asked_again_where_neither_is_of_today_s_data(shop: Shop) -> None:
    published(shop, SERVES, identity=IDENTITY.model_copy(update={"data": "yesterday"}))
    bad = Model(wrong=frozenset(range(100)), confidence=0.7)
    again = Interview(TODAY, {OLD: SERVES, NEW: bad})
    verdict = compared(shop, ask_again=again)
    assert (verdict.accepted, verdict.method, again.asked) == (False, "asked again", [OLD, NEW])


def test_nobody_is_asked_again_where_it_is_known(shop: Shop) -> None:
    published(shop, SERVES)
    again = Interview(TODAY, {})
    assert compared(shop, ask_again=again).accepted
    assert again.asked == []


def test_data_that_changes_while_they_are_asked_compares_nothing(shop: Shop) -> None:
    published(shop, SERVES, identity=TODAY)
    models = iter(["one", "two"])

    def again(release: ReleaseEvidence) -> Side:
        return side(SERVES, identity=IDENTITY.model_copy(update={"data": next(models)}))

    verdict = compared(shop, ask_again=again)
    assert not verdict.accepted
    assert "changed while they were asked" in verdict.reason


@pytest.mark.parametrize(
    ("release", "path"),
    [
        (NEW, "evaluation/calls.jsonl"),
        (OLD, "evaluation/calls.jsonl"),
        (NEW, "evaluation/questions.json"),
        (OLD, "evaluation/evaluation.json"),
        (OLD, f"bias/{SERVES.candidate.config_id}.json"),
    ],
)
@pytest.mark.parametrize("content", ["", "{\n", None])
def test_evidence_that_is_missing_or_changed_is_not_compared(
    shop: Shop, release: str, path: str, content: str | None
) -> None:
    published(shop, SERVES)
    place = shop.root / "models" / release / path
    place.unlink() if content is None else place.write_text(content)
    verdict = compared(shop)
    assert not verdict.accepted
    assert worse_in(verdict) == {"comparable"}


@pytest.mark.parametrize(
    "change",
    [
        lambda calls: calls[:-1],
        lambda calls: [*calls, calls[0]],
        lambda calls: [],
        lambda calls: [calls[0].model_copy(update={"candidate": "somebody"}), *calls[1:]],
        lambda calls: [calls[0].model_copy(update={"case": "unknown"}), *calls[1:]],
    ],
)
def test_a_side_of_which_not_every_case_was_asked_equally_often_is_none(change: Callable[..., list]) -> None:  # type: ignore[type-arg]
    whole = side(SERVES)
    with pytest.raises(NotComparable):
        replace(whole, calls=tuple(change(list(whole.calls))))


def test_a_latency_or_cost_that_is_no_number_is_not_within_budget() -> None:
    serves = side(SERVES)
    for new in (Model(latency_ms=float("nan")), Model(cost_usd=float("nan")), Model(cost_usd=-1.0)):
        failed = {one.check for one in checks_of(side(new), serves, POLICY) if not one.passed}
        assert failed & {"latency_p95", "cost"}


numbers = st.frozensets(st.integers(0, 119), max_size=60)


@unhurried
@given(one=numbers, other=numbers)
def test_who_is_not_worse_by_the_margin_at_worst_is_accepted_and_nobody_else(
    one: frozenset[int], other: frozenset[int]
) -> None:
    new, serves = side(Model(wrong=one, confidence=0.7), 120), side(Model(wrong=other), 120)
    found = check(checks_of(new, serves, POLICY), "accuracy")
    assert found.difference is not None
    if found.passed:
        assert found.difference.value >= -POLICY.margin
    if found.difference.low >= -POLICY.margin:
        assert found.passed, "the interval of 95 % is wider than what decides"


@unhurried
@given(one=numbers, other=numbers, lost=st.integers(0, 119))
def test_to_lose_a_case_never_helps(one: frozenset[int], other: frozenset[int], lost: int) -> None:
    serves = side(Model(wrong=other), 120)

    def accepted(wrong: frozenset[int]) -> bool:
        checks = checks_of(side(Model(wrong=wrong, confidence=0.7), 120), serves, POLICY)
        return all(check.passed for check in checks if check.check in ("accuracy", "wrong_shown"))

    assert not accepted(one | {lost}) or accepted(one - {lost})


@unhurried
@given(one=numbers, other=numbers, margin=st.floats(0, 0.2))
def test_a_wider_margin_never_stops_what_a_narrower_one_lets_through(
    one: frozenset[int], other: frozenset[int], margin: float
) -> None:
    new, serves = side(Model(wrong=one, confidence=0.7), 120), side(Model(wrong=other), 120)
    narrow = check(checks_of(new, serves, ComparisonPolicy(margin=margin)), "accuracy")
    wide = check(checks_of(new, serves, ComparisonPolicy(margin=margin + 0.05)), "accuracy")
    assert wide.passed or not narrow.passed


def test_a_verdict_is_written_and_read_and_told_as_a_page(shop: Shop) -> None:
    published(shop, Model(wrong=EVERY_TENTH | frozenset(range(100, 116))))
    verdict = compared(shop)
    place = write_verdict(shop.store, verdict)
    assert verdicts_of(shop.store, NEW, "comparison") == [(place, verdict)]
    page = as_markdown(verdict)
    assert f"against {OLD}: rejected" in page.replace("\\", "")
    assert page.index("**worse**") < page.index("passed")


def test_a_person_may_take_it_upon_them_by_name_and_reason(shop: Shop) -> None:
    published(shop, Model(wrong=EVERY_TENTH, latency_ms=900))
    verdict = compared(shop)
    taken = override_comparison(verdict, " a slower model was agreed on ", by="ada")
    assert taken.accepted
    assert taken.override is not None
    assert (taken.override.by, taken.override.reason) == ("ada", "a slower model was agreed on")
    assert worse_in(taken) == {"latency_p95"}
    for reason, by in ((" ", "ada"), ("because", "")):
        with pytest.raises(InputError, match="name and a reason"):
            override_comparison(verdict, reason, by=by)
    with pytest.raises(InputError, match="rejects nothing"):
        override_comparison(taken, "once more", by="ada")


def test_what_serves_need_not_be_older(shop: Shop) -> None:
    shop.publish(NEWER, SERVES)
    shop.publish(NEW, Model(confidence=0.7))
    release, serves = read_evidence(shop.store, NEW), read_evidence(shop.store, NEWER)
    verdict = compare_releases(shop.store, release, serves, POLICY, channel="production", now=NOW)
    assert (verdict.accepted, verdict.superior) == (True, True)
