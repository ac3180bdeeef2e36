"""What reading documents needs beyond the base installation, and what to say where it is missing."""

from __future__ import annotations

import shutil
from importlib.util import find_spec
from pathlib import Path

from datacraft.contracts.errors import DataLoadError

_HINT = "Install it with: pip install 'datacraft[documents]'"
_TESSERACT_HINT = "Install it, for example with: apt-get install tesseract-ocr (or brew install tesseract)."


def require_extra(path: Path, *modules: str) -> None:
    """Make sure that the libraries of the `documents` extra are there.

    Raises:
        DataLoadError: one is missing.
    """
    for module in modules:
        if find_spec(module) is None:
            raise DataLoadError(
                f"{path} is a document; reading it needs the extra `documents` ({module} is missing).",
                hint=_HINT,
            )


def has_tesseract() -> bool:
    """Whether scans can be read."""
    return find_spec("pytesseract") is not None and shutil.which("tesseract") is not None


def require_tesseract(path: Path) -> None:
    """Make sure that scans can be read.

    Raises:
        DataLoadError: tesseract or its wrapper is missing.
    """
    require_extra(path, "pytesseract", "PIL")
    if shutil.which("tesseract") is None:
        raise DataLoadError(
            f"{path} holds pages that are images; reading them needs the program tesseract.",
            hint=_TESSERACT_HINT,
        )
