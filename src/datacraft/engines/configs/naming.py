"""Model configs by name: those that come along, and those in a folder of one's own."""

from __future__ import annotations

from pathlib import Path

from datacraft.contracts.errors import ConfigError
from datacraft.contracts.model_config import ModelConfig
from datacraft.engines.configs.reading import read_config

_SHIPPED = Path(__file__).with_name("shipped")


def known_configs(folder: Path) -> dict[str, Path]:
    """Return the files of all configs by name; one in the folder hides one of the same name that comes along."""
    found: dict[str, Path] = {}
    for place in (_SHIPPED, folder):
        files = (path for path in place.glob("*") if path.suffix in (".yaml", ".yml", ".json"))
        found |= {path.stem: path for path in sorted(files)}
    return found


def find_config(name: str, folder: Path) -> ModelConfig:
    """Return a config by its name, or by the path of its file.

    Raises:
        ConfigError: there is none, or its file is wrong.
    """
    known = known_configs(folder)
    if name in known:
        return read_config(known[name])
    if Path(name).expanduser().is_file():
        return read_config(Path(name).expanduser())
    raise ConfigError(
        f"There is no model config {name!r}.",
        hint=f"Name a file, or one of: {', '.join(sorted(known))}.",
    )
