"""`DeliveryConfig`: ci-cd/config/ci_cd_config.yaml, where gates, comparison and channels are declared."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from datacraft.config.yaml_file import YamlFile, read_yaml
from datacraft.contracts.canary import CanaryParameters
from datacraft.contracts.errors import ConfigError
from datacraft.contracts.gates import ChannelPolicy, ComparisonPolicy, GatePolicy
from datacraft.contracts.monitoring import MonitoringPolicy
from datacraft.contracts.shadow import ShadowParameters

CONFIG_FILE = Path("ci-cd/config/ci_cd_config.yaml")

_CHANNELS: Mapping[str, ChannelPolicy] = MappingProxyType(
    {
        "production": ChannelPolicy(evidence=("gates", "comparison")),
        "canary": ChannelPolicy(evidence=("gates",)),
    }
)


class DeliveryConfig(BaseModel):
    """What a release must show, and what moving a channel takes. The defaults hold where the file says nothing."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    gates: GatePolicy = GatePolicy()
    comparison: ComparisonPolicy = ComparisonPolicy()
    canary: CanaryParameters = CanaryParameters()
    shadow: ShadowParameters = ShadowParameters()
    monitoring: MonitoringPolicy = MonitoringPolicy()
    channels: dict[str, ChannelPolicy] = Field(default_factory=lambda: dict(_CHANNELS))

    def channel(self, name: str) -> ChannelPolicy:
        """Return what moving a channel takes; one that is not named takes what production takes."""
        return self.channels.get(name) or self.channels.get("production") or _CHANNELS["production"]


def load_delivery_config(path: Path | None = None) -> DeliveryConfig:
    """Read the file; without it, the defaults hold.

    Args:
        path: of the file, which must be there; by default `ci-cd/config/ci_cd_config.yaml` of the working
            folder, which need not be.

    Raises:
        ConfigError: it can't be read, or says something that it can't; names the line.
    """
    place = path or CONFIG_FILE
    if path is None and not place.exists():
        return DeliveryConfig()
    file = read_yaml(place)
    try:
        return DeliveryConfig.model_validate(file.values)
    except ValidationError as error:
        problems = [
            f"{_where(file, found['loc'])}: {_key(found['loc'])}: {_said(found['type'], found['msg'])}."
            for found in error.errors(include_url=False, include_input=False)
        ]
        raise ConfigError("\n".join(problems), hint="See the comments in the project's own file.") from error


def _where(file: YamlFile, place: tuple[int | str, ...]) -> str:
    for length in range(len(place), 0, -1):
        line = file.lines.get(_key(place[:length]))
        if line is not None:
            return f"{file.path}:{line}"
    return str(file.path)


def _key(place: tuple[int | str, ...]) -> str:
    return ".".join(map(str, place))


def _said(kind: str, message: str) -> str:
    return "there is no such key" if kind == "extra_forbidden" else message.removeprefix("Input ").lower()
