"""Limits, retries, the breaker, kept replies, budgets and deadlines of calls."""

from __future__ import annotations

import asyncio
import datetime as dt
import selectors
from collections import deque
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any, TypeVar

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from llm_server import Does, Fails, Reaction, Says, Script, serving

from datacraft.contracts.errors import (
    ConfigError,
    ModelAccessDenied,
    ModelBudgetExceeded,
    ModelBusy,
    ModelError,
    ModelNotFound,
    ModelRequestRejected,
    ModelTooSlow,
    ModelUnavailable,
)
from datacraft.contracts.model_config import ModelConfig
from datacraft.contracts.usage import Usage
from datacraft.engines.llm.calls import Caller, Ledger, Meter
from datacraft.engines.llm.calls.breaker import OPENS_AFTER, Breaker
from datacraft.engines.llm.calls.gate import AdaptiveGate
from datacraft.engines.llm.calls.lane import Lane, sliding_minute
from datacraft.engines.llm.calls.prices import prices_of
from datacraft.engines.llm.providers import Endpoints, Message, Reply, Request, open_model

T = TypeVar("T")
SCHEMA = {
    "type": "object",
    "properties": {"a": {"type": "string"}},
    "required": ["a"],
    "additionalProperties": False,
}


class _TimeTravel(selectors.SelectSelector):
    """Never waits: the time that would have passed passes at once."""

    now = 0.0

    def select(self, timeout: float | None = None) -> list[Any]:
        if timeout:
            self.now += timeout + 1e-6  # as real clocks do, it never stands still
        return super().select(0)


def in_no_time(work: Callable[[], Coroutine[Any, Any, T]]) -> T:
    """Run a coroutine on a loop whose clock jumps ahead instead of waiting."""
    selector = _TimeTravel()
    loop = asyncio.SelectorEventLoop(selector)
    loop.time = lambda: selector.now  # type: ignore[method-assign]
    try:
        return loop.run_until_complete(work())
    finally:
        loop.close()


@settings(max_examples=30, deadline=None)
@given(st.integers(1, 30), st.lists(st.floats(0, 40), min_size=1, max_size=4))
def test_no_sliding_minute_holds_more_than_the_limit(most: int, pauses: list[float]) -> None:
    async def bursts() -> list[float]:
        limiter, loop, passed = sliding_minute(most), asyncio.get_running_loop(), []
        assert limiter is not None
        for pause in pauses:
            await asyncio.sleep(pause)

            async def one() -> None:
                await limiter.acquire()
                passed.append(loop.time())

            await asyncio.gather(*(one() for _ in range(most)))
        return passed

    window: deque[float] = deque()
    for moment in in_no_time(bursts):
        window.append(moment)
        while window[0] <= moment - 60:
            window.popleft()
        assert len(window) <= most


def test_the_gate_lets_in_as_many_as_it_may_and_fewer_after_a_refusal() -> None:
    async def work() -> list[int]:
        now = [0.0]
        gate = AdaptiveGate(8, lambda: now[0])
        seen = []
        for _ in range(8):
            await gate.enter()
        waiting = asyncio.ensure_future(gate.enter())
        await asyncio.sleep(0)
        assert not waiting.done()
        gate.shrink()
        gate.shrink()  # of the same burst: counts once
        seen.append(gate.limit)
        for _ in range(5):
            gate.leave()
        await waiting
        now[0] = 2.0
        gate.shrink()
        seen.append(gate.limit)
        for _ in range(200):
            gate.grow()
        seen.append(gate.limit)
        return seen

    assert asyncio.run(work()) == [4, 2, 8]


def test_a_place_that_is_given_to_one_who_gave_up_is_not_lost() -> None:
    async def work() -> int:
        gate = AdaptiveGate(1, lambda: 0.0)
        await gate.enter()
        waiting = asyncio.ensure_future(gate.enter())
        await asyncio.sleep(0)
        gate.leave()
        waiting.cancel()
        await asyncio.gather(waiting, return_exceptions=True)
        return gate.inside

    assert asyncio.run(work()) == 0


def test_the_breaker_opens_lets_one_probe_through_and_closes_again() -> None:
    now = [0.0]
    breaker = Breaker(lambda: now[0])
    for _ in range(OPENS_AFTER - 1):
        breaker.failed()
    assert breaker.refusal_s() is None
    breaker.failed()
    assert breaker.refusal_s() == pytest.approx(5.0)
    now[0] = 5.1
    assert breaker.refusal_s() is None  # the probe
    assert breaker.refusal_s() is not None  # nobody else meanwhile
    breaker.failed()
    assert breaker.refusal_s() == pytest.approx(10.0)  # longer than before
    now[0] = 20.0
    assert breaker.refusal_s() is None
    breaker.abandoned()
    assert breaker.refusal_s() is None  # the next one is the probe
    breaker.succeeded()
    assert breaker.refusal_s() is None


