"""A notice by one of the services that Apprise knows: Slack, a webhook (`json://`, `jsons://`) and many others."""

from __future__ import annotations

import logging
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from datacraft.config.secrets import MASK, mask_text
from datacraft.contracts.notice import DeliveryNotice, NoticeReceipt
from datacraft.delivery.notify.text import notice_text
from datacraft.delivery.notify.wording import WORDINGS, headline, one_line

if TYPE_CHECKING:
    from apprise import NotifyBase


@dataclass(frozen=True, slots=True)
class Service:
    """One service by its address, which holds its token and is therefore never shown."""

    address: str = field(repr=False)
    number: int
    timeout_s: float

    @property
    def name(self) -> str:
        """The destination, for a person: where it stands, and its kind alone."""
        scheme = urlsplit(self.address).scheme or "unknown"
        kind = "slack" if scheme == "https" and "slack.com" in self.address else one_line(scheme)
        return f"{kind} (address {self.number} of NOTIFY_URLS)"

    def deliver(self, notice: DeliveryNotice) -> NoticeReceipt:
        """Hand the notice to the service."""
        try:
            from apprise import Apprise, NotifyFormat, NotifyType
        except ModuleNotFoundError:
            return self._undelivered("Apprise is not installed. Install it with: pip install '.[deliver]'")
        for name in ("apprise", "urllib3"):  # what they say is in the receipt, without the address's secrets
            logging.getLogger(name).propagate = False
        service = Apprise.instantiate(self.address)
        if service is None:
            return self._undelivered("This is no address that Apprise knows. See its list of services.")
        _add_fields(service, notice)
        messenger = Apprise()
        messenger.add(service)
        said: list[str] = []
        result = messenger.notify(
            title=headline(notice),
            body=notice_text(notice),
            notify_type=NotifyType(WORDINGS[notice.status].tone),
            body_format=NotifyFormat.TEXT,
            timeout=self.timeout_s,
            log_callback=lambda entry, _: said.append(entry.message),
            log_level=logging.WARNING,
        )
        if result:
            return NoticeReceipt(destination=self.name, delivered=True)
        words = said[-1] if said else f"The service did not take it within {self.timeout_s:g} s."
        return self._undelivered(self._without_secrets(words))

    def _undelivered(self, problem: str) -> NoticeReceipt:
        return NoticeReceipt(destination=self.name, delivered=False, problem=problem)

    def _without_secrets(self, words: str) -> str:
        """Return what somebody else said, with every part of the address masked that may be a token."""
        safe = mask_text(one_line(words))
        for secret in _parts(self.address):
            safe = safe.replace(secret, MASK)
        return safe


def _add_fields(service: NotifyBase, notice: DeliveryNotice) -> None:
    """Give a webhook the whole notice as data, beside the text."""
    from apprise.plugins.custom_json import NotifyJSON

    if isinstance(service, NotifyJSON):
        service.payload_extras["notice"] = notice.model_dump(mode="json")


def _parts(address: str) -> list[str]:
    """Return what may be secret in an address: everything between its separators that is long enough."""
    parts = urlsplit(address)
    pieces = [parts.username, parts.password, *parts.path.split("/"), *parts.query.split("&")]
    return [piece for piece in pieces if piece and len(piece) >= 4]
