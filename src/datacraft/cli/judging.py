"""What `datacraft releases gates` and `compare` do."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from datacraft.cli.edge import EXIT_ANSWERED, EXIT_GATES_REJECTED, EXIT_WORSE
from datacraft.cli.options import ListFormat
from datacraft.cli.output.tables import write_table
from datacraft.cli.output.talk import say
from datacraft.cli.parts import require_evaluation_parts
from datacraft.cli.recording import recorded_here
from datacraft.contracts.errors import InputError
from datacraft.registry import open_store

if TYPE_CHECKING:
    from datacraft.config import Settings
    from datacraft.contracts.question_set import Split
    from datacraft.contracts.verdict import Check, ComparisonVerdict, GateResult, GatesVerdict
    from datacraft.delivery.comparing import AskAgain, Side
    from datacraft.delivery.evidence import ReleaseEvidence
    from datacraft.registry import ObjectStore


@dataclass(frozen=True, slots=True)
class CompareOptions:
    """The options of `compare`."""

    channel: str
    questions: str | None
    override: str | None
    by: str
    policy: Path | None
    list_format: ListFormat


def registry_of(settings: Settings) -> ObjectStore:
    """Return the registry of the settings."""
    return open_store(settings.registry_url, settings.gcp.project_id, endpoint=settings.registry.endpoint)


def judge(
    settings: Settings,
    release: str,
    overrides: Sequence[str],
    by: str,
    policy: Path | None,
    shown: ListFormat,
) -> int:
    """Let every gate judge a release, write the verdict beside it and show it; return the exit code."""
    from datacraft.delivery.config import load_delivery_config
    from datacraft.delivery.evidence import read_evidence
    from datacraft.delivery.gates import judge_release, override_gates
    from datacraft.delivery.verdicts import write_verdict

    config, store, words = load_delivery_config(policy), registry_of(settings), reasons_in(overrides)
    evidence = read_evidence(store, release, settings.registry.signers)
    verdict = judge_release(evidence, config.gates, dt.datetime.now(dt.UTC))
    if words:
        told = "; ".join(f"{gate}: {reason}" for gate, reason in words.items())
        with recorded_here(settings, by, "override", f"gates of {release}", told):
            verdict = override_gates(verdict, words, by)
            place = write_verdict(store, verdict)
    else:
        place = write_verdict(store, verdict)
    _show_gates(verdict, shown)
    rejecting = sum(not gate.stands for gate in verdict.gates)
    decision = "accepted" if verdict.accepted else f"rejected by {rejecting} of {len(verdict.gates)} gates"
    say(f"{release} is {decision}. The verdict is in {place}.")
    return EXIT_ANSWERED if verdict.accepted else EXIT_GATES_REJECTED


def reasons_in(overrides: Sequence[str]) -> Mapping[str, str]:
    """Return the reasons of `GATE=REASON`, by gate.

    Raises:
        InputError: one is not written so, or two are of one gate.
    """
    found: dict[str, str] = {}
    for text in overrides:
        gate, sign, reason = text.partition("=")
        if not sign or gate.strip() in found:
            raise InputError(
                f"--override {text!r} can't be read.",
                hint='Write --override GATE="REASON", once for each gate.',
            )
        found[gate.strip()] = reason
    return found


def _show_gates(verdict: GatesVerdict, shown: ListFormat) -> None:
    if shown is ListFormat.JSON:
        typer.echo(verdict.model_dump_json(indent=1))
        return
    gates = sorted(verdict.gates, key=lambda gate: (gate.stands, gate.passed))
    write_table(("gate", "verdict", "why"), [(gate.gate, _word(gate), _why(gate)) for gate in gates])


def _word(gate: GateResult) -> str:
    return "passed" if gate.passed else "overridden" if gate.override else "rejected"


def _why(gate: GateResult) -> str:
    word = gate.override
    return gate.detail if word is None else f"{gate.detail} Overridden by {word.by}: {word.reason}"


def compare(settings: Settings, release: str, options: CompareOptions) -> int:
    """Compare a release with what serves, write the verdict beside it and show it; return the exit code."""
    require_evaluation_parts()
    from datacraft.delivery.comparing import compare_releases, override_comparison
    from datacraft.delivery.config import load_delivery_config
    from datacraft.delivery.evidence import read_evidence
    from datacraft.delivery.verdicts import write_verdict
    from datacraft.registry.channels import read_pointer

    config, store = load_delivery_config(options.policy), registry_of(settings)
    serves = read_pointer(store, options.channel).release_id
    with ExitStack() as resources:
        verdict = compare_releases(
            store,
            read_evidence(store, release, settings.registry.signers),
            read_evidence(store, serves) if serves else None,
            config.comparison,
            channel=options.channel,
            now=dt.datetime.now(dt.UTC),
            ask_again=asking(settings, options.questions, resources) if options.questions else None,
        )
    if options.override is not None:
        compared = f"comparison of {release} with {serves} in {options.channel}"
        with recorded_here(settings, options.by, "override", compared, options.override):
            verdict = override_comparison(verdict, options.override, options.by)
            place = write_verdict(store, verdict)
    else:
        place = write_verdict(store, verdict)
    _show_comparison(verdict, options.list_format)
    say(f"{verdict.reason} The verdict is in {place}.")
    if [check.check for check in verdict.checks] == ["comparable"] and options.questions is None:
        say(f"Hint: datacraft releases compare {release} --questions SET --data PATH asks both again.")
    return EXIT_ANSWERED if verdict.accepted else EXIT_WORSE


def asking(settings: Settings, questions: str, resources: ExitStack) -> AskAgain:
    """Return what asks models again; the data is opened only where anybody has to be asked."""
    from datacraft.delivery.comparing.asking import asks_again
    from datacraft.evaluation.data import DataLoader
    from datacraft.evaluation.evaluator import RunOptions
    from datacraft.evaluation.questions import load_question_set

    question_set = load_question_set(questions)
    part: Split | None = "select" if question_set.of("select") else None
    opened: list[AskAgain] = []

    def ask(release: ReleaseEvidence) -> Side:
        from datacraft.cli.evaluating import calls_progress

        if not opened:
            data = resources.enter_context(
                DataLoader(settings).load(question_set, beside=Path(questions).parent)
            )
            progress = resources.enter_context(calls_progress())
            options = RunOptions(split=part, weights=settings.evaluation.performance)
            folder = settings.state_dir / "comparing"
            opened.append(
                asks_again(settings, data, question_set, folder, options=options, progress=progress)
            )
        say(f"Asking {release.release_id} again.")
        return opened[0](release)

    return ask


def _show_comparison(verdict: ComparisonVerdict, shown: ListFormat) -> None:
    if shown is ListFormat.JSON:
        typer.echo(verdict.model_dump_json(indent=1))
        return
    checks = sorted(verdict.checks, key=lambda check: check.passed)
    write_table(("check", "verdict", "difference", "why"), [_row(check) for check in checks])


def _row(check: Check) -> tuple[str, str, str, str]:
    gap = check.difference
    told = "" if gap is None else f"{gap.value:+.1%} ({gap.low:+.1%} to {gap.high:+.1%})"
    return check.check, "passed" if check.passed else "worse", told, check.detail
