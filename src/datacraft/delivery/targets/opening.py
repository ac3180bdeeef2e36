"""`open_target`: the target that the settings mean; `with_image`: the settings for another image there."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from datacraft.access.signin.binding import check_binding
from datacraft.config import Settings
from datacraft.config.sources import CONFIG_VARIABLE, PREFIX, PUBLIC_NAMES, variable_name
from datacraft.contracts.deployment import DeployRequest
from datacraft.contracts.errors import ConfigError
from datacraft.delivery.targets.errors import DeploymentError
from datacraft.delivery.targets.target import DeployTarget

if TYPE_CHECKING:
    from datacraft.delivery.targets.local.state import LocalSpec

_VERSION_PATIENCE_S = 60


@dataclass(frozen=True, slots=True)
class LocalStart:
    """What the processes on this machine are started with, besides the settings.

    `program` is the `datacraft` of another installation, so that two versions can serve side by side.
    """

    config: Path | None = None
    program: Path | None = None
    folder: Path = field(default_factory=Path.cwd)
    environ: Mapping[str, str] = field(default_factory=lambda: os.environ)


def open_target(settings: Settings, start: LocalStart | None = None) -> DeployTarget:
    """Return the target of the settings; nothing is reached yet.

    Raises:
        ConfigError: a setting that the target needs is missing, or strangers could ask without signing in.
    """
    if settings.deploy.target == "cloudrun":
        from datacraft.delivery.targets.cloudrun.target import CloudRunTarget
        from datacraft.delivery.targets.cloudrun.wire import CloudRun

        return CloudRunTarget(settings, CloudRun.of(settings))
    if settings.deploy.target == "vertex":
        from datacraft.delivery.targets.vertex.target import VertexTarget
        from datacraft.delivery.targets.vertex.wire import Vertex

        return VertexTarget(settings, Vertex.of(settings))
    from datacraft.delivery.targets.local.state import Address
    from datacraft.delivery.targets.local.target import LocalOptions, LocalTarget

    chosen = start or LocalStart()
    if settings.serve.port == 0:
        raise ConfigError(
            "People need one port to connect to, not any free one.", hint="Set serve.port, or PORT."
        )
    check_binding(settings.serve.host, settings.access)
    return LocalTarget(
        LocalOptions(
            folder=settings.state_dir / "deploy",
            address=Address(host=settings.serve.host, port=settings.serve.port),
            drain_s=settings.deploy.drain_s,
            spec=lambda request: local_spec(settings, chosen, request),
        )
    )


def with_image(settings: Settings, image: str | None) -> Settings:
    """Return the settings with another image for the targets that run one; None: as they are."""
    if image is None:
        return settings
    deploy = settings.deploy
    changed = {
        name: getattr(deploy, name).model_copy(update={"image": image}) for name in ("cloudrun", "vertex")
    }
    return settings.model_copy(update={"deploy": deploy.model_copy(update=changed)})


def local_spec(settings: Settings, start: LocalStart, request: DeployRequest) -> LocalSpec:
    """Return how a revision is started on this machine.

    Raises:
        DeploymentError: the program can't be run.
    """
    from datacraft.delivery.targets.local.state import LocalSpec

    program = (str(start.program.absolute()),) if start.program else _this_program()
    data = [part for path in settings.asked_about for part in ("--data", _absolute(start.folder, path))]
    return LocalSpec(
        program=program,
        version=_version(program),
        arguments=tuple(data),
        folder=start.folder,
        environment=_environment(settings, start),
        channel=request.channel,
        release_id=request.release_id,
    )


def _this_program() -> tuple[str, ...]:
    # -P: a module of the working folder must not stand in for one of the product's.
    return (sys.executable, "-P", "-m", "datacraft.cli")


def _environment(settings: Settings, start: LocalStart) -> dict[str, str]:
    """Return the settings of the environment; what is said by arguments and by the channel is left out."""
    ours = {
        name: value
        for name, value in start.environ.items()
        if value and (name.startswith(PREFIX) or name in PUBLIC_NAMES)
    }
    said = {"channel", "serve.host", "serve.port"}
    for name in (*map(variable_name, said), *(name for name, key in PUBLIC_NAMES.items() if key in said)):
        ours.pop(name, None)
    ours[variable_name("state_dir")] = str(settings.state_dir)
    if start.config is not None:
        ours[CONFIG_VARIABLE] = str(start.config.absolute())
    return dict(sorted(ours.items()))


def _absolute(folder: Path, path: Path) -> str:
    from datacraft.warehouse.bigquery import bigquery_address

    return str(path) if bigquery_address(path) is not None else str(folder / path.expanduser())


@cache
def _version(program: tuple[str, ...]) -> str:
    try:
        run = subprocess.run(
            [*program, "--version"], capture_output=True, text=True, timeout=_VERSION_PATIENCE_S, check=True
        )
    except (OSError, subprocess.SubprocessError) as error:
        raise DeploymentError(
            f"{program[0]} can't be run.", hint="Name the `datacraft` command of an installation."
        ) from error
    return run.stdout.strip()
