"""Gates fail closed: what is missing, no number, stale or out of range does not pass."""

from __future__ import annotations

import datetime as dt
import math
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from releases import NEW, NOW, Model, Reports, Shop

from datacraft.contracts.errors import InputError, ReleaseInvalid
from datacraft.contracts.estimate import Estimate
from datacraft.contracts.evaluation import CandidateResult
from datacraft.contracts.gates import GatePolicy
from datacraft.contracts.verdict import GateResult, GatesVerdict
from datacraft.delivery.evidence import ReleaseEvidence, read_evidence
from datacraft.delivery.gates import GATES, judge_release, override_gates
from datacraft.delivery.gates.figures import FIGURES, judge_figure
from datacraft.evaluation.statistics import wilson

unhurried = settings(deadline=None, max_examples=60)
POLICY = GatePolicy()
FIGURE_GATES = [figure.gate for figure in FIGURES]
OF_RATES = {
    "success_rate": "answered",
    "syntactic_validity": "parses",
    "executed": "executed",
    "execution_accuracy": "accuracy",
    "wrong_shown": "wrong_shown",
}


def rejecting(verdict: GatesVerdict) -> set[str]:
    return {gate.gate for gate in verdict.gates if not gate.stands}


def gate(verdict: GatesVerdict, name: str) -> GateResult:
    return next(one for one in verdict.gates if one.gate == name)


def judged(shop: Shop, policy: GatePolicy = POLICY, now: dt.datetime = NOW) -> GatesVerdict:
    return judge_release(read_evidence(shop.store, NEW), policy, now)


def with_result(evidence: ReleaseEvidence, **changes: object) -> ReleaseEvidence:
    """The evidence with other figures of its candidate."""
    assert evidence.evaluation is not None
    candidates = [one.model_copy(update=changes) for one in evidence.evaluation.candidates]
    return replace(evidence, evaluation=evidence.evaluation.model_copy(update={"candidates": candidates}))


def with_rate(evidence: ReleaseEvidence, name: str, rate: Estimate) -> ReleaseEvidence:
    result = evidence.result("select")
    assert result is not None
    return with_result(evidence, rates={**result.rates, name: rate})


def test_a_good_release_passes_every_gate(good: ReleaseEvidence) -> None:
    verdict = judge_release(good, POLICY, NOW)
    assert verdict.accepted, rejecting(verdict)
    assert [one.gate for one in verdict.gates] == list(GATES)
    assert gate(verdict, "wrong_shown").value == pytest.approx(0.05)


@pytest.mark.parametrize(
    ("model", "expected"),
    [
        (Model(wrong=frozenset(range(80))), {"performance", "execution_accuracy", "wrong_shown"}),
        (Model(refused=frozenset(range(0, 240, 4))), {"success_rate"}),
        (Model(bias=35.0, severity="HIGH"), {"bias", "bias_severity"}),
        (Model(latency_ms=6_000), {"latency_p95"}),
        (Model(cost_usd=0.03), {"cost_per_question"}),
    ],
)
def test_a_release_that_misses_a_threshold_is_rejected_by_its_gate(
    shop: Shop, model: Model, expected: set[str]
) -> None:
    shop.publish(NEW, model)
    assert rejecting(judged(shop)) == expected


def _drop(path: str) -> object:
    return lambda reports: reports.pop(path)


def _set(path: str, *keys: str | int, value: object) -> object:
    def change(reports: Reports) -> None:
        place = reports[path]
        for key in keys[:-1]:
            place = place[key]
        place[keys[-1]] = value

    return change


EVALUATION, SELECTION = "evaluation/evaluation.json", "model_selection_report.json"
BIAS = f"bias/{Model().candidate.config_id}.json"


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        (_drop(EVALUATION), {"schema", "winner", "provenance", "complete", "age", *FIGURE_GATES} - {"bias"}),
        (_drop(SELECTION), {"schema", "winner", "provenance", "age", "bias"}),
        (_drop("validation_report.json"), {"schema", "floors"}),
        (_drop(BIAS), {"schema", "winner", "bias", "bias_severity"}),
        (_set(EVALUATION, "schema_version", value=99), {"schema"}),
        (_set(EVALUATION, "complete", value=False), {"complete"}),
        (_set(EVALUATION, "calls", value=7), {"complete"}),
        (_set(EVALUATION, "identity", "data", value=""), {"provenance"}),
        (_set(EVALUATION, "identity", "question_set", value=" "), {"provenance"}),
        (_set(EVALUATION, "split", value="tune"), {"provenance"}),
        (_set(SELECTION, "identity", value=None), {"provenance"}),
        (_set(SELECTION, "selected", value="another"), {"winner"}),
        (_set("metadata", "config_id", value="another"), {"winner"}),
        (_set("metadata", "provider", value="nobody"), {"model_config"}),
        (_set("metadata", "hyperparameters", "temperature", value=0.7), {"model_config"}),
        (_set("metadata", "hyperparameters", "temperature", value=-3.0), {"model_config"}),
        (_set("metadata", "deployment_ready", value=False), {"floors"}),
        (_set("metadata", "success_rate", value=99.9), {"figures_agree"}),
        (_set("validation_report.json", "floors", 0, "passed", value=False), {"floors"}),
        (_set(BIAS, "probes", value=0), {"bias"}),
        (_set(BIAS, "rates", value={}), {"bias"}),
        (_set(EVALUATION, "candidates", 0, "rates", value={}), set(OF_RATES)),
        (_set(EVALUATION, "candidates", 0, "performance", value=None), {"performance"}),
        (_set(EVALUATION, "candidates", 0, "latency_p95_ms", value=None), {"latency_p95"}),
        (_set(EVALUATION, "candidates", 0, "calls", value=0), {"cost_per_question"}),
        (_set(EVALUATION, "candidates", 0, "cost_usd", value=-1.0), {"cost_per_question"}),
    ],
)
def test_what_is_missing_or_does_not_fit_together_is_rejected(
    shop: Shop, changed: object, expected: set[str]
) -> None:
    shop.publish(NEW, Model(), changed=changed)  # type: ignore[arg-type]
    verdict = judged(shop)
    assert not verdict.accepted
    assert rejecting(verdict) >= expected


