"""Alarms begin, last, are told again and end; what was not measured ends nothing."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st
from looks import START, look

from datacraft.contracts.alarm import AlarmBook, AlarmEvent, Word
from datacraft.contracts.monitoring import DecisionPolicy, ProductionReport
from datacraft.monitoring.alarms.book import looked

POLICY = DecisionPolicy()


def follow(*reports: ProductionReport, policy: DecisionPolicy = POLICY) -> tuple[AlarmBook, list[list[str]]]:
    """Return the book after all looks, and what each of them had to tell; all of it is told."""
    book, told = AlarmBook(), []
    for report in reports:
        book, events = looked(book, report, policy)
        told.append([f"{event.kind} {event.alarm.name}" for event in events])
        book = hear(book, events, report.at)
    return book, told


def hear(book: AlarmBook, events: tuple[AlarmEvent, ...], now: dt.datetime) -> AlarmBook:
    names = {event.alarm.name for event in events}
    alarms = (one.model_copy(update={"told_at": now}) if one.name in names else one for one in book.alarms)
    return book.model_copy(update={"alarms": tuple(alarms)})


def test_an_alarm_is_told_once_and_ends_after_two_good_looks():
    book, told = follow(look(0, "latency"), look(6, "latency"), look(12), look(18), look(24))
    assert told == [["opened latency"], [], [], ["resolved latency"], []]
    assert book.alarms == ()
    assert [one.name for one in book.past] == ["latency"]


def test_drift_is_believed_when_two_looks_in_a_row_see_it():
    assert follow(look(0, "data drift"), look(6), look(12, "data drift"))[1] == [[], [], []]
    assert follow(look(0, "data drift"), look(6, "data drift"))[1] == [[], ["opened data drift"]]


def test_a_look_that_could_not_measure_ends_nothing():
    blind = [look(6 * n, measured=()) for n in range(1, 5)]
    book, told = follow(look(0, "error rate"), *blind)
    assert [one.name for one in book.open] == ["error rate"]
    assert not any("resolved" in event for events in told for event in events)


def test_between_two_good_looks_a_blind_one_changes_nothing():
    _, told = follow(look(0, "latency"), look(6), look(12, measured=()), look(18))
    assert told[-1] == ["resolved latency"]


def test_a_lasting_alarm_is_told_again_each_day_unless_somebody_looks_after_it():
    looks = [look(6 * n, "latency") for n in range(9)]
    _, told = follow(*looks)
    assert [n for n, events in enumerate(told) if events == ["reminder latency"]] == [4, 8]
    book, _ = follow(looks[0])
    word = Word(by="ann", reason="on it", at=START)
    book = book.model_copy(update={"alarms": (book.alarms[0].model_copy(update={"acknowledged": word}),)})
    assert all(looked(book, one, POLICY)[1] == () for one in looks[1:])


def test_a_ticket_that_becomes_a_page_is_told_as_worse():
    _, told = follow(look(0, "error budget"), look(1, "error budget", page=True))
    assert told[1] == ["worse error budget"]


def test_an_alarm_that_comes_back_in_the_midst_of_ending_goes_on():
    book, told = follow(look(0, "latency"), look(6), look(12, "latency"), look(18))
    assert [one.name for one in book.open] == ["latency"]
    assert told[1:] == [[], [], []]


def test_a_look_of_an_earlier_time_changes_nothing():
    book, _ = follow(look(12, "latency"))
    assert looked(book, look(6), POLICY) == (book, ())
    assert looked(book, look(12, "thumbs"), POLICY) == (book, ())


def test_mutes_that_are_over_are_forgotten():
    word = Word(by="ann", reason="sale", at=START, until=START + dt.timedelta(hours=3))
    book = AlarmBook(mutes={"latency": word})
    assert book.is_muted("latency", START)
    assert looked(book, look(6), POLICY)[0].mutes == {}


@given(
    st.lists(st.tuples(st.sampled_from(["bad", "good", "blind"]), st.booleans()), min_size=1, max_size=30),
    st.integers(1, 3),
)
def test_whatever_is_seen_an_alarm_opens_before_it_ends_and_only_good_looks_end_it(seen, clear):
    policy = DecisionPolicy(clear_looks=clear)
    book, is_open, good = AlarmBook(), False, 0
    for number, (kind, page) in enumerate(seen):
        measured = () if kind == "blind" else ("latency",)
        report = look(number, *(["latency"] if kind == "bad" else []), page=page, measured=measured)
        book, events = looked(book, report, policy)
        good = 0 if kind == "bad" else good + (kind == "good")
        for event in events:
            if event.kind == "resolved":
                assert is_open
                assert good == clear
                is_open = False
            elif event.kind == "opened":
                assert kind == "bad"
                is_open = True
        book = hear(book, events, report.at)
        assert bool(book.open) == is_open


@pytest.mark.parametrize(
    ("hours", "hour", "quiet"),
    [((22, 6), 23, True), ((22, 6), 5, True), ((22, 6), 6, False), ((1, 3), 2, True), ((1, 3), 3, False)],
)
def test_quiet_hours_may_pass_midnight(hours, hour, quiet):
    policy = DecisionPolicy(quiet_hours=hours)
    assert policy.is_quiet(dt.datetime(2026, 3, 2, hour, 30, tzinfo=dt.UTC)) is quiet
