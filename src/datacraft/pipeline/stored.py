"""`Outputs`: what steps gave, in an object store, each named by the hash of its content and never changed."""

from __future__ import annotations

import hashlib
from typing import TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError

from datacraft.contracts.errors import DataCraftError
from datacraft.pipeline.outputs import StepOutput
from datacraft.registry import ObjectStore
from datacraft.registry.store import ObjectMissing

Output = TypeVar("Output", bound=StepOutput)


class OutputDamaged(DataCraftError):
    """A stored output is not what its name says."""

    code = "output_damaged"


class OutputRef(BaseModel):
    """Names a stored output; small enough to be handed from task to task."""

    model_config = ConfigDict(frozen=True)

    step: str
    digest: str

    @property
    def path(self) -> str:
        """Where it is in the store."""
        return f"pipeline/outputs/{self.step}/{self.digest}.json"


class Outputs:
    """Stored outputs of steps.

    Args:
        store: a folder, or a bucket where tasks run on several machines.
    """

    def __init__(self, store: ObjectStore) -> None:
        self._store = store

    def put(self, step: str, output: StepOutput) -> OutputRef:
        """Keep an output, whole or not at all.

        Raises:
            RegistryError: it can't be written.
        """
        content = output.model_dump_json().encode()
        ref = OutputRef(step=step, digest=_digest(content))
        self._store.create(ref.path, content)
        return ref

    def get(self, ref: OutputRef, kind: type[Output]) -> Output | None:
        """Return an output; None where it was removed.

        Raises:
            OutputDamaged: it is not what was kept.
            RegistryError: it can't be read.
        """
        try:
            content = self._store.read(ref.path).data
        except ObjectMissing:
            return None
        hint = "Remove that file and run again: only what is missing is made anew."
        if _digest(content) != ref.digest:
            raise OutputDamaged(f"{self._store.url}/{ref.path} is damaged.", hint=hint)
        try:
            return kind.model_validate_json(content)
        except ValidationError as error:
            raise OutputDamaged(
                f"{self._store.url}/{ref.path} is of another version of DataCraft.", hint=hint
            ) from error


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()[:16]
