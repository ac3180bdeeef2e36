"""Sends a notice everywhere at once. Nothing here fails a delivery."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Mapping, Sequence

from datacraft.config import Settings
from datacraft.contracts.errors import DataCraftError
from datacraft.contracts.notice import DeliveryNotice, NoticeReceipt
from datacraft.delivery.notify.destinations import Destination, far_destinations, near_destinations

log = logging.getLogger(__name__)


def send_notice(
    notice: DeliveryNotice, settings: Settings, *, environ: Mapping[str, str] | None = None
) -> tuple[NoticeReceipt, ...]:
    """Send the notice to the console, the file, and wherever the settings say; return a receipt for each.

    Never raises because of a destination or its settings, and takes no longer than `notify.timeout_s`, even where
    a server hangs. What did not arrive is also logged as a warning.

    Args:
        notice: what to tell.
        settings: `notify` says where to.
        environ: holds EMAIL_SMTP_PASSWORD and NOTIFY_URLS, or names their files; by default this process's.
    """
    receipts = [destination.deliver(notice) for destination in near_destinations(settings)]
    try:
        far = far_destinations(settings, environ)
    except DataCraftError as error:
        problem = f"{error.message} {error.hint or ''}".strip()
        receipts.append(NoticeReceipt(destination="e-mail and services", delivered=False, problem=problem))
    else:
        receipts += _deliver_at_once(far, notice, settings.notify.timeout_s)
    for receipt in receipts:
        if not receipt.delivered:
            log.warning("A notice did not reach %s: %s", receipt.destination, receipt.problem)
    return tuple(receipts)


def _deliver_at_once(
    destinations: Sequence[Destination], notice: DeliveryNotice, timeout_s: float
) -> list[NoticeReceipt]:
    """Deliver to all in threads of their own: a server that trickles outlasts any timeout of a socket."""
    receipts: dict[int, NoticeReceipt] = {}

    def deliver(number: int) -> None:
        destination = destinations[number]
        try:
            receipts[number] = destination.deliver(notice)
        except Exception as error:  # noqa: BLE001 - the edge of a notice: what a library raises fails this one alone
            problem = f"It failed inside ({type(error).__name__})."
            receipts[number] = NoticeReceipt(destination=destination.name, delivered=False, problem=problem)

    threads = [
        threading.Thread(target=deliver, args=(number,), daemon=True) for number in range(len(destinations))
    ]
    end = time.monotonic() + timeout_s
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(max(0.0, end - time.monotonic()))
    late = f"It did not answer within {timeout_s:g} s."
    return [
        receipts.get(number) or NoticeReceipt(destination=destination.name, delivered=False, problem=late)
        for number, destination in enumerate(destinations)
    ]