def config(url: str, **more: Any) -> ModelConfig:
    values: dict[str, Any] = {
        "provider": "openai", "model": "m-1", "base_url": url, "prompt": {"name": "p", "text": "t"},
        "strategy": {"kind": "sql"}, "limits": {"max_attempts": 3, "attempt_timeout_s": 0.3, "deadline_s": 5},
    }  # fmt: skip
    return ModelConfig.model_validate(values | more)


def request(text: str = "hello") -> Request:
    return Request("Be good.", (Message("user", text),), "reply", SCHEMA)


class Asked:
    """What came of requests to a server that does as a script says."""

    def __init__(
        self, script: Script, ledger: Ledger | None = None, seconds: float = 5.0, **more: Any
    ) -> None:
        self.script = script
        self.ledger = ledger
        self.seconds = seconds
        self.more = more
        self.usage = Usage()
        self.calls = 0

    def run(self, *requests: Request, together: bool = False) -> list[Reply | ModelError]:
        with serving(self.script) as server:
            chosen = config(server.openai_url, **self.more)

            async def work() -> list[Reply | ModelError]:
                loop = asyncio.get_running_loop()
                opened = open_model(chosen, Endpoints(connections=4, environ={}))
                lane = Lane(
                    opened.provider,
                    concurrency=4,
                    requests_per_minute=None,
                    tokens_per_minute=None,
                    now=loop.time,
                )
                caller = Caller(chosen, opened.model, lane, prices_of(chosen), self.ledger)

                async def one(asked: Request) -> Reply | ModelError:
                    try:
                        return await caller.ask(asked, Meter(loop.time() + self.seconds, self.usage))
                    except ModelError as error:
                        return error

                try:
                    if together:
                        return list(await asyncio.gather(*(one(asked) for asked in requests)))
                    return [await one(asked) for asked in requests]
                finally:
                    await opened.model.close()

            found = asyncio.run(work())
            self.calls = len(server.calls)
        return found


def in_turn(*reactions: Reaction) -> Script:
    return lambda call: reactions[min(call.number, len(reactions) - 1)]


def test_what_can_heal_is_tried_again() -> None:
    asked = Asked(in_turn(Fails(500), Fails(503), Says("{}")))
    (reply,) = asked.run(request())
    assert isinstance(reply, Reply)
    assert (asked.calls, asked.usage.attempts, asked.usage.calls) == (3, 3, 1)


TOLD = [
    (Fails(401), ModelAccessDenied),
    (Fails(404), ModelNotFound),
    (Fails(400), ModelRequestRejected),
    (Fails(413), ModelRequestRejected),
]


@pytest.mark.parametrize(("reaction", "kind"), TOLD)
def test_what_can_not_heal_is_told_at_once(reaction: Reaction, kind: type[ModelError]) -> None:
    asked = Asked(in_turn(reaction))
    (error,) = asked.run(request())
    assert isinstance(error, kind)
    assert asked.calls == 1
    assert error.hint


EXHAUSTED = [(Fails(429), ModelBusy), (Fails(500), ModelUnavailable), (Does("hang"), ModelTooSlow)]


@pytest.mark.parametrize(("reaction", "kind"), EXHAUSTED)
def test_what_does_not_heal_is_given_up_after_the_attempts(
    reaction: Reaction, kind: type[ModelError]
) -> None:
    asked = Asked(in_turn(reaction))
    (error,) = asked.run(request())
    assert isinstance(error, kind)
    assert asked.calls == 3


def test_nobody_waits_for_a_provider_that_wants_to_be_left_alone_beyond_the_deadline() -> None:
    asked = Asked(in_turn(Fails(429, headers={"retry-after": "60"})), seconds=30)
    first, second = asked.run(request("one"), request("two"))
    assert isinstance(first, ModelBusy)
    assert isinstance(second, ModelBusy)
    assert asked.calls == 1  # the second did not even ask


def test_the_deadline_ends_a_question_whatever_the_attempts() -> None:
    asked = Asked(in_turn(Does("hang")), seconds=0.5, limits={"max_attempts": 10, "attempt_timeout_s": 20})
    (error,) = asked.run(request())
    assert isinstance(error, ModelTooSlow)


def test_equal_requests_at_the_same_time_are_one_call(tmp_path: Path) -> None:
    ledger = Ledger(tmp_path / "kept.sqlite")
    asked = Asked(lambda _: Says("{}", after_s=0.1), ledger, hyperparameters={"temperature": 0})
    replies = asked.run(*[request()] * 20, request("other"), together=True)
    assert all(isinstance(reply, Reply) for reply in replies)
    assert asked.calls == 2


