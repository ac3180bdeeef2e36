"""Write the sample: `orders_processed`, 24 columns, as Parquet or CSV, in chunks of bounded memory."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from datacraft.contracts.errors import InputError
from datacraft.warehouse.arrow import number_array, text_array

if TYPE_CHECKING:
    from datacraft.warehouse.sample.catalogue import Ints
    from datacraft.warehouse.sample.orders import Chunk, Shop

DEFAULT_ROWS = 51_290
DEFAULT_SEED = 20_200_101
COLUMNS = [
    "row_id", "order_id", "order_date", "ship_date", "ship_mode", "customer_id", "customer_name", "segment", "city",
    "state", "country", "postal_code", "market", "region", "product_id", "category", "sub_category", "product_name",
    "sales", "quantity", "discount", "profit", "shipping_cost", "order_priority",
]  # fmt: skip
_CHUNK_ROWS = 250_000


def make_orders(
    path: Path | str, *, rows: int = DEFAULT_ROWS, seed: int = DEFAULT_SEED, drifted: bool = False
) -> Path:
    """Write `rows` order lines to `path` (.parquet or .csv); the same arguments give the same rows.

    `drifted` gives the same shop later on: more technology, higher prices and discounts, no Oceania, a new
    ship mode, more missing postal codes.

    Raises:
        InputError: `rows` is not positive, the suffix is another, or the file can't be written.
    """
    target = Path(path)
    if rows < 1:
        raise InputError(f"The sample can't have {rows} rows.", hint="Ask for at least one.")
    if target.suffix.lower() not in {".parquet", ".csv"}:
        raise InputError(f"The sample can't be written as {target.name}.", hint="Name it .parquet or .csv.")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with _writer(target) as write:
            for table in _tables(rows, seed, drifted=drifted):
                write(table)
    except OSError as error:
        raise InputError(
            f"The sample can't be written to {target}: {error.strerror or error}.",
            hint="Choose another place.",
        ) from error
    return target


def _tables(rows: int, seed: int, *, drifted: bool) -> Iterator[Any]:
    """Yield Arrow tables; each chunk has a random source of its own, derived from the seed."""
    import numpy as np

    from datacraft.warehouse.sample.catalogue import make_customers, make_places, make_products
    from datacraft.warehouse.sample.orders import Shop, draw_chunk

    root = np.random.SeedSequence(seed)
    catalogue_seed, chunks_seed = root.spawn(2)
    # Names, prices and homes come from the same draws with and without drift, so that only the drift differs.
    seeds = catalogue_seed.spawn(3)
    places = make_places(np.random.default_rng(seeds[0]), drifted=drifted)
    products = make_products(np.random.default_rng(seeds[1]), drifted=drifted)
    customers = make_customers(np.random.default_rng(seeds[2]), places, rows)
    shop = Shop(places, products, customers, drifted)
    count = -(-rows // _CHUNK_ROWS)
    first_order = 0
    for i, chunk_seed in enumerate(chunks_seed.spawn(count)):
        first_row = i * _CHUNK_ROWS
        chunk = draw_chunk(shop, np.random.default_rng(chunk_seed), min(_CHUNK_ROWS, rows - first_row))
        yield _arrow(shop, chunk, first_row, first_order)
        first_order += int(chunk.order[-1]) + 1


def _arrow(shop: Shop, chunk: Chunk, first_row: int, first_order: int) -> Any:
    """Return a chunk as an Arrow table; texts are dictionaries, so that no text is built per row."""
    import numpy as np
    import pyarrow as pa  # type: ignore[import-untyped]

    from datacraft.warehouse.sample.catalogue import SEGMENTS
    from datacraft.warehouse.sample.orders import PRIORITIES, SHIP_MODES

    places, products, customers = shop.places, shop.products, shop.customers
    arrays = [
        number_array(np.arange(first_row + 1, first_row + 1 + len(chunk.order))),
        _order_ids(shop, chunk, first_order),
        number_array(chunk.order_day.astype("i4")).cast(pa.date32()),
        number_array(chunk.ship_day.astype("i4")).cast(pa.date32()),
        _texts(SHIP_MODES, chunk.ship_mode),
        _texts(customers.customer_id, chunk.customer),
        _texts(customers.name, chunk.customer),
        _texts(SEGMENTS, customers.segment[chunk.customer]),
        _texts(places.city, chunk.place),
        _texts(places.state, chunk.place),
        _texts(places.country, chunk.place),
        _texts(places.postal_code, np.where(chunk.postal_known, chunk.place, -1)),
        _texts(places.market, chunk.place),
        _texts(places.region, chunk.place),
        _texts(products.product_id, chunk.product),
        _texts(products.category, chunk.product),
        _texts(products.sub_category, chunk.product),
        _texts(products.name, chunk.product),
        number_array(chunk.sales),
        number_array(chunk.quantity),
        number_array(chunk.discount),
        number_array(chunk.profit),
        number_array(chunk.shipping_cost),
        _texts(PRIORITIES, chunk.priority),
    ]
    return pa.table(arrays, names=COLUMNS)


def _texts(values: Sequence[str | None], indexes: Ints) -> Any:
    """Return texts by index, as an Arrow dictionary; an index of -1 or a missing text gives null."""
    import numpy as np
    import pyarrow as pa

    different = list(dict.fromkeys(value for value in values if value is not None))
    position = {value: i for i, value in enumerate(different)}
    of_value = np.array([-1 if value is None else position[value] for value in values] + [-1], dtype="i4")
    found = of_value[indexes]
    return pa.DictionaryArray.from_arrays(
        number_array(np.maximum(found, 0), found >= 0), text_array(different)
    )


def _order_ids(shop: Shop, chunk: Chunk, first_order: int) -> Any:
    """Return ids such as US-2021-0000017: market, year, number; one per order."""
    import numpy as np
    import pyarrow as pa
    import pyarrow.compute as pc  # type: ignore[import-untyped]

    starts = np.flatnonzero(np.diff(chunk.order, prepend=-1))
    years = 1970 + chunk.order_day[starts].astype("datetime64[D]").astype("datetime64[Y]").astype("i8")
    markets = _texts([market[:2].upper() for market in shop.places.market], chunk.place[starts])
    numbers = number_array(np.arange(first_order + 1, first_order + 1 + len(starts))).cast(pa.string())
    dash = text_array(["-"])[0]
    ids = pc.binary_join_element_wise(
        markets.cast(pa.string()), number_array(years).cast(pa.string()), pc.utf8_lpad(numbers, 7, "0"), dash
    )
    return pa.DictionaryArray.from_arrays(number_array(chunk.order.astype("i4")), ids)


@contextmanager
def _writer(target: Path) -> Iterator[Callable[[Any], None]]:
    """Write Arrow tables of one schema to a file that appears only when it is whole."""
    import pyarrow.csv  # type: ignore[import-untyped]
    import pyarrow.parquet  # type: ignore[import-untyped]

    partial = target.with_name(f".{target.name}.partial")
    writer: Any = None

    def write(table: Any) -> None:
        nonlocal writer
        if writer is None:
            if target.suffix.lower() == ".csv":
                writer = pyarrow.csv.CSVWriter(partial, _plain(table).schema)
            else:
                writer = pyarrow.parquet.ParquetWriter(partial, table.schema, compression="zstd")
        writer.write_table(_plain(table) if target.suffix.lower() == ".csv" else table)

    try:
        yield write
        if writer is not None:
            writer.close()
        partial.replace(target)
    finally:
        partial.unlink(missing_ok=True)


def _plain(table: Any) -> Any:
    """Return the table with plain texts; the CSV writer knows no dictionaries."""
    import pyarrow as pa

    fields = [
        pa.field(f.name, pa.string() if pa.types.is_dictionary(f.type) else f.type) for f in table.schema
    ]
    return table.cast(pa.schema(fields))
