"""Profile the data of the settings: the semantic file, the data's statistics, and what makes later starts fast."""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from datacraft.contracts.errors import ConfigError
from datacraft.contracts.semantic import SemanticModel

if TYPE_CHECKING:
    from datacraft.config import Settings
    from datacraft.profiles import ProfileChanges
    from datacraft.warehouse import Warehouse

STATISTICS_FILE = "data_profile.json"


@dataclass(frozen=True, slots=True)
class ProfileOutcome:
    """What profiling wrote.

    Attributes:
        semantic: the semantic file.
        statistics: the file with the data's statistics.
        model: what the data means now, people's edits included.
        changes: of the data since the file was written before; None where there was no file.
    """

    semantic: Path
    statistics: Path
    model: SemanticModel
    changes: ProfileChanges | None


def profile_data_of(settings: Settings) -> ProfileOutcome:
    """Profile the data and write what was found.

    Raises:
        DataLoadError: there is no data, or it can't be read.
        ConfigError: the semantic file is wrong or about other data, or a file can't be written.
    """
    from datacraft.cli.output.talk import say_load_warnings
    from datacraft.serving.assembly import build_handler
    from datacraft.serving.meaning import load_meaning

    semantic, statistics = settings.data.semantic, settings.state_dir / STATISTICS_FILE
    with build_handler(settings, semantic_file=False, anew=True) as handler:
        warehouse = handler.warehouse
        say_load_warnings(warehouse, most=1_000)
        try:
            model, changes = write_semantic_file(semantic, handler.model)
            statistics.parent.mkdir(parents=True, exist_ok=True)
            statistics.write_text(_statistics(warehouse), encoding="utf-8")
        except OSError as error:
            raise ConfigError(
                f"{error.filename or semantic} can't be written: {error.strerror}.",
                hint="Choose another place with --semantic and state_dir.",
            ) from error
        if settings.data.cache:
            load_meaning(warehouse, semantic=semantic, cache_dir=settings.state_dir / "cache").values.close()
    return ProfileOutcome(semantic, statistics, model, changes)


def write_semantic_file(path: Path, inferred: SemanticModel) -> tuple[SemanticModel, ProfileChanges | None]:
    """Write what was inferred to `path`, with the edits that people made there; return both.

    Raises:
        ConfigError: the file is wrong, or about other data.
        OSError: it can't be written.
    """
    from datacraft.profiles import (
        merge_profile,
        profile_changes,
        read_inferred,
        read_semantic,
        write_inferred,
        write_semantic,
    )

    model, changes = inferred, None
    if path.exists():
        edited = read_semantic(path)
        _refuse_other_data(path, edited, inferred)
        model = merge_profile(edited, inferred, read_inferred(path))
        changes = profile_changes(edited, inferred)
    write_semantic(path, model)
    write_inferred(path, inferred)
    return model, changes


def _refuse_other_data(path: Path, edited: SemanticModel, inferred: SemanticModel) -> None:
    """Merging two data sets that have no table in common would only lose what people wrote."""
    described = {table.name for table in edited.tables}
    if described and described.isdisjoint(table.name for table in inferred.tables):
        raise ConfigError(
            f"{path} is about other data ({', '.join(sorted(described)[:5])}).",
            hint="Choose another file with --semantic, or remove this one.",
        )


def _statistics(warehouse: Warehouse) -> str:
    from datacraft.profiles import measuring_connection, profile_data

    with closing(measuring_connection(warehouse)) as cursor:
        return profile_data(cursor).model_dump_json(indent=1)
