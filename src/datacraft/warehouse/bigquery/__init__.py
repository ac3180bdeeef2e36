"""BigQuery as a warehouse: dry runs, limits, schema and results, by Google's own client (extra `gcp`).

Google's libraries are imported when a data set is opened, not before.
"""

from datacraft.warehouse.bigquery.address import BigQueryAddress, bigquery_address
from datacraft.warehouse.bigquery.opening import BigQueryLimits, open_bigquery

__all__ = ["BigQueryAddress", "BigQueryLimits", "bigquery_address", "open_bigquery"]
