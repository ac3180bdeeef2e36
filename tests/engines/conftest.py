from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack

import pytest
from databases_of_cases import NAMES, Database, opened


@pytest.fixture(scope="session")
def databases(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Database]]:
    with ExitStack() as stack:
        yield {name: stack.enter_context(opened(name, tmp_path_factory.mktemp(name))) for name in NAMES}
