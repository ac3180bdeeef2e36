"""What `datacraft release run` does."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import typer

from datacraft.cli.edge import EXIT_ANSWERED, EXIT_INSIDE
from datacraft.cli.imaging import artifact_registry
from datacraft.cli.judging import asking, registry_of
from datacraft.cli.moving import agreed, person
from datacraft.cli.output.talk import say
from datacraft.cli.parts import require_delivery_parts, require_evaluation_parts
from datacraft.cli.recording import recorded_here
from datacraft.cli.shadowing import answering_copies
from datacraft.contracts.delivery_run import STEP_NAMES, DeliveryWish, StepName, StepRecord
from datacraft.contracts.errors import DataCraftError, InputError

if TYPE_CHECKING:
    from datacraft.access.audit import Deed
    from datacraft.cli.publishing import PipelineRun
    from datacraft.config import Settings
    from datacraft.contracts.image import BuilderName, BuiltImage, PushedImage
    from datacraft.delivery.releasing import DeliveryJournal, Evaluation, Parts

_READY_S = 10.0


@dataclass(frozen=True, slots=True)
class DeliveryOptions:
    """The options of the command."""

    release_id: str | None
    strategy: Literal["direct", "canary", "shadow"]
    questions: str
    models: tuple[str, ...]
    tune: bool
    trigger: Literal["here", "airflow"]
    image: Literal["auto", "always", "never"]
    base: str | None
    wheels: Path | None
    builder: BuilderName | None
    registry: str | None
    plain_http: bool
    policy: Path | None
    again: bool
    start: StepName | None
    until: StepName | None
    new: bool
    dry_run: bool
    reason: str
    by: str | None
    workflow_run_url: str | None
    yes: bool
    as_json: bool
    config: Path | None


def deliver(settings: Settings, options: DeliveryOptions) -> int:
    """Take a release to people; write the address; return the exit code."""
    require_evaluation_parts()
    require_delivery_parts(settings.deploy.target)
    from datacraft.delivery.config import load_delivery_config
    from datacraft.delivery.releasing import run_delivery

    wish = _wish(options)
    config, store = load_delivery_config(options.policy), registry_of(settings)
    with ExitStack() as resources:
        parts = _parts(settings, options, resources)
        if options.dry_run:
            _say_plan(settings, options, parts)
            return EXIT_ANSWERED
        where = f"{settings.deploy.target} target, from the registry {store.url}"
        if not agreed(f"Shall a release be delivered to the {where}?", options.yes):
            return EXIT_INSIDE
        try:
            with recorded_here(settings, wish.by, "deliver", where, wish.reason) as deed:
                journal = run_delivery(
                    settings, config, store, parts, wish, new=options.new, start=options.start,
                    until=options.until, watch=_json_lines if options.as_json else _watch, say=say,
                )  # fmt: skip
                _record_end(deed, journal)
        except KeyboardInterrupt:
            say("Stopped. Run it again: it goes on where it was.")
            raise
    return _told(journal, options)


def _record_end(deed: Deed, journal: DeliveryJournal) -> None:
    release = journal.facts.release_id or "no release"
    if journal.end is None:
        deed.detail = f"{release}, {journal.run_id}, not ended yet: {deed.detail}"
        return
    deed.outcome = "done" if journal.end.error is None else "refused"
    ended = journal.end.status.replace("_", " ")
    deed.detail = f"{release}, {journal.run_id}, {ended}: {deed.detail}"


def _wish(options: DeliveryOptions) -> DeliveryWish:
    from pydantic import ValidationError

    if not options.reason.strip():
        raise InputError("The reason is empty.", hint="Write why: --reason TEXT.")
    try:
        return DeliveryWish(
            release_id=options.release_id,
            strategy=options.strategy,
            trigger=options.trigger,
            image=options.image,
            again=options.again,
            reason=options.reason.strip(),
            by=person(options.by),
            workflow_run_url=options.workflow_run_url,
        )
    except ValidationError as error:
        raise InputError(
            f"--workflow-run-url {options.workflow_run_url!r} is no address.", hint="Write https://..."
        ) from error


def _watch(run_id: str, record: StepRecord) -> None:
    place = f"{STEP_NAMES.index(record.step) + 1}/{len(STEP_NAMES)} {record.step}"
    if record.state == "started":
        say(f"{place} ...")
        return
    seconds = f" ({record.seconds:.1f} s)" if record.seconds else ""
    told = record.error.message if record.error else record.note
    say(f"{place}: {record.state}{seconds}. {told}")


def _json_lines(run_id: str, record: StepRecord) -> None:
    typer.echo(record.model_dump_json())


def _told(journal: DeliveryJournal, options: DeliveryOptions) -> int:
    """Say how it ended; return the exit code."""
    end = journal.end
    if end is None:
        say(f"The delivery {journal.run_id} has come to {options.until}; the next run goes on after it.")
        return EXIT_ANSWERED
    if options.as_json:
        typer.echo(end.model_dump_json())
    if end.error is None:
        if not options.as_json and journal.facts.url:
            typer.echo(journal.facts.url)
        say(f"The delivery {journal.run_id} is done: {journal.facts.release_id} serves.")
        return end.exit_code
    sys.stderr.write(f"Error: {end.error.message}\n")
    if end.error.hint:
        sys.stderr.write(f"Hint: {end.error.hint}\n")
    say(f"The delivery {journal.run_id}: {end.status.replace('_', ' ')}. Users have what they had before.")
    return end.exit_code


def _parts(settings: Settings, options: DeliveryOptions, resources: ExitStack) -> Parts:
    from datacraft.delivery.canary import TelemetryArms
    from datacraft.delivery.notify import send_notice
    from datacraft.delivery.releasing import Parts
    from datacraft.delivery.targets import DeployTarget, LocalStart, open_target, with_image

    def target(image: str | None) -> DeployTarget:
        return open_target(with_image(settings, image), LocalStart(config=options.config))

    here = settings.deploy.target == "local"
    evaluates: Evaluation
    evaluates = _Here(settings, options) if options.trigger == "here" else _airflow(settings, options)
    return Parts(
        evaluation=evaluates,
        image=_Image(settings, options),
        target=target,
        serves=_serves,
        notify=lambda notice: send_notice(notice, settings),
        arms=TelemetryArms([settings.state_dir / "telemetry"]) if here else None,
        shadow=answering_copies(settings, registry_of(settings))
        if here and settings.telemetry.questions == "stored"
        else None,
        ask_again=asking(settings, options.questions, resources),
    )


def _serves(url: str) -> str | None:
    """Return which release answers at an address; None where strangers are not told."""
    import httpx

    try:
        answer = httpx.get(f"{url}/ready", timeout=_READY_S)
        release = answer.json().get("release_id") if answer.is_success else None
    except (httpx.HTTPError, ValueError, AttributeError):
        return ""  # not now; asked again
    if answer.status_code in (401, 403, 404):
        return None
    return str(release or "")


@dataclass(frozen=True)
class _Here:
    """Evaluates in this process, by the pipeline, whose own journal makes that nothing is asked twice."""

    settings: Settings
    options: DeliveryOptions

    def start(self, run_id: str) -> str:
        return f"in this process, {run_id}"

    def wait(self, name: str) -> str:
        from datacraft.cli.publishing import pipeline_place, run_in
        from datacraft.pipeline.outcome import NoWinner

        chosen = _pipeline(self.options)
        with pipeline_place(self.settings, chosen) as place:
            outcome = run_in(place, chosen)
        if outcome.release_id is None:
            raise NoWinner(outcome.selection)
        return outcome.release_id


def _pipeline(options: DeliveryOptions) -> PipelineRun:
    from datacraft.cli.publishing import PipelineRun

    return PipelineRun(options.questions, options.models, options.tune)


def _airflow(settings: Settings, options: DeliveryOptions) -> Evaluation:
    from datacraft.config.secrets import read_secret
    from datacraft.delivery.releasing import AirflowEvaluation
    from datacraft.delivery.releasing.airflow import AirflowPlace

    where = settings.airflow
    if where.url is None:
        raise InputError("It is not set where Airflow is.", hint="Set airflow.url, or use --trigger here.")
    place = AirflowPlace(
        where.url.rstrip("/"), where.user, read_secret("AIRFLOW_PASSWORD") or "", where.dag, where.deadline_s
    )
    conf: dict[str, object] = {
        "questions": options.questions,
        "models": list(options.models),
        "tune": options.tune,
        "reason": options.reason,
    }

    def release_of(ref: Mapping[str, str]) -> str:
        from datacraft.pipeline.tasks import published_release

        return published_release(registry_of(settings), ref)

    return AirflowEvaluation(place, conf, release_of, say=say)


@dataclass(frozen=True)
class _Image:
    """Builds the image of the checkout in the working folder, and pushes it."""

    settings: Settings
    options: DeliveryOptions

    def build(self) -> BuiltImage:
        from datacraft.delivery.image import build_image, find_builder
        from datacraft.delivery.image.building import BuildOptions

        sbom = self.settings.state_dir / "sbom.json"
        options = BuildOptions(self.options.base, wheels=self.options.wheels)
        return build_image(find_builder(self.options.builder), Path(), sbom, options)

    def push(self) -> PushedImage:
        from datacraft.delivery.image import find_builder, push_image
        from datacraft.delivery.image.building import image_tags
        from datacraft.delivery.image.source import read_source

        where = self.options.registry or artifact_registry(self.settings)
        tags = image_tags(read_source(Path()), "plain")
        return push_image(find_builder(self.options.builder), tags, where, plain_http=self.options.plain_http)


def _say_plan(settings: Settings, options: DeliveryOptions, parts: Parts) -> None:
    """Say what each step would do, as far as that is known before."""
    from datacraft.cli.publishing import pipeline_place, say_plan
    from datacraft.contracts.deployment import DeployRequest
    from datacraft.registry.channels import read_pointer

    store = registry_of(settings)
    serves = read_pointer(store, "production").release_id
    if options.release_id is None and options.trigger == "here":
        say("trigger, wait: the pipeline runs in this process:")
        with pipeline_place(settings, replace(_pipeline(options), dry_run=True)) as place:
            say_plan(place, None)
    elif options.release_id is None:
        say(f"trigger, wait: {settings.airflow.dag} runs at {settings.airflow.url}.")
    say(f"download: {options.release_id or 'what was published'}, from {store.url}.")
    say("validate: every gate judges it.")
    say(f"compare: with {serves}." if serves else "compare: nothing serves; the gates alone decide.")
    builds = options.image == "always" or (options.image == "auto" and settings.deploy.target != "local")
    say(f"image, push: {'built and pushed' if builds else 'none'}.")
    try:
        plan = parts.target(None).plan(DeployRequest(channel="production", release_id=options.release_id))
    except DataCraftError as error:
        say(f"deploy: can't be told: {error.message}")
    else:
        for change in plan.changes:
            say(f"deploy: {change.field}: {change.before or 'nothing'} -> {change.after or 'nothing'}")
        new = f"gets the revision {plan.revision}" if plan.needed else "needs no new revision"
        say(f"deploy: {options.strategy}; {plan.service} on {plan.target} {new}.")
    say("notify: the console and its file, and whoever notify names.")