def test_a_reply_is_kept_for_the_next_process_and_not_for_ever(tmp_path: Path) -> None:
    now = [dt.datetime(2025, 1, 1, tzinfo=dt.UTC)]
    ledger = Ledger(tmp_path / "kept.sqlite", keep=dt.timedelta(days=1), clock=lambda: now[0])
    ledger.keep("key", Reply("{}", "stop", 1, 2))
    ledger.close()
    again = Ledger(tmp_path / "kept.sqlite", keep=dt.timedelta(days=1), clock=lambda: now[0])
    assert again.reply("key") == Reply("{}", "stop", 1, 2)
    now[0] += dt.timedelta(days=2)
    assert again.reply("key") is None


def test_samples_above_temperature_0_are_asked_anew(tmp_path: Path) -> None:
    ledger = Ledger(tmp_path / "kept.sqlite")
    asked = Asked(lambda _: Says("{}"), ledger, hyperparameters={"temperature": 0.5})
    asked.run(request(), request())
    assert asked.calls == 2


def test_a_truncated_reply_is_not_kept(tmp_path: Path) -> None:
    ledger = Ledger(tmp_path / "kept.sqlite")
    asked = Asked(lambda _: Says("{", "length"), ledger, hyperparameters={"temperature": 0})
    asked.run(request(), request())
    assert asked.calls == 2


PRICE = {"input": 1_000.0, "output": 2_000.0}  # a thousand times dearer than usual, so that little is much


def test_what_a_call_costs_is_counted_from_the_providers_tokens() -> None:
    asked = Asked(lambda _: Says("{}", input_tokens=1_000, output_tokens=500), price=PRICE)
    asked.run(request())
    assert asked.usage.cost_usd == pytest.approx(1.0 + 1.0)


def test_a_call_that_may_cost_too_much_is_not_made(tmp_path: Path) -> None:
    limits = {"cost_per_question_usd": 2.5}
    hyperparameters = {"max_output_tokens": 1_000}
    asked = Asked(
        lambda _: Says("{}", input_tokens=1_000, output_tokens=100),
        price=PRICE,
        limits=limits,
        hyperparameters=hyperparameters,
    )
    first, second = asked.run(request("one"), request("two"))
    assert isinstance(first, Reply)
    assert isinstance(second, ModelBudgetExceeded)
    assert asked.calls == 1


def test_the_days_budget_is_shared_by_processes_and_ends_at_midnight(tmp_path: Path) -> None:
    now = [dt.datetime(2025, 1, 1, 23, 0, tzinfo=dt.UTC)]
    one, other = (Ledger(tmp_path / "kept.sqlite", clock=lambda: now[0]) for _ in range(2))
    one.spend("abc", 1.5)
    other.spend("abc", 2.0)
    assert one.spent_today("abc") == pytest.approx(3.5)
    now[0] += dt.timedelta(hours=2)
    assert one.spent_today("abc") == 0


def test_calls_at_the_same_time_do_not_overrun_the_days_budget(tmp_path: Path) -> None:
    ledger = Ledger(tmp_path / "kept.sqlite")
    asked = Asked(
        lambda _: Says("{}", input_tokens=10, output_tokens=1_000, after_s=0.05),
        ledger, price=PRICE, limits={"cost_per_day_usd": 5.0}, hyperparameters={"max_output_tokens": 1_000},
    )  # fmt: skip
    replies = asked.run(*(request(str(number)) for number in range(10)), together=True)
    assert sum(isinstance(reply, Reply) for reply in replies) == 2
    assert sum(isinstance(reply, ModelBudgetExceeded) for reply in replies) == 8
    assert asked.usage.cost_usd <= 5.0


def test_a_ceiling_without_a_price_is_an_error_at_once() -> None:
    with pytest.raises(ConfigError, match="price of m-1 is not known"):
        prices_of(config("http://here/v1", limits={"cost_per_day_usd": 1}))


def test_geminis_prices_are_known() -> None:
    gemini = ModelConfig.model_validate(
        {
            "provider": "gemini",
            "model": "gemini-2.5-flash",
            "prompt": {"name": "p", "text": "t"},
            "strategy": {"kind": "sql"},
        }
    )
    assert 0 < prices_of(gemini).cost_usd(1_000, 100) < 0.01


def test_a_damaged_file_of_replies_is_told(tmp_path: Path) -> None:
    (tmp_path / "kept.sqlite").write_bytes(b"no database" * 100)
    with pytest.raises(ConfigError, match="can't be used"):
        Ledger(tmp_path / "kept.sqlite")
