"""A notice by e-mail: text and HTML in one message, over SMTP.

The standard library's client rather than Apprise's: that one makes the text out of the HTML, which garbles tables,
and does not tell why a server refused.
"""

from __future__ import annotations

import ipaddress
import smtplib
import socket
import ssl
from dataclasses import dataclass, field
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, make_msgid

from datacraft.config.secrets import MASK, mask_text
from datacraft.config.settings import NotifySettings
from datacraft.contracts.notice import DeliveryNotice, NoticeReceipt
from datacraft.delivery.notify.page import notice_page
from datacraft.delivery.notify.text import notice_text
from datacraft.delivery.notify.wording import headline, one_line


@dataclass(frozen=True, slots=True)
class Mail:
    """The mail server and who gets mail. `password` never leaves this object but to the server."""

    settings: NotifySettings
    password: str | None = field(default=None, repr=False)

    @property
    def name(self) -> str:
        """The destination, for a person."""
        return f"e-mail by {self.settings.smtp_host}:{self.settings.smtp_port}"

    def deliver(self, notice: DeliveryNotice) -> NoticeReceipt:
        """Send the notice to all recipients."""
        try:
            refused = self._send(mail_message(notice, self.settings))
        except (OSError, smtplib.SMTPException) as error:
            return self._undelivered(_problem(error, self.settings.timeout_s))
        if refused:
            return self._undelivered(f"Some recipients were refused: {', '.join(sorted(refused))}.")
        return NoticeReceipt(destination=self.name, delivered=True)

    def _send(self, message: EmailMessage) -> dict[str, tuple[int, bytes]]:
        """Hand the message over; return who was refused."""
        host, port, timeout = self.settings.smtp_host or "", self.settings.smtp_port, self.settings.timeout_s
        security = self.settings.smtp_security
        if security == "none" and self.password and not _is_this_machine(host):
            raise smtplib.SMTPException(
                "the password is not sent without encryption: set notify.smtp_security"
            )
        context = ssl.create_default_context()
        connection = (
            smtplib.SMTP_SSL(host, port, timeout=timeout, context=context)
            if security == "tls"
            else smtplib.SMTP(host, port, timeout=timeout)
        )
        with connection as server:
            if security == "starttls":
                server.starttls(context=context)
            if self.settings.smtp_user and self.password:
                server.login(self.settings.smtp_user, self.password)
            return server.send_message(message)

    def _undelivered(self, problem: str) -> NoticeReceipt:
        # A server may repeat in its refusal what it was given.
        safe = problem.replace(self.password, MASK) if self.password else problem
        return NoticeReceipt(destination=self.name, delivered=False, problem=mask_text(one_line(safe)))


def mail_message(notice: DeliveryNotice, settings: NotifySettings) -> EmailMessage:
    """Return the notice as a message with a text and an HTML part."""
    message = EmailMessage(policy=SMTP)
    sender = _sender(settings)
    message["From"] = sender
    message["To"] = ", ".join(settings.recipients)
    message["Subject"] = f"[DataCraft] {headline(notice)}"
    message["Date"] = format_datetime(notice.created_at)
    message["Message-ID"] = make_msgid(domain=sender.rpartition("@")[2].rstrip(">"))
    message["Auto-Submitted"] = "auto-generated"  # RFC 3834: no automatic replies
    message.set_content(notice_text(notice))
    message.add_alternative(notice_page(notice), subtype="html")
    return message


def _sender(settings: NotifySettings) -> str:
    """Return who sends; a user's name is no address everywhere."""
    user = settings.smtp_user
    return settings.sender or (user if user and "@" in user else f"datacraft@{socket.gethostname()}")


def _is_this_machine(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _problem(error: Exception, timeout_s: float) -> str:
    match error:
        case smtplib.SMTPAuthenticationError():
            return f"The server does not accept the user and password ({error.smtp_code}). Check EMAIL_SMTP_USER and EMAIL_SMTP_PASSWORD."
        case smtplib.SMTPRecipientsRefused():
            return f"Every recipient was refused: {', '.join(sorted(error.recipients))}. Check notify.recipients."
        case smtplib.SMTPResponseException():
            said = error.smtp_error
            text = said.decode("utf-8", "replace") if isinstance(said, bytes) else str(said)
            return f"The server refused: {error.smtp_code} {text}."
        case TimeoutError():
            return f"The server did not answer within {timeout_s:g} s. Check notify.smtp_host and notify.smtp_port."
        case ssl.SSLError():
            return (
                f"No encrypted connection: {error.reason}. Check notify.smtp_security and notify.smtp_port."
            )
        case socket.gaierror():
            return "There is no such host. Check notify.smtp_host."
        case smtplib.SMTPServerDisconnected():
            return "The server broke the connection off. Check notify.smtp_port and notify.smtp_security."
        case OSError():
            return f"The server can't be reached: {error.strerror or error}. Check notify.smtp_host and notify.smtp_port."
        case _:
            return f"The mail could not be sent: {error}."
