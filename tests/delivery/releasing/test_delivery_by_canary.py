"""A delivery that tries the release on a few first: promoted, rolled back, or left to a person."""

from __future__ import annotations

import datetime as dt

import pytest
from delivery_world import DIGEST, Killed, Sessions, World, world_with
from releases import NEW, OLD, Shop

from datacraft.contracts.canary import CanaryParameters, CanaryWord
from datacraft.delivery.canary import say
from datacraft.registry.channels import read_pointer

CANARY = {"strategy": "canary", "image": "always"}


@pytest.fixture
def world(shop: Shop) -> World:
    made = world_with(shop)
    made.canary = CanaryParameters(step_s=60, silent_s=600, max_s=7_200)
    made.arms = Sessions()
    return made


def test_an_equal_release_is_promoted_after_its_steps(world):
    journal = world.deliver(wish=CANARY)
    assert journal.end is not None
    assert journal.end.status == "deployed"
    assert "promoted" in journal.latest()["deploy"].note
    assert world.service.seen() == {"images": {f"r/datacraft-app@{DIGEST}": 100}, "release": NEW}
    change = read_pointer(world.shop.store, "production").channel.history[-1]
    assert any(place.startswith("canaries/") for place in change.evidence)


def test_the_candidate_runs_the_new_image_and_its_baseline_what_serves(world):
    world.service.splits.clear()
    world.deliver(wish=CANARY)
    new = f"r/datacraft-app@{DIGEST}"
    assert world.service.splits[0] == {"production image-1": 90, f"canary {new}": 5, "baseline image-1": 5}
    assert world.service.splits[2] == {"production image-1": 2, f"canary {new}": 49, "baseline image-1": 49}


def test_a_less_successful_release_is_rolled_back_and_users_keep_what_they_had(world):
    world.arms = Sessions(canary_success=0.8)
    before = world.service.seen()
    journal = world.deliver(wish=CANARY)
    assert journal.end is not None
    assert (journal.end.status, journal.end.exit_code) == ("rolled_back", 12)
    assert world.service.seen() == before
    assert world.notices[-1].status == "rolled_back"
    assert all(one.state == "stopped" for one in world.service.revisions if one.channel != "production")


def test_one_that_nobody_can_judge_waits_for_a_person_whose_word_is_heard(world):
    world.canary = CanaryParameters(step_s=60, max_s=300, min_requests=10**6)
    journal = world.deliver(wish=CANARY)
    assert journal.end is not None
    assert (journal.end.status, journal.end.exit_code) == ("waiting", 13)
    assert read_pointer(world.shop.store, "production").release_id == OLD

    folder = world.shop.root.parent / "state" / "deliveries" / journal.run_id / "canary"
    say(
        folder,
        CanaryWord(decision="promote", by="grace", reason="seen by eye", at=world.clock.now()),
    )
    again = world.deliver(wish=CANARY)
    assert again.run_id == journal.run_id
    assert again.end is not None
    assert again.end.status == "deployed"
    assert world.service.seen() == {"images": {f"r/datacraft-app@{DIGEST}": 100}, "release": NEW}


def test_killed_while_the_canary_runs_it_goes_on_with_the_same_plan(world):
    original, looks = Sessions(), []

    class Dying(Sessions):
        def window(self, plan, now):
            looks.append(plan.started_at)
            if len(looks) == 5:
                raise Killed
            return original.window(plan, now)

    world.arms = Dying()
    with pytest.raises(Killed):
        world.deliver(wish=CANARY)
    world.clock.at += dt.timedelta(minutes=1)
    journal = world.deliver(wish=CANARY)
    assert journal.end is not None
    assert journal.end.status == "deployed"
    assert len(set(looks)) == 1


def test_without_telemetry_there_is_no_canary_and_nothing_changes(world):
    world.arms = None
    before = world.service.seen()
    journal = world.deliver(wish=CANARY)
    assert journal.end is not None
    assert journal.end.error is not None
    assert "telemetry" in journal.end.error.message
    assert world.service.seen() == before


def test_the_first_release_of_all_has_nothing_to_be_compared_with(shop):
    first = world_with(shop, serving=None)
    first.arms = Sessions()
    journal = first.deliver(wish=CANARY)
    assert journal.end is not None
    assert journal.end.status == "deployed"
    assert "Nothing serves" in journal.latest()["deploy"].note
