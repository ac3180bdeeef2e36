"""Nine steps, once, in order; an error anywhere leaves users with what they had, and everyone is told why."""

from __future__ import annotations

import pytest
from delivery_world import BAD, DIGEST, Killed, World, broken_image, never_ready, world_with
from releases import NEW, OLD, Shop

from datacraft.contracts.delivery_run import STEP_NAMES, DeliveryEntry, DeliveryWish, StepRecord
from datacraft.contracts.errors import DataCraftError, InputError, RegistryError
from datacraft.delivery.releasing import (
    AirflowFailed,
    DeliveryInUse,
    DeliveryLock,
    DeliverySuperseded,
    LockLost,
    read_journal,
)
from datacraft.delivery.targets import DeploymentError
from datacraft.registry.channels import history_gaps, read_pointer


@pytest.fixture
def world(shop: Shop) -> World:
    return world_with(shop)


def serving(world: World) -> str | None:
    return read_pointer(world.shop.store, "production").release_id


def test_a_better_release_reaches_people_and_they_are_told(world):
    journal = world.deliver()
    assert [one.step for one in journal.records if one.state in ("done", "skipped")] == list(STEP_NAMES)
    assert journal.end is not None
    assert journal.end.status == "deployed"
    assert serving(world) == NEW
    notice = world.notices[-1]
    assert (notice.status, notice.release_id, notice.production) == ("deployed", NEW, OLD)
    assert notice.deployment_url == "http://127.0.0.1:1"
    assert {score.name for score in notice.scores} >= {"composite score", "bias score"}
    assert all(gate.passed for gate in notice.gates)


def test_a_release_that_is_there_is_not_evaluated_again(world):
    journal = world.deliver(wish={"release_id": NEW})
    assert world.evaluating.started == []
    assert journal.latest()["trigger"].state == "skipped"
    assert serving(world) == NEW


def test_the_first_release_of_all_is_decided_by_gates_alone(shop):
    world = world_with(shop, serving=None)
    journal = world.deliver()
    assert journal.end is not None
    assert journal.end.status == "deployed"
    assert serving(world) == NEW
    assert "gates" in journal.latest()["compare"].note
    assert world.service.seen()["images"] == {"image-1": 100}


def test_a_bad_release_is_rejected_by_the_gates_and_nothing_changes(world):
    world.shop.publish("20260301T000000Z_bad0000", BAD)
    before = world.service.seen()
    journal = world.deliver(wish={"release_id": "20260301T000000Z_bad0000"})
    assert journal.end is not None
    assert (journal.end.status, journal.end.exit_code) == ("rejected", 10)
    assert world.service.seen() == before
    assert world.service.calls == []
    assert "execution accuracy" in world.notices[-1].reason.replace("_", " ")
    assert any(not gate.passed for gate in world.notices[-1].gates)


def test_a_new_image_is_built_pushed_and_takes_over(world):
    world.deliver(wish={"image": "always"})
    assert world.service.seen() == {"images": {f"r/datacraft-app@{DIGEST}": 100}, "release": NEW}


@pytest.mark.parametrize(
    "step", ["trigger", "wait", "image", "push", "apply", "wait_ready", "traffic", "seen"]
)
def test_whichever_step_fails_users_see_what_they_saw_and_the_next_run_goes_on(world, step):
    before = world.service.seen()
    if step in ("trigger", "wait"):
        world.evaluating.fails[step] = AirflowFailed("Airflow is away")
    elif step in ("image", "push"):
        world.building.fails[step] = [broken_image() for _ in range(9)]
    elif step == "seen":
        world.service.frozen = OLD
    else:
        world.service.fails[step] = never_ready() if step == "wait_ready" else DeploymentError("no")
    journal = world.deliver(wish={"image": "always"})
    assert journal.end is not None
    assert (journal.end.status, journal.end.exit_code) == ("failed", 1)
    assert world.notices[-1].status == "failed"
    assert world.notices[-1].reason
    assert world.service.seen() == before
    assert history_gaps(read_pointer(world.shop.store, "production").channel) == []

    world.evaluating.fails.clear()
    world.building.fails.clear()
    world.service.fails.clear()
    world.service.frozen = None
    begun = len(world.evaluating.started)
    again = world.deliver(wish={"image": "always", "again": False})
    assert again.run_id == journal.run_id
    if step in (
        "traffic",
        "seen",
    ):  # the channel was moved and moved back: only a person lets it be tried again
        assert again.end is not None
        assert again.end.status == "waiting"
        assert world.service.seen() == before
        return
    assert again.end is not None
    assert again.end.status == "deployed"
    assert world.service.seen() == {"images": {f"r/datacraft-app@{DIGEST}": 100}, "release": NEW}
    assert len(world.evaluating.started) - begun == (step == "trigger")


