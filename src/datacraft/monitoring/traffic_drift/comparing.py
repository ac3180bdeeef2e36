"""`drift_of_traffic`: a window of traffic against the question set and against the time before it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import Literal

from datacraft.config import Settings
from datacraft.contracts.drift import DayDrift, DriftReport, QuestionDrift, TrafficDrift
from datacraft.contracts.errors import RegistryError
from datacraft.monitoring.traffic_drift.asked import AskedTraffic
from datacraft.monitoring.traffic_drift.question_set import questions_of_release
from datacraft.profiles.drift.compare import ALPHA
from datacraft.profiles.drift.questions import FEWEST, Asked, compare_behaviour, compare_questions
from datacraft.registry import open_store
from datacraft.registry.served import find_served

WINDOW = dt.timedelta(days=7)
BEFORE = dt.timedelta(days=28)
DAY = dt.timedelta(hours=24)
_PARTS = 5
_NAMES = ("time before", "window")
Verdict = Literal["steady", "drifted", "unknown"]


def traffic_drift(
    settings: Settings,
    now: dt.datetime | None = None,
    *,
    window: dt.timedelta = WINDOW,
    before: dt.timedelta = BEFORE,
    alpha: float = ALPHA,
) -> TrafficDrift:
    """Compare the traffic of the settings' channel with the question set of the release that serves it, and with before.

    Whatever can't be read is a finding of the result; without telemetry the verdict is `unknown`.

    Args:
        settings: `state_dir` holds the telemetry, `channel` says whose questions, and the registry whose question set.
        now: where the window ends, by default now; UTC.
        window: its length.
        before: length of the time before it that it is compared with.
        alpha: chance of any false alarm, where nothing changed.
    """
    moment = now or dt.datetime.now(dt.UTC)
    release_id, questions, problems = None, None, []
    try:
        store = open_store(
            settings.registry_url, settings.gcp.project_id, endpoint=settings.registry.endpoint
        )
        release_id = find_served(store, settings.channel, None, moment).release_id or None
        if release_id is not None:
            dialect = "bigquery" if settings.gcp.dataset is not None and not settings.data.paths else "duckdb"
            questions = questions_of_release(store, release_id, dialect)
    except RegistryError as error:
        problems.append(f"There is no question set to compare with: {error.message}")
    return drift_of_traffic(
        [settings.state_dir / "telemetry"],
        questions,
        channel=settings.channel,
        release_id=release_id,
        now=moment,
        window=window,
        before=before,
        alpha=alpha,
        problems=problems,
    )


def drift_of_traffic(
    folders: Sequence[Path],
    question_set: Sequence[Asked] | None,
    *,
    now: dt.datetime,
    channel: str | None = None,
    release_id: str | None = None,
    window: dt.timedelta = WINDOW,
    before: dt.timedelta = BEFORE,
    alpha: float = ALPHA,
    problems: Sequence[str] = (),
) -> TrafficDrift:
    """Compare a window of traffic with a question set, and with the time before it.

    Args:
        folders: of the telemetry of all processes.
        question_set: see `questions_of_release`; None: there is none.
        now: where the window ends; UTC.
        channel: whose questions; None: everybody's.
        release_id: whose question set it is.
        window: its length.
        before: length of the time before it.
        alpha: chance of any false alarm over all parts, where nothing changed.
        problems: known already, for the findings.
    """
    start = now - window
    with closing(AskedTraffic(folders, start - before)) as traffic:
        asked, became = traffic.between(start, now, channel)
        asked_before, became_before = traffic.between(start - before, start, channel)
        lately, became_lately = traffic.between(now - DAY, now, channel) if window > DAY else ([], [])
        findings = [*problems, *traffic.findings]
    part = alpha / _PARTS
    against_set = None
    if question_set is not None and question_set:
        # The length of a question set's questions is that of its texts: what telemetry counted is not needed.
        against_set = compare_questions(question_set, [_untimed(one) for one in asked], now=now, alpha=part)
    against_before = compare_questions(asked_before, asked, now=now, alpha=part, names=_NAMES)
    behaviour = compare_behaviour(became_before, became, now=now, alpha=part, names=_NAMES)
    few = min(len(asked), len(asked_before)) < FEWEST
    day = None
    if not few and len(lately) >= FEWEST:
        names = (_NAMES[0], "last day")
        day = DayDrift(
            window_s=int(DAY.total_seconds()),
            questions=compare_questions(asked_before, lately, now=now, alpha=part, names=names),
            behaviour=compare_behaviour(became_before, became_lately, now=now, alpha=part, names=names),
        )
    scores = [against_before.score, behaviour.score, *([day.score] if day is not None else [])]
    score = 0.0 if few else max(scores)
    drifted = not few and (
        against_before.verdict == "drifted" or behaviour.drifted or (day is not None and day.drifted)
    )
    verdict: Verdict = "unknown" if few else "drifted" if drifted else "steady"
    return TrafficDrift(
        created_at=now,
        channel=channel,
        release_id=release_id,
        window_s=int(window.total_seconds()),
        before_s=int(before.total_seconds()),
        against_set=against_set,
        against_before=against_before,
        behaviour=behaviour,
        day=day,
        alpha=alpha,
        score=score,
        verdict=verdict,
        words=_words(verdict, against_before, behaviour, day, against_set),
        findings=findings,
    )


def _untimed(asked: Asked) -> Asked:
    return Asked(asked.text, asked.features, asked.session)


def _words(
    verdict: Verdict,
    questions: QuestionDrift,
    behaviour: DriftReport,
    day: DayDrift | None,
    against_set: QuestionDrift | None,
) -> str:
    if verdict == "unknown":
        return questions.words
    said = [questions.words] if questions.verdict == "drifted" else []
    if behaviour.drifted:
        said.append(f"Answers have changed: {behaviour.words}")
    if day is not None and day.drifted and not said:  # what the window shows already is not told twice
        said.append(day.words)
    if not said:
        said.append("Questions and answers are as those of the time before.")
    if against_set is not None and against_set.verdict == "drifted":
        said.append(f"They are not those that the release was chosen by: {against_set.words}")
    return " ".join(said)
