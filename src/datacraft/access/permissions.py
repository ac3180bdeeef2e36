"""Who may do what: the one table, which the API and the page ask."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from datacraft.contracts.access import Role


class Permission(StrEnum):
    """Something that not everybody may do."""

    ASK = "ask"
    SEE_SQL = "see_sql"
    UPLOAD = "upload"
    EXPORT = "export"
    OWN_HISTORY = "own_history"
    OTHERS_HISTORY = "others_history"
    EVALUATION = "evaluation"
    MOVE_CHANNELS = "move_channels"
    KEYS = "keys"
    AUDIT = "audit"


_VIEWER = frozenset({Permission.ASK})
_ANALYST = _VIEWER | {Permission.SEE_SQL, Permission.UPLOAD, Permission.EXPORT, Permission.OWN_HISTORY}
_ENGINEER = _ANALYST | {Permission.OTHERS_HISTORY, Permission.EVALUATION}
_OPERATOR = _ENGINEER | {Permission.MOVE_CHANNELS, Permission.KEYS, Permission.AUDIT}

PERMISSIONS: Mapping[Role, frozenset[Permission]] = {
    "viewer": _VIEWER,
    "analyst": _ANALYST,
    "engineer": _ENGINEER,
    "operator": _OPERATOR,
}


def least_role(permission: Permission) -> Role:
    """Return the least role that has a permission."""
    return next(role for role, has in PERMISSIONS.items() if permission in has)
