"""`Caller`: asks the model of one config, within its limits, as often as it may help."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from tenacity import (
    AsyncRetrying,
    RetryCallState,
    retry_if_exception,
    stop_after_attempt,
    wait_random_exponential,
)
from tenacity.stop import stop_base

from datacraft.config.tracing import span
from datacraft.contracts.errors import (
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
from datacraft.engines.llm.calls.lane import Lane, LaneClosed
from datacraft.engines.llm.calls.ledger import Ledger
from datacraft.engines.llm.calls.meter import Meter
from datacraft.engines.llm.calls.prices import Prices
from datacraft.engines.llm.providers import CallFailed, ChatModel, Reply, Request

CHARACTERS_PER_TOKEN = 3.5  # of English and SQL; a little low, so that estimates are rather too high
_USUAL_OUTPUT = 1_000  # tokens, where the config names no bound
_LONGEST_WAIT_S = 8.0
_PROVIDERS = {"gemini": "gcp.gemini", "vertex": "gcp.vertex_ai", "openai": "openai", "local": "llama.cpp"}
"""As OpenTelemetry calls them."""


class Caller:
    """Asks one model. Used from the event loop of `Calls`.

    Args:
        config: whose model it is.
        model: that is asked.
        lane: of its provider.
        prices: of its calls.
        ledger: keeps replies and costs; None: nothing is kept.
        fresh: never take a reply that is kept, nor keep one.
    """

    def __init__(
        self,
        config: ModelConfig,
        model: ChatModel,
        lane: Lane,
        prices: Prices,
        ledger: Ledger | None,
        *,
        fresh: bool = False,
    ) -> None:
        self._config = config
        self._model = model
        self._lane = lane
        self._prices = prices
        self._ledger = ledger
        self._keeps = ledger is not None and config.caches and not fresh
        self._flights: dict[str, asyncio.Task[Reply]] = {}
        self._reserved_usd = 0.0

    async def ask(self, request: Request, meter: Meter, *, version: str = "") -> Reply:
        """Make a request, or return what an equal one got.

        Args:
            request: to make.
            meter: of the question it is for.
            version: of the data; what was said about another is not taken.

        Raises:
            ModelError: there is no reply.
        """
        if not self._keeps or self._ledger is None:
            return await self._paid(request, meter)
        key = f"{self._config.config_id}:{version}:{request.digest}"
        if (kept := self._ledger.reply(key)) is not None:
            meter.usage.cached += 1
            return kept
        try:
            async with asyncio.timeout_at(meter.deadline):
                return await self._together(key, lambda: self._kept(key, request, meter))
        except TimeoutError as error:
            raise self._too_slow() from error

    async def _together(self, key: str, make: Callable[[], Awaitable[Reply]]) -> Reply:
        """Make a call that others may be waiting for; the one who started it may give up, they go on."""
        flight = self._flights.get(key)
        if flight is None:
            flight = asyncio.ensure_future(make())
            self._flights[key] = flight
            flight.add_done_callback(lambda done: self._landed(key, done))
        return await asyncio.shield(flight)

    def _landed(self, key: str, flight: asyncio.Task[Reply]) -> None:
        del self._flights[key]
        if not flight.cancelled():
            flight.exception()  # seen, even where nobody waits any more

    async def _kept(self, key: str, request: Request, meter: Meter) -> Reply:
        reply = await self._paid(request, meter)
        if reply.finish == "stop" and self._ledger is not None:
            self._ledger.keep(key, reply)
        return reply

    async def _paid(self, request: Request, meter: Meter) -> Reply:
        tokens = request.characters / CHARACTERS_PER_TOKEN
        output = self._config.hyperparameters.max_output_tokens or _USUAL_OUTPUT
        reserved = self._prices.cost_usd(int(tokens), output)
        self._check_budget(meter, reserved)
        self._reserved_usd += reserved
        meter.reserved_usd += reserved
        try:
            reply = await self._persistently(request, tokens + output, meter)
        finally:
            self._reserved_usd -= reserved
            meter.reserved_usd -= reserved
        cost = self._prices.cost_usd(reply.input_tokens, reply.output_tokens)
        meter.add(reply.input_tokens, reply.output_tokens, cost)
        if self._ledger is not None and cost:
            self._ledger.spend(self._config.config_id, cost)
        return reply

    def _check_budget(self, meter: Meter, reserved: float) -> None:
        limits = self._config.limits
        if limits.cost_per_question_usd is not None:
            reckoned = meter.usage.cost_usd + meter.reserved_usd + reserved
            if reckoned > limits.cost_per_question_usd:
                raise ModelBudgetExceeded(
                    f"One more call of {self._config.model} may cost more than the "
                    f"${limits.cost_per_question_usd:g} that a question may cost.",
                    hint="Raise limits.cost_per_question_usd of the model config.",
                )
        if limits.cost_per_day_usd is not None and self._ledger is not None:
            spent = self._ledger.spent_today(self._config.config_id)
            if spent + self._reserved_usd + reserved > limits.cost_per_day_usd:
                raise ModelBudgetExceeded(
                    f"The calls of {self._config.model} have cost ${spent:.4f} today, and may cost "
                    f"${limits.cost_per_day_usd:g} a day.",
                    hint="Wait for tomorrow (UTC), or raise limits.cost_per_day_usd of the model config.",
                )

    async def _persistently(self, request: Request, tokens: float, meter: Meter) -> Reply:
        """Make the request until it succeeds, can't succeed, or its time is up."""
        retrying = AsyncRetrying(
            stop=stop_after_attempt(self._config.limits.max_attempts) | _stop_before(meter.deadline),
            wait=_wait,
            retry=retry_if_exception(lambda error: isinstance(error, CallFailed) and error.heals),
            reraise=True,
        )
        try:
            async with asyncio.timeout_at(meter.deadline):
                async for attempt in retrying:
                    with attempt:
                        async with self._lane.call(tokens, meter.deadline):
                            meter.usage.attempts += 1
                            return await self._traced(request)
        except CallFailed as failure:
            raise self._error(failure) from failure
        except LaneClosed as closed:
            raise ModelUnavailable(
                f"{self._lane.name} kept failing and is left alone for {closed.for_s:.0f} s.",
                hint="Ask again in a moment.",
            ) from closed
        except TimeoutError as error:
            raise self._too_slow() from error
        raise AssertionError("the retrying loop returns or raises")

    async def _traced(self, request: Request) -> Reply:
        given, config = self._config.hyperparameters, self._config
        with span(
            f"chat {config.model}",
            gen_ai__operation__name="chat",
            gen_ai__provider__name=_PROVIDERS[config.provider],
            gen_ai__request__model=config.model,
            gen_ai__request__temperature=given.temperature,
            gen_ai__request__top_p=given.top_p,
            gen_ai__request__top_k=given.top_k,
            gen_ai__request__max_tokens=given.max_output_tokens,
            gen_ai__request__seed=given.seed,
        ) as call:
            try:
                reply = await self._model.ask(request, timeout_s=config.limits.attempt_timeout_s)
            except CallFailed as failure:
                call.fail(failure.kind)
                raise
            call.set(
                gen_ai__usage__input_tokens=reply.input_tokens,
                gen_ai__usage__output_tokens=reply.output_tokens,
                gen_ai__response__finish_reason=reply.finish,
            )
            return reply

    def _too_slow(self) -> ModelTooSlow:
        return ModelTooSlow(
            f"{self._config.model} did not answer within {self._config.limits.deadline_s:g} s.",
            hint="Ask again, or raise limits.deadline_s of the model config.",
        )

    def _error(self, failure: CallFailed) -> ModelError:
        """Return a failed call in words for a person."""
        who, said = self._config.model, f": {failure.detail}" if failure.detail else ""
        match failure.kind:
            case "rate_limit" | "quota":
                return ModelBusy(
                    f"{self._lane.name} turns requests away{said}",
                    hint="Ask again later, lower llm.requests_per_minute, or have the quota raised.",
                )
            case "access":
                return ModelAccessDenied(
                    f"{self._lane.name} does not accept the key, or it may not use {who}{said}",
                    hint="Check the key: `datacraft models check` makes one call with it.",
                )
            case "not_found":
                return ModelNotFound(
                    f"{self._lane.name} has no model {who}{said}", hint="Check `model` in the model config."
                )
            case "too_long" | "rejected":
                return ModelRequestRejected(
                    f"{self._lane.name} does not take the request to {who}{said}",
                    hint="Lower context.tokens or the hyperparameters of the model config.",
                )
            case "timeout":
                return ModelTooSlow(
                    f"{who} did not answer in time, {self._config.limits.max_attempts} times{said}",
                    hint="Ask again, or raise limits.attempt_timeout_s of the model config.",
                )
            case "server" | "connection":
                return ModelUnavailable(
                    f"{self._lane.name} can't be reached or fails inside{said}",
                    hint="Ask again later; where it is a server of yours, check that it runs.",
                )


class _stop_before(stop_base):  # noqa: N801 - read as tenacity's own are
    """Stop where the next attempt would begin after a deadline on the event loop's clock."""

    def __init__(self, deadline: float) -> None:
        self._deadline = deadline

    def __call__(self, retry_state: RetryCallState) -> bool:
        return asyncio.get_running_loop().time() + retry_state.upcoming_sleep >= self._deadline


_backoff = wait_random_exponential(multiplier=0.5, max=_LONGEST_WAIT_S)


def _wait(state: RetryCallState) -> float:
    """Return how long to wait before the next attempt: what the provider says, else longer each time."""
    outcome = state.outcome
    failure = outcome.exception() if outcome is not None else None
    if isinstance(failure, CallFailed) and failure.retry_after_s is not None:
        return failure.retry_after_s
    return _backoff(state)
