"""`open_bigquery`: from an address to a warehouse that is ready for questions."""

from __future__ import annotations

from functools import cache, partial
from typing import TYPE_CHECKING

from pydantic import BaseModel, ConfigDict, Field

from datacraft.warehouse.bigquery.address import BigQueryAddress
from datacraft.warehouse.bigquery.client import bigquery_client, require_bigquery

if TYPE_CHECKING:
    from google.cloud import bigquery

    from datacraft.warehouse.bigquery.warehouse import BigQueryWarehouse


class BigQueryLimits(BaseModel):
    """What one statement may cost, and for how long its answer is waited for."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    maximum_bytes_billed: int = Field(default=10_000_000_000, ge=1, description="Bytes of one query.")
    timeout_s: float = Field(
        default=30.0, gt=0, description="Of the queries that read schema and statistics."
    )


def open_bigquery(
    address: BigQueryAddress, *, limits: BigQueryLimits | None = None, endpoint: str | None = None
) -> BigQueryWarehouse:
    """Open a data set.

    Args:
        address: of the data set; its project is billed.
        limits: of each query.
        endpoint: of an emulator, which needs no credentials; None: Google's own.

    Raises:
        ConfigError: Google's client is not installed.
        AccessDenied: there are no credentials, or they may not read the data set.
        DataNotFound: there is no such data set.
        WarehouseUnavailable: BigQuery can't be reached.
    """
    require_bigquery(str(address))
    from datacraft.warehouse.bigquery.errors import typed_errors
    from datacraft.warehouse.bigquery.warehouse import BigQueryWarehouse

    chosen = limits or BigQueryLimits()
    with typed_errors(chosen.timeout_s):
        client = bigquery_client(address.project, endpoint)
    try:
        return BigQueryWarehouse(
            client, address, chosen, storage=None if endpoint else cache(partial(_storage_client, client))
        )
    except BaseException:
        client.close()  # type: ignore[no-untyped-call]
        raise


def _storage_client(client: bigquery.Client) -> object:
    from google.cloud.bigquery_storage import BigQueryReadClient

    return BigQueryReadClient(credentials=client._credentials)  # type: ignore[no-untyped-call]
