"""`Caller`: who calls, and what they may do."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from datacraft.access.permissions import PERMISSIONS, Permission, least_role
from datacraft.contracts.access import Role
from datacraft.contracts.errors import DataCraftError

How = Literal["anonymous", "key", "iap", "oidc"]


class NotSignedIn(DataCraftError):
    """Nobody that is known calls."""

    code = "not_signed_in"


class Forbidden(DataCraftError):
    """Who calls is known, and may not do this."""

    code = "forbidden"


@dataclass(frozen=True, slots=True, repr=False)
class Credentials:
    """What a request brings to show who sends it. Without a representation: nothing of it gets into a log."""

    authorization: str | None = None
    assertion: str | None = None
    session: str | None = None


@dataclass(frozen=True, slots=True)
class Caller:
    """Who calls.

    Attributes:
        name: e-mail address, or the key's name.
        role: what they are.
        how: by what they are known.
        id: of the key, or the e-mail address; empty for anybody.
    """

    name: str
    role: Role
    how: How
    id: str = ""

    @property
    def owner(self) -> str | None:
        """Whose the history is; None: whoever has the browser's cookie."""
        return None if self.how == "anonymous" else f"{self.how}:{self.id}"

    def may(self, permission: Permission) -> bool:
        """Tell whether they may do something."""
        return permission in PERMISSIONS[self.role]

    def require(self, permission: Permission) -> None:
        """Let pass only who may do something.

        Raises:
            Forbidden: they may not.
        """
        if not self.may(permission):
            what = permission.replace("_", " ")
            raise Forbidden(
                f"{self.name} is {self.role}, and may not do this ({what}).",
                hint=f"It is for the role {least_role(permission)} and above; ask an operator.",
            )
