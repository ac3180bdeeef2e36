"""What a look compares production's data with: the profile of its release, or the baseline that somebody has set."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from datacraft.cli.drifting import meaning, profile_of
from datacraft.cli.judging import registry_of

if TYPE_CHECKING:
    from datacraft.config import Settings
    from datacraft.contracts.drift import DriftReport
    from datacraft.contracts.monitoring import MonitoringPolicy


def data_look(
    settings: Settings, release_id: str | None, policy: MonitoringPolicy
) -> Callable[[], DriftReport] | str:
    """Return what compares the data of the settings, or why nothing can be compared."""
    from datacraft.monitoring.baseline import read_baseline

    if release_id is None:
        return f"no release serves on {settings.channel}"
    if not settings.asked_about:
        return "no data is named"
    baseline = read_baseline(registry_of(settings), settings.channel, release_id)
    if baseline is None:
        return f"{release_id} holds no profile of its data"

    def compare() -> DriftReport:
        from datacraft.profiles.drift import compare_profiles

        now = profile_of(settings, settings.asked_about, meaning(settings), like=baseline.profile)
        names = (baseline.name, ", ".join(map(str, settings.asked_about)))
        return compare_profiles(baseline.profile, now, alpha=policy.level, names=names)

    return compare
