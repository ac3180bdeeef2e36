"""A channel moves forward only by evidence: verdicts of today's rules on this very release."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import replace

import pytest
from releases import NEW, NEWER, NOW, OLD, Model, Shop

from datacraft.contracts.errors import (
    ChannelMoved,
    DataCraftError,
    GatesRejected,
    MoveRefused,
    WaitsForPerson,
    WorseThanProduction,
)
from datacraft.contracts.gates import ChannelPolicy, ComparisonPolicy, GatePolicy
from datacraft.contracts.verdict import GatesVerdict, Verdict
from datacraft.delivery.comparing import compare_releases, override_comparison
from datacraft.delivery.config import DeliveryConfig
from datacraft.delivery.evidence import read_evidence
from datacraft.delivery.gates import judge_release, override_gates
from datacraft.delivery.promotion import promote_by_evidence, rollback_target
from datacraft.delivery.verdicts import write_verdict
from datacraft.registry import Mandate
from datacraft.registry.channels import history_gaps, read_pointer, roll_back, unpin
from datacraft.registry.channels import pin as pin_channel
from datacraft.registry.minisign import SecretKey
from datacraft.registry.signing import sign_release

CONFIG = DeliveryConfig()
WORD = Mandate("ada", "better answers", NOW)
DAY = dt.timedelta(days=1)


def gates(shop: Shop, release: str, config: DeliveryConfig = CONFIG) -> GatesVerdict:
    return judge_release(read_evidence(shop.store, release), config.gates, NOW)


def serving(shop: Shop, channel: str = "production") -> str | None:
    return read_pointer(shop.store, channel).release_id


def comparison(
    shop: Shop, release: str, config: DeliveryConfig = CONFIG, channel: str = "production"
) -> Verdict:
    serves = serving(shop, channel)
    return compare_releases(
        shop.store,
        read_evidence(shop.store, release),
        read_evidence(shop.store, serves) if serves else None,
        config.comparison,
        channel=channel,
        now=NOW,
    )


def accept(shop: Shop, release: str) -> None:
    write_verdict(shop.store, gates(shop, release))
    write_verdict(shop.store, comparison(shop, release))


def go_back(shop: Shop) -> None:
    pointer = read_pointer(shop.store, "production")
    roll_back(shop.store, pointer, rollback_target(pointer), WORD)


def promote(
    shop: Shop,
    release: str,
    *,
    config: DeliveryConfig = CONFIG,
    word: Mandate = WORD,
    channel: str = "production",
) -> None:
    promote_by_evidence(shop.store, config, read_pointer(shop.store, channel), release, word)


@pytest.fixture
def first(shop: Shop) -> Shop:
    """The first release serves, and a second one is published."""
    shop.publish(OLD, Model())
    accept(shop, OLD)
    promote(shop, OLD)
    shop.publish(NEW, Model(confidence=0.7))
    return shop


def test_the_first_release_is_promoted_by_its_gates(first: Shop) -> None:
    [change] = read_pointer(first.store, "production").channel.history
    assert (change.release_id, change.previous, change.by) == (OLD, None, "ada")
    assert [place.split("/")[1] for place in change.evidence] == [OLD, OLD]
    assert change.overrides == ()


def test_an_accepted_release_is_promoted_and_its_evidence_is_in_the_history(first: Shop) -> None:
    accept(first, NEW)
    promote(first, NEW)
    change = read_pointer(first.store, "production").channel.history[-1]
    assert change.release_id == NEW
    assert all(first.store.exists(place) for place in change.evidence)


def test_to_promote_what_serves_needs_no_evidence_and_changes_nothing(first: Shop) -> None:
    before = first.store.read("channels/production.json")
    promote(first, OLD, word=replace(WORD, at=NOW + 100 * DAY))
    assert first.store.read("channels/production.json") == before


@pytest.mark.parametrize(
    ("evidence", "error"),
    [
        ([], GatesRejected),
        (["gates"], WorseThanProduction),
        (["comparison"], GatesRejected),
    ],
)
def test_a_verdict_that_is_missing_stops_it(
    first: Shop, evidence: list[str], error: type[DataCraftError]
) -> None:
    for kind in evidence:
        write_verdict(first.store, gates(first, NEW) if kind == "gates" else comparison(first, NEW))
    with pytest.raises(error, match="has no verdict"):
        promote(first, NEW)
    assert serving(first) == OLD


def test_what_the_gates_reject_ends_with_10_and_what_is_worse_with_11(shop: Shop) -> None:
    shop.publish(OLD, Model())
    accept(shop, OLD)
    promote(shop, OLD)
    shop.publish(NEW, Model(confidence=0.7, latency_ms=9_000))
    accept(shop, NEW)
    with pytest.raises(GatesRejected, match="latency_p95") as rejected:
        promote(shop, NEW)
    assert rejected.value.exit_code == 10
    shop.publish(NEWER, Model(confidence=0.8, latency_ms=900))
    accept(shop, NEWER)
    with pytest.raises(WorseThanProduction, match="latency_p95") as worse:
        promote(shop, NEWER)
    assert worse.value.exit_code == 11
    assert serving(shop) == OLD


def test_the_latest_verdict_counts(first: Shop) -> None:
    accept(first, NEW)
    strict = DeliveryConfig(gates=GatePolicy(max_latency_p95_ms=1))
    write_verdict(first.store, gates(first, NEW, strict))
    with pytest.raises(GatesRejected):
        promote(first, NEW)
    with pytest.raises(GatesRejected):
        promote(first, NEW, config=strict)


def _older(verdict: Verdict) -> Verdict:
    return verdict.model_copy(update={"created_at": NOW - 8 * DAY})


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (_older, "older than 7 days"),
        (lambda one: one.model_copy(update={"created_at": NOW + DAY}), "of the future"),
        (lambda one: one.model_copy(update={"manifest": "0" * 64}), "not what it was then"),
        (lambda one: one.model_copy(update={"manifest": None}), "not what it was then"),
    ],
)
@pytest.mark.parametrize("kind", ["gates", "comparison"])
def test_a_verdict_that_is_stale_or_of_another_release_counts_for_nothing(
    first: Shop, kind: str, change: Callable[[Verdict], Verdict], message: str
) -> None:
    made = {"gates": gates(first, NEW), "comparison": comparison(first, NEW)}
    made[kind] = change(made[kind])  # type: ignore[assignment]
    for verdict in made.values():
        write_verdict(first.store, verdict)
    with pytest.raises(GatesRejected if kind == "gates" else WorseThanProduction, match=message):
        promote(first, NEW)
    assert serving(first) == OLD


def test_a_verdict_that_lies_beside_another_release_counts_for_nothing(first: Shop) -> None:
    place = write_verdict(first.store, gates(first, OLD))
    copy = first.root / "validations" / NEW / "20260301T120000Z.json"
    copy.parent.mkdir(parents=True)
    copy.write_bytes(first.store.read(place).data)
    with pytest.raises(GatesRejected, match=f"it is on {OLD}"):
        promote(first, NEW)


def test_a_verdict_that_skips_a_gate_counts_for_nothing(first: Shop) -> None:
    whole = gates(first, NEW)
    kept = tuple(one for one in whole.gates if one.gate != "bias")
    write_verdict(first.store, whole.model_copy(update={"gates": kept}))
    with pytest.raises(GatesRejected, match="lacks the gates bias"):
        promote(first, NEW)


def test_a_verdict_by_other_thresholds_counts_for_nothing(first: Shop) -> None:
    accept(first, NEW)
    with pytest.raises(GatesRejected, match="other thresholds hold now"):
        promote(first, NEW, config=DeliveryConfig(gates=GatePolicy(min_performance=76)))
    with pytest.raises(WorseThanProduction, match="other margins hold now"):
        promote(first, NEW, config=DeliveryConfig(comparison=ComparisonPolicy(margin=0.01)))


def test_a_comparison_with_what_served_before_counts_for_nothing(first: Shop) -> None:
    first.publish(NEWER, Model(confidence=0.8))
    accept(first, NEW)
    accept(first, NEWER)
    promote(first, NEW)
    with pytest.raises(WorseThanProduction, match=f"compares with {OLD} in production, and {NEW} serves"):
        promote(first, NEWER)


def test_a_canary_takes_the_gates_alone_and_an_unknown_channel_what_production_takes(first: Shop) -> None:
    write_verdict(first.store, gates(first, NEW))
    promote(first, NEW, channel="canary")
    assert serving(first, "canary") == NEW
    with pytest.raises(WorseThanProduction):
        promote(first, NEW, channel="eu")


def test_only_a_channel_s_movers_promote_but_everybody_rolls_back(first: Shop) -> None:
    accept(first, NEW)
    bound = DeliveryConfig(
        channels={"production": ChannelPolicy(evidence=("gates", "comparison"), movers=("bo", "ci"))}
    )
    with pytest.raises(WaitsForPerson, match="ada may not promote") as waits:
        promote(first, NEW, config=bound)
    assert waits.value.exit_code == 13
    promote(first, NEW, config=bound, word=replace(WORD, by="ci"))
    go_back(first)
    assert serving(first) == OLD


def test_what_people_took_upon_them_is_kept_in_the_channel_s_history(shop: Shop) -> None:
    shop.publish(OLD, Model())
    accept(shop, OLD)
    promote(shop, OLD)
    shop.publish(NEW, Model(confidence=0.7, latency_ms=9_000))
    verdict = override_gates(gates(shop, NEW), {"latency_p95": "a batch service"}, by="bo")
    write_verdict(shop.store, verdict)
    worse = comparison(shop, NEW)
    assert not isinstance(worse, GatesVerdict)
    write_verdict(shop.store, override_comparison(worse, "agreed on", by="cy"))
    promote(shop, NEW)
    change = read_pointer(shop.store, "production").channel.history[-1]
    assert [(one.check, one.by, one.reason) for one in change.overrides] == [
        ("latency_p95", "bo", "a batch service"),
        ("comparison", "cy", "agreed on"),
    ]


def test_a_release_that_was_changed_since_its_verdict_is_not_promoted(first: Shop) -> None:
    accept(first, NEW)
    (first.root / "models" / NEW / "evaluation" / "calls.jsonl").write_text("")
    with pytest.raises(MoveRefused, match="not as it was published"):
        promote(first, NEW)


def test_a_pinned_channel_waits_and_a_rollback_sticks(first: Shop) -> None:
    accept(first, NEW)
    pin_channel(first.store, read_pointer(first.store, "production"), WORD)
    with pytest.raises(WaitsForPerson, match="pinned"):
        promote(first, NEW)
    unpin(first.store, read_pointer(first.store, "production"), WORD)
    promote(first, NEW)
    go_back(first)
    later = replace(WORD, at=NOW + dt.timedelta(minutes=2))
    with pytest.raises(WaitsForPerson, match="rolled back"):
        promote_by_evidence(first.store, CONFIG, read_pointer(first.store, "production"), NEW, later)
    promote_by_evidence(first.store, CONFIG, read_pointer(first.store, "production"), NEW, later, again=True)
    assert serving(first) == NEW
    assert history_gaps(read_pointer(first.store, "production").channel) == []


def test_there_is_nothing_to_go_back_to_before_the_second_release(first: Shop) -> None:
    with pytest.raises(MoveRefused, match="named nothing before"):
        go_back(first)


def test_who_looked_at_the_channel_before_somebody_moved_it_promotes_nothing(first: Shop) -> None:
    accept(first, NEW)
    stale = read_pointer(first.store, "production")
    pin_channel(first.store, stale, WORD)
    with pytest.raises(ChannelMoved):
        promote_by_evidence(first.store, CONFIG, stale, NEW, WORD)
    assert serving(first) == OLD


def test_where_signers_are_named_an_unsigned_release_is_not_promoted_whatever_else_the_channel_takes(
    first: Shop,
) -> None:
    key = SecretKey("0123456789ABCDEF", b"k" * 32)
    lax = DeliveryConfig(channels={"production": ChannelPolicy(evidence=())})

    def attempt() -> None:
        promote_by_evidence(
            first.store, lax, read_pointer(first.store, "production"), NEW, WORD, signers=[key.public.text]
        )

    with pytest.raises(MoveRefused, match="was not signed by this key"):
        attempt()
    sign_release(first.store, NEW, key, "ada", NOW)
    attempt()
    assert serving(first) == NEW
