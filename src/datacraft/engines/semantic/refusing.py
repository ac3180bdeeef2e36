"""What is not answered by reading data: orders to change it, forecasts, reasons, advice."""

from __future__ import annotations

from datacraft.contracts.errors import Refused
from datacraft.contracts.semantic import SemanticModel
from datacraft.engines.semantic.lattice import Item
from datacraft.engines.semantic.lexicon import OperatorKind

_PASSED = frozenset({OperatorKind.LEAD_IN, OperatorKind.FILLER, OperatorKind.DETERMINER, OperatorKind.PRONOUN,
                     OperatorKind.AUXILIARY, OperatorKind.CONJUNCTION})  # fmt: skip
_WHY = {
    "cause": "I can show what happened, not why.",
    "forecast": "I can show what happened, not what will.",
    "advice": "I can show figures, not give advice.",
}


def refuse_what_is_no_question(items: list[Item], model: SemanticModel) -> None:
    """Raise where the first content words order a change or ask for what data alone can't tell.

    Raises:
        Refused: with what can be asked instead.
    """
    for index, item in enumerate(items[:4]):
        if (
            index + 1 < len(items)
            and item.words == ("why",)
            and items[index + 1].operator(OperatorKind.NEGATION)
        ):
            return
        if item.nouns or item.values:
            return
        mutation = item.operator(OperatorKind.MUTATION)
        if mutation is not None and item.operator(OperatorKind.NEGATION) is None:
            raise Refused(
                "I only read data; I can't change, add or delete anything.", hint=_what_can_be_asked(model)
            )
        unsupported = item.operator(OperatorKind.UNSUPPORTED)
        if unsupported is not None:
            raise Refused(
                _WHY.get(unsupported, "That is more than reading data."), hint=_what_can_be_asked(model)
            )
        if not any(sense.kind in _PASSED for sense in item.operators):
            return


def _what_can_be_asked(model: SemanticModel) -> str:
    names = [table.entity for table in model.tables if not table.bridge][:5]
    return f"Ask about {', '.join(names)}: totals, counts, rankings, trends, comparisons."
