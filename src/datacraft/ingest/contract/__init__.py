"""Contracts: what a table's rows must be. Proposed from the first load, edited by people, checked as SQL."""

from datacraft.ingest.contract.file import contract_path, read_contract, write_contract
from datacraft.ingest.contract.model import TableContract
from datacraft.ingest.contract.propose import propose_contract

__all__ = ["TableContract", "contract_path", "propose_contract", "read_contract", "write_contract"]
