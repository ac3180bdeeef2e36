"""A delivery whose release answers copies first: reviewed by a person, who lets it serve or turns it down."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from company import write_orders
from delivery_world import NOW, World, world_with
from releases import NEW, OLD, Model, Shop

from datacraft.cli.shadowing import answering_copies
from datacraft.config import load_settings
from datacraft.contracts.canary import CanaryWord
from datacraft.contracts.shadow import ShadowCopy, ShadowOrder, ShadowParameters, ShownAnswer
from datacraft.delivery.shadow import AskCandidate, pair, say
from datacraft.delivery.shadow.journal import append, read_copies
from datacraft.registry import Mandate
from datacraft.registry.channels import promote, read_pointer
from datacraft.serving import build_handler
from datacraft.serving.copying import ORDER
from datacraft.serving.telemetry import read_records

SHADOW = {"strategy": "shadow"}


@pytest.fixture
def world(shop: Shop) -> World:
    made = world_with(shop)
    made.shadowing = ShadowParameters(questions=2, max_s=60)

    @contextmanager
    def opened(release_id: str) -> Iterator[AskCandidate]:
        assert release_id == NEW
        yield lambda copy: copy.answer

    made.shadow = opened
    return made


def folder_of(world: World, run_id: str) -> Path:
    return world.shop.root.parent / "state" / "deliveries" / run_id / "shadow"


def word(decision: str) -> CanaryWord:
    return CanaryWord(decision=decision, by="grace", reason="all seen", at=NOW)  # type: ignore[arg-type]


def test_it_waits_for_a_person_and_serves_nobody_meanwhile(world):
    before = world.service.seen()
    journal = world.deliver(wish=SHADOW)
    assert journal.end is not None
    assert (journal.end.status, journal.end.exit_code) == ("waiting", 13)
    assert world.notices[-1].status == "waiting"
    assert world.service.seen() == before
    assert world.service.calls == []


def test_a_person_lets_it_serve(world):
    journal = world.deliver(wish=SHADOW)
    for number in range(2):
        copy = ShadowCopy(question_id=str(number), at=NOW, question="q", answer=ShownAnswer(sql="SELECT 1"))
        append(folder_of(world, journal.run_id) / "copies" / "1.jsonl", copy)
    say(folder_of(world, journal.run_id), word("promote"))
    again = world.deliver(wish=SHADOW)
    assert again.run_id == journal.run_id
    assert again.end is not None
    assert again.end.status == "deployed"
    assert "grace lets it serve" in again.latest()["deploy"].note
    assert read_pointer(world.shop.store, "production").release_id == NEW


def test_a_person_turns_it_down(world):
    before = world.service.seen()
    journal = world.deliver(wish=SHADOW)
    say(folder_of(world, journal.run_id), word("roll_back"))
    again = world.deliver(wish=SHADOW)
    assert again.end is not None
    assert (again.end.status, again.end.exit_code) == ("rolled_back", 12)
    assert "grace has turned" in world.notices[-1].reason
    assert world.service.seen() == before


def test_where_nothing_can_be_copied_nothing_changes(world):
    world.shadow = None
    before = world.service.seen()
    journal = world.deliver(wish=SHADOW)
    assert journal.end is not None
    assert journal.end.error is not None
    assert "copies" in journal.end.error.message
    assert world.service.seen() == before


def test_the_first_release_of_all_has_no_shadow(shop):
    first = world_with(shop, serving=None)
    journal = first.deliver(wish=SHADOW)
    assert journal.end is not None
    assert journal.end.status == "deployed"
    assert "Nothing serves" in journal.latest()["deploy"].note


def test_what_production_answers_is_copied_and_answered_for_real(shop, tmp_path):
    """A follow-up means the same to the candidate; one that is sure of nothing declines what production answers."""
    shop.publish(OLD, Model(confidence=0.5))
    shop.publish(NEW, Model(confidence=0.999))
    promote(shop.store, read_pointer(shop.store, "production"), OLD, Mandate("ada", "the first", NOW))
    write_orders(tmp_path / "orders.csv")
    state, folder = tmp_path / "state", tmp_path / "shadow"
    arguments = {
        "state_dir": state,
        "registry.url": shop.root.as_uri(),
        "data.paths": str(tmp_path / "orders.csv"),
    }
    settings = load_settings(environ={}, arguments=arguments)
    state.mkdir()
    order = ShadowOrder(release_id=OLD, folder=str(folder / "copies"))
    (state / ORDER).write_text(order.model_dump_json())
    with build_handler(settings, copied=True) as production:
        answers = [production.ask(one, "a session") for one in ("total revenue by region", "only 2024")]
    assert [one.error for one in answers] == [None, None]
    recorded = len(list(read_records(state / "telemetry")))
    copies = list(read_copies(folder))
    assert [len(one.turns) for one in copies] == [0, 1]
    with answering_copies(settings, shop.store)(OLD) as ask:
        assert [pair(one, ask(one), NOW, 9).agreement for one in reversed(copies)] == ["same", "same"]
    with answering_copies(settings, shop.store)(NEW) as ask:
        assert pair(copies[0], ask(copies[0]), NOW, 9).agreement == "production_only"
    assert len(list(read_records(state / "telemetry"))) == recorded
