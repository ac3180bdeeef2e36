"""Nobody is let in from other machines without signing in, unless somebody has said so."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from datacraft.access.signin import check_binding
from datacraft.cli import main
from datacraft.config import load_settings
from datacraft.contracts.errors import ConfigError
from datacraft.delivery.targets import open_target

LOOPBACK = ["127.0.0.1", "127.8.8.8", "::1", "localhost"]
OTHERS = ["0.0.0.0", "::", "192.168.1.7", "10.0.0.1", "shop.example.com", "", "localhost.example.com"]
FOR_STRANGERS = [
    {"access.allow_anonymous": True},
    {"access.sign_in": "api_keys"},
    {"access.sign_in": "iap", "access.iap_audience": "/projects/1/apps/a"},
]


@pytest.mark.parametrize("host", LOOPBACK)
def test_this_machine_may_always_ask(host: str) -> None:
    check_binding(host, load_settings(environ={}).access)


@pytest.mark.parametrize("host", OTHERS)
def test_listening_to_others_takes_a_sign_in_or_a_word(host: str) -> None:
    with pytest.raises(ConfigError, match="without signing in"):
        check_binding(host, load_settings(environ={}).access)
    for arguments in FOR_STRANGERS:
        check_binding(host, load_settings(arguments=arguments, environ={}).access)


def test_serve_refuses_and_says_what_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "sales.csv").write_text("region,sales\nNorth,1\n")
    assert main(["serve", "--data", "sales.csv", "--host", "0.0.0.0", "--port", "0"]) == 2
    said = capsys.readouterr().err
    assert "--allow-anonymous" in said
    assert "Traceback" not in said


def test_a_deployment_refuses_too(tmp_path: Path) -> None:
    wanted = {"state_dir": tmp_path, "serve.host": "0.0.0.0"}
    with pytest.raises(ConfigError, match="without signing in"):
        open_target(load_settings(arguments=wanted, environ={}))
    open_target(load_settings(arguments={**wanted, "access.allow_anonymous": True}, environ={}))


def test_the_image_says_that_it_listens_to_all() -> None:
    text = (Path(__file__).parents[2] / "frontend" / "Dockerfile").read_text()
    assert re.search(r"DATACRAFT_SERVE__HOST=0\.0\.0\.0 DATACRAFT_ACCESS__ALLOW_ANONYMOUS=true\b", text)
