"""Telemetry in a BigQuery table, for services whose disks do not last, such as those of Cloud Run.

Each process goes on writing its own files, and copies what it wrote to the table (`sending`); whoever monitors brings
what other processes wrote back as files (`mirroring`), which all that reads telemetry knows already. `bigquery` is the
table itself.
"""

from __future__ import annotations

from datacraft.serving.telemetry.table.bigquery import TelemetryTable
from datacraft.serving.telemetry.table.mirroring import mirror, was_mirrored
from datacraft.serving.telemetry.table.sending import TableSender

__all__ = ["TableSender", "TelemetryTable", "mirror", "was_mirrored"]
