"""Sign-in: who calls, by an API key, a session that began with one, or Google's Identity-Aware Proxy.

`signin` decides, `caller` is what comes out, `oidc` lets people sign in with a provider, `iap` checks the proxy's
assertions, `roles` gives people their roles, `binding` refuses to listen to strangers unasked.
"""

from __future__ import annotations

from datacraft.access.signin.binding import check_binding
from datacraft.access.signin.caller import Caller, Credentials, Forbidden, NotSignedIn

__all__ = ["Caller", "Credentials", "Forbidden", "NotSignedIn", "check_binding"]
