"""API keys: what is kept of one can't be used as one, and none opens anything once its time is over."""

from __future__ import annotations

import datetime as dt
import hashlib
import logging
from collections.abc import Iterator

import pytest
from sqlalchemy import create_engine, text

from datacraft.access import StateStore
from datacraft.access.keys.secret import new_secret, read_secret
from datacraft.config import mask_text
from datacraft.contracts.errors import InputError

NOW = dt.datetime(2024, 1, 2, 3, 4, 5, tzinfo=dt.UTC)
DAY = dt.timedelta(days=1)


class Clock:
    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> dt.datetime:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def state(url: str, clock: Clock) -> Iterator[StateStore]:
    opened = StateStore(url, clock=clock)
    yield opened
    opened.close()


def test_a_key_is_known_again_with_its_name_and_role(state: StateStore) -> None:
    key, secret = state.keys.create("ci", "operator", "ada", 30 * DAY)
    assert (key.name, key.role, key.created_by, key.expires_at) == ("ci", "operator", "ada", NOW + 30 * DAY)
    found = state.keys.check(secret)
    assert found is not None
    assert (found.id, found.role) == (key.id, "operator")
    assert state.keys.check(f" {secret}\n") is not None


def test_only_a_hash_is_kept(state: StateStore, url: str) -> None:
    key, secret = state.keys.create("ci", "viewer", "ada", DAY)
    value = secret.rpartition(f"{key.id}_")[2]
    assert len(value) == 43  # 256 bits, six in a character
    engine = create_engine(url.replace("postgresql://", "postgresql+psycopg://"))
    with engine.connect() as connection:
        kept = [
            str(cell) for row in connection.execute(text("SELECT * FROM datacraft_api_keys")) for cell in row
        ]
    engine.dispose()
    assert hashlib.sha256(value.encode()).hexdigest() in kept
    assert not any(value in cell for cell in kept)


def test_another_secret_or_id_opens_nothing(state: StateStore) -> None:
    key, secret = state.keys.create("ci", "operator", "ada", DAY)
    other = new_secret()
    flipped = secret[:-2] + ("A" if secret[-2] != "A" else "B") + secret[-1]
    for wrong in (
        "", "x", f"datacraft_{key.id}_", f"datacraft_{key.id}_{other.value}", other.text, flipped,
        secret.upper(), secret + "A", f"datacraft_{key.id}_{'é' * 43}", "\x00" * 70,
    ):  # fmt: skip
        assert state.keys.check(wrong) is None, wrong


def test_an_expired_key_opens_nothing(state: StateStore, clock: Clock) -> None:
    key, secret = state.keys.create("ci", "viewer", "ada", DAY)
    clock.now = NOW + DAY - dt.timedelta(seconds=1)
    assert state.keys.check(secret) is not None
    clock.now = NOW + DAY
    assert state.keys.check(secret) is None
    assert state.keys.find(key.id) is None
    assert state.keys.list()[0].state(clock.now) == "expired"


def test_a_revoked_key_opens_nothing_and_stays_in_the_list(state: StateStore, clock: Clock) -> None:
    key, secret = state.keys.create("ci", "viewer", "ada", DAY)
    assert state.keys.find(key.id) == key
    clock.now += dt.timedelta(minutes=5)
    assert state.keys.revoke(key.id).revoked_at == clock.now
    assert state.keys.check(secret) is None
    assert state.keys.find(key.id) is None
    clock.now += dt.timedelta(minutes=5)
    assert state.keys.revoke(key.id).revoked_at == NOW + dt.timedelta(minutes=5)
    assert [one.state(clock.now) for one in state.keys.list()] == ["revoked"]
    with pytest.raises(InputError):
        state.keys.revoke("nobody")


def test_when_a_key_was_last_used_is_known_to_the_minute(state: StateStore, clock: Clock) -> None:
    _, secret = state.keys.create("ci", "viewer", "ada", DAY)
    assert state.keys.list()[0].last_used_at is None
    state.keys.check(secret)
    clock.now = NOW + dt.timedelta(seconds=50)
    state.keys.check(secret)
    assert state.keys.list()[0].last_used_at == NOW
    clock.now = NOW + dt.timedelta(seconds=61)
    state.keys.check(secret)
    assert state.keys.list()[0].last_used_at == clock.now


@pytest.mark.parametrize("name", ["", "  ", "x" * 201, "a\nb", "a\x1b[1m"])
def test_a_key_needs_a_name(state: StateStore, name: str) -> None:
    with pytest.raises(InputError):
        state.keys.create(name, "viewer", "ada", DAY)


@pytest.mark.parametrize("days", [0, -1, 731, 10_000])
def test_a_key_lasts_for_a_time_that_ends(state: StateStore, days: float) -> None:
    with pytest.raises(InputError):
        state.keys.create("ci", "viewer", "ada", days * DAY)


def test_a_key_is_shown_by_nothing_that_shows_it_by_accident(caplog: pytest.LogCaptureFixture) -> None:
    secret = new_secret()
    with caplog.at_level(logging.INFO):
        logging.getLogger("datacraft").info("%s %r", secret, [secret])
    assert secret.value not in caplog.text
    assert secret.value not in mask_text(f"GET /?k={secret.text} {secret.text}")
    assert read_secret(secret.text) is not None
