"""Whether production is right: the latest grading, made anew where it is due."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from datacraft.cli.judging import registry_of
from datacraft.cli.output.talk import say
from datacraft.contracts.errors import DataCraftError

if TYPE_CHECKING:
    from datacraft.config import Settings
    from datacraft.contracts.monitoring import AccuracyCheck, Grading, MonitoringPolicy

_STALE = 2
"""A grading that is so many times as old as it may be says nothing of today."""
_ESTIMATED = dt.timedelta(hours=24)


def accuracy_look(
    settings: Settings,
    release_id: str | None,
    policy: MonitoringPolicy,
    now: dt.datetime,
    *,
    wanted: bool | None,
    kept: bool,
) -> AccuracyCheck | str:
    """Return how right the release is, or why that is unknown.

    Args:
        settings: name data and registry.
        release_id: that serves.
        policy: how often, and how many cases.
        now: UTC.
        wanted: grade now; False: use what there is; None: where it is due and costs nothing.
        kept: the look is kept, so that what is due may be made.
    """
    if release_id is None:
        return f"no release serves on {settings.channel}"
    try:
        return _looked(settings, release_id, policy, now, wanted=wanted, kept=kept)
    except DataCraftError as error:
        return error.message.rstrip(".")


def _looked(
    settings: Settings,
    release_id: str,
    policy: MonitoringPolicy,
    now: dt.datetime,
    *,
    wanted: bool | None,
    kept: bool,
) -> AccuracyCheck | str:
    from datacraft.monitoring.evaluated import evaluated_calls
    from datacraft.monitoring.grading import GradingPlace, check_accuracy, estimate_accuracy
    from datacraft.monitoring.metrics.series import confidences

    place = GradingPlace(registry_of(settings), settings.channel)
    gradings = place.read(release_id, now)
    every = dt.timedelta(hours=policy.grading.every_h)
    problem = "--grade or --act asks production the cases whose answers are known"
    if wanted or (wanted is None and kept and (not gradings or now - gradings[0].at >= every)):
        made = _graded(settings, release_id, policy, now, even_paid=bool(wanted))
        if isinstance(made, str):
            problem = made
        else:
            place.write(made)
            gradings.insert(0, made)
    if not gradings:
        return problem
    if now - gradings[0].at > _STALE * every:
        return f"the last time was {gradings[0].at:%Y-%m-%d}; {problem}"
    calls = evaluated_calls(place.store, release_id)
    sure = confidences([settings.state_dir / "telemetry"], settings.channel, release_id, now, _ESTIMATED)
    estimate = estimate_accuracy(list(calls.values()), sure, gradings[0])
    return check_accuracy(gradings, {case: call.judgement.right for case, call in calls.items()}, estimate)


def _graded(
    settings: Settings, release_id: str, policy: MonitoringPolicy, now: dt.datetime, *, even_paid: bool
) -> Grading | str:
    from datacraft.evaluation.data import DataLoader
    from datacraft.monitoring.evaluated import evaluated_calls, evaluated_questions
    from datacraft.monitoring.grading import cases_to_grade, costs_of, grade
    from datacraft.registry.served import read_release

    if not settings.asked_about and settings.gcp.dataset is None:
        return "no data is named"
    store = registry_of(settings)
    metadata = read_release(store, release_id)
    calls, questions = evaluated_calls(store, release_id), evaluated_questions(store, release_id)
    cases = cases_to_grade([one for one in questions.cases if one.id in calls], policy.grading.cases)
    if not cases:
        return f"{release_id} holds no cases that it was evaluated on"
    costs = costs_of(metadata, cases, calls)
    if not costs.free and not policy.grading.paid and not even_paid:
        return (
            f"{len(cases)} answers of {metadata.selected_model} cost about ${costs.usd:.2f}; --grade asks for them, "
            "monitoring.grading.paid does each day"
        )
    say(f"Asking {release_id} {len(cases)} questions whose answers are known.")
    with DataLoader(settings).load(questions) as data:
        return grade(settings, data, metadata, questions, cases, now)