def test_a_report_that_holds_no_number_where_one_must_be_can_not_be_read(shop: Shop) -> None:
    shop.publish(NEW, Model(), changed=_set(EVALUATION, "candidates", 0, "cost_usd", value=math.nan))  # type: ignore[arg-type]
    verdict = judged(shop)
    assert {"schema", "cost_per_question", "execution_accuracy"} <= rejecting(verdict)
    assert EVALUATION in gate(verdict, "schema").detail


@pytest.mark.parametrize(
    ("now", "passes"),
    [
        (NOW, True),
        (NOW + dt.timedelta(days=28), True),
        (NOW + dt.timedelta(days=32), False),
        (NOW - dt.timedelta(days=3), False),
    ],
)
def test_stale_evidence_and_evidence_of_the_future_is_rejected(
    good: ReleaseEvidence, now: dt.datetime, passes: bool
) -> None:
    assert rejecting(judge_release(good, POLICY, now)) == (set() if passes else {"age"})


def test_a_changed_byte_and_an_added_file_are_rejected(shop: Shop) -> None:
    shop.publish(NEW, Model())
    (shop.root / "models" / NEW / "bias" / "more.json").write_text("{}")
    assert rejecting(judged(shop)) == {"integrity"}
    (shop.root / "models" / NEW / "evaluation" / "calls.jsonl").write_text("")
    assert "is not what was published" in gate(judged(shop), "integrity").detail


def test_a_release_that_is_not_there_has_no_verdict(shop: Shop) -> None:
    with pytest.raises(ReleaseInvalid, match="never completed"):
        judged(shop)


def test_the_part_that_nobody_chose_by_can_be_judged_instead(shop: Shop) -> None:
    holdout = GatePolicy(part="holdout")
    shop.publish(NEW, Model())
    assert {"schema", "winner", "execution_accuracy"} <= rejecting(judged(shop, holdout))


def small(evidence: ReleaseEvidence, name: str, hits: int, of: int) -> ReleaseEvidence:
    return with_rate(evidence, name, wilson(hits, of))


def test_of_few_cases_the_bad_end_of_the_interval_is_judged(good: ReleaseEvidence) -> None:
    few = small(good, "accuracy", 33, 40)
    found = gate(judge_release(few, POLICY, NOW), "execution_accuracy")
    assert (found.passed, found.value) == (False, pytest.approx(0.825))
    assert found.judged == pytest.approx(wilson(33, 40).low)
    assert found.more_cases is not None
    assert f"About {found.more_cases} more cases like these would settle it." in found.detail
    enough = GatePolicy(small_sample=40)
    assert gate(judge_release(few, enough, NOW), "execution_accuracy").passed


def test_no_number_of_cases_settles_what_is_below_the_threshold(good: ReleaseEvidence) -> None:
    found = gate(judge_release(small(good, "accuracy", 20, 40), POLICY, NOW), "execution_accuracy")
    assert (found.passed, found.more_cases) == (False, None)


numbers = st.floats(allow_nan=True, allow_infinity=True)
estimates = st.builds(
    lambda value, low, high, n: Estimate.model_construct(value=value, low=low, high=high, n=n),
    numbers | st.floats(0, 1), numbers | st.floats(0, 1), numbers | st.floats(0, 1), st.integers(0, 400),
)  # fmt: skip


