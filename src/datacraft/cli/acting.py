"""What monitoring does in production: people told, a release taken back, candidates evaluated anew."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from datacraft.cli.edge import EXIT_ANSWERED
from datacraft.cli.judging import registry_of
from datacraft.cli.output.talk import say
from datacraft.cli.recording import recorded_here
from datacraft.config.secrets import read_secret
from datacraft.contracts.errors import ConfigError, DataCraftError, InputError

if TYPE_CHECKING:
    from datacraft.cli.monitoring import LookOptions
    from datacraft.config import Settings
    from datacraft.contracts.alarm import Act, AlarmEvent
    from datacraft.contracts.notice import DeliveryNotice, NoticeStatus
    from datacraft.monitoring.alarms import Hands

WHO = "monitoring"
"""In histories and logs."""
_ENDED = {
    0: "{after} was evaluated, judged and deployed.",
    10: "The winner did not pass the gates; {before} goes on.",
    11: "The winner is worse than {before}, which stays: it is checked on what production meets now.",
    12: "The winner was rolled back from its canary; {before} goes on.",
    13: "The winner waits for a person's word; {before} goes on.",
    14: "No candidate reached the floors; {before} goes on.",
}


class ReEvaluationFailed(DataCraftError):
    """Candidates could not be evaluated anew."""

    code = "re_evaluation_failed"


def hands_of(settings: Settings, options: LookOptions) -> Hands:
    """Return who does what is decided."""
    from datacraft.monitoring.alarms import Hands

    return Hands(
        tell=lambda events, one: _tell(settings, options, events, one),
        re_evaluate=lambda one: _re_evaluate(settings, options, one),
        roll_back=lambda one: _roll_back(settings, one),
    )


def _re_evaluate(settings: Settings, options: LookOptions, one: Act) -> tuple[str, str]:
    if options.how == "github":
        from datacraft.monitoring.asking.github import dispatch

        repository, token = settings.monitoring.github_repository, read_secret("GITHUB_TOKEN")
        if repository is None or token is None:
            raise ConfigError(
                "It is not set which workflow to start.",
                hint="Set monitoring.github_repository and GITHUB_TOKEN.",
            )
        where = dispatch(one, repository, token, settings.monitoring.github_api)
        return where, f"The workflow of {repository} was asked to evaluate candidates."
    if options.how == "webhook":
        from datacraft.monitoring.asking.webhook import call

        url, secret = settings.monitoring.webhook_url, read_secret("MONITORING_WEBHOOK_SECRET")
        if url is None or secret is None:
            raise ConfigError(
                "It is not set whom to call.",
                hint="Set monitoring.webhook_url and MONITORING_WEBHOOK_SECRET.",
            )
        where = call(one, url, secret, dt.datetime.now(dt.UTC))
        return where, "The webhook was called."
    return _delivered(settings, options, one)


def _delivered(settings: Settings, options: LookOptions, one: Act) -> tuple[str, str]:
    """Run a whole delivery in this process; say how it ended."""
    from datacraft.cli.delivering import DeliveryOptions, deliver
    from datacraft.registry.channels import read_pointer

    say(f"{one.id}: candidates are evaluated anew. {one.reason}")
    code = deliver(
        settings,
        DeliveryOptions(
            release_id=None, strategy="direct", questions=options.questions, models=(), tune=False,
            trigger="airflow" if options.how == "airflow" else "here", image="auto", base=None,
            wheels=None,
            builder=None, registry=None,
            plain_http=False, policy=options.policy, again=False, start=None, until=None, new=True, dry_run=False,
            reason=f"monitoring, {one.id}: {one.reason}"[:500], by=WHO, workflow_run_url=options.workflow_run_url,
            yes=True, as_json=False, config=options.config,
        ),
    )  # fmt: skip
    after = read_pointer(registry_of(settings), settings.channel).release_id
    told = _ENDED.get(code)
    if told is None:
        raise ReEvaluationFailed(
            f"The delivery ended with code {code}.", hint="See: datacraft release status"
        )
    if code == EXIT_ANSWERED and after == one.release_id:
        return str(after), f"{after} was evaluated anew, and stays: it is the best of the candidates."
    return str(after), told.format(before=one.release_id, after=after)


def _roll_back(settings: Settings, one: Act) -> tuple[str, str]:
    from datacraft.delivery.promotion import rollback_target
    from datacraft.registry import Mandate
    from datacraft.registry.channels import read_pointer, roll_back

    store = registry_of(settings)
    pointer = read_pointer(store, one.channel)
    if pointer.release_id != one.release_id:
        raise InputError(f"{one.channel} names {pointer.release_id} by now; nothing was taken back.")
    target = rollback_target(pointer)
    mandate = Mandate(WHO, f"{one.id}: {one.reason}"[:500], dt.datetime.now(dt.UTC), evidence=(one.evidence,))
    told = f"from {pointer.release_id} to {target}: {mandate.reason}"
    with recorded_here(settings, WHO, "rollback", f"channel {one.channel}", told):
        roll_back(store, pointer, target, mandate)
    return target, f"{one.channel} names {target} again; services follow within a minute."


def _tell(settings: Settings, options: LookOptions, events: tuple[AlarmEvent, ...], one: Act | None) -> None:
    from datacraft.delivery.notify import send_notice

    for notice in _notices(settings, options, events, one):
        send_notice(notice, settings)


def _notices(
    settings: Settings, options: LookOptions, events: tuple[AlarmEvent, ...], one: Act | None
) -> list[DeliveryNotice]:
    """Return one notice for all that is wrong, one for all that is over, and one for an act that has ended."""
    from datacraft.contracts.notice import DeliveryNotice
    from datacraft.registry.channels import read_pointer

    release = (
        one.release_id
        if one is not None
        else read_pointer(registry_of(settings), settings.channel).release_id
    )

    def notice(status: NoticeStatus, reason: str) -> DeliveryNotice:
        return DeliveryNotice(
            status=status, reason=reason, release_id=release, workflow_run_url=options.workflow_run_url,
            created_at=dt.datetime.now(dt.UTC),
        )  # fmt: skip

    found = []
    if wrong := [event for event in events if event.kind != "resolved"]:
        follows = (
            f" {one.action.replace('_', ' ').capitalize()} follows ({one.id}, {one.state})." if one else ""
        )
        found.append(notice("degraded", " ".join(event.alarm.message for event in wrong) + follows))
    if over := [event.alarm.name for event in events if event.kind == "resolved"]:
        found.append(notice("recovered", f"Over: {', '.join(over)}."))
    if one is not None and one.state == "failed":
        found.append(notice("act_failed", f"{one.id}: {one.outcome}"))
    elif one is not None and one.state == "done":
        found.append(
            notice(
                "taken_back" if one.action == "roll_back" else "re_evaluated", f"{one.reason} {one.outcome}"
            )
        )
    elif one is not None and one.state == "waiting" and not wrong:
        found.append(notice("waiting", f"{one.id}: {one.reason}"))
    return found
