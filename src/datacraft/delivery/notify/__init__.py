"""Tells people how a delivery ended: on the console, in a file, by e-mail, and wherever Apprise reaches.

Lives here: what is said (`wording`), how it looks (`text`, `page`), where it goes (`destinations`, `mail`,
`services`) and that it goes everywhere at once within a bounded time (`sending`). A notice that does not arrive
fails nothing; its receipt says so.
"""

from __future__ import annotations

from datacraft.delivery.notify.scores import scores_beside
from datacraft.delivery.notify.sending import send_notice

__all__ = ["scores_beside", "send_notice"]