@unhurried
@given(estimate=estimates, name=st.sampled_from(sorted(OF_RATES)))
def test_whatever_a_rate_says_it_passes_only_where_it_makes_sense_and_holds(
    good: ReleaseEvidence, estimate: Estimate, name: str
) -> None:
    figure = next(one for one in FIGURES if one.gate == name)
    found = judge_figure(figure, with_rate(good, OF_RATES[name], estimate), POLICY)
    assert found.detail
    if found.passed:
        threshold = figure.threshold(POLICY)
        ends = (estimate.low, estimate.value, estimate.high)
        assert estimate.n > 0
        assert all(-1e-6 <= end <= 1 + 1e-6 for end in ends)
        judged_ends = ends if estimate.n < POLICY.small_sample else (estimate.value,)
        assert all(end >= threshold if figure.at_least else end <= threshold for end in judged_ends)


@unhurried
@given(figure=st.sampled_from(FIGURES), estimate=estimates)
def test_a_figure_that_is_no_number_never_passes(
    good: ReleaseEvidence, figure: object, estimate: Estimate
) -> None:
    broken = replace(figure, read=lambda *_: estimate)  # type: ignore[type-var]
    found = judge_figure(broken, good, POLICY)
    if not all(map(math.isfinite, (estimate.low, estimate.value, estimate.high))) or estimate.n == 0:
        assert not found.passed
    assert found.value is None or math.isfinite(found.value)


@unhurried
@given(hits=st.integers(0, 99), of=st.integers(1, 99))
def test_so_many_more_cases_as_it_says_settle_it_and_fewer_do_not(
    good: ReleaseEvidence, hits: int, of: int
) -> None:
    hits = min(hits, of)
    figure = next(one for one in FIGURES if one.gate == "execution_accuracy")
    found = judge_figure(figure, small(good, "accuracy", hits, of), POLICY)
    if found.more_cases is None:
        assert found.passed or hits / of < POLICY.min_execution_accuracy
        return

    def passes(cases: int) -> bool:
        rate = wilson(hits / of * cases, cases)
        return judge_figure(figure, with_rate(good, "accuracy", rate), POLICY).passed

    assert passes(of + found.more_cases)
    assert found.more_cases == 1 or not passes(of + found.more_cases - 1)


@unhurried
@given(results=st.lists(st.booleans(), min_size=5, max_size=5), threshold=st.floats(0, 1))
def test_a_stricter_threshold_never_accepts_what_a_laxer_one_rejects(
    good: ReleaseEvidence, results: list[bool], threshold: float
) -> None:
    names = sorted(OF_RATES)
    evidence = good
    for name, fine in zip(names, results, strict=True):
        evidence = small(evidence, OF_RATES[name], 70 if fine else 20, 80)
    lax = GatePolicy(min_execution_accuracy=threshold)
    strict = GatePolicy(min_execution_accuracy=min(1.0, threshold + 0.1))
    assert rejecting(judge_release(evidence, lax, NOW)) <= rejecting(judge_release(evidence, strict, NOW))


def test_a_person_may_take_a_rejection_upon_them_by_name_and_reason(good: ReleaseEvidence) -> None:
    slow = with_result(good, latency_p95_ms=Estimate(value=6_000, low=5_900, high=6_100, n=240))
    verdict = judge_release(slow, POLICY, NOW)
    assert rejecting(verdict) == {"latency_p95"}
    accepted = override_gates(verdict, {"latency_p95": " sale starts today "}, by="ada")
    assert accepted.accepted
    word = gate(accepted, "latency_p95").override
    assert word is not None
    assert (word.by, word.reason) == ("ada", "sale starts today")
    assert not gate(accepted, "latency_p95").passed, "the rejection itself is still told"


@pytest.mark.parametrize(
    ("gate_name", "reason", "by", "message"),
    [
        ("nonsense", "because", "ada", "There is no gate"),
        ("bias", "because", "ada", "rejects nothing"),
        ("latency_p95", " ", "ada", "needs a name and a reason"),
        ("latency_p95", "because", " ", "needs a name and a reason"),
        ("integrity", "because", "ada", "can't be overridden"),
    ],
)
def test_an_override_without_name_or_reason_or_rejection_is_refused(
    good: ReleaseEvidence, gate_name: str, reason: str, by: str, message: str
) -> None:
    slow = replace(
        with_result(good, latency_p95_ms=Estimate(value=6_000, low=5_900, high=6_100, n=240)),
        damage=("models/x is missing.",),
    )
    verdict = judge_release(slow, POLICY, NOW)
    with pytest.raises(InputError, match=message):
        override_gates(verdict, {gate_name: reason}, by=by)


def test_a_verdict_can_not_say_other_than_its_gates(good: ReleaseEvidence) -> None:
    verdict = judge_release(good, POLICY, NOW).model_dump()
    with pytest.raises(ValueError, match="other than the gates"):
        GatesVerdict.model_validate({**verdict, "accepted": False})


def test_the_winner_s_figures_are_judged_not_those_of_others(shop: Shop) -> None:
    shop.publish(NEW, Model(wrong=frozenset(range(80))), beside=[Model(confidence=0.7)])
    verdict = judged(shop)
    assert "execution_accuracy" in rejecting(verdict)
    results: list[CandidateResult] = read_evidence(shop.store, NEW).evaluation.candidates  # type: ignore[union-attr]
    assert len(results) == 2