def test_a_push_that_heals_is_tried_again(world):
    world.building.fails["push"] = [broken_image(), broken_image()]
    journal = world.deliver(wish={"image": "always"})
    assert journal.end is not None
    assert journal.end.status == "deployed"
    assert [one.attempt for one in journal.records if one.step == "push" and one.state == "failed"] == [1, 2]


KILLED_AT = [(step, state) for step in STEP_NAMES for state in ("started", "done")]


@pytest.mark.parametrize(("step", "state"), KILLED_AT, ids=[f"{step}-{state}" for step, state in KILLED_AT])
def test_killed_anywhere_and_run_again_it_goes_on(world, step, state):
    def kill(record: StepRecord) -> None:
        if record.step == step and (record.state == state or (state == "done" and record.state == "skipped")):
            raise Killed

    world.on_record = kill
    with pytest.raises(Killed):
        world.deliver(wish={"image": "always"})
    world.on_record = lambda _: None
    journal = world.deliver(wish={"image": "always"})
    assert journal.end is not None
    assert journal.end.status == "deployed"
    assert world.service.seen() == {"images": {f"r/datacraft-app@{DIGEST}": 100}, "release": NEW}
    assert len(read_pointer(world.shop.store, "production").channel.history) == 2
    assert [one.state for one in world.service.revisions].count("ready") == 2, "no revision is left over"
    assert 1 <= len(world.notices) <= 2


def test_what_came_to_its_end_is_not_gone_on_with(world):
    first = world.deliver()
    second = world.deliver()
    assert second.run_id != first.run_id
    assert second.latest()["compare"].state == "skipped"
    assert second.end is not None
    assert second.end.status == "deployed"


def test_an_unfinished_delivery_is_not_mixed_with_another_wish(world):
    world.deliver(until="compare")
    with pytest.raises(InputError, match="strategy"):
        world.deliver(wish={"strategy": "canary"})
    other = world.deliver(wish={"strategy": "direct", "image": "always"}, new=True)
    assert other.end is not None


def test_until_stops_and_the_next_run_goes_on_from_there(world):
    first = world.deliver(until="compare")
    assert first.end is None
    assert world.notices == []
    assert serving(world) == OLD
    second = world.deliver()
    assert second.run_id == first.run_id
    assert len(world.evaluating.started) == 1
    assert serving(world) == NEW


def test_from_makes_a_step_again_and_needs_what_goes_before(world):
    with pytest.raises(InputError, match="no delivery"):
        world.deliver(start="deploy")
    world.deliver(until="download")
    with pytest.raises(InputError, match="validate"):
        world.deliver(start="deploy")
    world.deliver(start="validate")
    assert serving(world) == NEW


def test_a_second_delivery_waits_for_none_that_lives(world):
    with DeliveryLock(world.shop.store, "grace", ttl_s=1), pytest.raises(DeliveryInUse, match="grace"):
        world.deliver()
    assert serving(world) == OLD


def test_a_lock_that_is_not_renewed_is_taken_over_and_its_former_holder_stops(shop):
    lock = DeliveryLock(shop.store, "ada", ttl_s=0.4)
    with lock:
        lock._renew = lambda: None  # type: ignore[method-assign]
        lock._stop.set()  # its thread is stopped, as by a machine that sleeps
        lock._thread.join()
        with DeliveryLock(shop.store, "grace", ttl_s=0.4) as other:
            assert other.token == lock.token + 1
            with pytest.raises(LockLost):
                lock.check()


def test_who_comes_back_from_the_dead_can_write_nothing(world):
    journal = world.deliver(until="trigger")
    late = read_journal(world.shop.store, journal.run_id)
    world.deliver(until="wait")
    with pytest.raises(DeliverySuperseded):
        late.append(DeliveryEntry(wish=DeliveryWish(reason="late", by="ada")))


def test_a_registry_that_goes_away_midway_changes_nothing(world, monkeypatch):
    before = world.service.seen()

    def away(*_: object, **__: object) -> None:
        raise RegistryError("the registry is away")

    def cut(record: StepRecord) -> None:
        if record.step == "compare" and record.state == "done":
            monkeypatch.setattr(type(world.shop.store), "create", away)
            monkeypatch.setattr(type(world.shop.store), "replace", away)

    world.on_record = cut
    with pytest.raises(DataCraftError, match="away"):
        world.deliver()
    monkeypatch.undo()
    world.on_record = lambda _: None
    assert world.service.seen() == before
    assert world.deliver().end is not None
    assert serving(world) == NEW
