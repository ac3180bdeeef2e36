from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

sys.path.append(str(Path(__file__).parents[1] / "evaluation"))

from stall import question_set, write_sales
from workplace import Place

from datacraft.config import Settings
from datacraft.contracts.question_set import QuestionSet
from datacraft.evaluation.bias import probes_of
from datacraft.evaluation.data import DataLoader, LoadedData


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LoadedData]:
    sales = write_sales(tmp_path_factory.mktemp("stall"))
    settings = Settings.model_validate({"data": {"paths": [sales], "cache": False}})
    with DataLoader(settings).load() as loaded:
        yield loaded


@pytest.fixture
def place(tmp_path: Path, data: LoadedData) -> Place:
    return Place(tmp_path, data)


@pytest.fixture(scope="module")
def everything(data: LoadedData) -> QuestionSet:
    """The cases, and every probe of bias, so that a simulator knows all golds."""
    probes = probes_of(data)
    assert probes is not None
    return QuestionSet(name="all", version=1, cases=(*question_set().cases, *probes.questions.cases))
