"""What `datacraft monitor report`, `alerts`, `acts` and `baseline` do with what looks have kept."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import typer

from datacraft.cli.edge import EXIT_ANSWERED, EXIT_INSIDE
from datacraft.cli.judging import registry_of
from datacraft.cli.moving import person
from datacraft.cli.options import ListFormat
from datacraft.cli.output.tables import write_table
from datacraft.cli.output.talk import say
from datacraft.cli.parts import require_monitoring_parts
from datacraft.cli.recording import recorded_here
from datacraft.contracts.errors import InputError

if TYPE_CHECKING:
    from datacraft.cli.monitoring import LookOptions
    from datacraft.config import Settings
    from datacraft.contracts.alarm import Alarm, AlarmBook
    from datacraft.monitoring.alarms import MonitoringPlace

_FAILING = 5_000


def write_kept_report(settings: Settings, out: Path, name: str | None) -> None:
    """Write a report of a look that was kept."""
    require_monitoring_parts()
    from datacraft.cli.monitoring import write_report

    place = _place(settings)
    found = name or next(place.report_names(_now()), None)
    if found is None:
        raise InputError(
            f"No look at {settings.channel} was kept yet.", hint="Look with: datacraft monitor run --act"
        )
    write_report(out, place.read_report(found))
    say(f"{found} is in {out}.")


def propose_failing(settings: Settings, out: Path | None, hours: float, most: int) -> None:
    """Propose what production fails at as new cases; keep them in the registry, and in a file where one is named."""
    require_monitoring_parts()
    from datacraft.contracts.question_set import QuestionSet
    from datacraft.evaluation.questions.reading import write_question_set
    from datacraft.monitoring.evaluated import evaluated_questions
    from datacraft.monitoring.failing import failing_cases
    from datacraft.monitoring.metrics.series import behind

    if out is not None and out.exists():
        raise InputError(f"{out} is there already.", hint="Choose another name.")
    place, now, length = _place(settings), _now(), dt.timedelta(hours=hours)
    release = _release(settings)
    asked = behind([settings.state_dir / "telemetry"], settings.channel, now - length, length, most=_FAILING)
    known = [one.question for one in evaluated_questions(place.store, release).cases]
    cases = failing_cases(asked, known, most)
    for case in cases:
        typer.echo(f"{case.tags[1]}\t{case.question}")
    if not cases:
        say(f"Nothing failed in the last {hours:g} hours that is no case yet, and whose text was kept.")
        return
    made = QuestionSet(name=f"{settings.channel}-failing", version=1, cases=tuple(cases))
    path = place.write_cases(made, now)
    if out is not None:
        write_question_set(out, made)
    say(
        f"{len(cases)} drafts are in the registry: {path}. Write their gold SQL, then add them to your question set."
    )


def list_alarms(settings: Settings, shown: ListFormat) -> None:
    """Write the alarms to stdout."""
    book = _place(settings).read_book()
    if shown is ListFormat.JSON:
        typer.echo(book.model_dump_json(indent=1))
        return
    now = _now()
    rows = [(one.name, _state(book, one, now), one.severity, f"{one.first_at:%Y-%m-%d %H:%M}", one.message)
            for one in (*book.alarms, *book.past)]  # fmt: skip
    write_table(("alarm", "state", "severity", "since (UTC)", "what"), rows)
    if not rows:
        say("There is no alarm, and there was none.")


def _state(book: AlarmBook, one: Alarm, now: dt.datetime) -> str:
    if one.resolved_at is not None:
        return f"over {one.resolved_at:%Y-%m-%d %H:%M}"
    if one.opened_at is None:
        return "seen once; not believed yet"
    if book.is_muted(one.name, now):
        return f"muted by {book.mutes[one.name].by}"
    return f"looked after by {one.acknowledged.by}" if one.acknowledged is not None else "open"


def acknowledge(settings: Settings, name: str, reason: str, by: str | None) -> None:
    """Note who looks after an alarm."""
    from datacraft.contracts.alarm import Word
    from datacraft.monitoring.alarms.words import acknowledged

    word = Word(by=person(by), reason=_said(reason), at=_now())
    with recorded_here(settings, word.by, "acknowledge", f"alarm {name}", word.reason):
        _place(settings).change_book(acknowledged(name, word))
    say(f"{word.by} looks after {name}.")


def mute_alarm(settings: Settings, name: str, reason: str, by: str | None, hours: float) -> None:
    """Mute an alarm for a while, or let it speak again."""
    from datacraft.contracts.alarm import Word
    from datacraft.monitoring.alarms.words import muted, speaking_again

    now = _now()
    word = Word(by=person(by), reason=_said(reason), at=now, until=now + dt.timedelta(hours=hours))
    with recorded_here(settings, word.by, "mute", f"alarm {name}", f"{hours:g} hours: {word.reason}"):
        _place(settings).change_book(muted(name, word) if hours else speaking_again(name))
    say(f"{name} is muted until {word.until:%Y-%m-%d %H:%M} UTC." if hours else f"{name} speaks again.")


def list_kept_acts(settings: Settings, shown: ListFormat) -> None:
    """Write the acts to stdout."""
    found = _place(settings).acts(_now())
    if shown is ListFormat.JSON:
        typer.echo("[" + ",\n".join(one.model_dump_json(indent=1) for one in found) + "]")
        return
    rows = [(one.id, one.state, ", ".join(one.causes), one.outcome) for one in found]
    write_table(("act", "state", "causes", "how it ended"), rows)
    if not rows:
        say("Monitoring has done nothing yet.")


def answer(
    settings: Settings,
    options: LookOptions,
    act_id: str,
    reason: str,
    by: str | None,
    *,
    word: Literal["allow", "decline"],
) -> int:
    """Say a person's word to an act that waits; return the exit code."""
    require_monitoring_parts()
    from datacraft.cli.acting import hands_of
    from datacraft.contracts.alarm import Word
    from datacraft.monitoring.alarms import answer_act

    said = Word(by=person(by), reason=_said(reason), at=_now())
    with recorded_here(settings, said.by, "decide", f"act {act_id}", f"{word}: {said.reason}"):
        one = answer_act(_place(settings), act_id, said, hands_of(settings, options), allowed=word == "allow")
    say(f"{one.id} is {one.state}. {one.outcome}".rstrip())
    return EXIT_INSIDE if one.state == "failed" else EXIT_ANSWERED


