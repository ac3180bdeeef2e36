"""What the data means: the semantic model that people keep, or one inferred from the data, and the value index.

Both are made once per content of the data and kept in a folder, so that the next start only reads them.
"""

from __future__ import annotations

import hashlib
import json
import logging
from collections.abc import Iterable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from datacraft.contracts.errors import ConfigError, InputError
from datacraft.contracts.semantic import SemanticModel
from datacraft.profiles import (
    DeclaredKeys,
    Reference,
    ValueIndex,
    measuring_connection,
    read_semantic,
    write_semantic,
)
from datacraft.warehouse import TableInfo, Warehouse

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Meaning:
    """A semantic model and the values of its columns.

    Attributes:
        model: what the data means.
        values: where a person's words are found among the data's values.
        source: the file that people edit; None where the model was inferred from the data.
    """

    model: SemanticModel
    values: ValueIndex
    source: Path | None


def load_meaning(
    warehouse: Warehouse, *, semantic: Path | None, cache_dir: Path, anew: bool = False
) -> Meaning:
    """Return what the data of `warehouse` means.

    Args:
        warehouse: holds the data.
        semantic: the file that people keep; without it, or where it is about other data, all is inferred.
        cache_dir: where the inferred model and the value index are kept.
        anew: measure the data again, whatever is kept.

    Raises:
        ConfigError: the semantic file is wrong, or names tables or columns that the data does not have.
    """
    if anew:
        for path in cache_dir.glob(f"{warehouse.identity}.*"):
            if path.suffix in {".yaml", ".sqlite"}:
                path.unlink(missing_ok=True)
    kept = _kept_by_people(warehouse, semantic) if semantic is not None and semantic.exists() else None
    model = kept or _inferred(warehouse, cache_dir)
    return Meaning(model, _value_index(warehouse, model, cache_dir), semantic if kept else None)


def _kept_by_people(warehouse: Warehouse, path: Path) -> SemanticModel | None:
    """Return the model of a semantic file; None where it is about other data."""
    model = read_semantic(path)
    if _about(model, warehouse.tables(), path):
        return model
    log.warning("%s is about other data; what this data means is inferred", path)
    return None


def _about(model: SemanticModel, tables: Iterable[TableInfo], path: Path) -> bool:
    """Whether a model describes this data at all.

    Raises:
        ConfigError: it does, but names a table or column that is not there.
    """
    known = {table.name: {column.name for column in table.columns} for table in tables}
    if not any(table.name in known for table in model.tables):
        return False
    for table in model.tables:
        if table.name not in known:
            missing = f"the table {table.name!r}"
            there = ", ".join(known)
        elif gone := [column.name for column in table.columns if column.name not in known[table.name]]:
            missing = f"the column {gone[0]!r} of {table.name!r}"
            there = ", ".join(sorted(known[table.name]))
        else:
            continue
        raise ConfigError(
            f"{path} names {missing}, which the data does not have; there are: {there}.",
            hint="Run `datacraft profile` again; it keeps your edits.",
        )
    return True


def _inferred(warehouse: Warehouse, cache_dir: Path) -> SemanticModel:
    kept = cache_dir / f"{warehouse.identity}.semantic.yaml"
    if kept.exists():
        try:
            return read_semantic(kept)
        except ConfigError as error:  # made by another version: it can always be made again
            log.info("inferring anew what the data means: %s", error.message)
    from datacraft.profiles import infer_semantic_model

    with closing(measuring_connection(warehouse)) as cursor:
        tables = warehouse.tables()
        model = infer_semantic_model(cursor, _units(tables), _declared(tables))
    model = _with_known_rows(model, warehouse.tables())
    cache_dir.mkdir(parents=True, exist_ok=True)
    _remove_older(warehouse, cache_dir)
    write_semantic(kept, model)
    return model


def _with_known_rows(model: SemanticModel, tables: Iterable[TableInfo]) -> SemanticModel:
    """Take the rows of tables that were not measured from what the warehouse says of them."""
    counts = {table.name: table.row_count for table in tables}
    known = [t if t.rows else t.model_copy(update={"rows": counts.get(t.name, 0)}) for t in model.tables]
    return model.model_copy(update={"tables": known})


def _value_index(warehouse: Warehouse, model: SemanticModel, cache_dir: Path) -> ValueIndex:
    columns = [
        [table.name, column.name, column.type, column.sensitive]
        for table in model.tables
        for column in table.columns
    ]
    stamp = hashlib.sha256(json.dumps(columns).encode()).hexdigest()[:12]
    kept = cache_dir / f"{warehouse.identity}.{stamp}.values.sqlite"
    if kept.exists():
        try:
            return ValueIndex(kept)
        except InputError as error:  # damaged, or made by another version
            log.info("making the value index anew: %s", error.message)
            kept.unlink(missing_ok=True)
    from datacraft.profiles import build_value_index

    with closing(measuring_connection(warehouse)) as cursor:
        build_value_index(cursor, model, kept)
    return ValueIndex(kept)


def _remove_older(warehouse: Warehouse, cache_dir: Path) -> None:
    """Remove what was concluded from earlier contents of the same files."""
    family, _, _ = warehouse.identity.rpartition("-")
    for pattern in (f"{family}-*.semantic.yaml", f".{family}-*.semantic.yaml.*", f"{family}-*.values.sqlite"):
        for path in cache_dir.glob(pattern) if family else ():
            if warehouse.identity not in path.name:
                path.unlink(missing_ok=True)


def _declared(tables: Iterable[TableInfo]) -> dict[str, DeclaredKeys]:
    return {
        table.name: DeclaredKeys(
            tuple(table.primary_key),
            tuple(
                Reference(tuple(key.columns), key.table, tuple(key.referenced)) for key in table.foreign_keys
            ),
        )
        for table in tables
        if table.primary_key or table.foreign_keys
    }


def _units(tables: Iterable[TableInfo]) -> dict[tuple[str, str], str]:
    return {
        (table.name, column.name): column.unit for table in tables for column in table.columns if column.unit
    }
