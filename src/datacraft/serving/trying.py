"""`try_model`: one real call or two, to find out what a config's model does as it should."""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass
from time import perf_counter

from datacraft.config import Settings
from datacraft.contracts.model_config import ModelConfig
from datacraft.contracts.usage import Usage
from datacraft.serving.answerers import model_access

_SCHEMA = {
    "type": "object",
    "properties": {"word": {"type": "string"}, "number": {"type": "integer"}},
    "required": ["word", "number"],
    "additionalProperties": False,
}
_ASKED = "Pick a word of four letters and a number from 1 to 1000."


@dataclass(frozen=True, slots=True)
class Trait:
    """What a model was found to do, or not.

    Attributes:
        what: for people.
        works: as it should.
        told: in a sentence.
    """

    what: str
    works: bool
    told: str


def try_model(config: ModelConfig, settings: Settings) -> list[Trait]:
    """Call the config's model once, and once more where it has a seed; return what works.

    Raises:
        ConfigError, ModelError: the model can't be called at all.
    """
    from datacraft.engines.llm.calls import Caller, Meter
    from datacraft.engines.llm.calls.prices import prices_of
    from datacraft.engines.llm.providers import Message, Reply, Request, open_model

    access = model_access(settings)
    prices = prices_of(config)
    opened = open_model(config, access.endpoints)
    calls = access.calls()
    caller = Caller(config, opened.model, calls.lane(opened.lane, opened.provider), prices, None)
    usage = Usage()
    seeded = config.hyperparameters.seed is not None

    async def ask() -> list[Reply]:
        deadline = asyncio.get_running_loop().time() + config.limits.deadline_s
        request = Request("Reply with JSON.", (Message("user", _ASKED),), "check", _SCHEMA)
        meter = Meter(deadline, usage)
        try:
            return [await caller.ask(request, meter) for _ in range(1 + seeded)]
        finally:
            await opened.model.close()

    started = perf_counter()
    replies = calls.run(ask())
    seconds = (perf_counter() - started) / len(replies)
    found = [
        Trait("call", True, f"{opened.provider} answered in {seconds:.2f} s."),
        _structured(replies[0].text),
    ]
    if seeded:
        same = replies[0].text == replies[1].text
        found.append(
            Trait("seed", same, "Two calls said the same." if same else "Two calls said different things.")
        )
    counted = replies[0].input_tokens > 0 and replies[0].output_tokens > 0
    told = f"{replies[0].input_tokens} in, {replies[0].output_tokens} out."
    found.append(Trait("token counts", counted, told if counted else "The provider counts no tokens."))
    price = f"${usage.cost_usd / len(replies):.6f} a call." if prices.known else "The price is not known."
    found.append(Trait("cost", prices.known, price))
    return found


def _structured(text: str) -> Trait:
    try:
        found = json.loads(text)
    except ValueError:
        return Trait(
            "structured output",
            False,
            "The reply is not JSON alone; it is read all the same where it can be.",
        )
    fits = (
        isinstance(found, dict)
        and isinstance(found.get("word"), str)
        and isinstance(found.get("number"), int)
    )
    return Trait(
        "structured output",
        fits,
        "The reply keeps to the JSON schema." if fits else "The reply does not keep to the JSON schema.",
    )