def show_baseline(settings: Settings) -> None:
    """Write what the data are compared with to stdout."""
    require_monitoring_parts()
    from datacraft.monitoring.baseline import read_baseline

    release = _release(settings)
    found = read_baseline(registry_of(settings), settings.channel, release)
    if found is None:
        raise InputError(
            f"{release} holds no profile of its data.",
            hint="Set one: datacraft monitor baseline set --reason ...",
        )
    rows = [(one.name, f"{one.rows:,}", str(len(one.columns))) for one in found.profile.tables]
    write_table(("table", "rows", "columns"), rows, right=(False, True, True))
    who = found.set_by
    told = (
        f"set by {who.by} on {who.at:%Y-%m-%d %H:%M} UTC: {who.reason}"
        if who
        else "as it came with the release"
    )
    say(f"{release}: {told}. Measured {found.profile.created_at:%Y-%m-%d %H:%M} UTC.")


def set_new_baseline(settings: Settings, reason: str, by: str | None) -> None:
    """Let the data as they are now be the baseline of the release that serves."""
    require_monitoring_parts()
    from datacraft.cli.drifting import meaning, profile_of
    from datacraft.monitoring.baseline import SetBaseline, set_baseline

    release = _release(settings)
    if not settings.asked_about:
        raise InputError("No data is named.", hint="Name it: --data sales.csv")
    profile = profile_of(settings, settings.asked_about, meaning(settings))
    who, why = person(by), _said(reason)
    with recorded_here(settings, who, "baseline", f"release {release}", why):
        set_baseline(
            registry_of(settings),
            settings.channel,
            SetBaseline(release_id=release, at=_now(), by=who, reason=why, profile=profile),
        )
    say(f"While {release} serves, data are compared with what they are now.")


def _release(settings: Settings) -> str:
    from datacraft.registry.channels import read_pointer

    release = read_pointer(registry_of(settings), settings.channel).release_id
    if release is None:
        raise InputError(
            f"No release serves on {settings.channel}.",
            hint="Promote one: datacraft releases promote RELEASE",
        )
    return release


def _place(settings: Settings) -> MonitoringPlace:
    from datacraft.monitoring.alarms import MonitoringPlace

    return MonitoringPlace(registry_of(settings), settings.channel)


def _said(reason: str) -> str:
    if not reason.strip():
        raise InputError("The reason is empty.", hint="Write why: --reason TEXT.")
    return reason.strip()


def _now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)
