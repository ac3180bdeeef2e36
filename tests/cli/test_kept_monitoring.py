"""`datacraft monitor alerts`, `acts`, `report` and `baseline`: what looks have kept, and what people say to it."""

from __future__ import annotations

import datetime as dt
import json
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from command_line import Command, Run

from datacraft.contracts.alarm import Act
from datacraft.contracts.telemetry import TelemetryRecord
from datacraft.monitoring.alarms import MonitoringPlace
from datacraft.registry import Mandate, open_store
from datacraft.registry.channels import promote, read_pointer
from datacraft.serving.telemetry import TelemetryWriter

sys.path.append(str(Path(__file__).parents[1] / "monitoring"))

from looks import published

NOW = dt.datetime.now(dt.UTC)


@pytest.fixture
def place(folder: Path, datacraft: Command) -> MonitoringPlace:
    """A folder in which slow answers were looked at, with a release that serves for long."""
    store = open_store(f"file://{folder}/.datacraft/registry")
    release = published(store, NOW - dt.timedelta(days=30))
    promote(
        store,
        read_pointer(store, "production"),
        release,
        Mandate("ada", "first", NOW - dt.timedelta(days=29)),
    )
    with TelemetryWriter(folder / ".datacraft" / "telemetry", channel="production") as writer:
        for number in range(40):
            writer.put(
                TelemetryRecord.model_validate(
                    {
                        "at": NOW - dt.timedelta(minutes=number), "question_id": f"q{number}", "release_id": release,
                        "timings": {"total_ms": 9_000},
                    }
                )
            )  # fmt: skip
    look = datacraft("monitor", "run", "--act")
    assert look.code == 10, look.err
    return MonitoringPlace(store, "production")


@pytest.fixture
def said(place: MonitoringPlace, datacraft: Command) -> Callable[..., Run]:
    """Run a command of `datacraft monitor`, which must end with a code."""

    def run(*words: str, code: int = 0) -> Run:
        found = datacraft("monitor", *words)
        assert found.code == code, found.err
        return found

    return run


def test_an_alarm_is_listed_looked_after_and_muted(said):
    assert "latency" in said("alerts", "list").out
    said("alerts", "ack", "latency", "--reason", "being moved", "--by", "ada")
    assert "looked after by ada" in said("alerts", "list").out
    said("alerts", "mute", "latency", "--reason", "a sale", "--by", "ada", "--hours", "2")
    assert "muted by ada" in said("alerts", "list").out
    said("alerts", "mute", "latency", "--reason", "over", "--by", "ada", "--hours", "0")
    book = json.loads(said("alerts", "list", "--format", "json").out)
    assert book["mutes"] == {}


@pytest.mark.parametrize("word", ["ack", "mute"])
def test_an_alarm_that_is_not_there_is_named(said, word):
    run = said("alerts", word, "thumbs", "--reason", "what?", code=2)
    assert "no alarm 'thumbs'" in run.err
    assert "latency" in run.err


def test_each_word_is_in_the_audit_log(said, datacraft):
    said("alerts", "ack", "latency", "--reason", "being moved", "--by", "ada")
    assert "being moved" in datacraft("audit", "list").out


def test_words_without_a_reason_are_not_taken(said):
    assert "reason is empty" in said("alerts", "ack", "latency", "--reason", " ", code=2).err


def test_a_kept_look_becomes_a_page(said, tmp_path):
    said("report", "health.html")
    page = (tmp_path / "health.html").read_text()
    assert page.startswith("<!doctype html>")
    assert "5 % of the answers took more than 9,000 ms" in page
    assert "http" not in page.replace("http://www.w3.org/2000/svg", "")


def test_an_act_that_waits_is_declined(said, place):
    act = Act(
        id="20260301T120000Z_re_evaluate", at=NOW, channel="production", action="re_evaluate", causes=("thumbs",),
        reason="thumbs point down", release_id=None, evidence="", state="waiting",
    )  # fmt: skip
    place.begin(act)
    assert "waiting" in said("acts", "list").out
    assert "is declined" in said("acts", "decline", act.id, "--reason", "a test", "--by", "ada").err
    assert "does not wait" in said("acts", "allow", act.id, "--reason", "yes", code=2).err
    assert "no act 'other'" in said("acts", "decline", "other", "--reason", "no", code=2).err


def test_a_baseline_that_is_set_is_shown_with_who_and_why(said, datacraft, tmp_path):
    assert "holds no profile" in said("baseline", "show", code=2).err
    (tmp_path / "sales.csv").write_text("region,sales\n" + "East,1\nWest,2\n" * 50)
    said("baseline", "set", "--data", "sales.csv", "--reason", "evaluated anew: it stays", "--by", "ada")
    assert "set by ada" in said("baseline", "show").err
    look = datacraft("monitor", "run", "--data", "sales.csv")
    assert "The data are as they were in 2 columns." in look.err
