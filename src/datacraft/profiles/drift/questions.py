"""Drift of questions, and of what became of them: against a question set, or an earlier time.

What is known of each question (its length, topic, plan, chart, outcome) is a column like any other, and is compared as
columns of data are; its words are left to a classifier. Questions are read here and only counts leave: a report names
no word that fewer than five conversations have.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import duckdb
import pyarrow as pa  # type: ignore[import-untyped]

from datacraft.contracts.drift import LINE, DriftReport, QuestionDrift
from datacraft.contracts.profile import DataProfile
from datacraft.profiles.drift.classifier import Separation, separation_of, words_of
from datacraft.profiles.drift.columns import UNPROVEN
from datacraft.profiles.drift.compare import ALPHA, compare_profiles
from datacraft.profiles.drift.sessions import coded, questions_per_case
from datacraft.profiles.drift.words import percent
from datacraft.profiles.facts import quoted
from datacraft.profiles.measuring.measure import profile_data

FEWEST = 20
"""With fewer questions on a side there is nothing that could be told."""
_LENGTH = "words"
_AT = "asked_at"

Feature = str | float | None


@dataclass(frozen=True, slots=True)
class Asked:
    """A question and what is known of it.

    Attributes:
        text: as it was asked; None where it was not kept.
        features: by name: topic, plan, tables, chart, whether it was answered. A name is of texts or of numbers.
            `words` counts the words of the text, where there is none.
        session: the conversation that it belongs to; None stands alone.
        at: when, UTC; None where that says nothing, as of a question set.
    """

    text: str | None
    features: Mapping[str, Feature] = field(default_factory=dict)
    session: str | None = None
    at: dt.datetime | None = None


def compare_questions(
    baseline: Sequence[Asked],
    current: Sequence[Asked],
    *,
    now: dt.datetime | None = None,
    alpha: float = ALPHA,
    names: tuple[str, str] = ("question set", "production"),
) -> QuestionDrift:
    """Compare questions of production with those of a question set, or of an earlier time.

    Where a side kept hardly any texts, the classifier judges by the features instead of words.

    Args:
        baseline: what questions were.
        current: what they are.
        now: when they were compared, by default now; UTC.
        alpha: chance of a false alarm, where nothing changed; features and words have half of it each.
        names: what to call the two.
    """
    moment = now or dt.datetime.now(dt.UTC)
    features = compare_behaviour(
        baseline, current, now=moment, alpha=alpha / 2, names=names, table="questions"
    )
    few = min(len(baseline), len(current)) < FEWEST
    by_text = all(sum(one.text is not None for one in side) >= FEWEST for side in (baseline, current))
    told = Separation(0.5, 1.0, 0.0, ())
    if not few:
        told = _told_apart(baseline, current, by_text=by_text)
    by_words = told.effect if told.p_value <= alpha / 2 else min(told.effect, UNPROVEN)
    score = max(features.score, by_words)
    verdict = "unknown" if few else "drifted" if score >= LINE else "steady"
    new_words = _new_words(baseline, current) if by_text else None
    return QuestionDrift.model_validate(
        {
            "created_at": moment,
            "questions": (len(baseline), len(current)),
            "features": features,
            "by_text": by_text,
            "new_words": new_words,
            "telling_words": list(told.telling) if by_text and by_words >= LINE else [],
            "separation": max(0.5, told.area),
            "p_value": told.p_value,
            "score": score,
            "verdict": verdict,
            "words": _words(verdict, features, told, by_words, new_words, names[0]),
        }
    )


def compare_behaviour(
    baseline: Sequence[Asked],
    current: Sequence[Asked],
    *,
    now: dt.datetime | None = None,
    alpha: float = ALPHA,
    names: tuple[str, str] = ("before", "now"),
    table: str = "answers",
) -> DriftReport:
    """Compare what is known of questions, without their words, as `compare_profiles` does columns of data.

    A conversation counts for as much as its questions differ from one another; see `questions_per_case`.

    Args:
        baseline: what they were.
        current: what they are.
        now: when they were compared, by default now; UTC.
        alpha: chance of any false alarm over all features, where nothing changed.
        names: what to call the two.
        table: what the report calls them.
    """
    moment = now or dt.datetime.now(dt.UTC)
    kinds = _kinds([*baseline, *current])
    timed = all(one.at is not None for one in (*baseline, *current))
    old = _profiled(table, baseline, kinds, moment, timed=timed)
    new = _profiled(table, current, kinds, moment, timed=timed, like=old)
    together = {name: max(_together(side, name) for side in (baseline, current)) for name in kinds}
    return compare_profiles(_with_sessions(old, together), new, now=moment, alpha=alpha, names=names)


def _told_apart(baseline: Sequence[Asked], current: Sequence[Asked], *, by_text: bool) -> Separation:
    sides = [
        [one for one in side if one.text is not None] if by_text else list(side)
        for side in (baseline, current)
    ]
    tokens = [
        set(words_of(one.text)) if by_text and one.text is not None else _feature_tokens(one)
        for side in sides
        for one in side
    ]
    sessions = ([one.session for one in sides[0]], [one.session for one in sides[1]])
    return separation_of(tokens, len(sides[0]), sessions=sessions)


def _feature_tokens(asked: Asked) -> set[str]:
    """Return what is known of a question as words; of numbers, their size."""
    return {
        f"{name}={value if isinstance(value, str) else int(value).bit_length()}"
        for name, value in _features(asked).items()
        if value is not None
    }


def _features(asked: Asked) -> dict[str, Feature]:
    found = dict(asked.features)
    if asked.text is not None:
        found[_LENGTH] = float(len(words_of(asked.text)))
    return found


def _kinds(questions: Sequence[Asked]) -> dict[str, pa.DataType]:
    """Return the type of each feature; of one that nobody has, text."""
    kinds: dict[str, pa.DataType] = {}
    for asked in questions:
        for name, value in _features(asked).items():
            if value is not None:
                kinds[name] = pa.string() if isinstance(value, str) else pa.float64()
            else:
                kinds.setdefault(name, pa.string())
    return kinds


def _together(side: Sequence[Asked], name: str) -> float:
    return questions_per_case(
        [_features(one).get(name) for one in side], coded([one.session for one in side])
    )


def _with_sessions(profile: DataProfile, together: Mapping[str, float]) -> DataProfile:
    """Return a profile whose rows tell as much as conversations let them."""
    tables = [
        table.model_copy(
            update={
                "columns": [
                    one.model_copy(
                        update={"rows_per_case": max(one.rows_per_case, together.get(one.name, 1.0))}
                    )
                    for one in table.columns
                ]
            }
        )
        for table in profile.tables
    ]
    return profile.model_copy(update={"tables": tables})


def _profiled(
    table: str,
    questions: Sequence[Asked],
    kinds: Mapping[str, pa.DataType],
    now: dt.datetime,
    *,
    timed: bool,
    like: DataProfile | None = None,
) -> DataProfile:
    known = [_features(one) for one in questions]
    columns = {
        name: pa.array([one.get(name) for one in known], type=kind) for name, kind in sorted(kinds.items())
    }
    if timed:
        columns[_AT] = pa.array([one.at for one in questions], type=pa.timestamp("us", tz="UTC"))
    with duckdb.connect() as connection:
        if columns:
            connection.register("given", pa.table(columns))
            connection.execute(f"CREATE TABLE {quoted(table)} AS FROM given")
            connection.unregister("given")
        return profile_data(connection, now, like=like)


def _new_words(baseline: Sequence[Asked], current: Sequence[Asked]) -> float:
    known = {word for question in baseline for word in words_of(question.text or "")}
    asked = [word for question in current for word in words_of(question.text or "")]
    return sum(word not in known for word in asked) / max(1, len(asked))


def _words(
    verdict: str,
    features: DriftReport,
    told: Separation,
    by_words: float,
    new_words: float | None,
    baseline: str,
) -> str:
    if verdict == "unknown":
        return f"Fewer than {FEWEST} questions on a side: nothing can be told."
    if verdict == "steady":
        return f"Questions are as those of the {baseline}."
    said = []
    if by_words >= LINE:
        words = (
            f", by words such as {', '.join(told.telling[:5])}"
            if told.telling and new_words is not None
            else ""
        )
        new = f" ({percent(new_words)} of the words are new)" if new_words is not None else ""
        said.append(f"a classifier tells them from the {baseline}{words}{new}")
    if features.drifted:
        said.append(features.words.rstrip("."))
    return f"Questions have changed: {'; '.join(said)}."
