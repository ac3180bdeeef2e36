"""Listening to other machines takes a sign-in, or somebody's word that it shall be without."""

from __future__ import annotations

import ipaddress

from datacraft.config.settings import AccessSettings
from datacraft.contracts.errors import ConfigError


def check_binding(host: str, access: AccessSettings) -> None:
    """Let pass what is safe to listen on.

    Raises:
        ConfigError: others could ask without signing in, and nobody has said that they may.
    """
    if access.sign_in != "none" or access.allow_anonymous or is_loopback(host):
        return
    raise ConfigError(
        f"Everybody who reaches {host} could ask without signing in.",
        hint="Set access.sign_in (docs/how-to/sign-in.md); or, where something in front of it asks who comes, "
        "say --allow-anonymous or set access.allow_anonymous.",
    )


def is_loopback(host: str) -> bool:
    """Tell whether only this machine can reach an address."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
