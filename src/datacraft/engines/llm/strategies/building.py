"""`build_strategy`: the strategy that a config names, put together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from datacraft.contracts.model_config import (
    CascadeStrategy,
    PlanStrategy,
    PromptText,
    RepairStrategy,
    SqlStrategy,
    VoteStrategy,
)
from datacraft.contracts.model_config import Strategy as Named
from datacraft.engines import Engine
from datacraft.engines.llm.calls import Caller
from datacraft.engines.llm.diagnosis import Diagnosis
from datacraft.engines.llm.output import PlanReply, SqlReply
from datacraft.engines.llm.prompting import Prompting
from datacraft.engines.llm.strategies import Strategy
from datacraft.engines.llm.strategies.cascade import Cascade
from datacraft.engines.llm.strategies.repair import Repair
from datacraft.engines.llm.strategies.vote import Vote
from datacraft.engines.llm.strategies.writing import Writer


@dataclass(frozen=True)
class Parts:
    """What strategies are made of.

    Attributes:
        caller: of the config's model.
        prompting: makes messages.
        diagnosis: says what is wrong with a draft.
        builtin: the built-in engine.
    """

    caller: Caller
    prompting: Prompting
    diagnosis: Diagnosis
    builtin: Engine


def build_strategy(named: Named, prompts: Sequence[PromptText], parts: Parts) -> Strategy:
    """Return the strategy that a config names.

    Args:
        named: in the config.
        prompts: of the samples in turn; at least one.
        parts: to make it of.
    """
    match named:
        case SqlStrategy():
            return Writer(parts.caller, parts.prompting, prompts, SqlReply)
        case PlanStrategy():
            return Writer(parts.caller, parts.prompting, prompts, PlanReply)
        case RepairStrategy():
            return Repair(build_strategy(named.of, prompts, parts), named.attempts, parts.diagnosis)
        case VoteStrategy():
            return Vote(
                build_strategy(named.of, named.prompts or prompts, parts), named.samples, named.threshold
            )
        case CascadeStrategy():
            otherwise = build_strategy(named.otherwise, prompts, parts)
            return Cascade(parts.builtin, named.threshold, otherwise)
    raise AssertionError(f"{named.kind} asks no language model")  # the config has checked it
