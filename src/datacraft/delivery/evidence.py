"""What a release itself shows: its reports, read strictly; what can't be read is unknown, and said why."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Literal, TypeVar

from pydantic import BaseModel

from datacraft.contracts.bias import BiasReport
from datacraft.contracts.errors import ReleaseInvalid
from datacraft.contracts.evaluation import CandidateResult, EvaluationReport
from datacraft.contracts.judgement import CallRecord
from datacraft.contracts.question_set import QuestionSet
from datacraft.contracts.release import ReleaseMetadata
from datacraft.contracts.selection import RankedCandidate, SelectionReport
from datacraft.contracts.validation import ValidationReport
from datacraft.registry import ObjectMissing, ObjectStore, manifest_digest, release_problems
from datacraft.registry.documents import parse_document
from datacraft.registry.served import read_release
from datacraft.registry.signing import signature_problems

CALLS, INCUMBENT_CALLS = "evaluation/calls.jsonl", "evaluation/incumbent_calls.jsonl"
QUESTIONS = "evaluation/questions.json"

_Report = TypeVar("_Report", bound=BaseModel)

Part = Literal["select", "holdout"]


@dataclass(frozen=True)
class ReleaseEvidence:
    """What a release shows. A None could not be read; `problems` says why, by the file's path in the release.

    Attributes:
        release_id: the folder's name.
        manifest: SHA-256 of the manifest.
        damage: what is not as it was published, or signed.
        evaluation: of the part `select`, on which the winner was chosen.
        holdout: of the part that nobody chose by.
        bias: the winner's.
    """

    release_id: str
    manifest: str | None
    damage: tuple[str, ...]
    metadata: ReleaseMetadata | None = None
    selection: SelectionReport | None = None
    validation: ValidationReport | None = None
    evaluation: EvaluationReport | None = None
    holdout: EvaluationReport | None = None
    bias: BiasReport | None = None
    problems: dict[str, str] = field(default_factory=dict)

    @property
    def config_id(self) -> str | None:
        """Which candidate the release says that it is."""
        found = getattr(self.metadata, "config_id", None)
        return found if isinstance(found, str) and found else None

    @property
    def ranked(self) -> RankedCandidate | None:
        """Its place in the ranking."""
        ranking = self.selection.ranking if self.selection else []
        return next((one for one in ranking if one.config_id == self.config_id), None)

    def report(self, part: Part) -> EvaluationReport | None:
        """Return the evaluation of a part."""
        return self.evaluation if part == "select" else self.holdout

    def result(self, part: Part) -> CandidateResult | None:
        """Return what the release's candidate did on a part."""
        return result_of(self.report(part), self.config_id)


def result_of(report: EvaluationReport | None, config_id: str | None) -> CandidateResult | None:
    """Return what a candidate did; None where it took no part."""
    candidates = report.candidates if report else []
    return next((one for one in candidates if one.config_id == config_id), None)


def read_evidence(store: ObjectStore, release_id: str, signers: Sequence[str] = ()) -> ReleaseEvidence:
    """Read what a release shows.

    Args:
        store: of the registry.
        release_id: of the release.
        signers: public keys, one of which must have signed it; none: nobody need have.

    Raises:
        ConfigError: one of the keys is none.
        ReleaseInvalid: there is no such release, or it was never completed.
        RegistryError: the registry can't be read.
    """
    damage = release_problems(store, release_id) or signature_problems(store, release_id, signers)
    problems: dict[str, str] = {}

    def read(path: str, parse: Callable[[bytes, str], _Report]) -> _Report | None:
        place = f"models/{release_id}/{path}"
        try:
            return parse(store.read(place).data, place)
        except ObjectMissing:
            problems[path] = f"{place} is missing."
        except ReleaseInvalid as error:
            problems[path] = error.message
        return None

    def report(model: type[_Report]) -> Callable[[bytes, str], _Report]:
        return lambda data, place: parse_document(data, place, model, 1, ReleaseInvalid)

    metadata = read("best_model_metadata.json", lambda *_: read_release(store, release_id))
    bias_path = f"bias/{getattr(metadata, 'config_id', 'unknown')}.json"
    return ReleaseEvidence(
        release_id,
        manifest_digest(store, release_id),
        tuple(damage),
        metadata,
        read("model_selection_report.json", report(SelectionReport)),
        read("validation_report.json", report(ValidationReport)),
        read("evaluation/evaluation.json", report(EvaluationReport)),
        read("evaluation/holdout.json", report(EvaluationReport)),
        read(bias_path, report(BiasReport)),
        problems,
    )


def read_calls(store: ObjectStore, release_id: str, path: str) -> list[CallRecord]:
    """Return calls that a release holds, one by one.

    Args:
        store: of the registry.
        release_id: of the release.
        path: of the calls in it.

    Raises:
        ReleaseInvalid: they are missing or can't be read; names file and line.
        RegistryError: the registry can't be read.
    """
    place = f"models/{release_id}/{path}"
    return [
        parse_document(line, f"{place}:{number}", CallRecord, 1, ReleaseInvalid)
        for number, line in enumerate(_read(store, place).splitlines(), start=1)
    ]


def read_questions(store: ObjectStore, release_id: str) -> QuestionSet:
    """Return the cases that a release was chosen by.

    Raises:
        ReleaseInvalid, RegistryError: as `read_calls`.
    """
    place = f"models/{release_id}/{QUESTIONS}"
    return parse_document(_read(store, place), place, QuestionSet, 1, ReleaseInvalid)


def read_bias(store: ObjectStore, release_id: str, config_id: str) -> BiasReport:
    """Return the bias of a candidate that took part in a release's evaluation.

    Raises:
        ReleaseInvalid, RegistryError: as `read_calls`.
    """
    place = f"models/{release_id}/bias/{config_id}.json"
    return parse_document(_read(store, place), place, BiasReport, 1, ReleaseInvalid)


def _read(store: ObjectStore, place: str) -> bytes:
    try:
        return store.read(place).data
    except ObjectMissing as error:
        raise ReleaseInvalid(f"{place} is missing.", hint="Publish it again.") from error
