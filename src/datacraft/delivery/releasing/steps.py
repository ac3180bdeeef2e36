"""The steps of a delivery. Each can be made again after it was interrupted anywhere, and then finishes what it began."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from datacraft.contracts.delivery_run import DeliveryFacts, StepName
from datacraft.contracts.errors import (
    DataCraftError,
    GatesRejected,
    ImageFailed,
    RegistryError,
    ReleaseInvalid,
    WorseThanProduction,
)
from datacraft.contracts.verdict import GatesVerdict
from datacraft.delivery.comparing import compare_releases
from datacraft.delivery.evidence import read_evidence
from datacraft.delivery.gates import judge_release
from datacraft.delivery.releasing.rollout import deploy
from datacraft.delivery.releasing.work import StepResult, Work
from datacraft.delivery.verdicts import write_verdict
from datacraft.registry.channels import read_pointer
from datacraft.registry.store import walk

Make = Callable[[Work, DeliveryFacts], StepResult]


@dataclass(frozen=True, slots=True)
class Step:
    """A step, and after which failures it is tried again.

    Attributes:
        make: makes it.
        heals: errors that may heal.
        pauses_s: before each further try.
    """

    make: Make
    heals: tuple[type[DataCraftError], ...] = ()
    pauses_s: tuple[float, ...] = ()


def released(facts: DeliveryFacts) -> str:
    """Return the release that is delivered."""
    assert facts.release_id is not None, "the step that waits for it goes before"
    return facts.release_id


def trigger(work: Work, facts: DeliveryFacts) -> StepResult:
    """Have candidates evaluated, unless there is a release already."""
    if work.wish.release_id is not None:
        return StepResult(facts, f"{work.wish.release_id} is there already.", skipped=True)
    name = work.parts.evaluation.start(work.run_id)
    return StepResult(facts.model_copy(update={"evaluation": name}), f"The evaluation {name} is asked for.")


def wait(work: Work, facts: DeliveryFacts) -> StepResult:
    """Wait for the evaluation's release."""
    if work.wish.release_id is not None:
        known = facts.model_copy(update={"release_id": work.wish.release_id})
        return StepResult(known, "There is nothing to wait for.", skipped=True)
    assert facts.evaluation is not None, "the step that starts it goes before"
    release = work.parts.evaluation.wait(facts.evaluation)
    return StepResult(facts.model_copy(update={"release_id": release}), f"It published {release}.")


def download(work: Work, facts: DeliveryFacts) -> StepResult:
    """Fetch the release, and make sure that it is what was published and signed."""
    release = released(facts)
    evidence = read_evidence(work.store, release, work.settings.registry.signers)
    if evidence.damage:
        raise ReleaseInvalid(
            f"{release} is not what was published: {evidence.damage[0]}", hint="Publish it again."
        )
    folder = work.folder / release
    partial = work.folder / f".{release}.partial"
    try:
        shutil.rmtree(partial, ignore_errors=True)
        for name in walk(work.store, f"models/{release}"):
            place = partial / name
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes(work.store.read(f"models/{release}/{name}").data)
        shutil.rmtree(folder, ignore_errors=True)
        partial.rename(folder)
    except OSError as error:
        raise RegistryError(
            f"{release} can't be written to {work.folder}: {error.strerror}.", hint="Make room there."
        ) from error
    production = read_pointer(work.store, work.wish.channel).release_id
    return StepResult(
        facts.model_copy(update={"production": production}), f"All of {release} is in {folder}."
    )


def validate(work: Work, facts: DeliveryFacts) -> StepResult:
    """Let every gate judge the release."""
    release = released(facts)
    evidence = read_evidence(work.store, release, work.settings.registry.signers)
    verdict = judge_release(evidence, work.config.gates, work.clock.now())
    place = write_verdict(work.store, verdict)
    known = facts.model_copy(update={"verdicts": (*facts.verdicts, place)})
    if not verdict.accepted:
        work.keep(known)
        raise GatesRejected(_rejected(verdict), hint=f"{place} says all of it.")
    return StepResult(known, f"All {len(verdict.gates)} gates accept {release}.")


def _rejected(verdict: GatesVerdict) -> str:
    against = [gate for gate in verdict.gates if not gate.stands]
    reasons = " ".join(f"{gate.gate}: {gate.detail}" for gate in against)
    return f"{verdict.release_id} is rejected by {len(against)} of {len(verdict.gates)} gates. {reasons}"


def compare(work: Work, facts: DeliveryFacts) -> StepResult:
    """Compare the release with what serves, on the same cases and data."""
    release = released(facts)
    serves = read_pointer(work.store, work.wish.channel).release_id
    if serves == release:
        return StepResult(facts, f"{release} serves already.", skipped=True)
    verdict = compare_releases(
        work.store,
        read_evidence(work.store, release, work.settings.registry.signers),
        read_evidence(work.store, serves) if serves else None,
        work.config.comparison,
        channel=work.wish.channel,
        now=work.clock.now(),
        ask_again=work.parts.ask_again,
    )
    place = write_verdict(work.store, verdict)
    known = facts.model_copy(update={"production": serves, "verdicts": (*facts.verdicts, place)})
    if not verdict.accepted:
        work.keep(known)
        raise WorseThanProduction(verdict.reason, hint=f"{place} says all of it.")
    return StepResult(known, verdict.reason)


def image(work: Work, facts: DeliveryFacts) -> StepResult:
    """Build the image, where one is wanted."""
    wanted = work.wish.image
    if wanted == "never" or (wanted == "auto" and work.settings.deploy.target == "local"):
        why = "what serves stays" if wanted == "never" else "this machine runs what is installed here"
        return StepResult(facts, f"No image is needed: {why}.", skipped=True)
    built = work.parts.image.build()
    return StepResult(
        facts.model_copy(update={"image": built.tags}),
        f"{built.tags[0]} has {built.facts.size_bytes / 1e6:,.0f} MB.",
    )


def push(work: Work, facts: DeliveryFacts) -> StepResult:
    """Push the image, where one was built."""
    if not facts.image:
        return StepResult(facts, "There is no new image.", skipped=True)
    pushed = work.parts.image.push()
    return StepResult(facts.model_copy(update={"pinned": pushed.pinned}), f"{pushed.pinned} is pushed.")


_REGISTRY_PAUSES_S = (2.0, 8.0, 20.0)
STEPS: Mapping[StepName, Step] = MappingProxyType(
    {
        "trigger": Step(trigger),
        "wait": Step(wait),
        "download": Step(download, (RegistryError,), _REGISTRY_PAUSES_S),
        "validate": Step(validate),
        "compare": Step(compare),
        "image": Step(image),
        "push": Step(push, (ImageFailed,), _REGISTRY_PAUSES_S),
        "deploy": Step(deploy),
    }
)
"""All but the last one, which tells people how the others ended."""
