"""Driving a canary: real channels, telemetry and journal; only people and traffic are made up."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from canary_parts import NEW, OLD, START, Town, plan

from datacraft.contracts.canary import CanaryPlan, CanaryVerdict, CanaryWord, Signal
from datacraft.contracts.errors import DataCraftError
from datacraft.delivery.canary import (
    EXIT_CODES,
    CanaryChanged,
    CanaryInUse,
    CanaryJournalError,
    CanaryRefused,
    WordRefused,
    read_journal,
    say,
)
from datacraft.delivery.canary.journal import Journal
from datacraft.registry import MoveRefused, WaitsForPerson
from datacraft.registry.channels import history_gaps, read_pointer

GOOD, BAD = {OLD: 0.95, NEW: 0.95}, {OLD: 0.95, NEW: 0.6}
QUICK = {"steps": (25, 50), "step_requests": 50, "margin": 0.1}


def quick(**changes: object) -> CanaryPlan:
    return plan(**{**QUICK, **changes})


def word(decision: str, by: str = "grace") -> CanaryWord:
    return CanaryWord(decision=decision, by=by, reason="I looked at it", at=START)  # type: ignore[arg-type]


def test_a_good_canary_gets_more_step_by_step_and_becomes_production(tmp_path: Path) -> None:
    town = Town(tmp_path, GOOD)
    state = town.run(plan())
    assert (state.status, EXIT_CODES[state.status]) == ("promoted", 0)
    assert town.splits == [(5, 5), (25, 25), (50, 50), (0, 0)]
    assert town.names("production") == NEW
    change = read_pointer(town.store, "production").channel.history[-1]
    assert change.by == "canary"
    verdict = CanaryVerdict.model_validate_json(town.store.read(change.evidence[0]).data)
    assert verdict == state.verdict


def test_a_bad_canary_is_rolled_back_and_production_was_never_touched(tmp_path: Path) -> None:
    town = Town(tmp_path, BAD)
    state = town.run(plan())
    assert (state.status, EXIT_CODES[state.status]) == ("rolled_back", 12)
    assert town.splits == [(5, 5), (0, 0)]
    assert (town.names("production"), town.names("canary")) == (OLD, OLD)
    assert len(read_pointer(town.store, "production").channel.history) == 1


def test_a_verdict_once_given_does_not_flip(tmp_path: Path) -> None:
    town = Town(tmp_path, BAD)
    state = town.run(plan())
    town.quality = GOOD
    town.sleep(36_000)
    assert town.run(plan()) == state
    assert town.splits[-1] == (0, 0)


def test_what_was_rolled_back_is_not_tried_again_without_an_explicit_word(tmp_path: Path) -> None:
    town = Town(tmp_path, BAD)
    town.run(plan())
    (tmp_path / "canary").rename(tmp_path / "first")
    with pytest.raises(WaitsForPerson, match="was rolled back from"):
        town.run(plan())
    assert town.splits[-1] == (0, 0)
    town.quality = GOOD
    assert town.run(plan(again=True, started_at=town.time)).status == "promoted"


def test_a_persons_rollback_of_production_sticks(tmp_path: Path) -> None:
    town = Town(tmp_path, GOOD)
    town.move("production", NEW)
    town.take_back("production", OLD)
    with pytest.raises(WaitsForPerson, match="by ada"):
        town.run(plan())
    assert town.run(plan(again=True)).status == "promoted"


def test_a_persons_rollback_of_the_channel_ends_the_canary(tmp_path: Path) -> None:
    town = Town(tmp_path, GOOD)
    town.then = lambda: town.take_back("canary", OLD) if town.shares == (25, 25) else None
    state = town.run(plan())
    assert state.status == "rolled_back"
    assert state.verdict is not None
    assert (state.verdict.by, state.verdict.primary.canary.requests > 0) == ("ada", True)
    assert town.splits[-1] == (0, 0)


def test_a_persons_word_rolls_back_at_the_next_look(tmp_path: Path) -> None:
    town = Town(tmp_path, GOOD)
    town.then = lambda: say(town.folder, word("roll_back")) if town.shares == (25, 25) else None
    state = town.run(plan())
    assert state.status == "rolled_back"
    assert town.splits == [(5, 5), (25, 25), (0, 0)]
    change = read_pointer(town.store, "canary").channel.history[-1]
    assert (change.action, change.by, change.release_id) == ("rollback", "grace", OLD)


def test_production_that_moves_meanwhile_is_for_a_person(tmp_path: Path) -> None:
    town = Town(tmp_path, GOOD)
    other = "20250515T000000Z_ccccccc"

    def somebody_moves() -> None:
        if town.shares == (25, 25) and town.names("production") == OLD:
            from canary_parts import metadata

            from datacraft.contracts.release import ReleaseMetadata
            from datacraft.registry import publish_release

            publish_release(town.store, ReleaseMetadata.model_validate(metadata(other)), {})
            town.move("production", other)

    town.then = somebody_moves
    assert town.run(plan()).status == "waiting"
    assert town.names("production") == other


def test_inconclusive_waits_for_a_person_and_never_promotes(tmp_path: Path) -> None:
    town = Town(tmp_path, {OLD: 0.95, NEW: 0.93}, per_minute=2)
    state = town.run(quick(max_s=7_200))
    assert (state.status, EXIT_CODES[state.status]) == ("waiting", 13)
    assert town.names("production") == OLD
    assert town.run(quick(max_s=7_200)) == state
    say(town.folder, word("promote"))
    assert town.run(quick(max_s=7_200)).status == "promoted"
    assert read_pointer(town.store, "production").channel.history[-1].by == "grace"


def test_a_person_can_not_promote_what_is_still_being_judged(tmp_path: Path) -> None:
    town = Town(tmp_path, GOOD)
    refused: list[WordRefused] = []

    def try_it() -> None:
        with pytest.raises(WordRefused) as raised:
            say(town.folder, word("promote"))
        refused.append(raised.value)

    town.then = try_it
    assert town.run(quick()).status == "promoted"
    assert refused
    with pytest.raises(WordRefused, match="has its end"):
        say(town.folder, word("roll_back"))
    with pytest.raises(WordRefused, match="no canary"):
        say(tmp_path / "elsewhere", word("roll_back"))


def test_without_traffic_it_pauses_and_resumes_by_itself(tmp_path: Path) -> None:
    town = Town(tmp_path, GOOD)
    seen: list[str] = []

    def night() -> None:
        town.per_minute = 0 if 20 <= (town.time - START).total_seconds() / 60 < 90 else 60

    town.then = night
    state = town.run(plan(), watch=lambda verdict: seen.append(verdict.decision))
    assert state.status == "promoted"
    assert "hold" in seen
    assert seen.index("hold") < len(seen) - 1


def test_telemetry_that_can_not_be_read_is_no_data(tmp_path: Path) -> None:
    from datacraft.delivery.canary import ChannelMover, TelemetryArms, run_canary

    town = Town(tmp_path, GOOD)
    held: list[CanaryVerdict] = []

    class Shaky:
        def window(self, *arguments: object) -> object:
            if not held:
                raise DataCraftError("the disk is away")
            return TelemetryArms([town.telemetry]).window(*arguments)  # type: ignore[arg-type]

    mover = ChannelMover(town.store, town, clock=town.now)
    state = run_canary(quick(), Shaky(), mover, town, town.folder, look_s=300, watch=held.append)  # type: ignore[arg-type]
    assert state.status == "promoted"
    assert held[0].decision == "hold"
    assert "the disk is away" in held[0].reasons[-1]


def test_a_signal_holds_until_it_is_gone(tmp_path: Path) -> None:
    town = Town(tmp_path, GOOD, per_minute=10)
    alert = Signal(name="alert", message="the warehouse is slow")

    def signals() -> list[Signal]:
        return [alert] if (town.time - START).total_seconds() < 7_200 else []

    state = town.run(quick(), signals=signals)
    assert state.status == "promoted"
    assert state.verdict is not None
    assert state.verdict.elapsed_s >= 7_200


def test_a_plan_does_not_change_once_the_canary_began(tmp_path: Path) -> None:
    town = Town(tmp_path, {OLD: 0.95, NEW: 0.93}, per_minute=2)
    town.run(quick(max_s=3_600))
    with pytest.raises(CanaryChanged, match="margin"):
        town.run(quick(max_s=3_600, margin=0.2))


def test_one_process_drives_a_canary(tmp_path: Path) -> None:
    town = Town(tmp_path, GOOD)
    with Journal(town.folder), pytest.raises(CanaryInUse):
        town.run(plan())


def test_a_baseline_that_production_does_not_serve_is_refused(tmp_path: Path) -> None:
    town = Town(tmp_path, GOOD)
    town.move("production", NEW)
    with pytest.raises(CanaryRefused, match="Production serves"):
        town.run(plan())
    assert not town.splits


class Killed(BaseException):
    """The process is gone."""


def killed_at(town: Town, place: int, *, before: bool) -> None:
    """Let the process die at the n-th change of anything outside: traffic, or an object of the registry."""
    count = 0

    def dying(change: Callable[..., object]) -> Callable[..., object]:
        def changed(*arguments: object, **named: object) -> object:
            nonlocal count
            count += 1
            if count == place and before:
                raise Killed
            result = change(*arguments, **named)
            if count == place:
                raise Killed
            return result

        return changed

    town.split = dying(town.split)  # type: ignore[method-assign, assignment]
    town.store.replace = dying(town.store.replace)  # type: ignore[method-assign, assignment]
    town.store.create = dying(town.store.create)  # type: ignore[method-assign, assignment]


@pytest.mark.parametrize("quality", [GOOD, BAD], ids=["good", "bad"])
@pytest.mark.parametrize("before", [True, False], ids=["before", "after"])
def test_a_killed_canary_goes_on_wherever_it_was(
    tmp_path: Path, quality: dict[str, float], before: bool
) -> None:
    deaths = 0
    for place in range(1, 30):
        root = tmp_path / str(place)
        town = Town(root, quality, per_minute=120)
        whole = town.store, town.split
        killed_at(town, place, before=before)
        try:
            town.run(quick())
        except Killed:
            deaths += 1
        else:
            break
        town.store, town.split = open_again(town), whole[1]  # type: ignore[method-assign]
        state = town.run(quick())
        good = quality is GOOD
        assert state.status == ("promoted" if good else "rolled_back"), place
        assert town.names("production") == (NEW if good else OLD)
        assert town.names("canary") == (NEW if good else OLD)
        assert town.shares == (0, 0)
        for channel in ("production", "canary", "baseline"):
            assert history_gaps(read_pointer(town.store, channel).channel) == []
        moves = [one.release_id for one in read_pointer(town.store, "production").channel.history]
        assert moves == ([OLD, NEW] if good else [OLD])
    assert deaths >= 6, "each change outside was a place to die at"


def open_again(town: Town):  # type: ignore[no-untyped-def]
    from datacraft.registry import open_store

    return open_store((town.root / "registry").as_uri())


def test_a_torn_last_line_of_the_journal_does_not_count(tmp_path: Path) -> None:
    town = Town(tmp_path, {OLD: 0.95, NEW: 0.93}, per_minute=2)
    state = town.run(quick(max_s=3_600))
    journal = town.folder / "journal.jsonl"
    whole = journal.read_bytes()
    journal.write_bytes(whole + b'{"verdict": {"decision": "prom')
    assert town.run(quick(max_s=3_600)) == state
    assert journal.read_bytes() == whole


def test_a_damaged_journal_stops_everything(tmp_path: Path) -> None:
    town = Town(tmp_path, {OLD: 0.95, NEW: 0.93}, per_minute=2)
    town.run(quick(max_s=3_600))
    journal = town.folder / "journal.jsonl"
    journal.write_bytes(b"{}}\n" + journal.read_bytes())
    with pytest.raises(CanaryJournalError, match=r"journal\.jsonl:1 is damaged"):
        town.run(quick(max_s=3_600))


def test_whoever_looks_on_reads_the_plan_and_all_verdicts(tmp_path: Path) -> None:
    town = Town(tmp_path, GOOD)
    assert read_journal(town.folder) is None
    state = town.run(quick())
    known = read_journal(town.folder)
    assert known is not None
    assert known[0] == quick()
    assert known[1][-1] == state.verdict


def test_a_target_that_is_away_for_a_moment_is_asked_again(tmp_path: Path) -> None:
    town = Town(tmp_path, BAD)
    split, failures = town.split, iter([True, True, False])

    def shaky(canary: int, baseline: int) -> None:
        if (canary, baseline) == (0, 0) and next(failures):
            raise DataCraftError("the target is away")
        split(canary, baseline)

    town.split = shaky  # type: ignore[method-assign]
    assert town.run(quick()).status == "rolled_back"
    assert town.shares == (0, 0)


def test_promotion_that_is_refused_leaves_all_as_it_is_and_is_asked_again(tmp_path: Path) -> None:
    from datacraft.delivery.canary import ChannelMover, TelemetryArms, run_canary

    town = Town(tmp_path, GOOD)

    def refused(*arguments: object, **named: object) -> object:
        raise MoveRefused("the gates' verdict is too old")

    mover = ChannelMover(town.store, town, clock=town.now, promotion=refused)  # type: ignore[arg-type]
    with pytest.raises(MoveRefused):
        run_canary(quick(), TelemetryArms([town.telemetry]), mover, town, town.folder, look_s=300)
    assert (town.names("production"), town.shares) == (OLD, (50, 50))
    assert town.run(quick()).status == "promoted"
