"""Makes what tests share (`real_parts`, `llm_server`) importable from every test folder."""

from __future__ import annotations

import gc


def pytest_unconfigure() -> None:
    """Let go of what commands have frozen, which native libraries would complain of at the end."""
    gc.unfreeze()
    gc.collect()
