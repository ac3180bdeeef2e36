"""`SemanticEngine`: question -> spans -> frame -> one meaning -> plan, or an honest question back."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from pydantic import ValidationError

from datacraft.contracts.errors import AmbiguousQuestion, NotAnswered, NotUnderstood
from datacraft.contracts.proposal import Proposal, SpanReading, Turn
from datacraft.contracts.semantic import SemanticModel
from datacraft.engines import Notice, Trial, unheard
from datacraft.engines.semantic.accounting import account_for_words
from datacraft.engines.semantic.aggregates import CannotCompute
from datacraft.engines.semantic.confidence import confidence
from datacraft.engines.semantic.expecting import check_expectations
from datacraft.engines.semantic.followup import change, leans_on_last
from datacraft.engines.semantic.frame import Frame, Noun, ValueChoice
from datacraft.engines.semantic.joins import JoinGraph
from datacraft.engines.semantic.lattice import Item, Lattice, Values
from datacraft.engines.semantic.lexicon import lemma, load_lexicon
from datacraft.engines.semantic.planning import build_plan
from datacraft.engines.semantic.reading import read
from datacraft.engines.semantic.refusing import refuse_what_is_no_question
from datacraft.engines.semantic.resolve import Resolution, resolve
from datacraft.engines.semantic.scope import Context
from datacraft.engines.semantic.spelling import Speller, told
from datacraft.engines.semantic.tautology import refuse_tautologies
from datacraft.engines.semantic.tokens import tokenise
from datacraft.engines.semantic.vocabulary import ColumnId, Thing, Vocabulary, counts_already

ANSWER_ABOVE = 0.55  # with less, asking back is better than showing what may be wrong
_REMEMBERED = 8  # how many questions back a follow-up may lean on
_Kind = Literal["number", "table", "line", "bar", "grouped_bar", "stacked_bar", "scatter", "histogram"]
_CHARTS: dict[str, _Kind] = {
    "bar": "bar", "line": "line", "area": "line", "pie": "bar", "scatter": "scatter", "histogram": "histogram",
    "table": "table", "number": "number",
}  # fmt: skip
_RIVAL_GAP = 0.05
_ROWS = frozenset({"row", "rows", "record", "records"})
_SURE_OF_SPELLING = 0.95  # for each word that is put right


class SemanticEngine:
    """The built-in engine. Thread-safe: nothing is changed after construction but caches."""

    name = "builtin"
    patient = False

    def __init__(self, model: SemanticModel, values: Values) -> None:
        self.model = model
        self._values = values
        self._lexicon = load_lexicon()
        self._vocabulary = Vocabulary(model, self._lexicon)
        self._graph = JoinGraph(model)
        self._speller = Speller(self._vocabulary, self._lexicon, values)

    def propose(
        self, question: str, history: Sequence[Turn], trial: Trial | None = None, notice: Notice = unheard
    ) -> Proposal:
        """Return the plan that the question means.

        Raises:
            AmbiguousQuestion: two readings have about equal support.
            NotUnderstood: some words can't be tied to the data.
            Refused: it is no question about this data.
        """
        try:
            return self._as_typed_or_meant(question, history)
        except (ValidationError, OverflowError) as error:
            raise NotUnderstood(
                "A number or a date in the question is out of range.",
                hint="Ask for at least one row, a percentile up to 100, a date that calendars have.",
            ) from error

    def _as_typed_or_meant(self, question: str, history: Sequence[Turn]) -> Proposal:
        """Read the question; where that fails for a misspelt word, read what was probably meant, and say so."""
        try:
            return self._propose(question, history)
        except NotUnderstood as misread:
            respelt = self._speller.put_right(question)
            if respelt is None:
                raise
            try:
                proposal = self._propose(respelt.question, history)
            except NotAnswered:
                raise misread from None
            sure = (proposal.confidence or 0.0) * _SURE_OF_SPELLING ** len(respelt.changes)
            if sure < ANSWER_ABOVE:
                raise
            return proposal.model_copy(update={"confidence": sure, "notes": told(respelt.changes)})

    def _propose(self, question: str, history: Sequence[Turn]) -> Proposal:
        frame = self._frame(question, history)
        self._check_read(frame)
        resolution = resolve(frame, self.model, self._graph)
        context = Context(self.model, self._vocabulary, self._graph, self._lexicon)
        context.said = frozenset(word for item in frame.items for word in said_by(item))
        try:
            plan = build_plan(context, frame)
            refuse_tautologies(plan)
            account_for_words(context, frame, plan)
            check_expectations(context, frame, plan)
        except CannotCompute as error:
            raise NotUnderstood(
                f"I can't work that out: {error}.", hint="Name the column or measure that you mean."
            ) from error
        self._check_sure(question, resolution)
        sure = confidence(frame, plan, resolution, context)
        if sure < ANSWER_ABOVE:
            reasons = ", ".join(reason for reason, _ in context.doubts) or "the reading is uncertain"
            raise NotUnderstood(
                f"I am not sure what you mean: {reasons}.", hint="Try naming the table or column."
            )
        return Proposal(
            plan=plan, confidence=sure, reading=_reading(frame), chart=_CHARTS.get(frame.chart or "")
        )

    def _frame(self, question: str, history: Sequence[Turn]) -> Frame:
        """Read the question; one that leans on what was said before changes the frame of that."""
        frame = self._read(question)
        if not history or not leans_on_last(question, frame):
            return frame
        said = [turn.question for turn in history[-_REMEMBERED:]]
        frames = [self._read(earlier) for earlier in said]
        start = max((i for i, f in enumerate(frames) if not leans_on_last(said[i], f)), default=0)
        last = frames[start]
        for earlier, fragment in zip(said[start + 1 :], frames[start + 1 :], strict=True):
            last = change(last, fragment, earlier)
        return change(last, frame, question)

    def _read(self, question: str) -> Frame:
        items = Lattice(tokenise(question), self._vocabulary, self._lexicon, self._values).cut()
        refuse_what_is_no_question(items, self.model)
        return read(items, self._vocabulary, self._lexicon)

    def _check_read(self, frame: Frame) -> None:
        unread = [item for item in (*frame.unread, *frame.soft_unread) if not item.used]
        if unread:
            words = ", ".join(f"“{item.text}”" for item in unread)
            raise NotUnderstood(
                f"I can't tie {words} to the data.", hint="Use names of tables, columns or values."
            )
        spoken = frame.question_word == "amount" and frame.verbs
        rows = any(_ROWS & set(item.words) and item.operators for item in frame.items)  # "how many rows"
        if (
            not spoken
            and not (rows and len(self.model.tables) == 1)
            and not any(item.nouns or item.values or item.number or item.part for item in frame.items)
        ):
            raise NotUnderstood(
                "I found nothing of the data in the question.", hint="Ask about a table or column."
            )

    def _check_sure(self, question: str, resolution: Resolution) -> None:
        rival, differs = resolution.rival, resolution.differs
        if rival is None or differs is None or resolution.gap >= _RIVAL_GAP:
            return
        both = (resolution.best.choices[id(differs)], rival.choices[id(differs)])
        counted = any(isinstance(c, ColumnId) and counts_already(c.column) for c in both)
        if counted and any(isinstance(c, Thing) for c in both):
            return  # the reviews, or the column that counts them already: either answers
        choices = [
            question.replace(differs.item.text, _spell(choice, differs.item), 1)
            for choice in (resolution.best.choices[id(differs)], rival.choices[id(differs)])
        ]
        if choices[0] == choices[1]:
            return
        raise AmbiguousQuestion(
            f"“{differs.item.text}” could mean more than one thing.", hint="Pick one.", choices=choices
        )


def said_by(item: Item) -> set[str]:
    """Return the words of a span in their dictionary form, and what its verb implies."""
    words = {lemma(word) for word in item.words} | set(item.words)
    verb = item.verb
    return words | ({verb.base, *verb.nouns} if verb is not None else set())


def _spell(choice: object, item: Item) -> str:
    if isinstance(choice, ValueChoice):
        return f"{choice.column.column.replace('_', ' ')} {item.text}"
    if isinstance(choice, ColumnId):
        return f"{choice.table.replace('_', ' ')} {choice.column.replace('_', ' ')}"
    if isinstance(choice, Thing):
        return choice.name
    return item.text


def _reading(frame: Frame) -> list[SpanReading]:
    readings: list[SpanReading] = []
    for noun in frame.nouns():
        readings.append(
            SpanReading(
                text=noun.item.text,
                meaning=_meaning(noun),
                kind="column" if isinstance(noun.chosen, ColumnId) else "table",
            )
        )
    for condition in frame.all_conditions():
        for value in condition.values:
            if value.chosen is not None:
                column = value.chosen.column
                shown = ", ".join(str(v) for v in value.chosen.values[:3])
                readings.append(
                    SpanReading(
                        text=value.item.text,
                        meaning=f"{column.table}.{column.column} = {shown}",
                        kind="value",
                    )
                )
        if condition.span is not None:
            readings.append(
                SpanReading(text=condition.span.label, meaning=f"period {condition.span.label}", kind="time")
            )
    return readings


def _meaning(noun: Noun) -> str:
    target = noun.chosen
    if isinstance(target, ColumnId):
        return f"column {target.table}.{target.column}"
    return f"{getattr(target, 'name', '')}"
