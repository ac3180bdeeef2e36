"""Drift of questions: those of production against those of the question set that chose the model.

What is known of each question (its length, topic, plan, chart) is a column like any other; its words are left to a
classifier. Questions are read here and only counts leave: a report names no word that fewer than five of them have.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import duckdb

from datacraft.contracts.drift import LINE, DriftReport, QuestionDrift
from datacraft.contracts.profile import DataProfile
from datacraft.profiles.drift.classifier import Separation, separation, words_of
from datacraft.profiles.drift.columns import UNPROVEN
from datacraft.profiles.drift.compare import ALPHA, compare_profiles
from datacraft.profiles.drift.words import percent
from datacraft.profiles.facts import quoted
from datacraft.profiles.measuring.measure import profile_data

FEWEST = 20
"""With fewer questions on a side there is nothing that could be told."""
_LENGTH = "words"


@dataclass(frozen=True, slots=True)
class Asked:
    """A question and what is known of it.

    Attributes:
        text: as it was asked.
        features: by name: topic, plan, tables, chart, whether it was answered. The same names for all.
    """

    text: str
    features: Mapping[str, str] = field(default_factory=dict)


def compare_questions(
    baseline: Sequence[Asked],
    current: Sequence[Asked],
    *,
    now: dt.datetime | None = None,
    alpha: float = ALPHA,
) -> QuestionDrift:
    """Compare questions of production with those of a question set.

    Args:
        baseline: of the question set.
        current: of production.
        now: when they were compared, by default now; UTC.
        alpha: chance of a false alarm, where nothing changed; features and words have half of it each.
    """
    moment = now or dt.datetime.now(dt.UTC)
    old = _profiled(baseline, moment)
    features = compare_profiles(
        old,
        _profiled(current, moment, old),
        now=moment,
        alpha=alpha / 2,
        names=("question set", "production"),
    )
    few = min(len(baseline), len(current)) < FEWEST
    told = Separation(0.5, 1.0, 0.0, ())
    if not few:
        told = separation([one.text for one in baseline], [one.text for one in current])
    by_words = told.effect if told.p_value <= alpha / 2 else min(told.effect, UNPROVEN)
    score = max(features.score, by_words)
    verdict = "unknown" if few else "drifted" if score >= LINE else "steady"
    return QuestionDrift.model_validate(
        {
            "created_at": moment,
            "questions": (len(baseline), len(current)),
            "features": features,
            "new_words": _new_words(baseline, current),
            "telling_words": list(told.telling) if by_words >= LINE else [],
            "separation": max(0.5, told.area),
            "p_value": told.p_value,
            "score": score,
            "verdict": verdict,
            "words": _words(verdict, features, told, by_words, _new_words(baseline, current)),
        }
    )


def _profiled(questions: Sequence[Asked], now: dt.datetime, like: DataProfile | None = None) -> DataProfile:
    names = sorted({name for question in questions for name in question.features} - {_LENGTH})
    with duckdb.connect() as connection:
        columns = "".join(f", {quoted(name)} VARCHAR" for name in names)
        connection.execute(f"CREATE TABLE questions ({quoted(_LENGTH)} INTEGER{columns})")
        rows = [
            [len(words_of(question.text)), *(question.features.get(name) for name in names)]
            for question in questions
        ]
        if rows:
            connection.executemany(f"INSERT INTO questions VALUES (?{', ?' * len(names)})", rows)
        return profile_data(connection, now, like=like)


def _new_words(baseline: Sequence[Asked], current: Sequence[Asked]) -> float:
    known = {word for question in baseline for word in words_of(question.text)}
    asked = [word for question in current for word in words_of(question.text)]
    return sum(word not in known for word in asked) / max(1, len(asked))


def _words(verdict: str, features: DriftReport, told: Separation, by_words: float, new_words: float) -> str:
    if verdict == "unknown":
        return f"Fewer than {FEWEST} questions on a side: nothing can be told."
    if verdict == "steady":
        return "Questions are as those of the question set."
    said = []
    if by_words >= LINE:
        words = f", by words such as {', '.join(told.telling[:5])}" if told.telling else ""
        said.append(
            f"a classifier tells them from the question set{words} ({percent(new_words)} of the words are new)"
        )
    if features.drifted:
        said.append(features.words.rstrip("."))
    return f"Questions have changed: {'; '.join(said)}."
