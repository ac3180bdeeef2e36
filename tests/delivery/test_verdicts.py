"""Verdicts are written beside the release, as JSON and as a page, and never into it."""

from __future__ import annotations

import datetime as dt
from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import given
from hypothesis import strategies as st
from releases import NEW, NOW, Model, Shop

from datacraft.contracts.errors import RegistryError
from datacraft.contracts.gates import GatePolicy
from datacraft.contracts.verdict import GatesVerdict
from datacraft.delivery.evidence import ReleaseEvidence, read_evidence
from datacraft.delivery.gates import judge_release, override_gates
from datacraft.delivery.markdown import as_markdown, plain
from datacraft.delivery.verdicts import verdicts_of, write_verdict
from datacraft.registry import release_problems


@pytest.fixture
def verdict(shop: Shop) -> GatesVerdict:
    shop.publish(NEW, Model(latency_ms=6_000))
    return judge_release(read_evidence(shop.store, NEW), GatePolicy(), NOW)


def test_a_verdict_lies_beside_its_release_which_stays_as_it_was(shop: Shop, verdict: GatesVerdict) -> None:
    place = write_verdict(shop.store, verdict)
    assert place == f"validations/{NEW}/20260301T120000Z.json"
    assert release_problems(shop.store, NEW) == []
    assert verdicts_of(shop.store, NEW, "gates") == [(place, verdict)]
    assert verdicts_of(shop.store, NEW, "comparison") == []
    page = (shop.root / place.replace(".json", ".md")).read_text()
    assert "is rejected by 1 of 19 gates" in page
    assert page.index("latency_p95") < page.index("integrity"), "what rejects is read first"


def test_of_two_verdicts_of_one_second_the_later_is_the_latest(shop: Shop, verdict: GatesVerdict) -> None:
    second = override_gates(verdict, {"latency_p95": "it is a batch service"}, by="ada")
    write_verdict(shop.store, verdict)
    write_verdict(shop.store, second)
    assert [found for _, found in verdicts_of(shop.store, NEW, "gates")] == [second, verdict]
    assert "Overridden by ada: it is a batch service" in as_markdown(second)


def test_to_write_the_same_verdict_again_changes_nothing(shop: Shop, verdict: GatesVerdict) -> None:
    assert write_verdict(shop.store, verdict) == write_verdict(shop.store, verdict)
    assert len(verdicts_of(shop.store, NEW, "gates")) == 1


def test_a_verdict_of_a_clock_that_is_behind_is_still_the_latest(shop: Shop, verdict: GatesVerdict) -> None:
    behind = verdict.model_copy(update={"created_at": NOW - dt.timedelta(hours=1)})
    write_verdict(shop.store, verdict)
    assert write_verdict(shop.store, behind) == f"validations/{NEW}/20260301T120001Z.json"
    assert [found for _, found in verdicts_of(shop.store, NEW, "gates")] == [behind, verdict]


def test_verdicts_that_are_written_at_the_same_time_are_all_kept(shop: Shop, verdict: GatesVerdict) -> None:
    several = [verdict.model_copy(update={"manifest": f"{number:064}"}) for number in range(8)]
    with ThreadPoolExecutor(8) as threads:
        places = list(threads.map(lambda one: write_verdict(shop.store, one), several))
    assert len(set(places)) == 8
    assert {found.manifest for _, found in verdicts_of(shop.store, NEW, "gates")} == {
        one.manifest for one in several
    }


@pytest.mark.parametrize(
    "content", ["", "{", "[]", "null", '{"kind": "mood"}', '{"kind": "gates"}', '{"kind": []}']
)
def test_a_verdict_that_can_not_be_read_is_an_error_not_an_absence(
    shop: Shop, verdict: GatesVerdict, content: str
) -> None:
    write_verdict(shop.store, verdict)
    (shop.root / "validations" / NEW / "20260302T000000Z.json").write_text(content)
    with pytest.raises(RegistryError, match=r"20260302T000000Z\.json"):
        verdicts_of(shop.store, NEW, "gates")


def test_what_people_and_data_wrote_does_not_become_markup(good: ReleaseEvidence) -> None:
    slow = judge_release(good, GatePolicy(max_latency_p95_ms=1), NOW)
    word = "<script>|x|</script> [a](http://b)\n# heading `code`"
    page = as_markdown(override_gates(slow, {"latency_p95": word}, by="*ada*"))
    row = next(line for line in page.splitlines() if line.startswith("| latency"))
    assert "\\<script\\>\\|x\\|" in row
    assert "\\*ada\\*" in row
    assert "\\# heading" in row


@given(st.text())
def test_plain_text_is_one_line_without_a_bare_bar(text: str) -> None:
    shown = plain(text)
    assert len(shown.splitlines()) <= 1
    assert "|" not in shown.replace("\\|", "").replace("\\\\", "")


def test_the_time_of_a_verdict_is_kept(shop: Shop, verdict: GatesVerdict) -> None:
    write_verdict(shop.store, verdict.model_copy(update={"created_at": NOW + dt.timedelta(days=1)}))
    [(_, found)] = verdicts_of(shop.store, NEW, "gates")
    assert found.created_at == NOW + dt.timedelta(days=1)
