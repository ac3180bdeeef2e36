"""Where notices go: the console and a file always, mail and services where they are set."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from datacraft.config import Settings
from datacraft.config.secrets import read_secret
from datacraft.contracts.notice import DeliveryNotice, NoticeReceipt
from datacraft.delivery.notify.mail import Mail
from datacraft.delivery.notify.services import Service
from datacraft.delivery.notify.text import notice_text

FILE_NAME = "notices.jsonl"


class Destination(Protocol):
    """Takes notices somewhere. What goes wrong on the way is in the receipt."""

    @property
    def name(self) -> str:
        """For a person, without anything secret."""
        ...

    def deliver(self, notice: DeliveryNotice) -> NoticeReceipt:
        """Take the notice there."""
        ...


@dataclass(frozen=True, slots=True)
class Console:
    """Whoever watches the command: stderr."""

    name: str = "console"

    def deliver(self, notice: DeliveryNotice) -> NoticeReceipt:
        """Write the notice as text."""
        try:
            sys.stderr.write(f"{notice_text(notice)}\n")
        except OSError as error:  # nobody reads the other end
            return NoticeReceipt(destination=self.name, delivered=False, problem=f"{error.strerror}.")
        return NoticeReceipt(destination=self.name, delivered=True)


@dataclass(frozen=True, slots=True)
class File:
    """A file of notices, one JSON object a line."""

    path: Path

    @property
    def name(self) -> str:
        """The destination, for a person."""
        return f"file {self.path}"

    def deliver(self, notice: DeliveryNotice) -> NoticeReceipt:
        """Add the notice."""
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            with self.path.open("a", encoding="utf-8") as file:
                file.write(f"{notice.model_dump_json()}\n")
        except OSError as error:
            problem = f"It can't be written: {error.strerror or error}. Check state_dir."
            return NoticeReceipt(destination=self.name, delivered=False, problem=problem)
        return NoticeReceipt(destination=self.name, delivered=True)


def near_destinations(settings: Settings) -> tuple[Destination, ...]:
    """Return those that need no network."""
    return (Console(), File(settings.state_dir / FILE_NAME))


def far_destinations(settings: Settings, environ: Mapping[str, str] | None) -> tuple[Destination, ...]:
    """Return the mail server, where there is one, and the services.

    Raises:
        ConfigError: a file that holds a secret can't be read.
    """
    mail = settings.notify.smtp_host is not None and settings.notify.recipients
    password = read_secret("EMAIL_SMTP_PASSWORD", environ=environ) if mail else None
    addresses = (read_secret("NOTIFY_URLS", environ=environ) or "").split()
    services = (
        Service(address, number, settings.notify.timeout_s)
        for number, address in enumerate(addresses, start=1)
    )
    return (*((Mail(settings.notify, password),) if mail else ()), *services)
