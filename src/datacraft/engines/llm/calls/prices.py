"""What tokens cost: the config's own price, else the dated table of the library genai-prices."""

from __future__ import annotations

from dataclasses import dataclass

from datacraft.contracts.errors import ConfigError
from datacraft.contracts.model_config import OPENAI_URL, ModelConfig, Price

_TABLES = {"gemini": "google", "vertex": "google", "openai": "openai"}


@dataclass(frozen=True, slots=True)
class Prices:
    """The price of one config's calls; both None where it is not known.

    Attributes:
        own: what the config says.
        provider: of the table.
    """

    model: str
    own: Price | None
    provider: str | None

    @property
    def known(self) -> bool:
        """Whether a call's cost can be told."""
        return self.own is not None or self.provider is not None

    def cost_usd(self, input_tokens: int, output_tokens: int) -> float:
        """Return what a call costs; 0 where no price is known."""
        if self.own is not None:
            return (input_tokens * self.own.input + output_tokens * self.own.output) / 1e6
        if self.provider is None:
            return 0.0
        from genai_prices import Usage, calc_price

        usage = Usage(input_tokens=input_tokens, output_tokens=output_tokens)
        return float(calc_price(usage, self.model, provider_id=self.provider).total_price)


def prices_of(config: ModelConfig) -> Prices:
    """Return the price of a config's calls.

    Raises:
        ConfigError: the config has a cost ceiling, and its price is not known.
    """
    table = _TABLES.get(config.provider)
    if config.provider == "openai" and (config.base_url or OPENAI_URL).rstrip("/") != OPENAI_URL:
        table = None  # a server of one's own may call its models anything
    if table is not None and not _in_table(config.model, table):
        table = None
    found = Prices(config.model, config.price, table)
    limits = config.limits
    if not found.known and (limits.cost_per_question_usd or limits.cost_per_day_usd):
        raise ConfigError(
            f"The price of {config.model} is not known, so that its cost ceiling can't be kept.",
            hint="Give `price: {input: ..., output: ...}` in US dollars per million tokens, or no ceiling.",
        )
    return found


def _in_table(model: str, provider: str) -> bool:
    from genai_prices import Usage, calc_price

    try:
        calc_price(Usage(input_tokens=1, output_tokens=1), model, provider_id=provider)
    except LookupError:
        return False
    return True
