"""ci-cd/config/ci_cd_config.yaml declares what a release must show; the project's own file says the defaults."""

from __future__ import annotations

from pathlib import Path

import pytest

from datacraft.contracts.errors import ConfigError
from datacraft.delivery.config import CONFIG_FILE, DeliveryConfig, load_delivery_config

OWN_FILE = Path(__file__).parents[2] / CONFIG_FILE


def test_the_project_s_own_file_says_every_default() -> None:
    assert load_delivery_config(OWN_FILE) == DeliveryConfig()


def test_every_key_that_there_is_stands_in_the_project_s_own_file() -> None:
    text = OWN_FILE.read_text()
    for policy in (DeliveryConfig().gates, DeliveryConfig().comparison, DeliveryConfig().channels["canary"]):
        for name in type(policy).model_fields:
            assert f"  {name}: " in text


def test_without_a_file_the_defaults_hold(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert load_delivery_config() == DeliveryConfig()
    with pytest.raises(ConfigError, match="nowhere"):
        load_delivery_config(Path("nowhere.yaml"))


def test_a_key_of_the_working_folder_s_file_counts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    CONFIG_FILE.parent.mkdir(parents=True)
    CONFIG_FILE.write_text("gates:\n  min_performance: 90\nchannels:\n  production:\n    movers: [ada]\n")
    config = load_delivery_config()
    assert config.gates.min_performance == 90
    assert config.channel("production").movers == ("ada",)


def test_a_channel_that_is_not_named_takes_what_production_takes() -> None:
    config = DeliveryConfig()
    assert config.channel("eu") == config.channels["production"]
    assert DeliveryConfig(channels={}).channel("eu").evidence == ("gates", "comparison")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("gates:\n  min_perfomance: 1\n", r":2: gates\.min_perfomance: there is no such key"),
        ("gates:\n\n  min_success_rate: 80\n", r":3: gates\.min_success_rate: should be less than or equal"),
        ("gates:\n  min_performance: .nan\n", r":2: gates\.min_performance: "),
        ("gates:\n  max_severity: TERRIBLE\n", r":2: gates\.max_severity"),
        ("channels:\n  canary:\n    evidence: [luck]\n", r"channels\.canary\.evidence"),
        ("gates: [\n", "yaml"),
        ("- a\n", "yaml"),
    ],
)
def test_what_the_file_can_not_say_is_told_with_its_line(tmp_path: Path, text: str, message: str) -> None:
    place = tmp_path / "config.yaml"
    place.write_text(text)
    with pytest.raises(ConfigError, match=message):
        load_delivery_config(place)
