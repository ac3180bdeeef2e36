"""A believable shop's orders, made up: for demos, tests and benchmarks, in any number of rows.

`make_orders` writes one table, `orders_processed`; `catalogue` holds who buys what and where, `orders` how
they do it. No row describes a real person or company.
"""

from datacraft.warehouse.sample.make import COLUMNS, DEFAULT_ROWS, DEFAULT_SEED, make_orders

__all__ = ["COLUMNS", "DEFAULT_ROWS", "DEFAULT_SEED", "make_orders"]
