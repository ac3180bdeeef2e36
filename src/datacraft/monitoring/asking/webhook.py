"""Calls a webhook, signed as "Standard Webhooks" says (standardwebhooks.com, version 1): id, time and body, HMAC-SHA256."""

from __future__ import annotations

import base64
import binascii
import datetime as dt
import hashlib
import hmac
from typing import TYPE_CHECKING

from datacraft.contracts.errors import ConfigError
from datacraft.monitoring.asking.github import AskingFailed

if TYPE_CHECKING:
    from datacraft.contracts.alarm import Act

_TIMEOUT_S = 20.0
_PREFIX = "whsec_"


def call(act: Act, url: str, secret: str, now: dt.datetime) -> str:
    """Post the act as JSON; return the address that took it.

    Args:
        act: what is asked for, with its reason and evidence.
        url: who is called.
        secret: that both know: `whsec_` and base64.
        now: UTC; the receiver turns calls away that are old.

    Raises:
        ConfigError: the secret is none of that form.
        AskingFailed: nobody answers, or declines.
    """
    import httpx

    body = act.model_dump_json().encode()
    moment = str(int(now.timestamp()))
    headers = {
        "Content-Type": "application/json",
        "webhook-id": act.id,
        "webhook-timestamp": moment,
        "webhook-signature": sign(secret, act.id, moment, body),
    }
    try:
        answer = httpx.post(url, content=body, headers=headers, timeout=_TIMEOUT_S)
    except httpx.HTTPError as error:
        raise AskingFailed(
            f"The webhook can't be reached: {type(error).__name__}.", hint="Check monitoring.webhook_url."
        ) from error
    if not answer.is_success:
        raise AskingFailed(
            f"The webhook answers {answer.status_code}.",
            hint="Check monitoring.webhook_url and MONITORING_WEBHOOK_SECRET.",
        )
    return url


def sign(secret: str, message_id: str, moment: str, body: bytes) -> str:
    """Return the signature of a message.

    Raises:
        ConfigError: the secret is no secret of a webhook.
    """
    try:
        key = base64.b64decode(secret.removeprefix(_PREFIX), validate=True)
    except binascii.Error as error:
        raise ConfigError(
            "MONITORING_WEBHOOK_SECRET is no secret of a webhook.", hint="It is whsec_ and base64."
        ) from error
    signed = hmac.new(key, f"{message_id}.{moment}.".encode() + body, hashlib.sha256).digest()
    return f"v1,{base64.b64encode(signed).decode()}"
