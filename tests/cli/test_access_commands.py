"""`datacraft keys` and `datacraft audit`, and what the other commands write into the audit log."""

from __future__ import annotations

import datetime as dt
import json
import sqlite3
import sys
from pathlib import Path

import pytest
from command_line import Command

sys.path.append(str(Path(__file__).parents[1] / "delivery"))

from releases import Model, Shop, empty_shop


def entries(datacraft: Command, *words: object) -> list[dict[str, str]]:
    """Return the audit log, the oldest entry first."""
    run = datacraft("audit", "list", "--format", "json", *words)
    assert run.code == 0, run.err
    return list(reversed(json.loads(run.out)))


def told(datacraft: Command) -> list[tuple[str, str, str, str]]:
    return [(one["who"], one["action"], one["target"], one["outcome"]) for one in entries(datacraft)]


def test_a_new_key_is_written_alone_and_only_this_once(datacraft: Command, folder: Path) -> None:
    made = datacraft("keys", "new", "nightly", "--role", "analyst", "--days", 30, "--by", "ada")
    assert made.code == 0, made.err
    prefix, key_id, secret = made.out.strip().split("_", 2)
    assert prefix == "datacraft"
    listed = datacraft("keys", "list")
    assert key_id in listed.out
    assert "analyst" in listed.out
    (found,) = json.loads(datacraft("keys", "list", "--format", "json").out)
    assert (found["id"], found["name"], found["created_by"]) == (key_id, "nightly", "ada")
    revoked = datacraft("keys", "revoke", key_id, "--by", "bo")
    assert revoked.code == 0
    assert "revoked" in datacraft("keys", "list").out
    assert told(datacraft) == [
        ("ada", "key_created", "key nightly", "done"),
        ("bo", "key_revoked", f"key {key_id}", "done"),
    ]
    for shown in (listed.out, listed.err, revoked.out, revoked.err, json.dumps(entries(datacraft))):
        assert secret not in shown
    assert not [path for path in folder.rglob("*") if path.is_file() and secret.encode() in path.read_bytes()]


@pytest.mark.parametrize(
    "words",
    [("new", "x", "--days", 9_999), ("new", " "), ("new", "x", "--role", "king"), ("revoke", "nobody")],
)
def test_what_is_no_key_is_wrong_input(datacraft: Command, words: tuple[object, ...]) -> None:
    run = datacraft("keys", *words)
    assert run.code == 2
    assert run.out == ""
    assert "Traceback" not in run.err


def test_the_first_broken_entry_is_named(datacraft: Command, folder: Path) -> None:
    for name in ("a", "b", "c"):
        datacraft("keys", "new", name)
    sound = datacraft("audit", "verify")
    assert sound.code == 0
    assert datacraft("audit", "verify", "--known", sound.out.strip()).code == 0
    assert datacraft("audit", "verify", "--known", "0" * 64).code == 1
    with sqlite3.connect(folder / ".datacraft" / "datacraft.db") as database:
        database.execute("DROP TRIGGER datacraft_audit_no_update")
        database.execute("UPDATE datacraft_audit SET who = 'eve' WHERE number = 2")
    broken = datacraft("audit", "verify")
    assert broken.code == 1
    assert broken.out.startswith("2\t")
    assert "entry 2" in broken.err


@pytest.fixture
def shop(folder: Path) -> Shop:
    root = folder / ".datacraft" / "registry"
    root.mkdir(parents=True)
    return empty_shop(root)


def publish(shop: Shop, model: Model, days_ago: int) -> str:
    name = f"{dt.datetime.now(dt.UTC) - dt.timedelta(days=days_ago):%Y%m%dT%H%M%SZ}_abc{days_ago:04}"
    shop.publish(name, model)
    return name


def test_every_move_of_a_channel_and_every_override_is_recorded(datacraft: Command, shop: Shop) -> None:
    first, second = publish(shop, Model(), 2), publish(shop, Model(confidence=0.7, latency_ms=9_000), 1)

    def releases(*words: object) -> int:
        return datacraft("releases", *words).code

    because = ("--reason", "because", "--by", "ada")
    assert releases("gates", first) == releases("compare", first) == 0
    assert releases("promote", second, *because) == 10
    assert releases("promote", first, *because) == 0
    assert releases("gates", second, "--override", "latency_p95=a batch service", "--by", "bo") in (0, 10)
    assert releases("compare", second, "--override", "slow, but right", "--by", "bo") in (0, 11)
    assert releases("pin", *because) == 0
    assert releases("unpin", *because) == 0
    assert releases("rollback", *because) == 1  # it named nothing before
    assert told(datacraft) == [
        ("ada", "promote", "channel production", "refused"),
        ("ada", "promote", "channel production", "done"),
        ("bo", "override", f"gates of {second}", "done"),
        ("bo", "override", f"comparison of {second} with {first} in production", "done"),
        ("ada", "pin", "channel production", "done"),
        ("ada", "unpin", "channel production", "done"),
    ]
    promoted = entries(datacraft)[1]
    assert promoted["detail"] == f"go from nothing to {first}: because"
    assert promoted["source"].startswith("command line, ")
    assert datacraft("audit", "verify").code == 0


def test_what_can_not_be_recorded_is_not_done(
    datacraft: Command, shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    release = publish(shop, Model(), 1)
    assert datacraft("releases", "gates", release).code == 0
    assert datacraft("releases", "compare", release).code == 0
    monkeypatch.setenv("DATACRAFT_DATABASE_URL", "sqlite:////dev/null/x/state.db")
    run = datacraft("releases", "promote", release, "--reason", "better")
    assert run.code == 2
    assert "database" in run.err
    assert not (shop.root / "channels" / "production.json").exists()
