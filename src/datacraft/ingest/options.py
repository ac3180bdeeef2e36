"""What a load is asked to do."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from datacraft.contracts.errors import InputError
from datacraft.ingest.contract.model import OnViolation
from datacraft.ingest.files import UnpackLimits
from datacraft.ingest.store.catalogue import Mode
from datacraft.warehouse.settings import WarehouseSettings


@dataclass(frozen=True)
class IngestOptions:
    """How to load.

    Attributes:
        warehouse: the file that tables are loaded into.
        table: the name of the only table that the files hold; None: named after the files.
        key: columns that identify a row, for upsert.
        contracts: the folder of contracts; None: no contracts are checked or proposed.
        on_violation: what happens with what breaks a contract, whatever the contract says.
        say: is told what is done at the moment.
    """

    warehouse: Path
    mode: Mode = "replace"
    table: str | None = None
    key: tuple[str, ...] = ()
    contracts: Path | None = None
    on_violation: OnViolation | None = None
    settings: WarehouseSettings = field(default_factory=WarehouseSettings)
    limits: UnpackLimits = field(default_factory=UnpackLimits)
    say: Callable[[str], None] = lambda _: None

    def __post_init__(self) -> None:
        if self.mode == "upsert" and not self.key:
            raise InputError(
                "Updating by key needs to know the key.", hint="Name its columns: --key order_id."
            )
        if self.mode != "upsert" and self.key:
            raise InputError(
                "A key is only used when rows are updated by it.", hint="Add --mode upsert, or drop --key."
            )
