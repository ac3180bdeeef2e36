"""The last steps: the winner's answers and its release go to the registry, under names that their parts give.

To make them again writes the same bytes, so that a scheduler may retry what was torn.
"""

from __future__ import annotations

import datetime as dt

from pydantic import BaseModel

from datacraft.contracts.release import ReleaseMetadata
from datacraft.evaluation.reports import Gathered, gold_rows, report_files
from datacraft.evaluation.responses import ResponseSaver
from datacraft.pipeline.outputs import (
    BiasFound,
    Choice,
    Contender,
    Evaluated,
    HeldOut,
    Moved,
    Profiled,
    Published,
    Roster,
    Saved,
    Tuned,
)
from datacraft.pipeline.place import Place
from datacraft.pipeline.release import files_of, metadata_of
from datacraft.registry import publish_release
from datacraft.registry.signing import sign_release, signing_key

PROFILE_FILE = "evaluation/data_profile.json"


def winner_among(roster: Roster, choice: Choice) -> Contender:
    """Return the contender that was chosen; somebody must have been."""
    return next(one for one in roster.contenders if one.config_id == choice.selection.selected)


def released_at(profiled: Profiled, choice: Choice, held: HeldOut) -> dt.datetime:
    """Return the time that names a release: when the last of what makes it was made.

    So equal parts have equal names, however often they are written, and a part that was made anew has another.
    """
    times = [profiled.profile.created_at, choice.selection.created_at]
    return max([*times, *([] if held.report is None else [held.report.created_at])])


def save_responses(
    place: Place, profiled: Profiled, roster: Roster, evaluated: Evaluated, choice: Choice, held: HeldOut
) -> Saved:
    """Write every answer of the winner, one folder per question.

    Raises:
        InputError: the winner could not serve.
        RegistryError: they can't be written.
    """
    metadata = _metadata(place, roster, evaluated, choice, released_at(profiled, choice, held))
    folder = ResponseSaver(place.store).save(
        metadata.selected_model,
        {case.id: case for case in place.question_set.cases},
        evaluated.of(winner_among(roster, choice).config_id),
        at=metadata.created_at,
        release_id=metadata.release_id,
    )
    return Saved(folder=folder)


def publish(
    place: Place,
    profiled: Profiled,
    tuned: Tuned,
    roster: Roster,
    evaluated: Evaluated,
    bias: BiasFound,
    choice: Choice,
    moved: Moved,
    held: HeldOut,
) -> Published:
    """Write the winner's release, whole or not at all, and sign it where the environment holds a key.

    Raises:
        InputError: the winner could not serve; `ConfigError` where the key can't be used.
        RegistryError: it can't be written.
    """
    metadata = _metadata(place, roster, evaluated, choice, released_at(profiled, choice, held))
    evidence: dict[str, BaseModel] = {
        "evaluation/evaluation.json": evaluated.report,
        "evaluation/questions.json": place.question_set.model_copy(
            update={"cases": place.question_set.of("select")}
        ),
        PROFILE_FILE: profiled.profile,
        **{f"bias/{config_id}.json": one.report for config_id, one in bias.candidates.items()},
    }
    if tuned.report is not None:
        evidence["tuning/study.json"] = tuned.report
    if moved.report is not None:
        evidence["sensitivity/report.json"] = moved.report
    calls = {"evaluation/calls.jsonl": evaluated.of(winner_among(roster, choice).config_id)}
    if roster.incumbent is not None:  # so that the release can be compared with what served, case by case
        calls["evaluation/incumbent_calls.jsonl"] = evaluated.of(roster.incumbent)
    if held.report is not None:
        evidence["evaluation/holdout.json"] = held.report
        calls["evaluation/holdout_calls.jsonl"] = held.calls
    files = files_of(metadata, choice.selection, evidence, calls)
    files |= _report(place, tuned, evaluated, bias, choice, moved, held)
    publish_release(place.store, metadata, files)
    if key := signing_key():
        sign_release(place.store, metadata.release_id, key, "the pipeline", metadata.created_at)
    return Published(release_id=metadata.release_id, registry=place.store.url)


def _report(
    place: Place,
    tuned: Tuned,
    evaluated: Evaluated,
    bias: BiasFound,
    choice: Choice,
    moved: Moved,
    held: HeldOut,
) -> dict[str, bytes]:
    """Return the report for people, and those for CI."""
    gathered = Gathered(
        evaluation=evaluated.report,
        questions=place.question_set,
        records=evaluated.calls,
        command="datacraft pipeline run",
        dialect=place.data.warehouse.dialect,
        selection=choice.selection,
        holdout=held.report,
        bias={config_id: one.report for config_id, one in bias.candidates.items()},
        pairs={config_id: one.pairs for config_id, one in bias.candidates.items()},
        tuning=tuned.report,
        sensitivity=moved.report,
        golds=gold_rows(place.question_set.of("select"), evaluated.calls, place.data.warehouse),
    )
    return report_files(gathered)


def _metadata(
    place: Place, roster: Roster, evaluated: Evaluated, choice: Choice, at: dt.datetime
) -> ReleaseMetadata:
    return metadata_of(
        place.candidate(winner_among(roster, choice)),
        choice.selection,
        commit=place.options.commit,
        question_set=evaluated.report.question_set,
        data_profile=PROFILE_FILE,
        at=at,
    )
