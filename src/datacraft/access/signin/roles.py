"""Which role a person has: by e-mail address, else by domain, else the default."""

from __future__ import annotations

from typing import get_args

from datacraft.config.settings import AccessSettings
from datacraft.contracts.access import Role


def role_of(address: str, access: AccessSettings) -> Role | None:
    """Return a person's role; None: they have none.

    Args:
        address: that a sign-in has proven.
        access: settings; of two entries for the same, the last one counts.
    """
    given: dict[str, Role] = {}
    for entry in access.roles:
        who, _, name = entry.rpartition("=")
        given[who.lower().removeprefix("@")] = _role(name)
    address = address.lower()
    found = given.get(address) or given.get(address.rpartition("@")[2])
    if found is not None:
        return found
    return None if access.default_role == "none" else access.default_role


def _role(name: str) -> Role:
    role: Role = next(role for role in get_args(Role) if role == name)  # the settings have checked it
    return role
