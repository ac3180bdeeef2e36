"""Parts that only a full machine has: a browser, an emulator, a server.

A test that needs one calls `missing_part` when it is absent: on a developer's machine the test is skipped
with its reason, in CI (`CI=true`) it fails, so that nothing goes untested there unseen.
"""

from __future__ import annotations

import os
from typing import NoReturn

import pytest


def missing_part(reason: str) -> NoReturn:
    """Skip the test for `reason`; in CI fail it instead."""
    if os.environ.get("CI", "").lower() == "true":
        pytest.fail(f"CI must have every part: {reason}", pytrace=False)
    pytest.skip(reason)
