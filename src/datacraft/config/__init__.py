"""Settings and logging, that everything above shares.

Lives here: the settings' shape (`settings`), where they come from (`sources`, `yaml_file`, `load`), how they
are shown (`show`), how lines are logged (`log`) and what must never be shown (`secrets`).
Doesn't live here: what a setting does; the layer that uses it decides that.
"""

from __future__ import annotations

from datacraft.config.load import load_settings
from datacraft.config.log import configure_logging, log_context
from datacraft.config.secrets import mask_text
from datacraft.config.settings import Settings
from datacraft.config.show import EffectiveSetting, effective_settings

__all__ = [
    "EffectiveSetting",
    "Settings",
    "configure_logging",
    "effective_settings",
    "load_settings",
    "log_context",
    "mask_text",
]
