"""Model configs in and out: files that people write, those that come along, and what a release holds.

A file may say things shortly (`prompt: sql-1`, `strategy: repair` with its defaults, `fallback: [builtin]`); what is read
from it stands alone: prompt text and examples are in the config, so that its identity is all that answers depend on.
"""

from __future__ import annotations

from datacraft.engines.configs.naming import find_config, known_configs
from datacraft.engines.configs.reading import read_config, write_config
from datacraft.engines.configs.released import config_of_release

__all__ = ["config_of_release", "find_config", "known_configs", "read_config", "write_config"]
