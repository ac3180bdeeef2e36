"""Calls to models that survive: limited, retried, paid for, kept, and cut off when their time is up.

One `Calls` serves a whole process: it owns the event loop on which all calls run, and a `Lane` for each provider
with what all calls to it share: rate limits, adaptive concurrency, a circuit breaker. A `Caller` asks the model
of one config through its lane. Whatever fails ends as a `ModelError`.
"""

from __future__ import annotations

from datacraft.engines.llm.calls.caller import Caller
from datacraft.engines.llm.calls.calls import Calls, Rates
from datacraft.engines.llm.calls.ledger import Ledger
from datacraft.engines.llm.calls.meter import Meter

__all__ = ["Caller", "Calls", "Ledger", "Meter", "Rates"]
