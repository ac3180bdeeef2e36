"""The configuration of the proxy in front of the revisions: two servers of Caddy, as data.

The splitter sends each session to its revision. It knows a session by a cookie (Caddy's policy `cookie`); new ones are
split by `weighted_round_robin`, and with the weight 0 a revision keeps the sessions that it has and gets no new ones.
https://caddyserver.com/docs/json/apps/http/servers/routes/handle/reverse_proxy/

Whatever changes is a new configuration of the splitter. Open requests are answered by the old one, and WebSockets stay
open (`stream_close_delay`); but connections that come in at that moment are closed without an answer, as Go's HTTP
server does when it shuts down. So people don't connect to the splitter: they connect to the door, whose configuration
never changes, and which sends such a request to the splitter again.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import reduce
from typing import TypeAlias

COOKIE = "datacraft_revision"
LOOPBACK = "127.0.0.1"
_METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
_KEPT_BODY_BYTES = 2_000_000  # so much of a request is kept to be sent again; a larger upload is sent once
_STREAMS_STAY = "168h"  # through any number of new configurations; who drains a revision ends its streams
_RETRY_FOR = "30s"  # a request whose revision is being started again waits so long
_IDLE_UPSTREAM = "2s"  # less than the 5 s after which a revision closes an idle connection under a request

Json: TypeAlias = "bool | int | str | list[Json] | dict[str, Json] | None"

# A revision that is started again listens before it has its data: until then its requests wait. This does not ask
# /ready, which also fails while the warehouse is away: then the page shall come and say so.
_LOADED: Json = {
    "uri": "/metrics",
    "expect_body": "(?m)^datacraft_ready 1",
    "interval": "250ms",
    "timeout": "10s",
    "fails": 2,
}


@dataclass(frozen=True, slots=True)
class Arm:
    """A revision as the splitter sees it."""

    port: int
    weight: int


def door(listen: str, splitter_port: int) -> Json:
    """Return the server that people connect to.

    Args:
        listen: address, as `host:port`.
        splitter_port: where the splitter listens, on loopback.
    """
    handler: Json = {
        "handler": "reverse_proxy",
        "upstreams": [{"dial": f"{LOOPBACK}:{splitter_port}"}],
        "load_balancing": {
            "try_duration": _RETRY_FOR,
            "try_interval": "20ms",
            # Only a splitter that goes away breaks a connection: what a revision does to one is a 502 of the splitter.
            "retry_match": [{"method": list(_METHODS)}],
        },
        "request_buffers": _KEPT_BODY_BYTES,
    }
    return _server(listen, handler)


def splitter(port: int, arms: Mapping[str, Arm], secret: str) -> Json:
    """Return the server that splits new sessions between the arms.

    Args:
        port: where it listens, on loopback.
        arms: by revision; those of weight 0 keep the sessions that they have.
        secret: makes the cookies unguessable.
    """
    serving = any(arm.weight for arm in arms.values())
    return _server(f"{LOOPBACK}:{port}", _reverse_proxy(arms, secret) if serving else _nothing_serves())


def _server(listen: str, handler: Json) -> Json:
    return {
        "listen": [listen],
        "automatic_https": {"disable": True},
        "protocols": ["h1"],
        "routes": [{"handle": [handler]}],
    }


def _reverse_proxy(arms: Mapping[str, Arm], secret: str) -> Json:
    ordered = [arms[name] for name in sorted(arms)]
    unit = reduce(math.gcd, (arm.weight for arm in ordered))  # 95:5 is 19:1: runs of one arm stay short
    weights: list[Json] = [arm.weight // unit for arm in ordered]
    newcomers: Json = {"policy": "weighted_round_robin", "weights": weights}
    if len(ordered) == 1:  # that policy sends everything to a lone revision, even to one that is down
        newcomers = {"policy": "first"}
    return {
        "handler": "reverse_proxy",
        "upstreams": [{"dial": f"{LOOPBACK}:{arm.port}"} for arm in ordered],
        "load_balancing": {
            "selection_policy": {"policy": "cookie", "name": COOKIE, "secret": secret, "fallback": newcomers},
            "try_duration": _RETRY_FOR,
            "try_interval": "250ms",
        },
        "transport": {"protocol": "http", "keep_alive": {"idle_timeout": _IDLE_UPSTREAM}},
        "health_checks": {"active": _LOADED},
        "stream_close_delay": _STREAMS_STAY,
        "trusted_proxies": [f"{LOOPBACK}/32"],  # the door has said whom the request is from
    }


def _nothing_serves() -> Json:
    return {
        "handler": "static_response",
        "status_code": 503,
        "headers": {"Retry-After": ["2"], "Content-Type": ["text/plain; charset=utf-8"]},
        "body": "DataCraft is being started. Try again in a moment.",
    }
