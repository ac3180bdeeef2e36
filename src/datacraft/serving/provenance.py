"""How an answer came about, in a few words for those who want to know."""

from __future__ import annotations

from datacraft.contracts.answer import Answer


def model_facts(answer: Answer) -> list[str]:
    """Return who answered, with how many tokens, at what cost, by which strategy and after how many repairs."""
    usage = answer.usage
    if not (usage.attempts or usage.cached):
        return [answer.model] if answer.model else []
    facts = [answer.model]
    if usage.attempts:
        facts += [f"{usage.input_tokens + usage.output_tokens:,} tokens", f"${usage.cost_usd:.4f}"]
    else:
        facts.append("a kept reply")
    facts.append(answer.strategy)
    if answer.repairs:
        facts.append("repaired once" if answer.repairs == 1 else f"repaired {answer.repairs} times")
    return [fact for fact in facts if fact]
