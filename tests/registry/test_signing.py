"""Releases are signed as minisign signs; a changed byte, another key or another comment is found."""

from __future__ import annotations

import base64
import shutil
import subprocess
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from publishing import published
from real_parts import missing_part
from registries import NOW, Registry

from datacraft.contracts.errors import ConfigError, MoveRefused, RegistryError
from datacraft.registry.minisign import (
    SecretKey,
    SignatureInvalid,
    key_id_of,
    read_public_key,
    read_secret_key,
)
from datacraft.registry.signing import sign_release, signature_problems, signing_key

A, B = "20250101T000000Z_aaa1111", "20250301T000000Z_bbb2222"
KEY, OTHER = SecretKey("0123456789ABCDEF", b"k" * 32), SecretKey("FEDCBA9876543210", b"o" * 32)
unhurried = settings(deadline=None, max_examples=50)


@pytest.fixture(scope="module")
def keys(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with `release.key` and `release.pub`, made by minisign itself."""
    folder = tmp_path_factory.mktemp("keys")
    if shutil.which("minisign") is None:
        missing_part("minisign is not installed")
    minisign(folder, "-G", "-W", "-p", "release.pub", "-s", "release.key")
    return folder


def minisign(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(["minisign", *words], cwd=folder, capture_output=True, text=True, timeout=60)


@unhurried
@given(content=st.binary(max_size=300), comment=st.text(st.characters(categories=("L", "N", "P"))))
def test_what_is_signed_is_accepted_with_its_comment(content: bytes, comment: str) -> None:
    signature = KEY.sign(content, comment)
    assert KEY.public.check(content, signature) == comment
    assert key_id_of(signature) == KEY.key_id
    assert read_public_key(KEY.public.text) == KEY.public


@unhurried
@given(place=st.integers(0, 10_000), change=st.integers(1, 255))
def test_a_changed_byte_of_content_or_signature_is_found(place: int, change: int) -> None:
    content = b"the manifest of a release"
    signature = KEY.sign(content, "release x")
    broken = bytearray(content)
    broken[place % len(content)] ^= change
    with pytest.raises(SignatureInvalid):
        KEY.public.check(bytes(broken), signature)
    torn = bytearray(signature)
    where = place % len(signature)
    torn[where] ^= change
    untrusted = where < signature.index(b"\n")
    if not untrusted:  # its first line is not signed, as its name says
        with pytest.raises(SignatureInvalid):
            KEY.public.check(content, bytes(torn))


@unhurried
@given(st.binary(max_size=400))
def test_bytes_of_chance_are_no_signature(data: bytes) -> None:
    with pytest.raises(SignatureInvalid):
        KEY.public.check(b"", data)


def test_every_changed_character_of_the_signed_lines_is_found() -> None:
    content = b"the manifest of a release"
    signature = KEY.sign(content, "release x")
    for place in range(signature.index(b"\n") + 1, len(signature)):
        torn = bytearray(signature)
        torn[place] ^= 1
        with pytest.raises(SignatureInvalid):
            KEY.public.check(content, bytes(torn))


def test_another_key_of_the_same_name_is_found() -> None:
    impostor = SecretKey(KEY.key_id, b"x" * 32)
    with pytest.raises(SignatureInvalid, match="not of this content"):
        KEY.public.check(b"content", impostor.sign(b"content", ""))
    with pytest.raises(SignatureInvalid, match=f"by the key {OTHER.key_id}"):
        KEY.public.check(b"content", OTHER.sign(b"content", ""))


def test_minisign_accepts_ours_and_we_accept_minisign_s(keys: Path) -> None:
    key = read_secret_key((keys / "release.key").read_text())
    public = read_public_key((keys / "release.pub").read_text())
    assert key.public == public
    (keys / "manifest.json").write_bytes(b'{"files": {}}')
    (keys / "ours.minisig").write_bytes(key.sign(b'{"files": {}}', "release x signed by ada"))
    checked = minisign(keys, "-V", "-m", "manifest.json", "-x", "ours.minisig", "-P", public.text)
    assert checked.returncode == 0, checked.stderr
    assert "release x signed by ada" in checked.stdout
    for legacy in ((), ("-l",)):
        minisign(
            keys, "-S", *legacy, "-s", "release.key", "-m", "manifest.json", "-x", "theirs", "-t", "by hand"
        )
        assert public.check(b'{"files": {}}', (keys / "theirs").read_bytes()) == "by hand"
        with pytest.raises(SignatureInvalid):
            public.check(b'{"files": []}', (keys / "theirs").read_bytes())


def test_a_key_that_can_not_be_used_is_told_and_never_shown(keys: Path) -> None:
    text = (keys / "release.key").read_text()
    line = text.splitlines()[1]
    raw = bytearray(base64.b64decode(line))
    raw[70] ^= 1
    damaged = base64.b64encode(raw).decode()
    raw[2:4] = b"Sc"
    locked = base64.b64encode(raw).decode()
    for bad, message in (
        ("", "no secret key"),
        ("hello", "no secret key"),
        (line[:-8], "no secret key"),
        ((keys / "release.pub").read_text(), "no secret key"),
        (damaged, "damaged"),
        (locked, "locked with a password"),
    ):
        with pytest.raises(ConfigError, match=message) as told:
            read_secret_key(bad)
        assert line[20:40] not in told.value.message
    assert line[60:80] not in repr(read_secret_key(text))
    for bad in ("", "RW", KEY.public.text[:-4], base64.b64encode(b"x" * 42).decode()):
        with pytest.raises(ConfigError, match="no public key"):
            read_public_key(bad)


def test_the_key_comes_from_the_environment_or_a_file(keys: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert signing_key() is None
    monkeypatch.setenv("DATACRAFT_SIGNING_KEY_FILE", str(keys / "release.key"))
    from_file = signing_key()
    monkeypatch.setenv("DATACRAFT_SIGNING_KEY", (keys / "release.key").read_text().splitlines()[1])
    monkeypatch.delenv("DATACRAFT_SIGNING_KEY_FILE")
    assert from_file is not None
    assert signing_key() == from_file


def test_a_release_is_signed_beside_itself_once_for_each_key(registry: Registry) -> None:
    published(registry, A)
    assert signature_problems(registry.store, A, []) == []
    assert "was not signed" in signature_problems(registry.store, A, [KEY.public.text])[0]
    place = sign_release(registry.store, A, KEY, "ada", NOW)
    before = registry.store.read(place)
    assert sign_release(registry.store, A, KEY, "bo", NOW) == place
    assert registry.store.read(place) == before, "what is signed already is not signed again"
    assert signature_problems(registry.store, A, [KEY.public.text]) == []
    assert signature_problems(registry.store, A, [OTHER.public.text, KEY.public.text]) == []
    assert len(signature_problems(registry.store, A, [OTHER.public.text])) == 1
    sign_release(registry.store, A, OTHER, "bo", NOW)
    assert signature_problems(registry.store, A, [OTHER.public.text]) == []


def test_a_signature_of_another_release_or_of_another_manifest_vouches_for_nothing(folder: Registry) -> None:
    published(folder, A, B)
    stolen = folder.store.read(sign_release(folder.store, A, KEY, "ada", NOW)).data
    folder.put(f"signatures/{B}/{KEY.key_id}.minisig", stolen)
    assert "is not of this content" in signature_problems(folder.store, B, [KEY.public.text])[0]
    with pytest.raises(RegistryError):
        sign_release(folder.store, B, KEY, "ada", NOW)
    manifest = folder.store.read(f"models/{A}/manifest.json").data
    folder.put(f"models/{A}/manifest.json", manifest.replace(b"1", b"2", 1))
    assert signature_problems(folder.store, A, [KEY.public.text]) != []


def test_nobody_signs_a_release_that_is_not_whole(folder: Registry) -> None:
    published(folder, A)
    folder.put(f"models/{A}/validation_report.json", b"{ }")
    with pytest.raises(MoveRefused, match="not as it was published"):
        sign_release(folder.store, A, KEY, "ada", NOW)
    folder.remove(f"models/{A}/manifest.json")
    assert signature_problems(folder.store, A, [KEY.public.text]) == [
        f"{A} has no manifest that could be signed."
    ]
