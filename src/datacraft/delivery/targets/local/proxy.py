"""Caddy in front of the revisions: its configuration as data, and its admin API.

A session is known by a cookie that names its revision: Caddy's policy `cookie`, whose fallback for new sessions is
`weighted_round_robin` (https://caddyserver.com/docs/json/apps/http/servers/routes/handle/reverse_proxy/). With the
weight 0 a revision keeps the sessions it has and gets no new ones. A new configuration closes nothing: requests are
answered by the old one, and WebSockets stay open (`stream_close_delay`).
"""

from __future__ import annotations

import math
import shutil
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from functools import reduce
from pathlib import Path
from typing import TypeAlias

import httpx

from datacraft.delivery.targets.errors import DeploymentError

COOKIE = "datacraft_revision"
LOOPBACK = "127.0.0.1"
_STREAMS_STAY = "168h"  # through any number of new configurations; who drains a revision ends its streams
_RETRY_FOR = "15s"  # a request whose revision is being started again waits so long
_IDLE_UPSTREAM = "2s"  # less than the 5 s after which a revision closes an idle connection under a request

Json: TypeAlias = "bool | int | str | list[Json] | dict[str, Json] | None"


@dataclass(frozen=True, slots=True)
class Arm:
    """A revision as the proxy sees it."""

    port: int
    weight: int


def caddy_program() -> str | None:
    """Return where Caddy is: beside this Python, or on the path."""
    beside = Path(sys.executable).with_name("caddy")
    return str(beside) if beside.exists() else shutil.which("caddy")


def caddy_config(listen: str, admin_port: int, arms: Mapping[str, Arm], secret: str) -> dict[str, Json]:
    """Return the configuration that splits new sessions between the arms.

    Args:
        listen: address for people, as `host:port`.
        admin_port: of the admin API, on loopback.
        arms: by revision; those of weight 0 keep the sessions that they have.
        secret: makes the cookies unguessable.
    """
    serving = any(arm.weight for arm in arms.values())
    handler = _reverse_proxy(arms, secret) if serving else _nothing_serves()
    front: dict[str, Json] = {
        "listen": [listen],
        "automatic_https": {"disable": True},
        "protocols": ["h1"],
        "routes": [{"handle": [handler]}],
    }
    return {
        "admin": {"listen": f"{LOOPBACK}:{admin_port}", "config": {"persist": False}},
        "logging": {"logs": {"default": {"level": "WARN"}}},
        "apps": {"http": {"servers": {"front": front}}},
    }


def _reverse_proxy(arms: Mapping[str, Arm], secret: str) -> dict[str, Json]:
    ordered = [arms[name] for name in sorted(arms)]
    unit = reduce(math.gcd, (arm.weight for arm in ordered))  # 95:5 is 19:1: runs of one arm stay short
    weights: list[Json] = [arm.weight // unit for arm in ordered]
    return {
        "handler": "reverse_proxy",
        "upstreams": [{"dial": f"{LOOPBACK}:{arm.port}"} for arm in ordered],
        "load_balancing": {
            "selection_policy": {
                "policy": "cookie",
                "name": COOKIE,
                "secret": secret,
                "fallback": {"policy": "weighted_round_robin", "weights": weights},
            },
            "try_duration": _RETRY_FOR,
            "try_interval": "100ms",
        },
        "transport": {"protocol": "http", "keep_alive": {"idle_timeout": _IDLE_UPSTREAM}},
        "stream_close_delay": _STREAMS_STAY,
    }


def _nothing_serves() -> dict[str, Json]:
    return {
        "handler": "static_response",
        "status_code": 503,
        "headers": {"Retry-After": ["2"], "Content-Type": ["text/plain; charset=utf-8"]},
        "body": "DataCraft is being started. Try again in a moment.",
    }


class Admin:
    """Caddy's admin API."""

    def __init__(self, port: int) -> None:
        self._client = httpx.Client(base_url=f"http://{LOOPBACK}:{port}", timeout=10, trust_env=False)

    def answers(self) -> bool:
        """Tell whether it is up."""
        try:
            return self._client.get("/config/").status_code == 200
        except httpx.HTTPError:
            return False

    def load(self, config: Mapping[str, Json]) -> None:
        """Let a configuration hold from now on; where it can't, the one before stays.

        Raises:
            DeploymentError: Caddy refuses it, or does not answer.
        """
        try:
            response = self._client.post("/load", json=config)
        except httpx.HTTPError as error:
            raise DeploymentError(f"Caddy does not answer: {error}.") from error
        if response.status_code != 200:
            raise DeploymentError(f"Caddy refuses its configuration: {_reason(response)}")

    def open_requests(self) -> dict[int, int]:
        """Return how many requests and WebSockets are open, by the port of their revision.

        Raises:
            DeploymentError: Caddy does not answer.
        """
        try:
            found = self._client.get("/reverse_proxy/upstreams").raise_for_status().json()
        except (httpx.HTTPError, ValueError) as error:
            raise DeploymentError(f"Caddy does not answer: {error}.") from error
        return {int(one["address"].rpartition(":")[2]): int(one["num_requests"]) for one in found}

    def close(self) -> None:
        """Let go of the connection."""
        self._client.close()


def _reason(response: httpx.Response) -> str:
    try:
        return str(response.json()["error"])
    except (ValueError, KeyError, TypeError):
        return f"status {response.status_code}"
